package io.patchbay.kernels.cuda;

import io.patchbay.engine.Precision;
import io.patchbay.ffi.cuda.Device;
import io.patchbay.ffi.cuda.Kernel;
import io.patchbay.ffi.cuda.Launch;
import java.util.List;
import java.util.stream.Stream;

/// The kernels of linear layers over rows and of their gradients (`linear_tensor.cu`): which one a
/// product takes, and in how many blocks. All of them give the same bits.
final class LinearForms {
  private static final int THREADS = 256;

  /// Warps of a block, which share the inner index.
  private static final int SHARES = 8;

  /// Inner indices of a step.
  private static final int STEP = 64;

  /// Steps that a block has at once, and those of the smallest tiles.
  private static final int STEPS = 3;

  private static final int SMALL_STEPS = 8;

  private final List<Form> forms;
  private final int busy;

  /// @param precision of the operands; in float32 each is taken in two parts of 11 bits, which is
  ///   nearer to the sum than multiply-adds are
  LinearForms(final Device device, final Precision precision) {
    final var suffix = precision == Precision.TF32 ? "_tf32" : "_tf32x3";
    forms =
        Stream.of(new int[] {64, 32}, new int[] {32, 32}, new int[] {16, 16})
            .map(tile ->
                new Form(
                    device.kernel("linear_tensor", "linear_tensor_" + tile[0] + suffix),
                    tile[0],
                    tile[1],
                    tile[0] == 16 ? SMALL_STEPS : STEPS))
            .toList();
    busy = device.facts().multiprocessors() / 2;
  }

  /// @param down rows of the result of a block
  /// @param across its columns
  /// @param steps that a block has at once
  private record Form(Kernel kernel, int down, int across, int steps) {
    Launch launch(final int rows, final int columns) {
      final int left = Math.max(down * (STEP + 4), STEP * (down + 8));
      final int right = Math.max(across * (STEP + 4), STEP * (across + 8));
      final int shared = Math.max(steps * (left + right), SHARES * down * across);
      return new Launch(
          Math.ceilDiv(Math.max(rows, 1), down),
          Math.ceilDiv(columns, across),
          THREADS,
          Float.BYTES * shared);
    }

    int blocks(final int rows, final int columns) {
      final var launch = launch(rows, columns);
      return launch.blocksX() * launch.blocksY();
    }
  }

  /// A product of rows and weights.
  void layer(final Product s, final long a, final long w, final long y, final Finish finish) {
    launch(s, a, w, y, finish, true);
  }

  /// A product of values of two steps.
  void sums(final Product s, final long a, final long b, final long y, final Finish finish) {
    launch(s, a, b, y, finish, false);
  }

  /// @param awaits whether no kernel writes what b holds
  private void launch(
      final Product s,
      final long a,
      final long b,
      final long y,
      final Finish finish,
      final boolean awaits) {
    final boolean aTurned = s.aInner() != 1;
    final boolean bTurned = s.bColumn() != 1;
    if (aTurned && bTurned) {
      throw new IllegalArgumentException("both matrices transposed: " + s);
    }
    final var form = form(s.mostRows(), s.columns());
    final var shape = form.launch(s.mostRows(), s.columns());
    form.kernel()
        .launch(
            awaits ? shape.awaiting() : shape,
            finish.after(
                a,
                b,
                y,
                s.rows().count(),
                s.perRow(),
                s.inner().count(),
                s.perInner(),
                s.columns(),
                aTurned ? s.aInner() : s.aRow(),
                aTurned ? 1 : 0,
                bTurned ? s.bColumn() : s.bInner(),
                bTurned ? 1 : 0));
  }

  /// The largest tiles that half of the device has work with, else the smallest.
  private Form form(final int rows, final int columns) {
    return forms.stream()
        .filter(f -> f.blocks(rows, columns) >= busy)
        .findFirst()
        .orElse(forms.getLast());
  }
}
