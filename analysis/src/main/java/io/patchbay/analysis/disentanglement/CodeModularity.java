package io.patchbay.analysis.disentanglement;

import io.patchbay.analysis.metric.ClassCodes;
import io.patchbay.analysis.metric.Histogram;
import io.patchbay.analysis.metric.JointCounts;
import io.patchbay.analysis.metric.MutualInformationGap;
import io.patchbay.analysis.statistics.Bootstrap;
import io.patchbay.analysis.statistics.GroupJackknife;
import io.patchbay.analysis.statistics.Interval;
import io.patchbay.analysis.statistics.Matrix;
import java.util.Arrays;

/// Modularity of codes (Ridgeway and Mozer, NeurIPS 2018, equation 2), computed as in
/// disentanglement_lib: with m the mutual informations of a code, cut into 20 equal bins, with the
/// K factors, 1 - (sum of m² - max m²) / (max m² (K - 1)); 0 for a code that tells of no factor;
/// the score is the mean over codes.
///
/// A code that tells of no factor still has informations of chance, and with few inputs a
/// modularity well above 0. The library's figure keeps that, and is to be compared with those of as
/// many inputs; its interval leaves out groups of them, as in a bootstrap's draws, whose
/// informations of chance are larger, such codes vary less than they do. Beside it stands the
/// figure of informations less their bias, see [JointCounts#bias].
///
/// @param perCode one per code
/// @param score their mean, as the library computes it; n is the number of inputs, and the interval
///   is for samples of this size
/// @param unbiased the same of informations less their bias, with percentiles of draws; a code
///   whose informations are then 0 has none, one where they are next to 0 any modularity
public record CodeModularity(double[] perCode, Interval score, Interval unbiased) {
  // Information below this is rounding, in nats.
  private static final double NONE = 1e-12;

  /// @param jackknife leaves out inputs; the bins stay those of all
  /// @param bootstrap resamples inputs; the bins stay those of all
  /// @throws IllegalArgumentException without codes, or with fewer than two factors of several
  ///   classes
  public static CodeModularity of(
      final Samples samples, final GroupJackknife jackknife, final Bootstrap bootstrap) {
    final int[] varying = samples.requireVarying("modularity", 1, 2);
    final int[][] factors =
        Arrays.stream(samples.factors())
            .map(row -> Arrays.stream(varying).map(k -> row[k]).toArray())
            .toArray(int[][]::new);
    final var joint =
        new JointCounts(
            bins(samples.codes()),
            MutualInformationGap.BINS,
            new ClassCodes(factors, samples.codes().rows()));
    final int[] once = new int[factors.length];
    Arrays.fill(once, 1);
    final int n = factors.length;
    final double[] perCode = perCode(joint.information(once));
    final double[] score = {Arrays.stream(perCode).average().orElseThrow()};
    final var interval =
        jackknife
            .intervals(
                n,
                score,
                0,
                1,
                rows -> {
                  final int[] counts = new int[n];
                  Arrays.stream(rows).forEach(i -> counts[i] = 1);
                  return new double[] {mean(joint.information(counts))};
                })
            .getFirst();
    final var bias = joint.bias(n, bootstrap);
    return new CodeModularity(
        perCode, interval, bootstrap.statistic(n, counts -> mean(joint.unbiased(counts, bias))));
  }

  private static double mean(final double[][] information) {
    return Arrays.stream(perCode(information)).average().orElseThrow();
  }

  /// The bin of every code's value, `[code][sample]`.
  static int[][] bins(final Matrix codes) {
    final int[][] binned = new int[codes.columns()][];
    for (int code = 0; code < binned.length; code++) {
      binned[code] = Histogram.bins(codes.column(code), MutualInformationGap.BINS);
    }
    return binned;
  }

  /// @param information `[factor][code]`
  static double[] perCode(final double[][] information) {
    final double[] result = new double[information[0].length];
    for (int code = 0; code < result.length; code++) {
      double sum = 0;
      double largest = 0;
      for (final double[] factor : information) {
        final double square = factor[code] > NONE ? factor[code] * factor[code] : 0;
        sum += square;
        largest = Math.max(largest, square);
      }
      result[code] = largest == 0 ? 0 : 1 - (sum - largest) / (largest * (information.length - 1));
    }
    return result;
  }
}
