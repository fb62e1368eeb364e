package io.patchbay.bench.gpu;

import io.patchbay.bench.DeviceRuns;
import io.patchbay.bench.SuiteModel;
import io.patchbay.bench.SweepWorkload;
import io.patchbay.bench.SweepWorkload.Outcome;
import io.patchbay.engine.expression.PatchOp;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Whole sweeps of each kind, checked against float64 and then timed with everything that they
/// cost: images from the host, bases, sources, cells, effects to the host. Each with some numbers
/// of cells that run together, of which the fastest counts.
final class SweepTimings implements Section {
  private static final int SECONDS = 120;
  private static final long SEED = 1;
  private static final double MILLIS = 400;
  private static final int SOURCES = 64;
  private static final List<Integer> TOGETHER = List.of(1 << 14, 1 << 16, 1 << 17);

  /// Bases of the small sweep, of 70 cells each.
  private static final int FEW = 15;

  SweepTimings() {}

  @Override
  public String name() {
    return "sweeps";
  }

  @Override
  public int seconds() {
    return SECONDS;
  }

  /// Beside which what cells do is timed as an op of one's own, too.
  private static final List<SweepWorkload> OWN =
      List.of(SweepWorkload.Z_GRID, SweepWorkload.CHANNELS_32);

  /// @param bases inputs of the whole sweep
  /// @param own whether what cells do is said as an op of one's own
  private record Sweep(String label, SweepWorkload workload, int bases, int sources, boolean own) {}

  private static List<Sweep> sweeps(final boolean tiny) {
    final var sweeps = new ArrayList<Sweep>();
    for (final var workload : SweepWorkload.values()) {
      final int bases =
          switch (workload) {
            case Z_GRID, Z_GRID_BF16, Z_GRID_TF32 -> 4096;
            case CHANNELS_16, CHANNELS_32, ABLATE_32, OCCLUSION_MU, ENCODER_CHANNELS_MU -> 256;
            case UNITS_ALL -> 8;
            case MEDIATION_16, MEDIATION_4 -> 64;
          };
      final int sources = tiny ? 1 : SOURCES;
      sweeps.add(new Sweep(workload.label(), workload, tiny ? 2 : bases, sources, false));
      if (OWN.contains(workload)) {
        final var label = workload.label() + ", own op";
        sweeps.add(new Sweep(label, workload, tiny ? 2 : bases, sources, true));
      }
    }
    sweeps.add(1, new Sweep("z-grid, 1,050 cells", SweepWorkload.Z_GRID, tiny ? 1 : FEW, 0, false));
    return sweeps;
  }

  @Override
  public Map<String, Object> run(final Bench bench) {
    final var rows = new TimedRows(bench);
    try (var open = bench.open()) {
      final var model = bench.model(open);
      rows.say("model", model.folder().toString());
      Arrays.stream(SweepWorkload.values())
          .filter(workload -> !DeviceRuns.runs(workload, open.backend()))
          .forEach(workload -> rows.say(workload.label(), "not in this precision"));
      for (final var sweep : sweeps(bench.options().tiny())) {
        final boolean wanted =
            !bench.options().tiny() || sweep.workload() == SweepWorkload.CHANNELS_32;
        if (wanted && DeviceRuns.runs(sweep.workload(), open.backend())) {
          final var names = new LinkedHashMap<String, Object>();
          names.put("case", sweep.label());
          names.put("precision", DeviceRuns.precision(sweep.workload()));
          rows.add(
              names,
              row -> {
                time(row, bench, open, model, sweep);
                if (sweep.own()) {
                  ratio(row, rows.rows(), sweep.workload().label());
                }
              });
        }
      }
    }
    return rows.result();
  }

  /// How fast an op of one's own is beside the built-in one, and how it was computed.
  private static void ratio(
      final Map<String, Object> row, final List<Map<String, Object>> rows, final String builtIn) {
    rows.stream()
        .filter(other -> builtIn.equals(other.get("case")))
        .findFirst()
        .ifPresent(other -> {
          if (row.get("rate") instanceof final Double own
              && other.get("rate") instanceof final Double built) {
            row.put("beside_built_in", own / built);
            row.computeIfPresent(
                "form",
                (_, form) ->
                    form + String.format(Locale.ROOT, ", %.3f of the built-in op", own / built));
          }
        });
  }

  private static void time(
      final Map<String, Object> row,
      final Bench bench,
      final OpenDevice open,
      final SuiteModel model,
      final Sweep sweep) {
    final var workload = sweep.workload();
    final boolean pairs = workload.outcome() == Outcome.PAIR;
    final int inputs =
        Math.max(pairs ? 2 * sweep.bases() : sweep.bases(), pairs ? 0 : sweep.sources() + 1);
    final var pool = model.images(inputs, SEED);
    row.put("bases", sweep.bases());
    row.put("sources", sweep.sources());
    row.put("unit", "cells/s");
    if (sweep.own()) {
      row.put("own_op", open.backend().form(PatchOp.define("own", "value")).toString());
    }
    final double macs = DeviceRuns.macsPerCell(workload, pool, sweep.bases(), sweep.sources());
    row.put("macs_per_cell", macs);
    double best = 0;
    final var tried = new LinkedHashMap<String, Object>();
    for (final int cells : bench.options().tiny() ? List.of(64) : TOGETHER) {
      if (bench.left() < 2) {
        break;
      }
      try (var ours =
          DeviceRuns.sweep(
              open.backend(),
              model.weights(),
              workload,
              pool,
              sweep.bases(),
              sweep.sources(),
              cells,
              sweep.own())) {
        final double error =
            DeviceRuns.sweepError(
                ours, model.weights(), workload, pool, sweep.bases(), sweep.sources());
        final var time = new Stopwatch(open, bench.size((int) MILLIS, 1)).time(ours::run, 1);
        final double rate = ours.batch() / (time.median() * 1e-3);
        tried.put(Integer.toString(cells), rate);
        if (rate > best) {
          best = rate;
          row.put("form", ours.form() + ", " + cells + " cells together");
          row.put("cells", ours.batch());
          row.put("error", error);
          row.putAll(time.json());
          row.put("rate", rate);
          row.put("tflops", 2 * macs * rate * 1e-12);
        }
      } catch (final RuntimeException e) {
        tried.put(Integer.toString(cells), "failed: " + e);
        row.put("failed", cells + " cells together: " + e);
      }
    }
    row.put("tried", tried);
  }
}
