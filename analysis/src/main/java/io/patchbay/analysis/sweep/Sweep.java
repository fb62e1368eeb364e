package io.patchbay.analysis.sweep;

import io.patchbay.analysis.intervention.Operation;
import io.patchbay.analysis.intervention.Site;
import io.patchbay.analysis.intervention.Sites;
import io.patchbay.analysis.metric.CausalEffectStrength;
import io.patchbay.analysis.report.GuardRun;
import io.patchbay.analysis.statistics.Bootstrap;
import io.patchbay.analysis.statistics.Matrix;
import io.patchbay.engine.Node;
import io.patchbay.engine.random.PhiloxRandom;
import io.patchbay.engine.random.Streams;
import io.patchbay.vae.data.FactorDataset;
import io.patchbay.vae.io.BadInputException;
import io.patchbay.vae.io.RunLock;
import io.patchbay.vae.train.Environment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/// Many interventions at one or more sites, as a folder of files: `plan.json`, one shard of effects
/// per group of inputs, and at the end `effects.npy` with `axes.json`. A sweep that was stopped
/// goes on where it was; what it computes does not depend on that.
public final class Sweep {
  private static final int CONTROL_INPUTS = 4;

  /// All effects are held when the shards are joined.
  private static final int HEAP_PER_CELL = 8;

  private static final String REACHED = "a place that this site can change";

  private final Subject subject;
  private final FactorDataset data;
  private final SweepPlan plan;
  private final List<Site> sites;
  private final SiteRuns siteRuns;
  private final Map<String, SitePatch> patches;
  private final List<JointUnit> units;
  private final long[] rows;
  private final SweepFolder folder;
  private final UnaryOperator<InputCells> through;
  private final Optional<String> route;
  private final List<Routes.Choice> choices;

  /// Hears of cells computed.
  public interface Listener {
    void cells(long done, long all);
  }

  /// What a sweep found.
  ///
  /// @param interrupted whether it was stopped before its end
  /// @param account what became of the cells, summed over the shards; none when interrupted
  /// @param probe what the effects are read by, where the metric is a factor
  /// @param strength mean size of the effect of each unit without a failed cell, in their order,
  ///   with intervals over inputs; empty when interrupted, or when every unit has a failed cell
  /// @param failed the cells whose effect is not finite
  public record Result(
      boolean interrupted,
      long cells,
      Account account,
      List<JointUnit> units,
      Optional<FactorProbe> probe,
      List<CausalEffectStrength> strength,
      List<GuardRun> controls,
      FailedCells failed) {}

  /// On data that the catalogue knows by its name.
  ///
  /// @throws BadInputException when the plan asks for what the model does not have
  public Sweep(
      final Subject subject, final FactorDataset data, final SweepPlan plan, final Path folder) {
    this(subject, data, data.name(), plan, folder);
  }

  /// @param source of the data, as the catalogue takes it
  /// @throws BadInputException when the plan asks for what the model does not have
  public Sweep(
      final Subject subject,
      final FactorDataset data,
      final String source,
      final SweepPlan plan,
      final Path folder) {
    this(subject, data, source, plan, folder, Optional.empty(), UnaryOperator.identity());
  }

  /// @param route how a new folder's cells are computed, as `plan.json` has it; else the cheapest
  ///   way is
  public Sweep(
      final Subject subject,
      final FactorDataset data,
      final String source,
      final SweepPlan plan,
      final Path folder,
      final Optional<String> route) {
    this(subject, data, source, plan, folder, route, UnaryOperator.identity());
  }

