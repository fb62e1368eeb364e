package io.patchbay.analysis.study;

import io.patchbay.analysis.disentanglement.BetaVaeScore;
import io.patchbay.analysis.disentanglement.FactorDraws;
import io.patchbay.analysis.disentanglement.FactorDraws.Use;
import io.patchbay.analysis.disentanglement.FactorVaeScore;
import io.patchbay.analysis.disentanglement.Mode;
import io.patchbay.analysis.disentanglement.Samples;
import io.patchbay.analysis.disentanglement.Udr;
import io.patchbay.analysis.statistics.Bootstrap;
import io.patchbay.analysis.statistics.Interval;
import io.patchbay.analysis.statistics.Matrix;
import io.patchbay.analysis.statistics.MedianInterval;
import io.patchbay.analysis.study.ScoreProgress.Part;
import io.patchbay.vae.data.FactorDataset;
import io.patchbay.vae.train.Codes;
import io.patchbay.vae.train.Representation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/// Encodes inputs of a model's data, drawn with replacement from all of it as disentanglement_lib
/// does, and computes every disentanglement score of the codes. The same seed gives the same
/// figures whatever the batch size or the number of threads. Of data with few inputs some are drawn
/// for the training part and the test part too, and are counted: scores judged on the test part are
/// then partly of what was learnt by heart.
///
/// Data without factors has the scores that need none.
public final class ScoreStudy {
  private static final double LEVEL = 0.95;
  private static final List<String> BATCH_SCORES =
      List.of("beta_vae", "beta_vae_train", "factor_vae", "factor_vae_train", "factor_vae_active");
  private static final String NO_FACTORS =
      "the data has no factors: only scores that need none are computed";

  private ScoreStudy() {}

  /// All scores of one model but [#ranked], which needs several.
  public static Scores of(
      final Scene scene, final ScoreSizes sizes, final Mode mode, final ScoreProgress progress) {
    final var data = scene.data();
    final int d = scene.model().vae().latent();
    final var bootstrap = new Bootstrap(sizes.resamples(), LEVEL, scene.seed());
    final boolean factors = !data.factors().isEmpty();
    final var scores = new ArrayList<Score>();
    final long inputs = (long) sizes.training() + (factors ? sizes.test() : 0);
    final long total = inputs + (factors ? sizes.batchCodes() : 0);
    long asked = 0;
    long images = 0;
    final long most = factors ? Math.min(sizes.batchCodes(), data.size()) + inputs : inputs;
    progress.update(Part.CODES, 0, total, "at most " + most + " images to encode");
    int known = 0;
    final ScoreSteps steps;
    try (var representation = new Representation(scene.model())) {
      if (factors) {
        final var grid = new Counted(representation, data, d, total, progress);
        scores.addAll(batches(grid, data, sizes, mode, scene.seed(), bootstrap));
        asked += grid.codes.asked();
        images += grid.codes.encoded();
      }
      progress.update(Part.CODES, asked, total, "inputs");
      final long[] seen =
          FactorDraws.rows(data.size(), Use.TRAINING, scene.seed(), sizes.training());
      final var posterior = representation.encode(data, seen);
      if (factors) {
        final long[] unseen = FactorDraws.rows(data.size(), Use.TEST, scene.seed(), sizes.test());
        final var test = representation.encode(data, unseen);
        known = known(seen, unseen);
        steps =
            ScoreSteps.supervised(
                samples(data, seen, posterior),
                samples(data, unseen, test),
                Matrix.of(posterior.logvar(), posterior.n(), d),
                mode,
                bootstrap);
      } else {
        steps = ScoreSteps.unsupervised(matrix(posterior), bootstrap);
      }
      images += inputs;
    }
    progress.update(Part.CODES, total, total, images + " images encoded");
    scores.addAll(steps.run(progress));
    return new Scores(
        scene.model().config().objective().name(),
        scene.model().data(),
        scene.seed(),
        mode,
        scene.model().backend().device(),
        sizes,
        asked + inputs,
        images,
        known,
        scores,
        factors ? "" : NO_FACTORS);
  }

  /// How many of `unseen` are among `seen`.
  private static int known(final long[] seen, final long[] unseen) {
    final var rows = Arrays.stream(seen).boxed().collect(Collectors.toSet());
    return (int) Arrays.stream(unseen).filter(rows::contains).count();
  }

