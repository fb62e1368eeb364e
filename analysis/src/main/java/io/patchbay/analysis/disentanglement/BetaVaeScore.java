package io.patchbay.analysis.disentanglement;

import io.patchbay.analysis.disentanglement.FactorDraws.Use;
import io.patchbay.analysis.statistics.Bootstrap;
import io.patchbay.analysis.statistics.Interval;
import io.patchbay.analysis.statistics.LogisticRegression;
import io.patchbay.analysis.statistics.Matrix;

/// The score of the beta-VAE paper (Higgins et al., ICLR 2017), computed as in disentanglement_lib:
/// a point is a factor k, and the mean over a batch of pairs, alike in factor k and else drawn at
/// random, of the absolute differences of their codes; the score is how often logistic regression
/// (C = 1) tells k from these d numbers.
///
/// A factor of one value is never k: all pairs are alike in it.
///
/// @param accuracy on points not learnt from; n is their number, the classifier is held fixed
/// @param training accuracy on the points learnt from, held fixed likewise
/// @param converged whether the regression came to its optimum
public record BetaVaeScore(Interval accuracy, Interval training, boolean converged) {

  private record Points(Matrix features, int[] labels) {}

  /// @throws IllegalArgumentException when fewer than two factors have more than one value
  public static BetaVaeScore of(
      final FactorCodes codes,
      final BatchCounts counts,
      final long seed,
      final Bootstrap bootstrap) {
    final var draws = new FactorDraws(codes.sizes(), seed);
    final int classes = draws.requireVarying("beta-VAE score").length;
    final var learnt = points(codes, draws, Use.PAIRS, counts.training(), counts.batch());
    final var judged = points(codes, draws, Use.JUDGED_PAIRS, counts.judged(), counts.batch());
    final var model =
        LogisticRegression.fit(
            learnt.features, learnt.labels, classes, Explicitness.inversePenalty(classes));
    return new BetaVaeScore(
        bootstrap.mean(hits(model, judged)),
        bootstrap.mean(hits(model, learnt)),
        model.converged());
  }

  private static Points points(
      final FactorCodes codes,
      final FactorDraws draws,
      final Use use,
      final int count,
      final int batch) {
    final int[] varying = draws.varying();
    final double[][] features = new double[count][];
    final int[] labels = new int[count];
    final int chunk = BatchCounts.chunk(2 * batch);
    for (int from = 0; from < count; from += chunk) {
      final int points = Math.min(chunk, count - from);
      final int[][] factors = new int[2 * points * batch][];
      for (int p = 0; p < points; p++) {
        final var random = draws.random(use, from + p);
        final int label = random.nextInt(varying.length);
        labels[from + p] = label;
        for (int pair = p * batch; pair < (p + 1) * batch; pair++) {
          factors[2 * pair] = draws.draw(random);
          factors[2 * pair + 1] = draws.draw(random);
          factors[2 * pair + 1][varying[label]] = factors[2 * pair][varying[label]];
        }
      }
      final var all = codes.of(factors);
      for (int p = 0; p < points; p++) {
        final double[] mean = new double[all.columns()];
        for (int pair = p * batch; pair < (p + 1) * batch; pair++) {
          for (int j = 0; j < mean.length; j++) {
            mean[j] += Math.abs(all.at(2 * pair, j) - all.at(2 * pair + 1, j)) / batch;
          }
        }
        features[from + p] = mean;
      }
    }
    return new Points(Matrix.ofRows(features), labels);
  }

  private static double[] hits(final LogisticRegression model, final Points points) {
    final int[] predicted = model.predict(points.features);
    final double[] hits = new double[predicted.length];
    for (int i = 0; i < hits.length; i++) {
      hits[i] = predicted[i] == points.labels[i] ? 1 : 0;
    }
    return hits;
  }
}
