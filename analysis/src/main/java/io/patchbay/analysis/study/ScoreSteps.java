package io.patchbay.analysis.study;

import io.patchbay.analysis.disentanglement.CodeDependence;
import io.patchbay.analysis.disentanglement.CodeModularity;
import io.patchbay.analysis.disentanglement.Dci;
import io.patchbay.analysis.disentanglement.Explicitness;
import io.patchbay.analysis.disentanglement.FactorDraws;
import io.patchbay.analysis.disentanglement.FactorDraws.Use;
import io.patchbay.analysis.disentanglement.InterventionalRobustness;
import io.patchbay.analysis.disentanglement.Mode;
import io.patchbay.analysis.disentanglement.PosteriorGap;
import io.patchbay.analysis.disentanglement.Samples;
import io.patchbay.analysis.disentanglement.SapScore;
import io.patchbay.analysis.metric.MutualInformationGap;
import io.patchbay.analysis.statistics.Bootstrap;
import io.patchbay.analysis.statistics.Matrix;
import io.patchbay.analysis.study.ScoreProgress.Part;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/// The scores of codes that are there already, one after the other.
final class ScoreSteps {
  static final String FEW_FACTORS = "it needs two factors of several values";

  private static final String NO_FACTOR = "it needs a factor of several values";
  private static final String FEW_CODES = "it needs two codes";
  private static final String INPUTS = "interval over inputs";
  private static final String HELD = "on the test part; interval over it, the classifiers held";
  private static final String LEARNT = "on the training part; no interval";

  /// @param names of the scores, for where they are not defined
  /// @param factors of several values that it needs
  /// @param codes that it needs
  private record Step(
      String what, List<String> names, int factors, int codes, Supplier<List<Score>> scores) {}

  private final int n;
  private final int factors;
  private final int codes;
  private final List<Step> steps;

  private ScoreSteps(final int n, final int factors, final int codes, final List<Step> steps) {
    this.n = n;
    this.factors = factors;
    this.codes = codes;
    this.steps = List.copyOf(steps);
  }

  static ScoreSteps unsupervised(final Matrix codes, final Bootstrap bootstrap) {
    return new ScoreSteps(codes.rows(), 0, codes.columns(), List.of(dependence(codes, bootstrap)));
  }

  /// @param logvar of the training part, `[sample][code]`
  static ScoreSteps supervised(
      final Samples train,
      final Samples test,
      final Matrix logvar,
      final Mode mode,
      final long seed,
      final Bootstrap bootstrap) {
    final var steps = new ArrayList<Step>();
    steps.add(new Step("MIG", List.of("mig"), 1, 1, () -> List.of(gap(train, bootstrap))));
    steps.add(
        new Step(
            "MIG of samples",
            List.of("posterior_mig", "posterior_aam"),
            1,
            2,
            () -> posterior(train, logvar, mode, seed)));
    steps.add(
        new Step(
            "SAP",
            List.of("sap", "sap_continuous"),
            1,
            2,
            () ->
                List.of(
                    Score.of("sap", SapScore.of(train, test, bootstrap).score(), HELD),
                    Score.of(
                        "sap_continuous",
                        SapScore.continuous(train, bootstrap).score(),
                        "places of factor values taken as numbers; " + INPUTS))));
    steps.add(
        new Step(
            "modularity",
            List.of("modularity"),
            2,
            1,
            () ->
                List.of(
                    Score.plain(
                        "modularity",
                        CodeModularity.of(train).score(),
                        train.codes().rows(),
                        "no interval: resamples would lower it"))));
    steps.add(
        new Step(
            "explicitness",
            List.of("explicitness", "explicitness_train"),
            1,
            1,
            () -> explicitness(train, test, bootstrap)));
    steps.add(new Step("IRS", List.of("irs", "irs_active"), 1, 1, () -> robustness(train, mode)));
    steps.add(
        new Step(
            "DCI",
            List.of(
                "dci_disentanglement",
                "dci_completeness",
                "dci_informativeness",
                "dci_informativeness_train"),
            2,
            2,
            () -> dci(train, test)));
    steps.add(dependence(train.codes(), bootstrap));
    return new ScoreSteps(
        train.codes().rows(), train.varying().length, train.codes().columns(), steps);
  }