  /// @param through stands between the sweep and what computes its cells
  Sweep(
      final Subject subject,
      final FactorDataset data,
      final String source,
      final SweepPlan plan,
      final Path folder,
      final Optional<String> route,
      final UnaryOperator<InputCells> through) {
    this.subject = subject;
    this.route = route;
    this.data = data;
    this.plan = plan;
    this.through = through;
    if (!data.shape().equals(subject.vae().image())) {
      throw new BadInputException(
          "--data", data.name(), data.shape() + " images", subject.vae().image() + " images");
    }
    final var graph = ShardRunner.graph(subject, plan.draws() > 0).graph();
    final var known = Sites.of(graph);
    this.sites = plan.places().stream().map(p -> known.named(p.site())).toList();
    this.rows = rows(plan, data);
    this.siteRuns = new SiteRuns(subject, data, rows);
    this.patches = siteRuns.patches(plan, sites);
    this.units = JointUnit.of(plan, sites, patches);
    this.folder = new SweepFolder(folder, plan, source);
    // What cannot be done or measured is refused here, before anything is written.
    final double size = (double) rows.length * units.size() * plan.variations() * plan.columns();
    final long most = Math.min(Integer.MAX_VALUE, Runtime.getRuntime().maxMemory() / HEAP_PER_CELL);
    if (size > most) {
      throw new BadInputException(
          "--inputs",
          "cells",
          String.format(Locale.ROOT, "%.0f", size),
          "at most "
              + most
              + " with this Java heap; several sweeps, or PATCHBAY_JAVA_OPTS=-Xmx...");
    }
    final var measured = known.named("--metric", plan.measured()).name();
    final var patched = new HashSet<Node>();
    for (final var site : sites) {
      if (!patched.add(Suffix.site(graph, site.name()))) {
        throw new BadInputException("--site", site.name(), "one value twice", "different sites");
      }
      if (!Reach.leads(graph, site.name(), measured)) {
        throw new BadInputException(
            "--metric", plan.metric(), "no path from " + site.name() + " to " + measured, REACHED);
      }
    }
    for (final var place : plan.places()) {
      if (place.operation().readsMean() && !siteRuns.has(place.site())) {
        throw new BadInputException(
            "--op", place.op(), "site " + place.site(), "a site that is not noise alone");
      }
    }
    this.choices =
        BatchedCells.fit(plan)
            ? routes().of(units.stream().map(u -> u.parts().getFirst()).toList(), true)
            : List.of();
    plan.factor().ifPresent(k -> FactorTarget.of("--metric", data, k));
    for (final var place : plan.places()) {
      if (place.operation() instanceof final Operation.Rendered rendered) {
        new Rendering(rendered, data).require(plan.values());
      }
    }
  }

