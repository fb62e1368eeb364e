package io.patchbay.kernels.cuda;

import io.patchbay.ffi.cuda.Device;
import io.patchbay.ffi.cuda.Kernel;
import io.patchbay.ffi.cuda.Launch;
import io.patchbay.kernels.cuda.HalvingForms.Call;
import java.util.List;
import java.util.stream.Stream;

/// The kernels of linear layers over rows (`linear_rows.cu`): which one a layer takes, and in how
/// many blocks.
final class LinearRowsForms {
  private static final int THREADS = 256;

  /// Threads that share the inner index.
  private static final int SHARES = 8;

  /// Inner indices of a step.
  private static final int STEP = 64;

  private final List<Form> forms;
  private final int busy;

  LinearRowsForms(final Device device) {
    forms =
        Stream.of(8, 4, 2)
            .map(t -> new Form(device.kernel("linear_rows", "linear_rows_" + t), t))
            .toList();
    busy = device.facts().multiprocessors() / 2;
  }

  /// @param each outputs of a thread, a square of so many
  private record Form(Kernel kernel, int each) {
    Launch launch(final int rows, final int outer) {
      final int down = 4 * each;
      final int across = 8 * each;
      final int weights = Math.max(across * (STEP + 4), STEP * (across + 4));
      final int shared = Math.max(2 * (down * (STEP + 4) + weights), SHARES * down * across);
      return new Launch(
          Math.ceilDiv(Math.max(rows, 1), down),
          Math.ceilDiv(outer, across),
          THREADS,
          Float.BYTES * shared);
    }

    int blocks(final int rows, final int outer) {
      final var launch = launch(rows, outer);
      return launch.blocksX() * launch.blocksY();
    }
  }

  /// The largest tiles that half of the device has work with, else the smallest.
  Call call(final int rows, final int outer) {
    final var form =
        forms.stream()
            .filter(f -> f.blocks(rows, outer) >= busy)
            .findFirst()
            .orElse(forms.getLast());
    return new Call(form.kernel(), form.launch(rows, outer));
  }
}