  /// A grid whose progress is told.
  private static final class Counted {
    private final EncodedGrid codes;
    private String what = "";

    Counted(
        final Representation representation,
        final FactorDataset data,
        final int latents,
        final long total,
        final ScoreProgress progress) {
      codes = new EncodedGrid(representation, data, latents, asked -> tell(asked, total, progress));
    }

    private void tell(final long asked, final long total, final ScoreProgress progress) {
      progress.update(Part.CODES, asked, total, what + ", " + codes.encoded() + " images encoded");
    }
  }

  private static List<Score> batches(
      final Counted grid,
      final FactorDataset data,
      final ScoreSizes sizes,
      final Mode mode,
      final long seed,
      final Bootstrap bootstrap) {
    final long varying = data.factors().stream().filter(f -> f.size() > 1).count();
    if (varying < 2) {
      return BATCH_SCORES.stream()
          .map(name -> Score.undefined(name, sizes.test(), ScoreSteps.FEW_FACTORS))
          .toList();
    }
    grid.what = "beta-VAE score";
    final var beta = BetaVaeScore.of(grid.codes, sizes.batches(), seed, bootstrap);
    grid.what = "FactorVAE score";
    final var factor =
        FactorVaeScore.of(grid.codes, sizes.batches(), sizes.training(), mode, seed, bootstrap);
    final var held =
        "accuracy on new draws; interval: percentile bootstrap over them, the classifier held";
    final var learnt =
        "accuracy on the draws learnt from; interval: percentile bootstrap over them, the"
            + " classifier held";
    final var active =
        switch (mode) {
          case CORRECTED ->
              "codes with a standard deviation of at least "
                  + FactorVaeScore.ACTIVE
                  + "; a count, no interval";
          case AS_PUBLISHED -> "as published: the number of all codes; no interval";
        };
    return List.of(
        Score.of(
            "beta_vae",
            beta.accuracy(),
            beta.converged() ? held : held + "; the regression did not converge"),
        Score.of("beta_vae_train", beta.training(), learnt),
        Score.of("factor_vae", factor.accuracy(), held),
        Score.of("factor_vae_train", factor.training(), learnt),
        Score.plain("factor_vae_active", factor.activeCodes(), sizes.training(), active));
  }

  private static Samples samples(final FactorDataset data, final long[] rows, final Codes codes) {
    return new Samples(
        matrix(codes), Arrays.stream(rows).mapToObj(data::factorsOf).toArray(int[][]::new));
  }

  private static Matrix matrix(final Codes codes) {
    return Matrix.of(codes.mu(), codes.n(), codes.d());
  }

  /// What a model makes of the inputs that models are compared on: the same for the same seed, data
  /// and size.
  public static Udr.Model model(final Scene scene, final ScoreSizes sizes) {
    final long[] rows =
        FactorDraws.rows(scene.data().size(), Use.MODELS, scene.seed(), sizes.ranked());
    try (var representation = new Representation(scene.model())) {
      final var codes = representation.encode(scene.data(), rows);
      return new Udr.Model(matrix(codes), codes.klPerLatent());
    }
  }

  /// The scores of each model, in their order, among models that differ in their seed alone.
  ///
  /// @throws IllegalArgumentException for fewer than two models
  public static List<List<Score>> ranked(final List<Udr.Model> models) {
    final var lasso = Udr.of(models, Udr.Measure.LASSO);
    final var spearman = Udr.of(models, Udr.Measure.SPEARMAN);
    final int others = models.size() - 1;
    final var note =
        "median over "
            + others
            + (others == 1 ? " other model" : " other models")
            + " on "
            + models.getFirst().codes().rows()
            + " inputs; "
            + interval(others);
    final var result = new ArrayList<List<Score>>();
    for (int i = 0; i < models.size(); i++) {
      result.add(
          List.of(
              ranked("udr_lasso", lasso.scores().get(i), note),
              ranked("udr_spearman", spearman.scores().get(i), note)));
    }
    return result;
  }

  private static Score ranked(final String name, final Interval score, final String note) {
    return score.n() < 2
        ? Score.plain(name, score.estimate(), score.n(), note)
        : Score.of(name, score, note);
  }

  private static String interval(final int others) {
    if (others < 2) {
      return "no interval: one other model";
    }
    return others < MedianInterval.FEWEST
        ? "interval: Student's t of the mean over the other models, too few for one of the median"
        : "interval of the median by the order of the other models' values";
  }
}
