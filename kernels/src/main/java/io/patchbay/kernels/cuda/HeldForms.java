package io.patchbay.kernels.cuda;

import io.patchbay.engine.Precision;
import io.patchbay.ffi.cuda.Device;
import io.patchbay.ffi.cuda.Kernel;
import io.patchbay.ffi.cuda.Launch;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// The kernels of convolutions with kernel 4, stride 2 and padding 1 onto squares of 4, 8 or 16
/// pixels and back on the matrix unit, whose weights stay in shared memory (`conv_down_held.cu`,
/// `conv_up_held.cu`): for eight channels and more on both sides whose weights fit, and a rectifier
/// or nothing after the sums. Other layers take multiply-adds in float32. All forms of a width give
/// the same bits.
final class HeldForms {
  private static final int FEWEST = 8;

  private static final int TAPS = 16;

  private final List<Form> down;

  /// Where none of the others fits.
  private final List<Form> downSmall;

  private final List<Form> up;

  /// Of a multiprocessor, for whose registers there is room.
  private final int threads;

  private final int processors;
  private final int room;

  /// @param precision of the operands; in float32 each is taken in two parts of 11 bits, which is
  ///   nearer to the sum than multiply-adds are
  HeldForms(final Device device, final Precision precision) {
    processors = device.facts().multiprocessors();
    room = device.facts().sharedPerBlock();
    final boolean rounds = precision == Precision.TF32;
    final var suffix = rounds ? "_tf32" : "_tf32x3";
    threads = rounds ? 512 : 256;
    down =
        List.of(
            down(device, "conv_down_held_16" + suffix, 16, 2, 4, rounds ? 16 : 8, 1, 4, 2),
            down(device, "conv_down_held_8" + suffix, 8, 2, 4, rounds ? 8 : 4, 2, 8, 2),
            down(device, "conv_down_held_4" + suffix, 4, 2, 2, 8, 2, 2, 2),
            down(device, "conv_down_held_16_few" + suffix, 16, 2, 2, 4, 2, 8, 4),
            down(device, "conv_down_held_8_few" + suffix, 8, 1, 2, 4, 2, 8, 4),
            down(device, "conv_down_held_4_few" + suffix, 4, 1, 1, 2, 2, 8, 3));
    downSmall =
        List.of(
            down(device, "conv_down_held_16_small" + suffix, 16, 2, 2, 4, 1, 4, 2),
            down(device, "conv_down_held_8_small" + suffix, 8, 2, 2, 4, 1, 8, 2),
            down(device, "conv_down_held_4_small" + suffix, 4, 1, 2, 4, 1, 2, 2));
    up =
        List.of(
            up(device, "conv_up_held_16" + suffix, 16, rounds ? 8 : 4, 2, 1, 16, 2),
            up(device, "conv_up_held_8" + suffix, 8, rounds ? 8 : 4, 2, 1, 16, 2),
            up(device, "conv_up_held_4" + suffix, 4, rounds ? 8 : 4, 2, 1, 8, 2),
            up(device, "conv_up_held_16_few" + suffix, 16, 4, 1, 2, 16, 3),
            up(device, "conv_up_held_8_few" + suffix, 8, 2, 1, 4, 16, 4),
            up(device, "conv_up_held_4_few" + suffix, 4, 1, 1, 4, 16, 4));
  }

  /// How a kernel shares its work.
  ///
  /// @param width of the small side
  /// @param images that a block has at once
  /// @param bands blocks of an image
  /// @param outputs channels of the result of a block
  /// @param together channels of the input that weights are held for together
  /// @param stages bytes of the chunks of the input that it has at once
  private record Form(
      Kernel kernel,
      int width,
      int images,
      int bands,
      int outputs,
      int together,
      int threads,
      int stages) {
    int shared(final int taken) {
      return Math.ceilDiv(taken, together) * together * TAPS * outputs * Float.BYTES + stages;
    }

    int groups(final int most) {
      return Math.ceilDiv(Math.max(most, 1), images) * bands;
    }

    int across(final int made) {
      return Math.ceilDiv(made, outputs);
    }

    int blocks(final int made, final int most) {
      return groups(most) * across(made);
    }
  }

