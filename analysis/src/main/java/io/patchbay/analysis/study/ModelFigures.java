package io.patchbay.analysis.study;

import io.patchbay.analysis.disentanglement.Dci;
import io.patchbay.analysis.disentanglement.Samples;
import io.patchbay.analysis.intervention.Sites;
import io.patchbay.analysis.metric.CausalEffectStrength;
import io.patchbay.analysis.metric.CircuitModularity;
import io.patchbay.analysis.metric.FactorEffect;
import io.patchbay.analysis.metric.GaussianKl;
import io.patchbay.analysis.metric.InterventionSpecificity;
import io.patchbay.analysis.metric.MutualInformationGap;
import io.patchbay.analysis.report.GuardRun;
import io.patchbay.analysis.statistics.Bootstrap;
import io.patchbay.analysis.statistics.Interval;
import io.patchbay.analysis.statistics.Matrix;
import io.patchbay.analysis.statistics.PermutationTest;
import io.patchbay.analysis.sweep.Controls;
import io.patchbay.engine.Axis;
import io.patchbay.vae.data.FactorDataset;
import io.patchbay.vae.model.VaeGraph;
import io.patchbay.vae.train.Representation;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/// The figures of one trained model that stand beside those of others: the metrics of the paper
/// from do(z_i = v) on every latent, the disentanglement of its codes, and the bound. Without the
/// parts that only a report shows.
///
/// @param untrained effects of the model before its first step, the null of `strength`
/// @param semantic specificity over factors, from the oracle F
/// @param modularity over all decoder sites after their activation
/// @param gap empty, as `dci`, `factors` and `semantic` are, where the factors are unknown
/// @param dci empty also with fewer than two latents or two factors that vary
/// @param factors F by the oracle of the renderer, latents by factors
/// @param guard the control rows of the latents
public record ModelFigures(
    CausalEffectStrength strength,
    CausalEffectStrength untrained,
    InterventionSpecificity spatial,
    Optional<InterventionSpecificity> semantic,
    CircuitModularity modularity,
    Optional<MutualInformationGap> gap,
    Optional<Dci> dci,
    Optional<FactorEffect> factors,
    GaussianKl kl,
    Interval elbo,
    GuardRun guard,
    FigureSize size) {
  /// What [#of] does, in this order.
  public static final List<String> PARTS =
      List.of("codes and bound", "DCI", "latent grid", "untrained model", "controls", "intervals");

  /// The least factor effect that counts, and the false discovery rate.
  public static final double LEAST = 0.1;

  public static final double RATE = 0.05;

  private static final int PERMUTATIONS = 1000;
  private static final int CONTROL_INPUTS = 4;

  /// How many latents move how many factors.
  ///
  /// @param monosemantic significant, and at least [#LEAST], on exactly one factor
  /// @param polysemantic on two or more
  /// @param inactive KL under [GaussianKl#ACTIVE]
  /// @param undecided the rest
  public record Labels(int monosemantic, int polysemantic, int inactive, int undecided) {}

  /// @param untrained the same model before its first step
  /// @param progress hears of each of [#PARTS] before it is done; what it throws ends the study
  public static ModelFigures of(
      final Scene scene,
      final Scene untrained,
      final FigureSize size,
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
      final var first = IntStream.range(0, size.codes()).toArray();
      final var logvar = Matrix.of(posterior.logvar(), samples, d);
      kl = GaussianKl.of(codes.select(first), logvar.select(first), bootstrap);
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
    final var guard = guard(scene, (long) d * inputs.length * LatentStudy.GRID.size());
    progress.accept(parts.next());
    final var active = kl.active(GaussianKl.ACTIVE);
    return new ModelFigures(
        CausalEffectStrength.of(latents.effects(), bootstrap),
        CausalEffectStrength.of(before, bootstrap),
        InterventionSpecificity.of(latents.places(), active, bootstrap),
        latents.factors().map(f -> InterventionSpecificity.of(f.mass(), active, bootstrap)),
        CircuitModularity.of(latents.circuits(), active, bootstrap),
        scene.data().factors().isEmpty()
            ? Optional.empty()
            : Optional.of(gap(codes, classes, size.codes(), bootstrap)),
        dci,
        latents
            .factors()
            .map(f ->
                FactorEffect.of(f, bootstrap, new PermutationTest(PERMUTATIONS, scene.seed()))),
        kl,
        elbo,
        guard,
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

  /// The control rows beside the grid; one that fails ends the study.
  private static GuardRun guard(final Scene scene, final long cells) {
    final var graph = VaeGraph.analysis(scene.model().vae(), new Axis("rows"));
    final var site = Sites.of(graph.graph()).named("latent.z");
    final var rows = scene.rows(CONTROL_INPUTS);
    final var guard = Controls.of(scene.subject(), site, scene.images(rows), rows.length, cells);
    Controls.require(guard);
    return guard;
  }

  /// Latents whose KL is at least 0.1 nats.
  public int used() {
    return kl.activeCount(VariantStudy.USED);
  }

  /// How many factors the latents move, by F and its permuted labels; empty where the factors are
  /// unknown.
  public Optional<Labels> labels() {
    final var active = kl.active(GaussianKl.ACTIVE);
    return factors.map(f -> {
      final int[] counts = new int[4];
      for (int u = 0; u < active.length; u++) {
        final long moved = f.rows().get(u).stream().filter(c -> c.significant(RATE, LEAST)).count();
        counts[!active[u] ? 2 : moved == 0 ? 3 : moved == 1 ? 0 : 1]++;
      }
      return new Labels(counts[0], counts[1], counts[2], counts[3]);
    });
  }
}
