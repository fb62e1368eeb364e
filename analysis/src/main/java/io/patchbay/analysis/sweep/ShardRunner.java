package io.patchbay.analysis.sweep;

import io.patchbay.analysis.intervention.Operation;
import io.patchbay.analysis.intervention.Operation.Source;
import io.patchbay.analysis.intervention.Site;
import io.patchbay.analysis.patch.Cell;
import io.patchbay.analysis.patch.Cell.Change;
import io.patchbay.analysis.patch.DenseCells;
import io.patchbay.analysis.patch.FactorProbe;
import io.patchbay.analysis.patch.PatchRunner;
import io.patchbay.analysis.patch.PatchRunner.Capacity;
import io.patchbay.analysis.patch.Subject;
import io.patchbay.analysis.sweep.folder.JointUnit;
import io.patchbay.analysis.sweep.folder.Place;
import io.patchbay.analysis.sweep.folder.SweepPlan;
import io.patchbay.engine.Axis;
import io.patchbay.engine.Node;
import io.patchbay.engine.random.Streams;
import io.patchbay.vae.data.FactorDataset;
import io.patchbay.vae.model.VaeGraph;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Computes the cells of some base inputs of a sweep. What a cell gives depends on the plan and its
/// own input alone, never on which others are beside it.
final class ShardRunner implements InputCells {
  private static final int CELLS = 256;

  private final SweepPlan plan;
  private final SweepSources sources;
  private final FactorDataset data;
  private final List<Site> sites;
  private final List<JointUnit> units;
  private final PatchRunner runner;
  private final boolean noisy;
  private final SourceDraws draws;
  private final DistinctCells distinct;
  private final SiteValues fixed;
  private final Optional<FactorProbe> probe;
  private final List<String> watched;
  private final Map<String, float[]> taken = new HashMap<>();
  private final List<Cell> cells;
  private final int imageSize;

  /// @param sites those of the plan's places
  /// @param probe of a plan that measures a factor
  ShardRunner(
      final Subject subject,
      final FactorDataset data,
      final SweepSources sources,
      final List<Site> sites,
      final List<JointUnit> units,
      final SiteValues fixed,
      final Optional<FactorProbe> probe) {
    this(subject, data, sources, sites, units, fixed, probe, CELLS, List.of());
  }

  /// For [#notFinite]: one cell at a time, with the value of every site at hand.
  static ShardRunner watching(
      final Subject subject,
      final FactorDataset data,
      final SweepSources sources,
      final List<Site> sites,
      final List<JointUnit> units,
      final SiteValues fixed,
      final Optional<FactorProbe> probe) {
    final var nodes = new HashSet<Node>();
    final var watched =
        graph(subject, sources.plan().draws() > 0).graph().sites().entrySet().stream()
            .filter(site -> nodes.add(site.getValue()))
            .map(Map.Entry::getKey)
            .toList();
    return new ShardRunner(subject, data, sources, sites, units, fixed, probe, 1, watched);
  }

  /// @param atOnce cells of a run, at most
  /// @param watched sites whose values are at hand
  ShardRunner(
      final Subject subject,
      final FactorDataset data,
      final SweepSources sources,
      final List<Site> sites,
      final List<JointUnit> units,
      final SiteValues fixed,
      final Optional<FactorProbe> probe,
      final int atOnce,
      final List<String> watched) {
    this.probe = probe;
    this.watched = watched;
    this.plan = sources.plan();
    this.sources = sources;
    this.data = data;
    this.sites = sites;
    this.units = units;
    this.fixed = fixed;
    this.noisy = plan.draws() > 0;
    this.draws = new SourceDraws(plan);
    this.distinct = new DistinctCells(plan, units);
    final var shape = data.shape();
    this.imageSize = shape.channels() * shape.height() * shape.width();
    final int ranges =
        units.stream()
            .flatMap(u -> u.parts().stream())
            .mapToInt(u -> u.ranges().size())
            .max()
            .orElse(1);
    final var values = new ArrayList<>(watched);
    if (plan.places().stream().anyMatch(p -> p.operation().source() == Source.POSTERIOR)) {
      values.addAll(List.of("encoder.mu", "encoder.logvar"));
    }
    if (plan.factor().isPresent()) {
      values.add(plan.measured());
    }
    this.runner =
        new PatchRunner(
            subject,
            graph(subject, noisy),
            fixed.patches(),
            plan.effect().stream().toList(),
            values,
            new Capacity(1, plan.sourceRows(), atOnce, ranges));
    fixed.means().forEach(runner::mean);
    this.cells = cells();
  }

