package io.patchbay.analysis.sweep;

import io.patchbay.analysis.intervention.Operation.Source;
import io.patchbay.analysis.intervention.Site;
import io.patchbay.analysis.intervention.Sites;
import io.patchbay.analysis.intervention.Unit;
import io.patchbay.analysis.intervention.UnitSelection;
import io.patchbay.analysis.metric.CausalEffectStrength;
import io.patchbay.analysis.report.GuardRun;
import io.patchbay.analysis.statistics.Bootstrap;
import io.patchbay.analysis.statistics.Matrix;
import io.patchbay.engine.Axis;
import io.patchbay.engine.Plan;
import io.patchbay.engine.Sizes;
import io.patchbay.engine.random.PhiloxRandom;
import io.patchbay.engine.random.Streams;
import io.patchbay.vae.data.FactorDataset;
import io.patchbay.vae.io.BadInputException;
import io.patchbay.vae.io.RunLock;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BooleanSupplier;

/// Many interventions at one site, as a folder of files: `plan.json`, one shard of effects per
/// group of inputs, and at the end `effects.npy` with `axes.json`. A sweep that was stopped goes on
/// where it was; what it computes does not depend on that.
public final class Sweep {
  private static final int SHARD = 16;
  private static final int CONTROL_INPUTS = 4;

  private final Subject subject;
  private final FactorDataset data;
  private final SweepPlan plan;
  private final Site site;
  private final List<Unit> units;
  private final long[] rows;
  private final SweepFolder folder;

  /// Hears of cells computed.
  public interface Listener {
    void cells(long done, long all);
  }

  /// What a sweep found.
  ///
  /// @param interrupted whether it was stopped before its end
  /// @param strength mean effect per unit, with intervals over inputs; empty when interrupted
  public record Result(
      boolean interrupted,
      long cells,
      List<Unit> units,
      List<CausalEffectStrength> strength,
      List<GuardRun> controls) {}

  /// @throws BadInputException when the plan asks for what the model does not have
  public Sweep(
      final Subject subject, final FactorDataset data, final SweepPlan plan, final Path folder) {
    this.subject = subject;
    this.data = data;
    this.plan = plan;
    this.site = Sites.of(ShardRunner.graph(subject, plan.draws() > 0).graph()).named(plan.site());
    this.units = UnitSelection.of(site, plan.units());
    this.rows = rows(plan, data);
    this.folder = new SweepFolder(folder, plan);
    // A metric that there is not is refused here, before anything is written.
    final var measured = plan.effect().site();
    if (plan.metric().startsWith("site:")) {
      Sites.of(ShardRunner.graph(subject, false).graph()).named(measured);
    }
  }

  private static long[] rows(final SweepPlan plan, final FactorDataset data) {
    final var random = new PhiloxRandom(plan.seed(), Streams.METRIC, 0, 0);
    final var rows = new long[plan.inputs()];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = (long) (random.nextDouble() * data.size());
    }
    return rows;
  }

  /// Cells of the whole sweep.
  public long cells() {
    return (long) rows.length * units.size() * plan.variations() * plan.columns();
  }

  /// What would run, and how much: nothing is computed.
  public String explain() {
    try (var runner = new ShardRunner(subject, data, plan, site, units, new float[0])) {
      return runner.explain() + "\ncells: " + cells() + " in shards of " + SHARD + " inputs";
    }
  }

  /// @param resume whether a folder that holds a part of this very sweep is gone on with
  public Result run(final boolean resume, final Listener listener, final BooleanSupplier stop) {
    try (var _ = RunLock.acquire(folder.path())) {
      folder.begin(resume, units, rows, subject.backend().device());
      final var controls = new ArrayList<GuardRun>();
      if (!site.name().equals("output") && reachesImage()) {
        final var guard =
            Controls.of(subject, site, images(controlRows()), CONTROL_INPUTS, cells());
        Controls.require(guard);
        controls.add(guard);
      }
      final int each = units.size() * plan.variations() * plan.columns();
      try (var runner = new ShardRunner(subject, data, plan, site, units, mean())) {
        for (int shard = 0; shard * SHARD < rows.length; shard++) {
          final int from = shard * SHARD;
          final int to = Math.min(rows.length, from + SHARD);
          if (!folder.has(shard, (long) (to - from) * each)) {
            final var effects = new float[(to - from) * each];
            for (int i = from; i < to; i++) {
              if (stop.getAsBoolean()) {
                return new Result(true, cells(), units, List.of(), controls);
              }
              System.arraycopy(runner.run(rows[i]), 0, effects, (i - from) * each, each);
              listener.cells((long) (i + 1) * each, cells());
            }
            folder.write(shard, effects);
          }
          listener.cells((long) to * each, cells());
        }
      }
      final var effects = folder.finish(units, rows, SHARD, controls);
      return new Result(false, cells(), units, List.of(strength(effects)), controls);
    }
  }

  private boolean reachesImage() {
    try {
      new Suffix(ShardRunner.graph(subject, false).graph(), List.of(site.name())).value("output");
      return true;
    } catch (final IllegalArgumentException e) {
      return false;
    }
  }

  private long[] controlRows() {
    final var random = new PhiloxRandom(plan.seed(), Streams.AUDIT, 0, 0);
    final var chosen = new long[CONTROL_INPUTS];
    for (int i = 0; i < chosen.length; i++) {
      chosen[i] = (long) (random.nextDouble() * data.size());
    }
    return chosen;
  }

  private float[] images(final long[] chosen) {
    final var shape = data.shape();
    final int size = shape.channels() * shape.height() * shape.width();
    final var images = new float[chosen.length * size];
    for (int i = 0; i < chosen.length; i++) {
      data.image(chosen[i], images, i * size);
    }
    return images;
  }

  /// The site's mean over the sweep's inputs, where the operation takes it.
  private float[] mean() {
    if (plan.operation().source() != Source.MEAN) {
      return new float[0];
    }
    final var graph = ShardRunner.graph(subject, false);
    final var node = Suffix.site(graph.graph(), site.name());
    final var axis = new Axis("rows");
    final var sums = new double[site.size()];
    try (var program =
        subject
            .backend()
            .load(
                Plan.of(graph.graph(), List.of(node), Sizes.of(axis, SHARD)), subject.weights())) {
      for (int from = 0; from < rows.length; from += SHARD) {
        final int to = Math.min(rows.length, from + SHARD);
        program.write(graph.image(), images(Arrays.copyOfRange(rows, from, to)));
        program.run(Sizes.of(axis, to - from));
        final var values = program.read(node);
        for (int i = 0; i < values.length; i++) {
          sums[i % sums.length] += values[i];
        }
      }
    }
    final var mean = new float[sums.length];
    for (int i = 0; i < mean.length; i++) {
      mean[i] = (float) (sums[i] / rows.length);
    }
    return mean;
  }

  /// Means over variations and draws, per unit.
  private CausalEffectStrength strength(final float[] effects) {
    final int inner = plan.variations() * plan.columns();
    final var means = new double[rows.length * units.size()];
    for (int i = 0; i < effects.length; i++) {
      means[i / inner] += effects[i] / (double) inner;
    }
    return CausalEffectStrength.of(
        Matrix.of(means, rows.length, units.size()), Bootstrap.standard(plan.seed()));
  }
}
