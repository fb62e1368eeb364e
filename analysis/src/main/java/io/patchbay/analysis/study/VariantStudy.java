package io.patchbay.analysis.study;

import io.patchbay.analysis.intervention.Site;
import io.patchbay.analysis.metric.CausalEffectStrength;
import io.patchbay.analysis.metric.CircuitModularity;
import io.patchbay.analysis.metric.FactorCells;
import io.patchbay.analysis.metric.GaussianKl;
import io.patchbay.analysis.metric.InterventionSpecificity;
import io.patchbay.analysis.metric.MutualInformationGap;
import io.patchbay.analysis.patch.Controls;
import io.patchbay.analysis.patch.GuardRun;
import io.patchbay.analysis.statistics.Bootstrap;
import io.patchbay.analysis.statistics.Interval;
import io.patchbay.analysis.statistics.Matrix;
import io.patchbay.engine.Axis;
import io.patchbay.vae.model.VaeGraph;
import io.patchbay.vae.train.Representation;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Everything that is asked of one trained model: the four levels of intervention, the metrics of
/// the paper, MIG, and the bound, beside the untrained model's effects.
///
/// @param semantic specificity over factors, from the oracle F
/// @param encoding G: how much each latent's mean moves when one factor is re-rendered
record VariantStudy(
    Scene scene,
    GaussianKl kl,
    Interval elbo,
    LatentStudy latents,
    CausalEffectStrength strength,
    CausalEffectStrength untrained,
    InterventionSpecificity spatial,
    Optional<InterventionSpecificity> semantic,
    Optional<FactorCells> encoding,
    CircuitModularity modularity,
    Optional<MutualInformationGap> gap,
    List<PatchingStudy> patching,
    List<PatchingStudy.Mediated> mediation,
    OcclusionStudy occlusion,
    List<GuardRun> guards,
    float[] originals,
    float[] reconstructions) {
  /// Latents with at least this KL count as used, in nats.
  static final double USED = 0.1;

  /// Sites that are patched unit by unit have at most this many units.
  private static final int MOST_UNITS = 64;

  private static final int SHOWN = 8;
  private static final int CONTROL_INPUTS = 4;

  /// @param untrained the same model before its first step
  /// @param progress hears what is being done
  static VariantStudy of(
      final Scene scene,
      final Scene untrained,
      final StudySize size,
      final Consumer<String> progress) {
    final var bootstrap = Bootstrap.standard(scene.seed());
    final int d = scene.model().vae().latent();
    final var rows = scene.rows(size.effects());
    progress.accept("codes and bound");
    final var sample = scene.rows(size.codes());
    final GaussianKl kl;
    final Matrix codes;
    final Interval elbo;
    final float[] shown;
    final var first = scene.rows(SHOWN);
    try (var representation = new Representation(scene.model())) {
      final var posterior = representation.encode(scene.data(), sample);
      codes = Matrix.of(posterior.mu(), sample.length, d);
      kl = GaussianKl.of(codes, Matrix.of(posterior.logvar(), sample.length, d), bootstrap);
      final var bound = representation.bound(scene.data(), sample, scene.seed(), 0);
      elbo = bootstrap.mean(bound.perImage());
      shown = representation.reconstruct(scene.data(), first);
    }
    progress.accept("latent grid");
    final var latents = LatentStudy.of(scene, rows, size.recorded());
    final var active = kl.active(GaussianKl.ACTIVE);
    progress.accept("untrained model");
    final var before = CausalEffectStrength.of(LatentStudy.effects(untrained, rows), bootstrap);
    final boolean hasFactors = !scene.data().factors().isEmpty();
    progress.accept("factors");
    final var encoding =
        hasFactors
            ? Optional.of(EncodingStudy.of(scene, scene.rows(size.recorded()), codes))
            : Optional.<FactorCells>empty();
    final var gap =
        hasFactors
            ? Optional.of(MutualInformationGap.of(codes, classes(scene, sample), bootstrap))
            : Optional.<MutualInformationGap>empty();
    progress.accept("patching, mediation and their controls");
    final var guards = new ArrayList<GuardRun>();
    final long grid = (long) d * size.effects() * LatentStudy.GRID.size();
    final var patching = new ArrayList<PatchingStudy>();
    final var mediation = new ArrayList<PatchingStudy.Mediated>();
    final var pairs =
        hasFactors ? Pairs.differingIn(scene, -1, size.pairs()) : Pairs.random(scene, size.pairs());
    for (final var site : patchedSites(scene)) {
      final int half = size.pairs() / 2;
      final long asked = PatchingStudy.cells(site.channels(), size.pairs() - half);
      final int ranges = PatchingStudy.quarter(site.channels());
      try (var runner = new PairRunner(scene, pairs, site.name(), ranges, asked)) {
        long cells = site.name().equals("latent.z") ? grid : 0;
        // A model that says the same of all inputs has nothing to patch in.
        if (PatchingStudy.moves(runner, 0, half)
            && PatchingStudy.moves(runner, half, size.pairs())) {
          final var study = PatchingStudy.of(runner, site, site.channelUnits(), 0, half, bootstrap);
          patching.add(study);
          cells += 2L * study.units().size() * study.denoising().getFirst().n();
          mediation.addAll(
              PatchingStudy.mediation(
                  runner, site, List.of(study.strongestQuarter()), half, size.pairs(), bootstrap));
        }
        guards.add(guard(scene, site, cells));
      }
    }
    for (final var m : mediation) {
      if (!m.checks().passed()) {
        throw new IllegalStateException("mediation check failed: " + m.name() + ", " + m.checks());
      }
    }
    progress.accept("occlusion");
    final var occlusion = OcclusionStudy.of(scene, scene.rows(size.occluded()));
    progress.accept("intervals");
    return new VariantStudy(
        scene,
        kl,
        elbo,
        latents,
        CausalEffectStrength.of(latents.effects(), bootstrap),
        before,
        InterventionSpecificity.of(latents.places(), active, bootstrap),
        latents.factors().map(f -> InterventionSpecificity.of(f.mass(), active, bootstrap)),
        encoding,
        CircuitModularity.of(latents.circuits(), active, bootstrap),
        gap,
        patching,
        mediation,
        occlusion,
        guards,
        scene.images(first),
        shown);
  }

  /// Every site after its activation that has few enough units to patch one by one.
  private static List<Site> patchedSites(final Scene scene) {
    final var graph = VaeGraph.analysis(scene.model().vae(), new Axis("rows")).graph();
    return graph.sites().entrySet().stream()
        .map(e -> new Site(e.getKey(), e.getValue().shape()))
        .filter(s -> !s.name().endsWith(".pre"))
        .filter(s ->
            s.name().startsWith("encoder.conv")
                || s.name().startsWith("decoder.convt")
                || s.name().equals("latent.z"))
        .filter(s -> s.channels() > 1 && s.channels() <= MOST_UNITS)
        .toList();
  }

  /// The control rows beside the cells of one site; whoever asks says whether one may fail.
  private static GuardRun guard(final Scene scene, final Site site, final long cells) {
    final var rows = scene.rows(CONTROL_INPUTS);
    return Controls.of(scene.subject(), site, scene.images(rows), rows.length, cells);
  }

  private static int[][] classes(final Scene scene, final long[] rows) {
    return IntStream.range(0, rows.length)
        .mapToObj(i -> scene.data().factorsOf(rows[i]))
        .toArray(int[][]::new);
  }

  /// The mean effect over the latents whose KL is over [#USED]; null where there are none.
  @Nullable Double ofUsed(final CausalEffectStrength effects) {
    final var used = kl.active(USED);
    final var mean =
        IntStream.range(0, used.length)
            .filter(i -> used[i])
            .mapToDouble(i -> effects.units().get(i).estimate())
            .average();
    return mean.isPresent() ? mean.getAsDouble() : null;
  }

  /// Latents whose KL is over [#USED].
  int used() {
    return kl.activeCount(USED);
  }
}