  @Override
  public int rows() {
    return runner.atOnce();
  }

  static VaeGraph graph(final Subject subject, final boolean noisy) {
    final var axis = new Axis("rows");
    return noisy ? VaeGraph.sampled(subject.vae(), axis) : VaeGraph.analysis(subject.vae(), axis);
  }

  @Override
  public Computed run(final long row) {
    final int columns = plan.columns();
    final var result = new float[units.size() * plan.variations() * columns];
    final var which = distinct.of(taken(row));
    final var some = Arrays.stream(which.computed()).mapToObj(cells::get).toList();
    long computed = 0;
    for (int draw = 0; draw < columns; draw++) {
      prepare(row, draw);
      final double clean = clean();
      final var found = new float[some.size()];
      for (int from = 0; from < some.size(); from += CELLS) {
        runner.run(some.subList(from, Math.min(some.size(), from + CELLS)));
        final var effects = effects(clean);
        System.arraycopy(effects, 0, found, from, effects.length);
        computed += effects.length;
      }
      final var every = which.spread(found);
      for (int i = 0; i < every.length; i++) {
        result[i * columns + draw] = every[i];
      }
    }
    return new Computed(
        result, computed, (long) columns * which.deduplicated(), (long) columns * which.zero());
  }

  /// The inputs that a base's cells take from.
  private long[] taken(final long row) {
    final boolean others =
        plan.places().stream().anyMatch(p -> p.operation().source() == Source.OTHER_INPUT);
    return others ? sources.of(row, plan.sourceRows()) : new long[0];
  }

  private void prepare(final long row, final int draw) {
    if (noisy) {
      runner.noise(plan.seed(), new long[] {row}, draw);
    }
    runner.bases(image(row));
    runner.keys(plan.seed(), new long[] {row}, draw * plan.sourcesPerValue());
    writeSources(row, draw);
  }

  /// The first site, in the order of the computation, with a value that is not finite in one cell.
  ///
  /// @param cell its number among those of one input and draw
  Optional<String> notFinite(final long row, final int draw, final int cell) {
    prepare(row, draw);
    runner.run(List.of(cells.get(cell)));
    for (final var site : watched) {
      for (final float value : runner.value(site)) {
        if (!Float.isFinite(value)) {
          return Optional.of(site);
        }
      }
    }
    return Optional.empty();
  }

  /// The value of a watched site in every cell of one input, and at last in the run without any.
  float[] watched(final long row, final String site) {
    prepare(row, 0);
    final var all = cells();
    all.add(new Cell(0, List.of()));
    runner.run(all);
    return runner.value(site);
  }

  /// Some cells of one input and draw by the whole graph.
  ///
  /// @param which their numbers among those of the input and draw
  Dense dense(final DenseCells dense, final long row, final int draw, final List<Integer> which) {
    prepare(row, draw);
    final var noise = new DenseCells.Noise(plan.seed(), row, draw);
    final var image = image(row);
    final int drawn = draw * plan.sourcesPerValue();
    final var given = new DenseCells.Given(taken, fixed.means(), drawn);
    final var clean = dense.run(image, noise, List.of(new Cell(0, List.of())), given);
    final var effects = new double[which.size()];
    for (int from = 0; from < effects.length; from += DenseCells.MOST) {
      final int to = Math.min(effects.length, from + DenseCells.MOST);
      final var batch = which.subList(from, to).stream().map(cells::get).toList();
      final var values = dense.run(image, noise, batch, given);
      for (int i = from; i < to; i++) {
        effects[i] = effect(clean, values, (i - from) * clean.length);
      }
    }
    double squares = 0;
    for (final float value : clean) {
      squares += (double) value * value;
    }
    return new Dense(effects, Math.sqrt(squares));
  }

  /// @param norm of the value that the effects are changes of
  record Dense(double[] effects, double norm) {}

  private double effect(final float[] clean, final float[] values, final int offset) {
    return plan.effect()
        .map(e -> e.of(clean, values, offset))
        .orElseGet(() -> {
          final var changed = Arrays.copyOfRange(values, offset, offset + clean.length);
          final var of = probe.orElseThrow();
          return of.readFinite(changed)[0] - of.readFinite(clean)[0];
        });
  }

  /// The read-out of the base, by the program that runs the cells: a cell that changes nothing has
  /// no effect at all then.
  private double clean() {
    if (probe.isEmpty()) {
      return 0;
    }
    runner.run(List.of(new Cell(0, List.of())));
    return probe.get().readFinite(runner.value(plan.measured()))[0];
  }

