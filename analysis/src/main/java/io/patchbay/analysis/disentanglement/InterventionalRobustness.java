package io.patchbay.analysis.disentanglement;

import io.patchbay.analysis.metric.Histogram;
import io.patchbay.analysis.metric.MutualInformationGap;
import java.util.Arrays;
import java.util.stream.IntStream;

/// Interventional robustness score (Suter, Miladinović, Schölkopf and Bauer, ICML 2019), computed
/// as in disentanglement_lib: within the inputs of one value of a factor, the 99th percentile of
/// how far a code lies from its mean there, averaged over values and divided by the largest
/// deviation of the code from its overall mean, is what other factors still move; one less that is
/// the code's robustness for that factor. A code scores its most robust factor; the score is the
/// mean over codes, weighted by their largest deviation.
///
/// Factor values are cut into 20 equal bins. Constant codes are left out; without others the score
/// is 0. It rests on extremes, which resampling does not tell of, so there is no interval.
///
/// @param robustness `[code][factor]`, of the codes that are not constant
/// @param perCode of the same codes
/// @param parents the factor of each of these codes
/// @param score the weighted mean
/// @param activeCodes number of codes that are not constant; as published the sum of all their
///   values
public record InterventionalRobustness(
    double[][] robustness, double[] perCode, int[] parents, double score, double activeCodes) {
  private static final double QUANTILE = 0.99;

  /// @throws IllegalArgumentException when no factor has several values
  public static InterventionalRobustness of(final Samples samples, final Mode mode) {
    final int[] varying = samples.requireVarying("interventional robustness", 1, 1);
    final double[][] codes =
        IntStream.range(0, samples.codes().columns())
            .mapToObj(samples.codes()::column)
            .filter(InterventionalRobustness::moves)
            .toArray(double[][]::new);
    final double active =
        switch (mode) {
          case CORRECTED -> codes.length;
          case AS_PUBLISHED -> Arrays.stream(codes).flatMapToDouble(Arrays::stream).sum();
        };
    final double[][] robustness = new double[codes.length][varying.length];
    final double[] perCode = new double[codes.length];
    final int[] parents = new int[codes.length];
    double sum = 0;
    double weights = 0;
    for (int j = 0; j < codes.length; j++) {
      final double largest = largestDeviation(codes[j]);
      for (int k = 0; k < varying.length; k++) {
        robustness[j][k] = 1 - withinGroups(codes[j], bins(samples, varying[k])) / largest;
        parents[j] = robustness[j][k] > robustness[j][parents[j]] ? k : parents[j];
      }
      perCode[j] = robustness[j][parents[j]];
      parents[j] = varying[parents[j]];
      sum += perCode[j] * largest;
      weights += largest;
    }
    return new InterventionalRobustness(
        robustness, perCode, parents, codes.length == 0 ? 0 : sum / weights, active);
  }

  private static boolean moves(final double[] code) {
    return Arrays.stream(code).anyMatch(value -> value != code[0]);
  }

  private static int[] bins(final Samples samples, final int factor) {
    final double[] values =
        Arrays.stream(samples.factors()).mapToDouble(row -> row[factor]).toArray();
    return Histogram.bins(values, MutualInformationGap.BINS);
  }

  private static double largestDeviation(final double[] code) {
    final double mean = Arrays.stream(code).sum() / code.length;
    return Arrays.stream(code).map(value -> Math.abs(value - mean)).max().orElseThrow();
  }

  /// The mean over groups of the 99th percentile of deviations from the group's mean.
  private static double withinGroups(final double[] code, final int[] groups) {
    double sum = 0;
    int present = 0;
    for (int bin = 0; bin < MutualInformationGap.BINS; bin++) {
      final int group = bin;
      final double[] mine =
          IntStream.range(0, code.length)
              .filter(i -> groups[i] == group)
              .mapToDouble(i -> code[i])
              .toArray();
      if (mine.length > 0) {
        final double mean = Arrays.stream(mine).sum() / mine.length;
        Arrays.setAll(mine, i -> Math.abs(mine[i] - mean));
        sum += quantile(mine);
        present++;
      }
    }
    return sum / present;
  }

  /// NumPy's: linear between order statistics. Sorts the values.
  private static double quantile(final double[] values) {
    Arrays.sort(values);
    final double place = QUANTILE * (values.length - 1);
    final int below = (int) place;
    final int above = Math.min(below + 1, values.length - 1);
    return values[below] + (place - below) * (values[above] - values[below]);
  }
}
