package io.patchbay.kernels.cuda;

import io.patchbay.ffi.cuda.Device;
import io.patchbay.ffi.cuda.Kernel;
import io.patchbay.ffi.cuda.Launch;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The gradients of the weights of convolutions, and beside them those of biases.
final class WeightGradients {
  /// Of a large device, so that sums have the same parts on all.
  private static final int MULTIPROCESSORS = 132;

  /// Blocks of one of them that sum by the general kernel.
  private static final int BESIDE = 2;

  /// Sums of a block that joins parts.
  private static final int JOINED = 32;

  private final Kernel weightGrad;
  private final Kernel weightGradJoin;
  private final Function<Conv, Optional<WeightCall>> forms;

  /// @param forms those for usual shapes, if there is one for a convolution
  WeightGradients(final Device device, final Function<Conv, Optional<WeightCall>> forms) {
    weightGrad = device.kernel("conv_generic", "conv_generic_wgrad");
    weightGradJoin = device.kernel("conv_generic", "conv_generic_join");
    this.forms = forms;
  }

  /// Sums over rows and pixels of the channels of one of the two values that a weight gradient is
  /// of, which it makes beside it.
  ///
  /// @param channels 0 where none are asked for
  /// @param ofX whether of x, else of g
  record ChannelSums(long address, int channels, boolean ofX) {
    static final ChannelSums NONE = new ChannelSums(0, 0, false);

    int code() {
      return channels == 0 ? 0 : ofX ? 2 : 1;
    }
  }

  /// Whether [#run] makes channel sums for this convolution.
  boolean sums(final Conv s, final boolean ofX) {
    return forms.apply(s).filter(f -> !ofX || f.sumsX()).isPresent();
  }

  /// Floats of scratch that [#run] needs.
  ///
  /// @param sums channels whose sums it makes too
  int scratch(final Conv s, final int most, final int sums) {
    final var parts = parts(s, most);
    return parts.count() == 1 ? 0 : Math.multiplyExact(parts.count(), parts.floats(s, sums));
  }

  /// `dw (o, c, kh, kw)` from `x` and the gradient `g` of the result, summed over rows in chunks,
  /// which are added in their order.
  void run(
      final Conv s,
      final long x,
      final long g,
      final long dw,
      final long scratch,
      final ChannelSums sums,
      final Rows rows) {
    final var parts = parts(s, rows.most());
    final boolean one = parts.count() == 1;
    final int part = parts.floats(s, sums.channels());
    final var form = parts.form();
    if (form != null) {
      form.launch(
          parts.count(),
          x,
          g,
          one ? dw : scratch,
          rows.count(),
          s.c(),
          s.o(),
          parts.chunk(),
          part,
          one ? sums.address() : scratch + (long) Float.BYTES * s.weights(),
          sums.code());
    } else {
      weightGrad.launch(
          new Launch(parts.blocks(), parts.count(), Layers.THREADS, Layers.SHARED),
          Layers.fields(s, x, 0, g, one ? dw : scratch, parts.chunk(), Finish.NONE, rows));
    }
    if (!one) {
      weightGradJoin.launch(
          new Launch(
              Layers.tiles(s.weights() + sums.channels(), JOINED),
              1,
              Layers.THREADS,
              Float.BYTES * Layers.THREADS),
          scratch,
          dw,
          rows.count(),
          parts.steps(),
          parts.chunk(),
          s.weights(),
          sums.address(),
          sums.channels(),
          part);
    }
  }

  /// How the sums of a weight gradient are shared.
  ///
  /// @param steps of a row
  /// @param blocks of a part
  /// @param chunk steps of a part
  /// @param count of the parts of the most rows
  private record Parts(@Nullable WeightCall form, int steps, int blocks, int chunk, int count) {
    /// From one part to the next: a form stores 16 bytes at a time, so that each begins at a
    /// multiple of them; the general kernel has its parts one right after the other.
    int floats(final Conv s, final int sums) {
      return form == null ? s.weights() : Math.ceilDiv(s.weights() + sums, 4) * 4;
    }
  }

  /// As many parts as fill the device, or fewer that are worth a block.
  private Parts parts(final Conv s, final int most) {
    final var form = forms.apply(s).orElse(null);
    final int steps = form == null ? 1 : form.bands();
    final int blocks =
        form == null
            ? Layers.tiles(s.o(), Layers.TILE) * Layers.tiles(s.c() * s.kh() * s.kw(), Layers.TILE)
            : form.blocks();
    final int all = Math.multiplyExact(most, steps);
    final int many = MULTIPROCESSORS * (form == null ? BESIDE : form.beside());
    final int least = form == null ? 1 : form.least();
    final int chunk = Math.max(least, Layers.tiles(all, Math.max(1, many / blocks)));
    return new Parts(form, steps, blocks, chunk, Layers.tiles(all, chunk));
  }
}