  /// One number per cell of the last run.
  private float[] effects(final double clean) {
    if (probe.isEmpty()) {
      return runner.effect(plan.effect().orElseThrow());
    }
    final var read = probe.get().readFinite(runner.value(plan.measured()));
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

  /// Those of any input and draw.
  private List<Cell> cells() {
    final int sources = plan.sourcesPerValue();
    final var values = plan.values().isEmpty() ? List.of(0.0) : plan.values();
    final var operations = plan.places().stream().map(Place::operation).toList();
    final var cells = new ArrayList<Cell>();
    for (final var unit : units) {
      for (int value = 0; value < values.size(); value++) {
        for (int source = 0; source < sources; source++) {
          final var changes = new ArrayList<Change>();
          for (int p = 0; p < sites.size(); p++) {
            final var operation = operations.get(p);
            final int row = sourceRow(operation, value, source);
            changes.add(
                new Change(
                    sites.get(p).name(),
                    unit.parts().get(p),
                    operation.with(values.get(value)),
                    row));
          }
          cells.add(new Cell(0, changes));
        }
      }
    }
    return cells;
  }

  private static int sourceRow(final Operation operation, final int value, final int source) {
    if (SweepPlan.drawn(operation)) {
      return source;
    }
    return operation.source() == Source.RENDERED ? value : 0;
  }

  private void writeSources(final long row, final int draw) {
    final var tables = new LinkedHashMap<Site, float[]>();
    boolean others = false;
    for (int p = 0; p < sites.size(); p++) {
      final var site = sites.get(p);
      final var operation = plan.places().get(p).operation();
      others |= operation.source() == Source.OTHER_INPUT;
      source(site, operation, row, p).ifPresent(table -> tables.put(site, table));
    }
    if (others) {
      final var rows = sources.of(row, plan.sourceRows());
      if (noisy) {
        // A source runs with the noise of the base it is paired with.
        final var ids = new long[rows.length];
        Arrays.fill(ids, row);
        runner.noise(plan.seed(), ids, draw);
      }
      runner.sources(images(rows));
      sites.forEach(site -> taken.put(site.name(), runner.prefixValue(site.name())));
    }
    tables.forEach((site, table) -> {
      final var repeated = repeated(table, plan.sourceRows() * site.size());
      taken.put(site.name(), repeated);
      runner.sourceValues(site.name(), repeated);
    });
  }

  /// What the cells take at a site, one row per source; empty where that is nothing, or another
  /// input's activation. Reads what the run of the base left.
  private Optional<float[]> source(
      final Site site, final Operation operation, final long row, final int place) {
    return switch (operation.source()) {
      case NONE, OTHER_INPUT -> Optional.empty();
      case MEAN -> Optional.ofNullable(fixed.means().get(site.name()));
      case BASE -> Optional.of(runner.prefixValue(site.name()));
      case RENDERED -> Optional.of(rendered(operation, row));
      case POSTERIOR -> Optional.of(posterior(site, row));
      case NOISE -> Optional.of(draws.normals(site, row, Streams.NOISE, place));
    };
  }

  private float[] rendered(final Operation operation, final long row) {
    if (!(operation instanceof final Operation.Rendered rendered)) {
      throw new IllegalStateException("only these are rendered: op=" + operation.label());
    }
    final var rendering = new Rendering(rendered, data);
    final var images = new float[plan.values().size() * imageSize];
    for (int v = 0; v < plan.values().size(); v++) {
      final var image = rendering.image(row, plan.values().get(v));
      System.arraycopy(image, 0, images, v * imageSize, imageSize);
    }
    return images;
  }

  private float[] posterior(final Site site, final long row) {
    final var mu = runner.prefixValue("encoder.mu");
    final var logvar = runner.prefixValue("encoder.logvar");
    final var rows = draws.normals(site, row, Streams.RESAMPLE, 0);
    for (int i = 0; i < rows.length; i++) {
      final int j = i % mu.length;
      rows[i] = mu[j] + (float) Math.exp(0.5 * logvar[j]) * rows[i];
    }
    return rows;
  }

  private static float[] repeated(final float[] rows, final int length) {
    final var all = new float[length];
    for (int at = 0; at < length; at += rows.length) {
      System.arraycopy(rows, 0, all, at, Math.min(rows.length, length - at));
    }
    return all;
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
