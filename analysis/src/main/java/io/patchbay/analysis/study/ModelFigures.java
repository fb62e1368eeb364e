package io.patchbay.analysis.study;

import io.patchbay.analysis.disentanglement.Dci;
import io.patchbay.analysis.disentanglement.Samples;
import io.patchbay.analysis.intervention.Sites;
import io.patchbay.analysis.metric.CausalEffectStrength;
import io.patchbay.analysis.metric.CircuitModularity;
import io.patchbay.analysis.metric.GaussianKl;
import io.patchbay.analysis.metric.InterventionSpecificity;
import io.patchbay.analysis.metric.MutualInformationGap;
import io.patchbay.analysis.report.GuardRun;
import io.patchbay.analysis.semantics.UnitLabel;
import io.patchbay.analysis.statistics.Bootstrap;
import io.patchbay.analysis.statistics.Interval;
import io.patchbay.analysis.statistics.Matrix;
import io.patchbay.analysis.sweep.Controls;
import io.patchbay.engine.Axis;
import io.patchbay.vae.data.FactorDataset;
import io.patchbay.vae.model.VaeGraph;
import io.patchbay.vae.train.Representation;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// The figures of one trained model that stand beside those of others: the metrics of the paper
/// from do(z_i = v) on every latent, the disentanglement of its codes, and the bound. Without the
/// parts that only a report shows.
///
/// @param untrained effects of the model before its first step, the null of `strength`
/// @param semantic specificity over factors, from the oracle F
/// @param modularity over all decoder sites after their activation
/// @param gap empty, as `dci` and `semantic` are, where the factors are unknown
/// @param dci empty also with fewer than two latents or two factors that vary
/// @param guard the control rows of the latents
/// @param blind whether these could tell nothing, as the model gives the inputs that they compare
///   one output
/// @param meaning of its parts; nothing where `blind`, or no latent is used
public record ModelFigures(
    CausalEffectStrength strength,
    CausalEffectStrength untrained,
    InterventionSpecificity spatial,
    Optional<InterventionSpecificity> semantic,
    CircuitModularity modularity,
    Optional<MutualInformationGap> gap,
    Optional<Dci> dci,
    GaussianKl kl,
    Interval elbo,
    GuardRun guard,
    boolean blind,
    ModelMeaning meaning,
    FigureSize size) {
  /// What [#of] does, in this order.
  public static final List<String> PARTS =
      Stream.concat(
              Stream.of(
                  "codes and bound",
                  "DCI",
                  "latent grid",
                  "untrained model",
                  "controls",
                  "intervals"),
              ModelMeaning.PARTS.stream())
          .toList();

  private static final int CONTROL_INPUTS = 4;

  /// Control rows that pass whatever the inputs.
  private static final Set<String> ALWAYS = Set.of("identity", "recomputed cells");

  /// How many latents carry how many factors, by [io.patchbay.analysis.semantics.UnitLabel].
  ///
  /// @param inactive KL under [GaussianKl#ACTIVE], or no change of the image
  public record Labels(int monosemantic, int polysemantic, int inactive, int undecided) {}

  /// @param untrained the same model before its first step
  /// @param circuit whether to look for a circuit
  /// @param progress hears of each of [#PARTS] before it is done; what it throws ends the study
  public static ModelFigures of(
      final Scene scene,
      final Scene untrained,
      final FigureSize size,
      final boolean circuit,
      final Consumer<String> progress) {
    final var parts = PARTS.iterator();
    final var bootstrap = Bootstrap.standard(scene.seed());
    final int d = scene.model().vae().latent();
    progress.accept(parts.next());
    final int samples = Math.max(size.codes(), size.training() + size.testing());
    final var rows = scene.rows(samples);
    final Matrix codes;
    final GaussianKl kl;
    final Interval elbo;
    try (var representation = new Representation(scene.model())) {
      final var posterior = representation.encode(scene.data(), rows);
      codes = Matrix.of(posterior.mu(), samples, d);
      final var chosen = IntStream.range(0, size.codes()).toArray();
      final var logvar = Matrix.of(posterior.logvar(), samples, d);
      kl = GaussianKl.of(codes.select(chosen), logvar.select(chosen), bootstrap);
      final var measured = Arrays.copyOf(rows, size.codes());
      elbo =
          bootstrap.mean(representation.bound(scene.data(), measured, scene.seed(), 0).perImage());
    }
    final int[][] classes =
        Arrays.stream(rows).mapToObj(row -> scene.data().factorsOf(row)).toArray(int[][]::new);
    progress.accept(parts.next());
    final var dci = dci(codes, classes, varying(scene.data()), size);
    progress.accept(parts.next());
    final var inputs = scene.rows(size.effects());
    final var latents = LatentStudy.of(scene, inputs, size.recorded());
    progress.accept(parts.next());
    final var before = LatentStudy.effects(untrained, inputs);
    progress.accept(parts.next());
    final boolean blind = blind(scene);
    final var guard = guard(scene, (long) d * inputs.length * LatentStudy.GRID.size());
    Controls.require(blind ? always(guard) : guard);
    progress.accept(parts.next());
    final var active = kl.active(GaussianKl.ACTIVE);
    final var strength = CausalEffectStrength.of(latents.effects(), bootstrap);
    final var first = CausalEffectStrength.of(before, bootstrap);
    final var spatial = InterventionSpecificity.of(latents.places(), active, bootstrap);
    final var semantic =
        latents.factors().map(f -> InterventionSpecificity.of(f.mass(), active, bootstrap));
    final var modularity = CircuitModularity.of(latents.circuits(), active, bootstrap);
    final Optional<MutualInformationGap> gap =
        scene.data().factors().isEmpty()
            ? Optional.empty()
            : Optional.of(gap(codes, classes, size.codes(), bootstrap));
    final ModelMeaning meaning;
    if (blind) {
      meaning = ModelMeaning.ofBlind();
    } else if (kl.activeCount(VariantStudy.USED) == 0) {
      meaning = ModelMeaning.ofCollapsed(scene.data());
    } else {
      meaning = ModelMeaning.of(scene, size.meaning(), circuit, progress);
    }
    return new ModelFigures(
        strength,
        first,
        spatial,
        semantic,
        modularity,
        gap,
        dci,
        kl,
        elbo,
        guard,
        blind,
        meaning,
        size);
  }

  /// Factors of several values.
  public static int varying(final FactorDataset data) {
    return (int) data.factors().stream().filter(f -> f.size() > 1).count();
  }

  private static Optional<Dci> dci(
      final Matrix codes, final int[][] classes, final int varying, final FigureSize size) {
    if (varying < 2 || codes.columns() < 2) {
      return Optional.empty();
    }
    final int end = size.training() + size.testing();
    return Optional.of(
        Dci.of(
            samples(codes, classes, 0, size.training()),
            samples(codes, classes, size.training(), end)));
  }

  private static Samples samples(
      final Matrix codes, final int[][] classes, final int from, final int to) {
    final var chosen = IntStream.range(from, to).toArray();
    return new Samples(codes.select(chosen), Arrays.copyOfRange(classes, from, to));
  }

  private static MutualInformationGap gap(
      final Matrix codes, final int[][] classes, final int count, final Bootstrap bootstrap) {
    final var chosen = IntStream.range(0, count).toArray();
    return MutualInformationGap.of(codes.select(chosen), Arrays.copyOf(classes, count), bootstrap);
  }

  /// The control rows beside the grid.
  private static GuardRun guard(final Scene scene, final long cells) {
    final var graph = VaeGraph.analysis(scene.model().vae(), new Axis("rows"));
    final var site = Sites.of(graph.graph()).named(MeaningSize.SITE);
    final var rows = scene.rows(CONTROL_INPUTS);
    return Controls.of(scene.subject(), site, scene.images(rows), rows.length, cells);
  }

  private static GuardRun always(final GuardRun guard) {
    return new GuardRun(
        guard.name(),
        guard.cells(),
        guard.computed(),
        guard.deduplicated(),
        guard.provedZero(),
        guard.controls().stream().filter(c -> ALWAYS.contains(c.name())).toList());
  }

  /// Whether the first two inputs, which the control rows patch from and to, have one output, bit
  /// for bit.
  private static boolean blind(final Scene scene) {
    final int size = scene.imageSize();
    try (var reconstructions = Reconstructions.OfModel.open(scene.model())) {
      final var output = reconstructions.of(scene.images(scene.rows(2)), 2);
      return Arrays.equals(output, 0, size, output, size, 2 * size);
    }
  }

  /// Latents whose KL is at least 0.1 nats.
  public int used() {
    return kl.activeCount(VariantStudy.USED);
  }

  /// How many factors the latents carry, by the read-out; empty where there is none.
  public Optional<Labels> labels() {
    final var active = kl.active(GaussianKl.ACTIVE);
    return meaning
        .units()
        .map(units -> {
          final var labels = units.measured().labels();
          final var kinds =
              IntStream.range(0, active.length)
                  .mapToObj(u -> active[u] ? labels.get(u) : UnitLabel.INACTIVE)
                  .toList();
          return new Labels(
              Collections.frequency(kinds, UnitLabel.MONOSEMANTIC),
              Collections.frequency(kinds, UnitLabel.POLYSEMANTIC),
              Collections.frequency(kinds, UnitLabel.INACTIVE),
              Collections.frequency(kinds, UnitLabel.UNDECIDED));
        });
  }
}
