package io.patchbay.analysis.study;

import io.patchbay.analysis.intervention.Sites;
import io.patchbay.analysis.metric.CausalEffectStrength;
import io.patchbay.analysis.metric.CircuitModularity;
import io.patchbay.analysis.metric.GaussianKl;
import io.patchbay.analysis.metric.InterventionSpecificity;
import io.patchbay.analysis.patch.Controls;
import io.patchbay.analysis.patch.GuardRun;
import io.patchbay.analysis.statistics.Bootstrap;
import io.patchbay.analysis.statistics.Interval;
import io.patchbay.analysis.statistics.Matrix;
import io.patchbay.engine.Axis;
import io.patchbay.vae.data.FactorDataset;
import io.patchbay.vae.model.VaeGraph;
import io.patchbay.vae.train.Representation;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/// The figures of one trained model that stand beside those of others: the metrics of the paper
/// from do(z_i = v) on every latent, the KL of its codes, and the bound. Without the parts that
/// only a report shows.
///
/// @param untrained effects of the model before its first step, the null of `strength`
/// @param semantic specificity over factors, from the oracle F; empty where they are unknown
/// @param modularity over all decoder sites after their activation
/// @param guard the control rows of the latents
/// @param blind whether these could tell nothing, as the model gives the inputs that they compare
///   one output
public record ModelFigures(
    CausalEffectStrength strength,
    CausalEffectStrength untrained,
    InterventionSpecificity spatial,
    Optional<InterventionSpecificity> semantic,
    CircuitModularity modularity,
    GaussianKl kl,
    Interval elbo,
    GuardRun guard,
    boolean blind,
    FigureSize size) {
  /// Latents with at least this KL are used, in nats.
  public static final double USED = VariantStudy.USED;

  /// What [#of] does, in this order.
  public static final List<String> PARTS =
      List.of("codes and bound", "latent grid", "untrained model", "controls", "intervals");

  private static final String SITE = "latent.z";
  private static final int CONTROL_INPUTS = 4;

  /// Control rows that pass whatever the inputs.
  private static final Set<String> ALWAYS = Set.of("identity", "recomputed cells");

  /// @param untrained the same model before its first step
  /// @param progress hears of each of [#PARTS] before it is done; what it throws ends the study
  public static ModelFigures of(
      final Scene scene,
      final Scene untrained,
      final FigureSize size,
      final Consumer<String> progress) {
    final var parts = PARTS.iterator();
    final var bootstrap = Bootstrap.standard(scene.seed());
    progress.accept(parts.next());
    final GaussianKl kl = kl(scene, size.codes());
    final Interval elbo;
    try (var representation = new Representation(scene.model())) {
      final var rows = scene.rows(size.codes());
      elbo = bootstrap.mean(representation.bound(scene.data(), rows, scene.seed(), 0).perImage());
    }
    progress.accept(parts.next());
    final var inputs = scene.rows(size.effects());
    final var latents = LatentStudy.of(scene, inputs, size.recorded());
    progress.accept(parts.next());
    final var before = LatentStudy.effects(untrained, inputs);
    progress.accept(parts.next());
    final boolean blind = blind(scene);
    final int d = scene.model().vae().latent();
    final var guard = guard(scene, (long) d * inputs.length * LatentStudy.GRID.size());
    Controls.require(blind ? always(guard) : guard);
    progress.accept(parts.next());
    final var active = kl.active(GaussianKl.ACTIVE);
    return new ModelFigures(
        CausalEffectStrength.of(latents.effects(), bootstrap),
        CausalEffectStrength.of(before, bootstrap),
        InterventionSpecificity.of(latents.places(), active, bootstrap),
        latents.factors().map(f -> InterventionSpecificity.of(f.mass(), active, bootstrap)),
        CircuitModularity.of(latents.circuits(), active, bootstrap),
        kl,
        elbo,
        guard,
        blind,
        size);
  }

  /// The KL of the codes of so many inputs.
  public static GaussianKl kl(final Scene scene, final int codes) {
    final int d = scene.model().vae().latent();
    try (var representation = new Representation(scene.model())) {
      final var posterior = representation.encode(scene.data(), scene.rows(codes));
      return GaussianKl.of(
          Matrix.of(posterior.mu(), codes, d),
          Matrix.of(posterior.logvar(), codes, d),
          Bootstrap.standard(scene.seed()));
    }
  }

  /// Factors of several values.
  public static int varying(final FactorDataset data) {
    return (int) data.factors().stream().filter(f -> f.size() > 1).count();
  }

  /// The control rows beside the grid.
  private static GuardRun guard(final Scene scene, final long cells) {
    final var graph = VaeGraph.analysis(scene.model().vae(), new Axis("rows"));
    final var site = Sites.of(graph.graph()).named(SITE);
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

  /// Latents whose KL is at least [#USED].
  public int used() {
    return kl.activeCount(USED);
  }
}
