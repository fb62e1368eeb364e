package io.patchbay.analysis.disentanglement;

import io.patchbay.analysis.metric.ClassCodes;
import io.patchbay.analysis.statistics.Matrix;
import java.util.Arrays;
import java.util.stream.IntStream;

/// Mutual information gap of sampled codes (Chen et al., NeurIPS 2018, section 4 and appendix C),
/// without bins, and the axis-aligned metric, computed as in disentangling-vae: with q(z_j) the
/// mixture of the posteriors of n inputs, H(z_j) is the mean of -ln q(z_j) over one sample of each,
/// H(z_j | v_k) the same within the inputs of one value of factor k, a mean over its values
/// weighted by their share, and the information of code j about factor k their difference, at least
/// 0.
///
/// Each posterior is in its own mixture. Among few inputs that is much of it, so that information
/// is overestimated, most for factors of many values, and more for narrow posteriors; the original
/// takes all inputs of the data.
///
/// As published the samples are read in the wrong order: the (n, d) table as if it were (d, n),
/// which gives a code the samples of others.
///
/// @param information `[factor][code]` in nats, of factors of more than one value
/// @param gap mean over factors of the difference of the two largest, divided by the entropy of the
///   factor
/// @param axisAligned mean over factors of the largest less the sum of the others, at least 0,
///   divided by the largest; 0 for a factor that no code tells of
public record PosteriorGap(double[][] information, double gap, double axisAligned) {
  private static final double LOG_TWO_PI = Math.log(2 * Math.PI);
  // Below this a density adds nothing to the sum in double precision.
  private static final double NEGLIGIBLE = -45;

  /// All `[input][code]`, of the inputs of `samples`.
  ///
  /// @param samples the means of the posteriors, and factors
  /// @param logvar logarithms of their variances
  /// @param z one sample of each
  /// @throws IllegalArgumentException when sizes differ, or with fewer than two codes or no factor
  ///   of several values
  public static PosteriorGap of(
      final Samples samples, final Matrix logvar, final Matrix z, final Mode mode) {
    final var mu = samples.codes();
    final int n = mu.rows();
    final int d = mu.columns();
    if (logvar.rows() != n || logvar.columns() != d || z.rows() != n || z.columns() != d) {
      throw new IllegalArgumentException(
          "posteriors: means="
              + n
              + "x"
              + d
              + ", log variances="
              + logvar.rows()
              + "x"
              + logvar.columns()
              + ", samples="
              + z.rows()
              + "x"
              + z.columns());
    }
    final int[] varying = samples.requireVarying("posterior gap", 2, 1);
    final double[] whole = entropies(mu, logvar, z, IntStream.range(0, n).toArray(), mode);
    final var classes = new ClassCodes(samples.factors(), n);
    final double[][] information = new double[varying.length][d];
    double gap = 0;
    double axisAligned = 0;
    for (int k = 0; k < varying.length; k++) {
      final int[] of = classes.of(varying[k]);
      final double[] mine = information[k];
      System.arraycopy(whole, 0, mine, 0, d);
      double entropy = 0;
      for (int c = 0; c < classes.width(varying[k]); c++) {
        final int number = c;
        final int[] rows = IntStream.range(0, n).filter(i -> of[i] == number).toArray();
        final double share = (double) rows.length / n;
        entropy -= share * Math.log(share);
        final double[] within = entropies(mu, logvar, z, rows, mode);
        for (int j = 0; j < d; j++) {
          mine[j] -= share * within[j];
        }
      }
      Arrays.setAll(mine, j -> Math.max(0, mine[j]));
      final double[] sorted = mine.clone();
      Arrays.sort(sorted);
      final double first = sorted[d - 1];
      gap += (first - sorted[d - 2]) / entropy / varying.length;
      final double others = Arrays.stream(sorted).sum() - first;
      axisAligned += first > 0 ? Math.max(0, first - others) / first / varying.length : 0;
    }
    return new PosteriorGap(information, gap, axisAligned);
  }

  /// One per code, of the mixture of the posteriors of some inputs.
  private static double[] entropies(
      final Matrix mu, final Matrix logvar, final Matrix z, final int[] rows, final Mode mode) {
    final int n = rows.length;
    final int d = mu.columns();
    final double[] entropies = new double[d];
    for (int code = 0; code < d; code++) {
      final int j = code;
      final double[] means = Arrays.stream(rows).mapToDouble(i -> mu.at(i, j)).toArray();
      final double[] logs = Arrays.stream(rows).mapToDouble(i -> logvar.at(i, j)).toArray();
      final double[] precisions = Arrays.stream(logs).map(v -> Math.exp(-v)).toArray();
      // Summed in order: the same on any number of threads.
      final double[] terms =
          IntStream.range(0, n)
              .parallel()
              .mapToDouble(i -> {
                final int flat = j * n + i;
                final double point =
                    switch (mode) {
                      case CORRECTED -> z.at(rows[i], j);
                      case AS_PUBLISHED -> z.at(rows[flat / d], flat % d);
                    };
                return Math.log(n) - logSum(point, means, logs, precisions);
              })
              .toArray();
      double sum = 0;
      for (final double term : terms) {
        sum += term;
      }
      entropies[code] = sum / n;
    }
    return entropies;
  }

  /// The logarithm of the sum of normal densities.
  private static double logSum(
      final double z, final double[] means, final double[] logs, final double[] precisions) {
    double largest = Double.NEGATIVE_INFINITY;
    for (int m = 0; m < means.length; m++) {
      largest = Math.max(largest, density(z, means[m], logs[m], precisions[m]));
    }
    double sum = 0;
    for (int m = 0; m < means.length; m++) {
      final double below = density(z, means[m], logs[m], precisions[m]) - largest;
      if (below > NEGLIGIBLE) {
        sum += Math.exp(below);
      }
    }
    return largest + Math.log(sum) - LOG_TWO_PI / 2;
  }

  private static double density(
      final double z, final double mean, final double log, final double precision) {
    return -((z - mean) * (z - mean) * precision + log) / 2;
  }
}
