package io.patchbay.analysis.disentanglement;

import io.patchbay.analysis.metric.Histogram;
import io.patchbay.analysis.metric.MutualInformationGap;
import io.patchbay.analysis.statistics.GroupJackknife;
import io.patchbay.analysis.statistics.Interval;
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
/// is 0. It rests on extremes, which grow with the number of inputs, and is to be compared with
/// scores of as many: its interval is for samples of this size.
///
/// @param robustness `[code][factor]`, of the codes that are not constant
/// @param perCode of the same codes
/// @param parents the factor of each of these codes
/// @param score the weighted mean; n is the number of inputs
/// @param activeCodes number of codes that are not constant; as published the sum of all their
///   values
public record InterventionalRobustness(
    double[][] robustness, double[] perCode, int[] parents, Interval score, double activeCodes) {
  private static final double QUANTILE = 0.99;

  /// @param jackknife leaves out groups of inputs; the bins stay those of all
  /// @throws IllegalArgumentException when no factor has several values
  public static InterventionalRobustness of(
      final Samples samples, final Mode mode, final GroupJackknife jackknife) {
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
    final int[][] groups =
        Arrays.stream(varying).mapToObj(k -> bins(samples, k)).toArray(int[][]::new);
    final int n = samples.factors().length;
    final int[] all = IntStream.range(0, n).toArray();
    final double[][] robustness = robustness(codes, groups, all);
    final double[] perCode = new double[codes.length];
    final int[] parents = new int[codes.length];
    for (int j = 0; j < codes.length; j++) {
      final int best = best(robustness[j]);
      perCode[j] = robustness[j][best];
      parents[j] = varying[best];
    }
    final double[] score = {score(codes, robustness, all)};
    final var interval =
        jackknife
            .intervals(
                n,
                score,
                Double.NEGATIVE_INFINITY,
                1,
                rows -> new double[] {score(codes, robustness(codes, groups, rows), rows)})
            .getFirst();
    return new InterventionalRobustness(robustness, perCode, parents, interval, active);
  }

  /// `[code][factor]`, of some of the inputs; 1 for a code that is constant among them.
  private static double[][] robustness(
      final double[][] codes, final int[][] groups, final int[] rows) {
    final double[][] robustness = new double[codes.length][groups.length];
    IntStream.range(0, codes.length)
        .parallel()
        .forEach(j -> {
          final double largest = largestDeviation(codes[j], rows);
          for (int k = 0; k < groups.length; k++) {
            robustness[j][k] =
                largest > 0 ? 1 - withinGroups(codes[j], groups[k], rows) / largest : 1;
          }
        });
    return robustness;
  }

  private static int best(final double[] robustness) {
    int best = 0;
    for (int k = 1; k < robustness.length; k++) {
      best = robustness[k] > robustness[best] ? k : best;
    }
    return best;
  }

  private static double score(
      final double[][] codes, final double[][] robustness, final int[] rows) {
    double sum = 0;
    double weights = 0;
    for (int j = 0; j < codes.length; j++) {
      final double largest = largestDeviation(codes[j], rows);
      sum += robustness[j][best(robustness[j])] * largest;
      weights += largest;
    }
    return weights > 0 ? sum / weights : 0;
  }

  private static boolean moves(final double[] code) {
    return Arrays.stream(code).anyMatch(value -> value != code[0]);
  }

  private static int[] bins(final Samples samples, final int factor) {
    final double[] values =
        Arrays.stream(samples.factors()).mapToDouble(row -> row[factor]).toArray();
    return Histogram.bins(values, MutualInformationGap.BINS);
  }

  private static double largestDeviation(final double[] code, final int[] rows) {
    final double mean = Arrays.stream(rows).mapToDouble(i -> code[i]).sum() / rows.length;
    return Arrays.stream(rows).mapToDouble(i -> Math.abs(code[i] - mean)).max().orElseThrow();
  }

  /// The mean over groups of the 99th percentile of deviations from the group's mean.
  private static double withinGroups(final double[] code, final int[] groups, final int[] rows) {
    double sum = 0;
    int present = 0;
    for (int bin = 0; bin < MutualInformationGap.BINS; bin++) {
      final int group = bin;
      final double[] mine =
          Arrays.stream(rows).filter(i -> groups[i] == group).mapToDouble(i -> code[i]).toArray();
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