  static long[] rows(final SweepPlan plan, final FactorDataset data) {
    final var random = new PhiloxRandom(plan.seed(), Streams.METRIC, 0, 0);
    final var rows = new long[plan.inputs()];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = (long) (random.nextDouble() * data.size());
    }
    return rows;
  }

  /// Cells of the whole sweep.
  public long cells() {
    return (long) rows.length * each();
  }

  /// Cells of one input.
  private int each() {
    return units.size() * plan.variations() * plan.columns();
  }

  /// Inputs of a shard of a new folder.
  private int shard() {
    return PlanFile.shard(each());
  }

  /// What would run, and how much: nothing is computed.
  public String explain() {
    final var text = new StringBuilder(choices.isEmpty() ? "" : routes().text(choices));
    if (choices.isEmpty()) {
      try (var runner =
          new ShardRunner(
              subject,
              data,
              sources(),
              sites,
              units,
              new SiteValues(patches, Map.of()),
              Optional.empty())) {
        text.append(runner.explain());
      }
    } else {
      try (var cells = batched(Optional.empty(), choices.getFirst().route())) {
        text.append(cells.explain());
      }
    }
    return text + "\ncells: " + cells() + " in shards of " + shard() + " inputs";
  }

  private Routes routes() {
    return new Routes(ShardRunner.graph(subject, false).graph(), sites.getFirst(), plan.measured());
  }

  private SweepSources sources() {
    return new SweepSources(plan, data.size(), rows);
  }

  private BatchedCells batched(final Optional<float[]> mean, final Optional<Route> route) {
    return new BatchedCells(subject, data, plan, sites.getFirst(), units, rows, mean, route);
  }

  /// What computes the cells of a folder with this route.
  private InputCells inputCells(
      final PlanFile file, final SiteValues fixed, final Optional<FactorProbe> probe) {
    if (choices.isEmpty()) {
      return new ShardRunner(subject, data, sources(), sites, units, fixed, probe);
    }
    return batched(Optional.ofNullable(fixed.means().get(sites.getFirst().name())), way(file));
  }

  /// How the cells of a folder are computed.
  private Optional<Route> way(final PlanFile file) {
    final var name = file.route().orElse("whole");
    return choices.stream()
        .map(Routes.Choice::route)
        .filter(r -> Route.name(r).equals(name))
        .findFirst()
        .orElseThrow(() ->
            new BadInputException(
                "plan.json",
                "route",
                name,
                "one of " + choices.stream().map(c -> Route.name(c.route())).toList()));
  }

  private Optional<FactorProbe> probe() {
    return plan.factor()
        .map(factor -> FactorProbe.train(subject, data, "--metric", factor, plan.seed()));
  }

  /// @param resume whether a folder that holds a part of this very sweep is gone on with
  /// @throws IllegalStateException when a control row fails, or when cells were lost on the way
  public Result run(final boolean resume, final Listener listener, final BooleanSupplier stop) {
    final var probe = probe();
    try (var _ = RunLock.acquire(folder.path())) {
      final var file =
          folder.begin(
              resume,
              units,
              rows,
              Environment.of(subject.backend()),
              probe,
              shard(),
              choices.stream().findFirst().map(c -> route.orElse(Route.name(c.route()))));
      final int inputs = file.shard();
      folder.keep(patches);
      final var controls = controls(choices.isEmpty() ? Optional.empty() : way(file));
      final int each = each();
      final var fixed = new SiteValues(patches, siteRuns.means(plan, sites));
      try (var runner = through.apply(inputCells(file, fixed, probe))) {
        for (int shard = 0; shard * inputs < rows.length; shard++) {
          final int from = shard * inputs;
          final int to = Math.min(rows.length, from + inputs);
          if (!folder.has(shard, (long) (to - from) * each)) {
            final var effects = new float[(to - from) * each];
            long computed = 0;
            long zero = 0;
            for (int i = from; i < to; i++) {
              if (stop.getAsBoolean()) {
                return stopped(probe, controls);
              }
              final var of = runner.run(rows[i]);
              System.arraycopy(of.effects(), 0, effects, (i - from) * each, each);
              computed += of.cells();
              zero += of.provedZero();
              listener.cells((long) (i + 1) * each, cells());
            }
            final var account = new Account(effects.length, computed, 0, zero);
            folder.write(shard, effects, account.require("shard=" + shard));
          }
          listener.cells((long) to * each, cells());
        }
      }
      final var done =
          folder.finish(
              units,
              rows,
              inputs,
              controls,
              new SweepReview(subject, data, plan, sites, units, rows, fixed, probe)::of);
      return new Result(
          false,
          cells(),
          done.account(),
          units,
          probe,
          strength(done.effects(), done.failed()),
          done.controls(),
          done.failed());
    }
  }

  private Result stopped(final Optional<FactorProbe> probe, final List<GuardRun> controls) {
    final var none = new FailedCells(0, Collections.nCopies(units.size(), 0L), List.of());
    return new Result(true, cells(), Account.none(), units, probe, List.of(), controls, none);
  }

  /// The control rows, all of them passed.
  ///
  /// @param way of the cells, where they have one
  List<GuardRun> controls(final Optional<Route> way) {
    final var controls = new ArrayList<GuardRun>();
    for (final var site : sites) {
      controls.add(
          Controls.of(subject, setting(site), images(controlRows()), CONTROL_INPUTS, cells()));
    }
    way.ifPresent(r -> controls.add(carried(r)));
    controls.forEach(Controls::require);
    return controls;
  }

  private GuardRun carried(final Route way) {
    final var of = units.stream().map(u -> u.parts().getFirst()).toList();
    final var shown = plan.effect().orElseThrow();
    final var some = images(controlRows());
    return RouteControls.of(subject, sites.getFirst(), shown, of, way, some, CONTROL_INPUTS);
  }

  /// A patch shows itself in the image, or, where it cannot reach that, in what is measured.
  private Controls.Setting setting(final Site site) {
    final var graph = ShardRunner.graph(subject, plan.draws() > 0);
    final boolean seen = Reach.leads(graph.graph(), site.name(), "output");
    return new Controls.Setting(graph, site, seen ? "output" : plan.measured(), plan.seed());
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
    final int size = data.shape().elements();
    final var images = new float[chosen.length * size];
    for (int i = 0; i < chosen.length; i++) {
      data.image(chosen[i], images, i * size);
    }
    return images;
  }

  /// Mean sizes over variations and draws, per unit that has no failed cell.
  private List<CausalEffectStrength> strength(final float[] effects, final FailedCells failed) {
    final int inner = plan.variations() * plan.columns();
    final var whole =
        IntStream.range(0, units.size()).filter(u -> failed.perUnit().get(u) == 0).toArray();
    if (whole.length == 0) {
      return List.of();
    }
    final var means = new double[rows.length * whole.length];
    for (int row = 0; row < rows.length; row++) {
      for (int w = 0; w < whole.length; w++) {
        final int from = (row * units.size() + whole[w]) * inner;
        for (int i = from; i < from + inner; i++) {
          means[row * whole.length + w] += Math.abs(effects[i]) / (double) inner;
        }
      }
    }
    return List.of(
        CausalEffectStrength.of(
            Matrix.of(means, rows.length, whole.length), Bootstrap.standard(plan.seed())));
  }
}