  Optional<Call> down(final Conv s, final int most, final Finish finish) {
    return call(down, s, s.c(), s.o(), most, finish)
        .or(() -> call(downSmall, s, s.c(), s.o(), most, finish));
  }

  /// As [#down].
  Optional<Call> up(final Conv s, final int most, final Finish finish) {
    return call(up, s, s.o(), s.c(), most, finish);
  }

  /// The first form that half of the device has work with, else the one with the most blocks. A
  /// block takes one group of images after another, so that it loads its weights once.
  private Optional<Call> call(
      final List<Form> forms,
      final Conv s,
      final int taken,
      final int made,
      final int most,
      final Finish finish) {
    if (!s.halvesSquare() || !finish.isStraight() || Math.min(taken, made) < FEWEST) {
      return Optional.empty();
    }
    final var fitting =
        forms.stream().filter(f -> f.width() == s.ow() && f.shared(taken) <= room).toList();
    return fitting.stream()
        .filter(f -> 2 * f.blocks(made, most) >= processors)
        .findFirst()
        .or(() -> fitting.stream().max(Comparator.comparingInt(f -> f.blocks(made, most))))
        .map(f -> {
          final int across = f.across(made);
          final int beside = Math.min(room / f.shared(taken), threads / f.threads());
          final int each = Math.max(1, processors * Math.max(1, beside) / across);
          return new Call(
              f.kernel(),
              new Launch(Math.min(f.groups(most), each), across, f.threads(), f.shared(taken))
                  .awaiting());
        });
  }

  /// @param m tiles of 16 pixels of a warp
  /// @param n tiles of 8 channels of a warp
  /// @param wm warps of a block along the pixels
  /// @param wn warps of a block along the channels
  /// @param channels of a chunk
  /// @param stages chunks at once
  private static Form down(
      final Device device,
      final String name,
      final int w,
      final int m,
      final int n,
      final int wm,
      final int wn,
      final int channels,
      final int stages) {
    final int rows = 16 * m * wm / w;
    final int pitch = w == 4 ? 24 : 2 * w + 4;
    return form(
        device.kernel("conv_down_held", name),
        w,
        rows,
        2 * Math.min(rows, w) + 2,
        channels,
        channels,
        pitch,
        8 * n * wn,
        32 * wm * wn,
        stages);
  }

  /// @param pairs of tiles of 16 pixels of a block, a warp's
  /// @param across warps of a block along the channels, 16 each
  /// @param phases warps of the outputs of a pixel
  /// @param channels of a chunk
  /// @param stages chunks at once
  private static Form up(
      final Device device,
      final String name,
      final int w,
      final int pairs,
      final int across,
      final int phases,
      final int channels,
      final int stages) {
    final int rows = 32 * pairs / w;
    return form(
        device.kernel("conv_up_held", name),
        w,
        rows,
        Math.min(rows, w) + 2,
        channels,
        8,
        w == 4 ? 12 : w + 4,
        16 * across,
        32 * pairs * across * phases,
        stages);
  }

  /// @param rows of the small side that a block has, of one image or of several
  /// @param high rows of the input of an image
  /// @param channels of a chunk of the input
  /// @param pitch of rows of the input
  /// @param stages chunks at once
  private static Form form(
      final Kernel kernel,
      final int w,
      final int rows,
      final int high,
      final int channels,
      final int together,
      final int pitch,
      final int outputs,
      final int threads,
      final int stages) {
    final int images = Math.max(1, rows / w);
    final int stage = images * channels * high * pitch + 4;
    return new Form(
        kernel,
        w,
        images,
        Math.max(1, w / rows),
        outputs,
        together,
        threads,
        stages * Float.BYTES * stage);
  }
}
