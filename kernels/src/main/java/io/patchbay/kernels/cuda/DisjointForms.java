package io.patchbay.kernels.cuda;

import io.patchbay.engine.Precision;
import io.patchbay.ffi.cuda.Device;
import io.patchbay.ffi.cuda.Kernel;
import io.patchbay.ffi.cuda.Launch;
import java.util.List;
import java.util.Optional;

/// The kernels of convolutions with kernel 2, stride 2 and no padding (`conv_disjoint.cu`,
/// `conv_disjoint_wgrad.cu`): for any channels, an even width and a multiple of four pixels of the
/// small side, and a rectifier or nothing after the sums. Both forms of a layer give the same bits.
final class DisjointForms {
  private static final int WARP = 32;

  /// Pixels of a tile and inner indices of a stretch.
  private static final int TILE = 16;

  /// Of a block that holds weights, of which a multiprocessor has two.
  private static final int MOST_WARPS = 6;

  /// With fewer, a block that holds weights would load more of them than it uses at a time.
  private static final int LEAST_WARPS = 2;

  private static final int FEW_WARPS = 2;

  /// Bands of a share of a block that makes a part of a weight gradient, and shares.
  private static final int SHARES = 4;

  private static final int GRADIENT_CHANNELS = 16;
  private static final int GRADIENT_OUTPUTS = 64;

  /// Places of 32 lanes of two warps for 18 times four floats, of all shares but the first.
  private static final int GRADIENT_SHARED = (SHARES - 1) * 2 * WARP * 18 * 4 * Float.BYTES;

  private final Side down;
  private final Side up;
  private final Kernel weightGrad;
  private final int processors;
  private final int room;

  /// @param precision of the operands; in float32 each is taken in two parts of 11 bits, which is
  ///   nearer to the sum than multiply-adds are
  DisjointForms(final Device device, final Precision precision) {
    processors = device.facts().multiprocessors();
    room = device.facts().sharedPerBlock();
    final var suffix = precision == Precision.TF32 ? "_tf32" : "_tf32x3";
    down = side(device, "conv_disjoint_down", suffix, 64, 16);
    up = side(device, "conv_disjoint_up", suffix, 16, 8);
    weightGrad = device.kernel("conv_disjoint_wgrad", "conv_disjoint_wgrad" + suffix);
  }

  /// The convolution or its transpose.
  ///
  /// @param held whose weights stay in shared memory
  /// @param few for few rows, and for weights that do not fit
  /// @param heldChannels of the result of a block of the first
  /// @param fewChannels of a warp of the other
  private record Side(Kernel held, Kernel few, int heldChannels, int fewChannels) {}

  static boolean fits(final Conv s) {
    return s.kh() == 2
        && s.kw() == 2
        && s.stride() == 2
        && s.padding() == 0
        && s.h() == 2 * s.oh()
        && s.w() == 2 * s.ow()
        && s.ow() % 2 == 0
        && s.oh() * s.ow() % 4 == 0;
  }

  /// How a layer of at most `most` rows is computed, if one of these kernels can.
  Optional<Call> down(final Conv s, final int most, final Finish finish) {
    final int stretches = Math.ceilDiv(4 * s.c(), TILE);
    return call(down, s, s.o(), most, down.heldChannels() * TILE * (stretches | 1), finish);
  }

  /// As [#down].
  Optional<Call> up(final Conv s, final int most, final Finish finish) {
    final int pitch = 4 * up.heldChannels() + 8;
    return call(up, s, s.c(), most, Math.ceilDiv(s.o(), TILE) * TILE * pitch, finish);
  }

  /// The largest blocks that hold weights of which every multiprocessor has one, with warps that
  /// take tiles one after the other, else warps that load weights for themselves.
  ///
  /// @param held floats of weights of a block
  private Optional<Call> call(
      final Side side,
      final Conv s,
      final int made,
      final int most,
      final int held,
      final Finish finish) {
    if (!fits(s) || !finish.isStraight()) {
      return Optional.empty();
    }
    final int tiles = Math.ceilDiv(Math.multiplyExact(Math.max(most, 1), s.oh() * s.ow()), TILE);
    final int shared = Float.BYTES * held;
    final int across = Math.ceilDiv(made, side.heldChannels());
    for (int warps = MOST_WARPS; warps >= LEAST_WARPS && shared <= room; warps--) {
      final int blocks = Math.ceilDiv(tiles, warps);
      if (blocks * across >= processors) {
        final int beside = Math.min(room / shared, 2 * MOST_WARPS / warps);
        final int atMost = Math.max(1, processors * beside / across);
        return Optional.of(
            new Call(
                side.held(), new Launch(Math.min(blocks, atMost), across, WARP * warps, shared)));
      }
    }
    return Optional.of(
        new Call(
            side.few(),
            new Launch(
                tiles, Math.ceilDiv(made, FEW_WARPS * side.fewChannels()), WARP * FEW_WARPS, 0)));
  }

  Optional<WeightCall> weightGrad(final Conv s) {
    return fits(s)
        ? Optional.of(
            new WeightCall(
                weightGrad,
                Math.ceilDiv(s.c(), GRADIENT_CHANNELS) * Math.ceilDiv(s.o(), GRADIENT_OUTPUTS),
                Math.ceilDiv(s.oh() * s.ow(), TILE),
                SHARES,
                1,
                2 * SHARES * WARP,
                GRADIENT_SHARED,
                true,
                List.of(s.oh(), s.ow())))
        : Optional.empty();
  }

  private static Side side(
      final Device device,
      final String name,
      final String suffix,
      final int heldChannels,
      final int fewChannels) {
    return new Side(
        device.kernel("conv_disjoint", name + suffix),
        device.kernel("conv_disjoint", name + "_few" + suffix),
        heldChannels,
        fewChannels);
  }
}
