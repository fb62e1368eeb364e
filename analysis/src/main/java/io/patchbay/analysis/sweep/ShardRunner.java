package io.patchbay.analysis.sweep;

import io.patchbay.analysis.intervention.Operation.Source;
import io.patchbay.analysis.intervention.Site;
import io.patchbay.analysis.intervention.Unit;
import io.patchbay.analysis.sweep.Cell.Change;
import io.patchbay.analysis.sweep.PatchRunner.Capacity;
import io.patchbay.engine.Axis;
import io.patchbay.engine.random.Normals;
import io.patchbay.engine.random.PhiloxRandom;
import io.patchbay.engine.random.Streams;
import io.patchbay.vae.data.FactorDataset;
import io.patchbay.vae.model.VaeGraph;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// Computes the cells of some base inputs of a sweep. What a cell gives depends on the plan and its
/// own input alone, never on which others are beside it.
final class ShardRunner implements InputCells {
  private static final int CELLS = 256;

  private final SweepPlan plan;
  private final FactorDataset data;
  private final Site site;
  private final List<Unit> units;
  private final PatchRunner runner;
  private final boolean noisy;
  private final float[] mean;
  private final Optional<FactorProbe> probe;
  private final int imageSize;

  /// @param mean of the site over the sweep's inputs, for operations that take it; else empty
  /// @param probe of a plan that measures a factor
  ShardRunner(
      final Subject subject,
      final FactorDataset data,
      final SweepPlan plan,
      final Site site,
      final List<Unit> units,
      final float[] mean,
      final Optional<FactorProbe> probe) {
    this.probe = probe;
    this.plan = plan;
    this.data = data;
    this.site = site;
    this.units = units;
    this.mean = mean;
    this.noisy = plan.draws() > 0;
    final var shape = data.shape();
    this.imageSize = shape.channels() * shape.height() * shape.width();
    final int ranges = units.stream().mapToInt(u -> u.ranges().size()).max().orElse(1);
    final int sources = Math.max(1, plan.sources());
    final var values = new ArrayList<String>();
    if (plan.operation().source() == Source.POSTERIOR) {
      values.addAll(List.of("encoder.mu", "encoder.logvar"));
    }
    if (plan.factor().isPresent()) {
      values.add(plan.measured());
    }
    this.runner =
        new PatchRunner(
            subject,
            graph(subject, noisy),
            List.of(site.name()),
            plan.effect().stream().toList(),
            values,
            new Capacity(1, sources, CELLS, ranges));
  }

  static VaeGraph graph(final Subject subject, final boolean noisy) {
    final var axis = new Axis("rows");
    return noisy ? VaeGraph.sampled(subject.vae(), axis) : VaeGraph.analysis(subject.vae(), axis);
  }

  @Override
  public Computed run(final long row) {
    final int columns = plan.columns();
    final var result = new float[units.size() * plan.variations() * columns];
    long computed = 0;
    for (int draw = 0; draw < columns; draw++) {
      if (noisy) {
        runner.noise(plan.seed(), new long[] {row}, draw);
      }
      runner.bases(image(row));
      writeSources(row, draw);
      final double clean = clean();
      final var cells = cells();
      for (int from = 0; from < cells.size(); from += CELLS) {
        runner.run(cells.subList(from, Math.min(cells.size(), from + CELLS)));
        final var effects = effects(clean);
        for (int i = 0; i < effects.length; i++) {
          result[(from + i) * columns + draw] = effects[i];
        }
        computed += effects.length;
      }
    }
    return new Computed(result, computed);
  }

  /// The read-out of the base, by the program that runs the cells: a cell that changes nothing has
  /// no effect at all then.
  private double clean() {
    if (probe.isEmpty()) {
      return 0;
    }
    runner.run(List.of(new Cell(0, List.of())));
    return probe.get().read(runner.value(plan.measured()))[0];
  }

  /// One number per cell of the last run.
  private float[] effects(final double clean) {
    if (probe.isEmpty()) {
      return runner.effect(plan.effect().orElseThrow());
    }
    final var read = probe.get().read(runner.value(plan.measured()));
    final var effects = new float[read.length];
    for (int i = 0; i < read.length; i++) {
      effects[i] = (float) (read[i] - clean);
    }
    return effects;
  }

  /// The steps of both programs and the memory they hold.
  String explain() {
    return runner.explain() + "\nnative memory: " + runner.bytes() + " bytes";
  }

  private List<Cell> cells() {
    final var operation = plan.operation();
    final int sources = plan.variations() / Math.max(1, plan.values().size());
    final var values = plan.values().isEmpty() ? List.of(0.0) : plan.values();
    final var cells = new ArrayList<Cell>();
    for (final var unit : units) {
      for (final double value : values) {
        for (int source = 0; source < sources; source++) {
          cells.add(Cell.of(0, new Change(site.name(), unit, operation.with(value), source)));
        }
      }
    }
    return cells;
  }

  private void writeSources(final long row, final int draw) {
    switch (plan.operation().source()) {
      case NONE -> {}
      case MEAN -> runner.sourceValues(site.name(), mean);
      case OTHER_INPUT -> {
        final var others = others(row);
        if (noisy) {
          // A source runs with the noise of the base it is paired with.
          final var ids = new long[others.length];
          Arrays.fill(ids, row);
          runner.noise(plan.seed(), ids, draw);
        }
        runner.sources(images(others));
      }
      case POSTERIOR -> {
        final var mu = runner.prefixValue("encoder.mu");
        final var logvar = runner.prefixValue("encoder.logvar");
        final var rows = normals(row, Streams.RESAMPLE);
        for (int i = 0; i < rows.length; i++) {
          final int j = i % mu.length;
          rows[i] = mu[j] + (float) Math.exp(0.5 * logvar[j]) * rows[i];
        }
        runner.sourceValues(site.name(), rows);
      }
      case NOISE -> runner.sourceValues(site.name(), normals(row, Streams.NOISE));
    }
  }

  private float[] normals(final long row, final int stream) {
    final var values = new float[plan.sources() * site.size()];
    for (int k = 0; k < plan.sources(); k++) {
      Normals.fill(plan.seed(), stream, row, k, values, k * site.size(), site.size());
    }
    return values;
  }

  /// Other inputs, drawn by (seed, base input).
  private long[] others(final long row) {
    final var random = new PhiloxRandom(plan.seed(), Streams.RESAMPLE, row, 0);
    final var rows = new long[plan.sources()];
    for (int k = 0; k < rows.length; k++) {
      final long drawn = (long) (random.nextDouble() * (data.size() - 1));
      rows[k] = drawn >= row ? drawn + 1 : drawn;
    }
    return rows;
  }

  private float[] image(final long row) {
    return images(new long[] {row});
  }

  private float[] images(final long[] rows) {
    final var images = new float[rows.length * imageSize];
    for (int i = 0; i < rows.length; i++) {
      data.image(rows[i], images, i * imageSize);
    }
    return images;
  }

  @Override
  public void close() {
    runner.close();
  }
}
