package io.patchbay.bench.gpu;

import io.patchbay.bench.Conv4Weights;
import io.patchbay.bench.DeviceRuns;
import io.patchbay.bench.SweepWorkload;
import io.patchbay.bench.Workload;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;

/// The same work twenty times over: every bit of every result must be the same. Every second time
/// on a program made anew.
final class Determinism implements Section {
  private static final int SECONDS = 40;
  private static final int TIMES = 20;
  private static final double LEAST_SECONDS = 2;
  private static final int STEPS = 3;
  private static final long SEED = 1;

  Determinism() {}

  @Override
  public String name() {
    return "determinism";
  }

  @Override
  public int seconds() {
    return SECONDS;
  }

  @Override
  public Map<String, Object> run(final Bench bench) {
    final var result = new LinkedHashMap<String, Object>();
    final var weights = Conv4Weights.random(SEED);
    final int rows = bench.size(1024, 2);
    final int batch = bench.size(64, 4);
    try (var open = bench.open()) {
      final var backend = open.backend();
      for (final var workload : List.of(Workload.DECODE, Workload.ENCODE, Workload.FORWARD)) {
        for (final var precision : backend.planPrecisions()) {
          try (var kept = DeviceRuns.inference(backend, weights, workload, precision, rows, 1)) {
            check(
                bench,
                result,
                workload.label() + ", " + precision.label(),
                time -> {
                  if (time % 2 == 0) {
                    kept.run(0);
                    return Arrays.hashCode(DeviceRuns.result(kept, 0));
                  }
                  try (var fresh =
                      DeviceRuns.inference(backend, weights, workload, precision, rows, 1)) {
                    fresh.run(0);
                    return Arrays.hashCode(DeviceRuns.result(fresh, 0));
                  }
                });
          }
        }
      }
      for (final var precision : backend.planPrecisions()) {
        try (var kept = DeviceRuns.training(backend, weights, precision, batch, 1)) {
          check(
              bench,
              result,
              "train-step, " + precision.label(),
              time -> {
                if (time % 2 == 0) {
                  return hash(DeviceRuns.trained(kept, STEPS));
                }
                try (var fresh = DeviceRuns.training(backend, weights, precision, batch, 1)) {
                  return hash(DeviceRuns.trained(fresh, STEPS));
                }
              });
        }
      }
      final var model = bench.model(open);
      for (final var workload : SweepWorkload.values()) {
        if (!DeviceRuns.runs(workload, backend)) {
          continue;
        }
        final int bases = bench.size(workload == SweepWorkload.UNITS_ALL ? 1 : 4, 1);
        final int sources = bench.size(4, 1);
        final var pool = model.images(Math.max(2 * bases, sources + 1), SEED);
        if (bench.options().tiny() && workload != SweepWorkload.CHANNELS_32) {
          continue;
        }
        try (var sweep =
            DeviceRuns.sweep(
                backend, model.weights(), workload, pool, bases, sources, 1 << 13, false)) {
          check(
              bench,
              result,
              workload.label(),
              time -> {
                sweep.run(0);
                return Arrays.hashCode(sweep.effects());
              });
        }
      }
    }
    result.put("times", TIMES);
    result.put(
        "passed", result.values().stream().noneMatch(v -> v instanceof final String s && bad(s)));
    return result;
  }

  private static boolean bad(final String text) {
    return !text.equals("the same bits");
  }

  private static int hash(final Map<String, float[]> states) {
    int hash = 1;
    for (final var values : states.values()) {
      hash = 31 * hash + Arrays.hashCode(values);
    }
    return hash;
  }

  private static void check(
      final Bench bench,
      final Map<String, Object> result,
      final String what,
      final IntFunction<Integer> run) {
    if (bench.left() < LEAST_SECONDS) {
      result.put(what, "no time was left for it");
      return;
    }
    try {
      final int first = run.apply(0);
      int differ = 0;
      for (int time = 1; time < TIMES; time++) {
        differ += run.apply(time) == first ? 0 : 1;
      }
      result.put(what, differ == 0 ? "the same bits" : differ + " of " + TIMES + " differ");
    } catch (final RuntimeException e) {
      result.put(what, "failed: " + e);
    }
    bench.keep(result);
  }
}
