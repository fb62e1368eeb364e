package io.patchbay.bench.gpu;

import io.patchbay.bench.Conv4Weights;
import io.patchbay.bench.DeviceRuns;
import io.patchbay.bench.Timed;
import io.patchbay.bench.Workload;
import io.patchbay.engine.Precision;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Decodes with effect, whole and as a change, encodes, forwards with effect, each layer and
/// training steps, checked (training steps against the CPU, all else against float64) and timed on
/// the device's clock with inputs that rotate past its cache.
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
    final var rows = new TimedRows(bench);
    final var weights = Conv4Weights.random(SEED);
    final var batches = bench.options().tiny() ? List.of(2) : List.of(4096, 1024, 256);
    final int most = batches.getFirst();
    final var steps = bench.options().tiny() ? List.of(2) : List.of(64, 1024);
    try (var open = bench.open()) {
      final var layers =
          Arrays.stream(Workload.values()).filter(w -> w.layer().isPresent()).toList();
      final var watch = new Stopwatch(open, bench.size((int) MILLIS, 1));
      for (final var workload : List.of(Workload.DECODE, Workload.ENCODE, Workload.FORWARD)) {
        for (final var precision : precisions(open)) {
          for (final int batch : precision == Precision.FP32 ? batches : List.of(most)) {
            final int sets = sets(bench, open, batch);
            time(rows, new Row(workload, precision, batch, batch, sets), open, weights, watch);
          }
        }
      }
      changes(bench, rows, open, weights, watch);
      for (final var precision : precisions(open)) {
        for (final var workload : layers) {
          time(rows, new Row(workload, precision, most, most, 2), open, weights, watch);
        }
      }
      for (final int batch : steps) {
        final int sets = Math.min(4, sets(bench, open, batch));
        for (final var precision : precisions(open)) {
          time(rows, new Row(Workload.TRAIN_STEP, precision, batch, 1, sets), open, weights, watch);
        }
      }
      DisjointLayers.time(bench, open, watch, precisions(open), rows);
    }
    return rows.result();
  }

  /// Decodes with effect as the change of a clean one, in each precision that the device carries a
  /// change in: cells of a sweep whose clean values and numbers stand in its memory.
  private static void changes(
      final Bench bench,
      final TimedRows rows,
      final OpenDevice open,
      final Conv4Weights weights,
      final Stopwatch watch) {
    final int bases = bench.size(1024, 2);
    final int cells = bench.size(1 << 16, 4);
    open.backend().precisions().stream()
        .sorted()
        .forEach(precision -> {
          final var names = new LinkedHashMap<String, Object>();
          names.put("case", "decode-change");
          names.put("precision", precision.label());
          names.put("batch", cells);
          names.put("unit", Workload.DECODE.unit());
          rows.add(
              names,
              row -> {
                try (var change =
                    DeviceRuns.change(open.backend(), weights, precision, bases, cells)) {
                  row.put("error", DeviceRuns.changeError(change, weights, precision));
                  put(row, change, watch.time(change::run, 2), cells);
                  row.put("tflops", 2 * Workload.DECODE.effectiveMacs() * rate(row) * 1e-12);
                }
              });
        });
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

  private static void time(
      final TimedRows rows,
      final Row what,
      final OpenDevice open,
      final Conv4Weights weights,
      final Stopwatch watch) {
    rows.add(
        what.json(),
        row -> {
          try (var timed = made(what, open, weights)) {
            row.put(
                "error",
                what.workload() == Workload.TRAIN_STEP
                    ? DeviceRuns.trainingError(timed, weights, what.precision())
                    : DeviceRuns.error(timed, weights, what.precision()));
            put(row, timed, watch.time(timed::run, what.sets() + 2), what.items());
            row.put("tflops", what.flops() * rate(row) * 1e-12);
          }
        });
  }

  private static Timed made(final Row what, final OpenDevice open, final Conv4Weights weights) {
    return what.workload() == Workload.TRAIN_STEP
        ? DeviceRuns.training(open.backend(), weights, what.precision(), what.batch(), what.sets())
        : DeviceRuns.inference(
            open.backend(), weights, what.workload(), what.precision(), what.batch(), what.sets());
  }

  private static void put(
      final Map<String, Object> row,
      final Timed timed,
      final Stopwatch.Time time,
      final int items) {
    row.put("form", timed.form());
    row.putAll(time.json());
    row.put("rate", items / (time.median() * 1e-3));
  }

  private static double rate(final Map<String, Object> row) {
    return row.get("rate") instanceof final Double rate ? rate : Double.NaN;
  }
}
