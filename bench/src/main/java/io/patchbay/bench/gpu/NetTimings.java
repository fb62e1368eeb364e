package io.patchbay.bench.gpu;

import io.patchbay.bench.Conv4Weights;
import io.patchbay.bench.DeviceRuns;
import io.patchbay.bench.Timed;
import io.patchbay.bench.Workload;
import io.patchbay.engine.Precision;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/// Decodes with effect, encodes, forwards with effect, each layer and training steps, checked
/// against float64 and timed on the device's clock with inputs that rotate past its cache.
final class NetTimings implements Section {
  private static final int SECONDS = 90;
  private static final int MOST_SETS = 24;
  private static final long SEED = 1;
  private static final double MILLIS = 250;
  private static final int IMAGE_BYTES = 4 * Conv4Weights.PIXELS;

  NetTimings() {}

  @Override
  public String name() {
    return "net";
  }

  @Override
  public int seconds() {
    return SECONDS;
  }

  @Override
  public Map<String, Object> run(final Bench bench) {
    final var rows = new ArrayList<Map<String, Object>>();
    final var result = new LinkedHashMap<String, Object>();
    result.put("rows", rows);
    final var weights = Conv4Weights.random(SEED);
    final var batches = bench.options().tiny() ? List.of(2) : List.of(4096, 1024, 256);
    final var steps = bench.options().tiny() ? List.of(2) : List.of(64, 1024);
    try (var open = bench.open()) {
      final var layers =
          Arrays.stream(Workload.values()).filter(w -> w.layer().isPresent()).toList();
      final var watch = new Stopwatch(open, bench.size((int) MILLIS, 1));
      for (final var workload : List.of(Workload.DECODE, Workload.ENCODE, Workload.FORWARD)) {
        for (final int batch : batches) {
          final int sets = sets(bench, open, batch);
          row(
              bench,
              result,
              rows,
              new Row(workload, Precision.FP32, batch, batch, sets),
              watch,
              () ->
                  DeviceRuns.inference(
                      open.backend(), weights, workload, Precision.FP32, batch, sets));
        }
      }
      final int most = batches.getFirst();
      for (final var precision : precisions(open)) {
        for (final var workload : layers) {
          row(
              bench,
              result,
              rows,
              new Row(workload, precision, most, most, 2),
              watch,
              () -> DeviceRuns.inference(open.backend(), weights, workload, precision, most, 2));
        }
      }
      for (final int batch : steps) {
        final int sets = Math.min(4, sets(bench, open, batch));
        for (final var precision : precisions(open)) {
          row(
              bench,
              result,
              rows,
              new Row(Workload.TRAIN_STEP, precision, batch, 1, sets),
              watch,
              () -> DeviceRuns.training(open.backend(), weights, precision, batch, sets));
        }
      }
      DisjointLayers.time(bench, open, watch, precisions(open), result, rows);
    }
    return result;
  }

  private static List<Precision> precisions(final OpenDevice open) {
    return open.backend().planPrecisions().stream().sorted().toList();
  }

  /// What a row times.
  ///
  /// @param items of one run
  private record Row(Workload workload, Precision precision, int batch, int items, int sets) {
    /// Floating-point operations of an item that it cannot do without.
    double flops() {
      final double macs = workload.effectiveMacs();
      return 2 * (workload == Workload.TRAIN_STEP ? macs / 64 * batch : macs);
    }

    Map<String, Object> json() {
      final var map = new LinkedHashMap<String, Object>();
      map.put("case", workload.label());
      map.put("batch", batch);
      map.put("sets", sets);
      map.put("precision", precision.label());
      map.put("unit", workload.layer().isPresent() ? "samples/s" : workload.unit());
      return map;
    }
  }

  private static int sets(final Bench bench, final OpenDevice open, final int batch) {
    if (bench.options().tiny()) {
      return 2;
    }
    final long needed = Math.ceilDiv(open.rotated(), (long) batch * IMAGE_BYTES);
    return Math.clamp(needed, 2, MOST_SETS);
  }

  private static void row(
      final Bench bench,
      final Map<String, Object> result,
      final List<Map<String, Object>> rows,
      final Row what,
      final Stopwatch watch,
      final Supplier<Timed> made) {
    if (bench.left() < 2) {
      return;
    }
    final var row = what.json();
    try (var timed = made.get()) {
      if (what.workload() != Workload.TRAIN_STEP) {
        row.put("error", DeviceRuns.error(timed, Conv4Weights.random(SEED), what.precision()));
      }
      final var time = watch.time(timed::run, what.sets() + 2);
      row.put("form", timed.form());
      row.putAll(time.json());
      final double rate = what.items() / (time.median() * 1e-3);
      row.put("rate", rate);
      row.put("tflops", what.flops() * rate * 1e-12);
    } catch (final RuntimeException e) {
      row.put("failed", String.valueOf(e));
    }
    rows.add(row);
    bench.keep(result);
  }
}
