package io.patchbay.analysis.sweep;

import io.patchbay.analysis.intervention.Site;
import io.patchbay.analysis.intervention.Sites;
import io.patchbay.analysis.patch.Climb;
import io.patchbay.analysis.patch.FactorProbe;
import io.patchbay.analysis.patch.GuardRun;
import io.patchbay.analysis.patch.Subject;
import io.patchbay.analysis.patch.Suffix;
import io.patchbay.analysis.sweep.folder.JointUnit;
import io.patchbay.analysis.sweep.folder.SweepPlan;
import io.patchbay.analysis.sweep.route.Way;
import io.patchbay.engine.Op;
import io.patchbay.vae.data.FactorDataset;
import io.patchbay.vae.io.BadInputException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.IntStream;

/// The cells of a sweep at one site that nobody writes: those of any of its units on any of its
/// inputs, by the way and with the numbers of the sweep itself. Control rows are run first.
///
/// Inputs and units are named by their places in the sweep.
public final class SweepSample {
  private final Subject subject;
  private final FactorDataset data;
  private final SweepPlan plan;
  private final Site site;
  private final List<JointUnit> units;
  private final long[] rows;
  private final SiteValues fixed;
  private final Optional<Climb> climb;
  private final Optional<FactorProbe> probe;
  private final List<GuardRun> controls;

  /// @param plan of one site, without noise, with sources drawn from the data
  /// @throws BadInputException when the plan asks for what the model does not have
  /// @throws IllegalStateException when a control row fails
  public SweepSample(final Subject subject, final FactorDataset data, final SweepPlan plan) {
    if (plan.places().size() > 1 || plan.draws() > 0 || plan.pool() != SweepPlan.Pool.DATA) {
      throw new IllegalArgumentException("one site, no noise, sources of the data: plan=" + plan);
    }
    // Nothing is written there: it is asked what a sweep would refuse.
    final var sweep = new Sweep(subject, data, plan, Path.of(""));
    this.subject = subject;
    this.data = data;
    this.plan = plan;
    final var graph = ShardRunner.graph(subject, false).graph();
    this.site = Sites.of(graph).named(plan.places().getFirst().site());
    this.rows = plan.rows(data);
    final var runs = new SiteRuns(subject, data, rows);
    final var patches = runs.patches(plan, List.of(site));
    this.units = JointUnit.of(plan, List.of(site), patches);
    final var ways = SweepWays.of(subject, plan, List.of(site), units, patches);
    final var chosen = ways.chosen(subject, plan, site, units, Optional.empty());
    this.controls =
        new SweepControls(subject, data, plan, List.of(site), patches, units, sweep.cells())
            .of(chosen.flatMap(Way::route));
    this.fixed = new SiteValues(patches, runs.means(plan, List.of(site)));
    final var sample = new WaySample(subject, data, plan, List.of(site), units, rows, fixed);
    this.climb =
        chosen.map(way -> ways.climb(Optional.of(way.name()), sample.ladder(way, ways.exact())));
    this.probe =
        plan.factor().map(k -> FactorProbe.train(subject, data, "--metric", k, plan.seed()));
  }

  /// Takes the cells of one input after the other.
  @FunctionalInterface
  public interface Taker {
    /// @param place of the input among those that were asked for
    /// @param effects `[unit][variation]`
    /// @param provedZero how many of them were proved to be 0, and left out
    void take(int place, float[] effects, long provedZero);
  }

  /// Computes the effects of some units on some inputs, in the order in which they are asked for.
  ///
  /// @param inputs places, each as often as it is wanted
  public void of(final int[] inputs, final int[] some, final Taker taker) {
    final var asked = IntStream.of(some).mapToObj(units::get).toList();
    final var on = IntStream.of(inputs).mapToLong(i -> rows[i]).toArray();
    if (asked.isEmpty() || on.length == 0) {
      return;
    }
    try (var cells = cells(asked, on)) {
      for (int i = 0; i < on.length; i++) {
        final var of = cells.run(on[i]);
        taker.take(i, of.effects(), of.provedZero());
      }
    }
  }

  private InputCells cells(final List<JointUnit> asked, final long[] on) {
    final var cells =
        climb
            .<InputCells>map(how ->
                new BatchedCells(
                    subject,
                    data,
                    plan,
                    site,
                    fixed.patch(site),
                    asked,
                    on,
                    on.length,
                    fixed.mean(site),
                    how))
            .orElseGet(() ->
                new ShardRunner(
                    subject,
                    data,
                    new SweepSources(plan, data.size(), rows),
                    List.of(site),
                    asked,
                    fixed,
                    probe));
    return new TwinInputs(cells, on.length);
  }

  /// What the patches of the sweep make of the site itself; nothing behind it is computed.
  public SiteChanges changes() {
    return new SiteChanges(subject, data, plan, site, units, rows, fixed);
  }

  /// The images of some inputs, (C, H, W) one after the other.
  public float[] images(final int[] inputs) {
    final int size = data.shape().elements();
    final var images = new float[Math.multiplyExact(inputs.length, size)];
    for (int i = 0; i < inputs.length; i++) {
      data.image(rows[inputs[i]], images, i * size);
    }
    return images;
  }

  /// Base inputs.
  public int inputs() {
    return rows.length;
  }

  /// The names of the units.
  public List<String> units() {
    return units.stream().map(JointUnit::name).toList();
  }

  /// Values and sources of each unit on each input.
  public int variations() {
    return plan.variations();
  }

  /// What the effects are read by, where the metric is a factor.
  public Optional<FactorProbe> probe() {
    return probe;
  }

  /// The control rows that were run.
  public List<GuardRun> controls() {
    return List.copyOf(controls);
  }

  /// The largest effect that there can be: where the metric is of the image and its elements are
  /// sigmoids, each of them changes by 1 at most.
  public OptionalDouble largest() {
    final var effect = plan.effect();
    final var output = Suffix.site(ShardRunner.graph(subject, false).graph(), "output");
    final boolean image = effect.isPresent() && effect.get().site().equals("output");
    if (!image || !(output.op() instanceof final Op.Unary u && u.kind() == Op.UnaryKind.SIGMOID)) {
      return OptionalDouble.empty();
    }
    final double elements = output.shape().rowSize();
    return OptionalDouble.of(
        switch (effect.get().kind()) {
          case L2 -> Math.sqrt(elements);
          case L1 -> elements;
        });
  }
}
