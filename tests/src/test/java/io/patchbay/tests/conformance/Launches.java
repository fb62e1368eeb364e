package io.patchbay.tests.conformance;

import io.patchbay.engine.Backend.Mode;
import io.patchbay.kernels.cuda.CudaBackend;
import io.patchbay.kernels.cuda.EmulatedDevice;
import io.patchbay.tests.cases.OpCase;
import io.patchbay.tests.cases.Trial;
import java.util.List;

/// Whether the CUDA kernels for all shapes are all that a case has: then nothing else is launched
/// with the special ones than without, and one check is enough.
final class Launches {
  private static final long MEMORY = 1L << 30;

  private Launches() {}

  /// Of `rows` rows, and of one of them where they may be taken apart.
  static boolean areGeneral(final OpCase opCase, final int rows) {
    final var trial = opCase.draw(rows, opCase.name().hashCode());
    return of(trial, true).equals(of(trial, false))
        && (!opCase.rowwise() || of(trial.row(0), true).equals(of(trial.row(0), false)));
  }

  /// The special kernels that a case of so many rows takes on a device, by source and name.
  static List<String> kernels(final OpCase opCase, final int rows, final EmulatedDevice device) {
    return kernels(opCase, rows, device, true);
  }

  /// The same, or those for all shapes alone.
  static List<String> kernels(
      final OpCase opCase, final int rows, final EmulatedDevice device, final boolean special) {
    return names(of(opCase.draw(rows, opCase.name().hashCode()), device, special));
  }

  private static List<String> names(final List<String> launches) {
    return launches.stream().map(launch -> launch.substring(0, launch.indexOf(' '))).toList();
  }

  private static List<String> of(final Trial trial, final boolean special) {
    return of(trial, EmulatedDevice.open(MEMORY, 0), special);
  }

  private static List<String> of(
      final Trial trial, final EmulatedDevice device, final boolean special) {
    try (var backend = CudaBackend.apart(device, special);
        var weights = trial.weights(backend)) {
      return device.launches(() -> backend.load(trial.plan(), weights, Mode.FAST).close());
    } catch (final IllegalArgumentException e) {
      return List.of("refused: " + e.getMessage());
    }
  }
}
