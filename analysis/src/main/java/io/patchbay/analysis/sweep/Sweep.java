package io.patchbay.analysis.sweep;

import io.patchbay.analysis.intervention.Operation;
import io.patchbay.analysis.intervention.Site;
import io.patchbay.analysis.intervention.Sites;
import io.patchbay.analysis.metric.CausalEffectStrength;
import io.patchbay.analysis.patch.Climb;
import io.patchbay.analysis.patch.FactorProbe;
import io.patchbay.analysis.patch.GuardRun;
import io.patchbay.analysis.patch.Reach;
import io.patchbay.analysis.patch.SitePatch;
import io.patchbay.analysis.patch.Subject;
import io.patchbay.analysis.patch.Suffix;
import io.patchbay.analysis.statistics.Bootstrap;
import io.patchbay.analysis.sweep.folder.Account;
import io.patchbay.analysis.sweep.folder.FailedCells;
import io.patchbay.analysis.sweep.folder.JointUnit;
import io.patchbay.analysis.sweep.folder.PlanFile;
import io.patchbay.analysis.sweep.folder.SweepFolder;
import io.patchbay.analysis.sweep.folder.SweepPlan;
import io.patchbay.analysis.sweep.folder.SweepRecord;
import io.patchbay.analysis.sweep.route.CarriedPrecision;
import io.patchbay.analysis.sweep.route.Ladder;
import io.patchbay.analysis.sweep.route.Way;
import io.patchbay.engine.Node;
import io.patchbay.engine.PatchForm;
import io.patchbay.vae.data.FactorDataset;
import io.patchbay.vae.io.BadInputException;
import io.patchbay.vae.io.RunLock;
import io.patchbay.vae.train.Environment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/// Many interventions at one or more sites, as a folder of files: `plan.json`, one shard of effects
/// per group of inputs, and at the end `effects.npy` with `axes.json`. A sweep that was stopped
/// goes on where it was; what it computes does not depend on that.
public final class Sweep {
  /// What a cell of an input takes of the Java heap, about: all of them are there at once.
  private static final int HEAP_PER_CELL = 256;

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
  private final Optional<Ladder> ladder;
  private final SweepWays ways;

  /// Hears of cells computed.
  public interface Listener {
    void cells(long done, long all);

    /// Some of them again, when all are there.
    default void recomputed(final long done, final long all) {}
  }

  /// What a sweep found.
  ///
  /// @param interrupted whether it was stopped before its end
  /// @param account what became of the cells, summed over the shards; none when interrupted
  /// @param probe what the effects are read by, where the metric is a factor
  /// @param strength mean size of the effect of each unit without a failed cell, in their order,
  ///   with intervals over inputs; empty when interrupted, or when every unit has a failed cell
  /// @param failed the cells whose effect is not finite
  /// @param pace how fast cells went in this run
  public record Result(
      boolean interrupted,
      long cells,
      Account account,
      List<JointUnit> units,
      Optional<FactorProbe> probe,
      List<CausalEffectStrength> strength,
      List<GuardRun> controls,
      FailedCells failed,
      Pace pace) {}

