package io.patchbay.analysis.study;

import io.patchbay.analysis.disentanglement.CodeDependence;
import io.patchbay.analysis.disentanglement.CodeModularity;
import io.patchbay.analysis.disentanglement.Dci;
import io.patchbay.analysis.disentanglement.Explicitness;
import io.patchbay.analysis.disentanglement.FactorDraws;
import io.patchbay.analysis.disentanglement.FactorDraws.Use;
import io.patchbay.analysis.disentanglement.GradientBoosting;
import io.patchbay.analysis.disentanglement.InterventionalRobustness;
import io.patchbay.analysis.disentanglement.Mode;
import io.patchbay.analysis.disentanglement.PosteriorGap;
import io.patchbay.analysis.disentanglement.Samples;
import io.patchbay.analysis.disentanglement.SapScore;
import io.patchbay.analysis.metric.MutualInformationGap;
import io.patchbay.analysis.statistics.Bootstrap;
import io.patchbay.analysis.statistics.GroupJackknife;
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
  private static final String INPUTS = "interval: percentile bootstrap over inputs";
  private static final String HELD =
      "on the test part; interval: percentile bootstrap over it, the classifiers held";
  private static final String LEARNT =
      "on the training part; interval: percentile bootstrap over it, the classifiers held";
  private static final String LIKE =
      "with the bias of so many inputs; interval: bootstrap over inputs, about samples of this"
          + " size";
  private static final String UNBIASED =
      "of informations less their bias, extrapolated to more inputs; interval: percentile bootstrap"
          + " of these";
  private static final String PAIRS = "nats, mean over pairs of codes, ";
  private static final String GROUPS = "jackknife over 10 groups of inputs, Student's t";

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
  /// @param bootstrap its seed keys every random choice
  static ScoreSteps supervised(
      final Samples train,
      final Samples test,
      final Matrix logvar,
      final Mode mode,
      final Bootstrap bootstrap) {
    final var steps = new ArrayList<Step>();
    steps.add(new Step("MIG", List.of("mig", "mig_unbiased"), 1, 1, () -> gap(train, bootstrap)));
    steps.add(
        new Step(
            "MIG of samples",
            List.of("posterior_mig", "posterior_aam"),
            1,
            2,
            () -> posterior(train, logvar, mode, bootstrap.seed())));
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
            List.of("modularity", "modularity_unbiased"),
            2,
            1,
            () -> modularity(train, bootstrap)));
    steps.add(
        new Step(
            "explicitness",
            List.of("explicitness", "explicitness_train"),
            1,
            1,
            () -> explicitness(train, test, bootstrap)));
    steps.add(
        new Step(
            "IRS",
            List.of("irs", "irs_active"),
            1,
            1,
            () -> robustness(train, mode, bootstrap.seed())));
    steps.add(
        new Step(
            "DCI, and its trees grown anew ten times",
            List.of(
                "dci_disentanglement",
                "dci_completeness",
                "dci_informativeness",
                "dci_informativeness_train"),
            2,
            2,
            () -> dci(train, test, bootstrap)));
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

  private static List<Score> gap(final Samples train, final Bootstrap bootstrap) {
    final var gap = MutualInformationGap.of(train.codes(), train.factors(), bootstrap);
    return List.of(
        Score.of("mig", gap.score().orElseThrow(), LIKE),
        Score.of("mig_unbiased", gap.unbiased().orElseThrow(), UNBIASED));
  }

  private static List<Score> modularity(final Samples train, final Bootstrap bootstrap) {
    final var modularity =
        CodeModularity.of(train, GroupJackknife.standard(bootstrap.seed()), bootstrap);
    return List.of(
        Score.of(
            "modularity",
            modularity.score(),
            "with the bias of so many inputs; interval: " + GROUPS),
        Score.of("modularity_unbiased", modularity.unbiased(), UNBIASED));
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
    final var gap =
        PosteriorGap.of(train, logvar, Matrix.of(z, n, d), mode, GroupJackknife.standard(seed));
    final var note =
        switch (mode) {
          case CORRECTED -> "";
          case AS_PUBLISHED -> "as published, samples in the wrong order; ";
        };
    return List.of(
        Score.of(
            "posterior_mig",
            gap.gap(),
            note + "of sampled codes, mixtures of the drawn inputs alone; interval: " + GROUPS),
        Score.of("posterior_aam", gap.axisAligned(), note + "of the same; interval: " + GROUPS));
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
        Score.of("explicitness_train", score.training(), LEARNT));
  }

  private static List<Score> robustness(final Samples train, final Mode mode, final long seed) {
    final var score = InterventionalRobustness.of(train, mode, GroupJackknife.standard(seed));
    return List.of(
        Score.of(
            "irs",
            score.score(),
            "rests on extremes, which grow with the number of inputs; interval: " + GROUPS),
        Score.plain(
            "irs_active",
            score.activeCodes(),
            train.codes().rows(),
            switch (mode) {
              case CORRECTED -> "codes that are not constant; a count, no interval";
              case AS_PUBLISHED -> "as published: the sum of all code values; no interval";
            }));
  }

  private static List<Score> dci(
      final Samples train, final Samples test, final Bootstrap bootstrap) {
    final var settings = GradientBoosting.Settings.STANDARD;
    final var dci = Dci.of(train, test, settings);
    final var intervals = dci.intervals(train, settings, GroupJackknife.standard(bootstrap.seed()));
    final var note = "interval: trees grown anew, " + GROUPS;
    return List.of(
        Score.of("dci_disentanglement", intervals.get(0), note),
        Score.of("dci_completeness", intervals.get(1), note),
        Score.of("dci_informativeness", bootstrap.mean(dci.testHits()), "accuracy " + HELD),
        Score.of(
            "dci_informativeness_train", bootstrap.mean(dci.trainHits()), "accuracy " + LEARNT));
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
                  .map(i -> Score.of("gaussian_total_correlation", i, "nats, " + LIKE))
                  .orElseGet(() ->
                      Score.undefined(
                          "gaussian_total_correlation", n, "the covariance is singular")),
              Score.of("wasserstein_correlation", score.wasserstein(), LIKE),
              score
                  .wassersteinShare()
                  .map(i -> Score.of("wasserstein_correlation_norm", i, LIKE))
                  .orElseGet(() ->
                      Score.undefined("wasserstein_correlation_norm", n, "every code is constant")),
              score
                  .information()
                  .map(i -> Score.of("mutual_information", i, PAIRS + LIKE))
                  .orElseGet(() -> Score.undefined("mutual_information", n, FEW_CODES)));
        });
  }
}
