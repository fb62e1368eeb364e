package io.patchbay.bench.gpu;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.IntConsumer;

/// Times runs by a device's clock: warm-up, then windows of runs in turn, of which the median
/// counts.
final class Stopwatch {
  private static final double WINDOW_MILLIS = 4;
  private static final int MOST_WINDOWS = 40;
  private static final int LEAST_WINDOWS = 5;

  /// Runs as long as this are timed twice, not five times.
  private static final double LONG_MILLIS = 1000;

  private final OpenDevice device;
  private final double budgetMillis;

  /// @param budgetMillis of one row, warm-up aside
  Stopwatch(final OpenDevice device, final double budgetMillis) {
    this.device = device;
    this.budgetMillis = budgetMillis;
  }

  /// Milliseconds of one run.
  ///
  /// @param windows how many there were
  /// @param runs in each of them
  record Time(double median, double smallest, double largest, int windows, int runs) {
    /// As JSON values.
    Map<String, Object> json() {
      final var map = new LinkedHashMap<String, Object>();
      map.put("ms", median);
      map.put("ms_min", smallest);
      map.put("ms_max", largest);
      map.put("windows", windows);
      map.put("runs", runs);
      return map;
    }
  }

  /// @param run does the `turn`-th run
  /// @param warm runs before the clock starts
  Time time(final IntConsumer run, final int warm) {
    for (int turn = 0; turn < warm; turn++) {
      run.accept(turn);
    }
    final double once = Math.max(1e-3, device.milliseconds(() -> run.accept(warm)));
    final int each = (int) Math.clamp(WINDOW_MILLIS / once, 1, 10_000);
    final int windows =
        (int)
            Math.clamp(
                budgetMillis / (each * once), once < LONG_MILLIS ? LEAST_WINDOWS : 2, MOST_WINDOWS);
    final var found = new double[windows];
    int turn = warm + 1;
    for (int i = 0; i < windows; i++) {
      final int from = turn;
      found[i] =
          device.milliseconds(() -> {
            for (int k = 0; k < each; k++) {
              run.accept(from + k);
            }
          })
              / each;
      turn += each;
    }
    Arrays.sort(found);
    return new Time(
        (found[windows / 2] + found[(windows - 1) / 2]) / 2,
        found[0],
        found[windows - 1],
        windows,
        each);
  }
}