  List<Score> run(final ScoreProgress progress) {
    final var scores = new ArrayList<Score>();
    for (int i = 0; i < steps.size(); i++) {
      final var step = steps.get(i);
      progress.update(Part.SCORES, i, steps.size(), step.what);
      if (factors < step.factors) {
        final var why = step.factors == 1 ? NO_FACTOR : FEW_FACTORS;
        step.names.forEach(name -> scores.add(Score.undefined(name, n, why)));
      } else if (codes < step.codes) {
        step.names.forEach(name -> scores.add(Score.undefined(name, n, FEW_CODES)));
      } else {
        scores.addAll(step.scores.get());
      }
    }
    progress.update(Part.SCORES, steps.size(), steps.size(), "");
    return scores;
  }

  private static Score gap(final Samples train, final Bootstrap bootstrap) {
    return MutualInformationGap.of(train.codes(), train.factors(), bootstrap)
        .score()
        .map(interval -> Score.of("mig", interval, INPUTS))
        .orElseGet(() -> Score.undefined("mig", train.codes().rows(), NO_FACTOR));
  }

  private static List<Score> posterior(
      final Samples train, final Matrix logvar, final Mode mode, final long seed) {
    final var mu = train.codes();
    final int n = mu.rows();
    final int d = mu.columns();
    final var noise = FactorDraws.normals(Use.NOISE, seed, n, d);
    final double[] z = new double[n * d];
    for (int i = 0; i < z.length; i++) {
      final int row = i / d;
      final int code = i % d;
      z[i] = mu.at(row, code) + Math.exp(logvar.at(row, code) / 2) * noise.at(row, code);
    }
    final var gap = PosteriorGap.of(train, logvar, Matrix.of(z, n, d), mode);
    final var note =
        switch (mode) {
          case CORRECTED -> "";
          case AS_PUBLISHED -> "as published, samples in the wrong order; ";
        };
    return List.of(
        Score.plain(
            "posterior_mig",
            gap.gap(),
            n,
            note + "of sampled codes, mixtures of the drawn inputs alone; no interval"),
        Score.plain("posterior_aam", gap.axisAligned(), n, note + "of the same; no interval"));
  }

  private static List<Score> explicitness(
      final Samples train, final Samples test, final Bootstrap bootstrap) {
    final var score = Explicitness.of(train, test, bootstrap);
    return List.of(
        Score.of(
            "explicitness",
            score.score(),
            "chance is 0.5; "
                + HELD
                + (score.converged() ? "" : "; a regression did not converge")),
        Score.plain("explicitness_train", score.training(), train.codes().rows(), LEARNT));
  }

  private static List<Score> robustness(final Samples train, final Mode mode) {
    final var score = InterventionalRobustness.of(train, mode);
    final int n = train.codes().rows();
    return List.of(
        Score.plain("irs", score.score(), n, "no interval: it rests on extremes"),
        Score.plain(
            "irs_active",
            score.activeCodes(),
            n,
            switch (mode) {
              case CORRECTED -> "codes that are not constant";
              case AS_PUBLISHED -> "as published: the sum of all code values";
            }));
  }

  private static List<Score> dci(final Samples train, final Samples test) {
    final var dci = Dci.of(train, test);
    final int n = train.codes().rows();
    final var note = "no interval: it would need the trees grown anew";
    return List.of(
        Score.plain("dci_disentanglement", dci.disentanglementScore(), n, note),
        Score.plain("dci_completeness", dci.completenessScore(), n, note),
        Score.plain(
            "dci_informativeness",
            dci.testAccuracy(),
            test.codes().rows(),
            "accuracy on the test part; " + note),
        Score.plain("dci_informativeness_train", dci.trainAccuracy(), n, LEARNT));
  }

  private static Step dependence(final Matrix codes, final Bootstrap bootstrap) {
    final int n = codes.rows();
    return new Step(
        "dependence of codes",
        List.of(),
        0,
        1,
        () -> {
          final var score = CodeDependence.of(codes, bootstrap);
          return List.of(
              score
                  .totalCorrelation()
                  .map(i -> Score.of("gaussian_total_correlation", i, "nats; " + INPUTS))
                  .orElseGet(() ->
                      Score.undefined(
                          "gaussian_total_correlation", n, "the covariance is singular")),
              Score.of("wasserstein_correlation", score.wasserstein(), INPUTS),
              score
                  .wassersteinShare()
                  .map(i -> Score.of("wasserstein_correlation_norm", i, INPUTS))
                  .orElseGet(() ->
                      Score.undefined("wasserstein_correlation_norm", n, "every code is constant")),
              score.information().isPresent()
                  ? Score.plain(
                      "mutual_information",
                      score.information().getAsDouble(),
                      n,
                      "nats, mean over pairs of codes; no interval: resamples would raise it")
                  : Score.undefined("mutual_information", n, FEW_CODES));
        });
  }
}