  /// What became cells in one run, which may have found some of them in the folder.
  ///
  /// @param cells that this run added
  /// @param nanos from the first of them to the last, by the clock
  public record Pace(long cells, long nanos) {}

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
    this(subject, data, source, plan, folder, Optional.empty(), Optional.empty());
  }

  /// @param route how a new folder's cells are computed, as `plan.json` has it; else the cheapest
  ///   way is, with a ladder under it
  /// @param ladder under that route
  public Sweep(
      final Subject subject,
      final FactorDataset data,
      final String source,
      final SweepPlan plan,
      final Path folder,
      final Optional<String> route,
      final Optional<Ladder> ladder) {
    this(subject, data, source, plan, folder, route, ladder, UnaryOperator.identity());
  }

  /// @param through stands between the sweep and what computes its cells
  Sweep(
      final Subject subject,
      final FactorDataset data,
      final String source,
      final SweepPlan plan,
      final Path folder,
      final Optional<String> route,
      final Optional<Ladder> ladder,
      final UnaryOperator<InputCells> through) {
    this.subject = subject;
    this.route = route;
    this.ladder = ladder;
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
    this.rows = plan.rows(data);
    this.siteRuns = new SiteRuns(subject, data, rows);
    this.patches = siteRuns.patches(plan, sites);
    this.units = JointUnit.of(plan, sites, patches);
    this.folder = new SweepFolder(folder, plan, source);
    // What cannot be done or measured is refused here, before anything is written.
    final double size = (double) units.size() * plan.variations() * plan.columns();
    final long heap = Runtime.getRuntime().maxMemory() / HEAP_PER_CELL / sites.size();
    final long most = Math.min(Integer.MAX_VALUE - 8, heap);
    if (size > most) {
      throw new BadInputException(
          "--units",
          "cells of one input",
          String.format(Locale.ROOT, "%.0f", size),
          "at most "
              + most
              + " with this Java heap; several sweeps, or PATCHBAY_JAVA_OPTS=-Xmx...");
    }
    this.folder.requireRoom(cells());
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
    CarriedPrecision.require(subject.backend(), plan.precision());
    this.ways = SweepWays.of(subject, plan, sites, units, patches);
    if (ways.batched()) {
      BatchRoom.of(subject, plan, sites.getFirst(), patch(), units, rows.length, ways.largest());
    }
    plan.factor().ifPresent(k -> FactorProbe.require("--metric", data, k));
    for (final var place : plan.places()) {
      if (place.operation() instanceof final Operation.Rendered rendered) {
        new Rendering(rendered, data).require(plan.values());
      }
    }
  }

  /// How the ops of the user's own are computed on this device, where there are any.
  public Optional<PatchForm> own() {
    return plan.own().map(subject.backend()::form);
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

  /// What would run, and how much: samples of the ways that it could go are run, nothing is
  /// written.
  public String explain() {
    final var rates = ways.rates(subject.backend());
    final var timed = ways.timed(subject, plan, sites.getFirst(), units);
    final var chosen = timed.named(Optional.of(route.orElse(timed.cheapest(rates).name())));
    final var sample = sample();
    final var under = route.isPresent() ? ladder : sample.ladder(chosen, ways.exact());
    final var graph = ShardRunner.graph(subject, plan.draws() > 0).graph();
    final var explanation =
        new SweepExplanation(
            plan,
            sites,
            timed,
            rates,
            chosen.name(),
            under,
            graph,
            programs(ways.climb(Optional.of(chosen.name()), under), sample.values()));
    final var text =
        explanation.text(way ->
            plan.factor().isPresent() ? Optional.empty() : Optional.of(sample.of(way, rates)));
    final var own = own().map(form -> "ops of one's own: " + form + "\n").orElse("");
    return cells() + " cells in shards of " + shard() + " inputs\n" + own + "\n" + text;
  }

  /// Some cells, with the means of a few inputs.
  private WaySample sample() {
    final var few = Arrays.copyOf(rows, Math.min(rows.length, SiteRuns.AT_ONCE));
    final var means = new SiteRuns(subject, data, few).means(plan, sites);
    return new WaySample(subject, data, plan, sites, units, rows, new SiteValues(patches, means));
  }

  /// How a new folder's cells are computed.
  private SweepFolder.Chosen chosen() {
    final var way = ways.chosen(subject, plan, sites.getFirst(), units, route);
    return new SweepFolder.Chosen(
        way.map(Way::name),
        route.isPresent() ? ladder : way.flatMap(w -> sample().ladder(w, ways.exact())));
  }

  /// What a way runs, and the memory that it takes.
  private String programs(final Climb climb, final SiteValues values) {
    if (ways.batched()) {
      try (var cells = batched(subject, shard(), Optional.empty(), climb)) {
        return cells.explain();
      }
    }
    try (var cells =
        new ShardRunner(subject, data, sources(), sites, units, values, Optional.empty())) {
      return cells.explain();
    }
  }

  /// How the only site is changed.
  private SitePatch patch() {
    return Objects.requireNonNull(patches.get(sites.getFirst().name()));
  }

  private SweepSources sources() {
    return new SweepSources(plan, data.size(), rows);
  }

  private BatchedCells batched(
      final Subject on, final int shard, final Optional<float[]> mean, final Climb climb) {
    return new BatchedCells(
        on, data, plan, sites.getFirst(), patch(), units, rows, shard, mean, climb);
  }

  /// What computes the cells of a folder with this route, on one device.
  private InputCells inputCells(
      final Subject on,
      final PlanFile file,
      final SiteValues fixed,
      final Optional<FactorProbe> probe) {
    if (!ways.batched()) {
      return new ShardRunner(on, data, sources(), sites, units, fixed, probe);
    }
    final var mean = Optional.ofNullable(fixed.means().get(sites.getFirst().name()));
    return batched(on, file.shard(), mean, ways.climb(file.route(), file.ladder()));
  }

  private Optional<FactorProbe> probe() {
    return plan.factor()
        .map(factor -> FactorProbe.train(subject, data, "--metric", factor, plan.seed()));
  }

  /// On the device of its subject alone.
  public Result run(final boolean resume, final Listener listener, final BooleanSupplier stop) {
    return run(resume, List.of(), listener, stop);
  }

  /// @param resume whether a folder that holds a part of this very sweep is gone on with
  /// @param beside the same model on further devices of the same kind, each of which computes
  ///   shards beside the first one
  /// @param listener called by one thread at a time
  /// @throws BadInputException when the devices are not of one kind
  /// @throws IllegalStateException when a control row fails, or when cells were lost on the way
  public Result run(
      final boolean resume,
      final List<Subject> beside,
      final Listener listener,
      final BooleanSupplier stop) {
    final var subjects = new ArrayList<>(List.of(subject));
    subjects.addAll(beside);
    SweepRecord.requireOneKind(subjects);
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
              this::chosen,
              own());
      folder.keep(patches);
      final var way = ways.named(file.route()).route();
      final var controls =
          new SweepControls(subject, data, plan, sites, patches, units, cells()).of(way);
      final var fixed = new SiteValues(patches, siteRuns.means(plan, sites));
      final long begin = System.nanoTime();
      final var work =
          new ShardWork(folder, rows, file.shard(), each(), subjects.size(), listener, stop);
      final boolean whole =
          work.run(
              subjects.stream()
                  .map(of ->
                      (Supplier<InputCells>)
                          () -> through.apply(inputCells(of, file, fixed, probe)))
                  .toList());
      final var pace = new Pace(work.added(), System.nanoTime() - begin);
      SweepRecord.write(folder, subjects, work.atOnce());
      return whole
          ? finished(file, probe, fixed, controls, pace, listener, stop)
          : stopped(probe, controls);
    }
  }

  /// Joins the shards and looks at all of the effects.
  private Result finished(
      final PlanFile file,
      final Optional<FactorProbe> probe,
      final SiteValues fixed,
      final List<GuardRun> controls,
      final Pace pace,
      final Listener listener,
      final BooleanSupplier stop) {
    final var account = folder.join(units, rows, file.shard());
    final var review = new SweepReview(subject, data, plan, sites, units, rows, fixed, probe);
    try (var effects = folder.effects(units, rows)) {
      final var reviewed = review.of(effects, listener, stop);
      if (reviewed.isEmpty()) {
        return stopped(probe, controls);
      }
      final var failed = reviewed.get().failed();
      final var strength = SweepStrength.of(effects, failed, Bootstrap.standard(plan.seed()));
      final var guards = folder.finish(account, controls, reviewed.get().recomputed(), failed);
      return new Result(false, cells(), account, units, probe, strength, guards, failed, pace);
    }
  }

  private Result stopped(final Optional<FactorProbe> probe, final List<GuardRun> controls) {
    final var none = FailedCells.none(units.size());
    return new Result(
        true, cells(), Account.none(), units, probe, List.of(), controls, none, new Pace(0, 0));
  }
}
