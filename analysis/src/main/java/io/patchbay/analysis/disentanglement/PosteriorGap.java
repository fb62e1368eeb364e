package io.patchbay.analysis.disentanglement;

import io.patchbay.analysis.metric.ClassCodes;
import io.patchbay.analysis.statistics.GroupJackknife;
import io.patchbay.analysis.statistics.Interval;
import io.patchbay.analysis.statistics.Matrix;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
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
/// The intervals are for as many inputs, bias and all: inputs are left out group by group, from the
/// mixtures and from the means, see [GroupJackknife]. A bootstrap would put an input's posterior
/// twice into the mixture.
///
/// @param information `[factor][code]` in nats, of factors of more than one value
/// @param gap mean over factors of the difference of the two largest, divided by the entropy of the
///   factor
/// @param axisAligned mean over factors of the largest less the sum of the others, at least 0,
///   divided by the largest; 0 for a factor that no code tells of
public record PosteriorGap(double[][] information, Interval gap, Interval axisAligned) {
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
      final Samples samples,
      final Matrix logvar,
      final Matrix z,
      final Mode mode,
      final GroupJackknife jackknife) {
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
    final var mixtures =
        new Mixtures(mu, logvar, z, mode, jackknife.groupOf(n), jackknife.groups());
    final var whole = mixtures.entropies(IntStream.range(0, n).toArray());
    final var classes = new ClassCodes(samples.factors(), n);
    // Of all inputs, and without each group.
    final double[][][] information = new double[jackknife.groups() + 1][varying.length][d];
    final double[] gaps = new double[information.length];
    final double[] axisAligned = new double[information.length];
    for (int k = 0; k < varying.length; k++) {
      final int[] of = classes.of(varying[k]);
      final var parts = new ArrayList<Entropies>();
      for (int c = 0; c < classes.width(varying[k]); c++) {
        final int number = c;
        parts.add(mixtures.entropies(IntStream.range(0, n).filter(i -> of[i] == number).toArray()));
      }
      for (int r = 0; r < information.length; r++) {
        final double[] mine = information[r][k];
        final double entropy = told(whole, parts, r, mine);
        final double[] sorted = mine.clone();
        Arrays.sort(sorted);
        final double first = sorted[d - 1];
        // A factor of one value has no entropy, and the gap without this group is undefined.
        gaps[r] += entropy > 0 ? (first - sorted[d - 2]) / entropy / varying.length : Double.NaN;
        final double others = Arrays.stream(sorted).sum() - first;
        axisAligned[r] += first > 0 ? Math.max(0, first - others) / first / varying.length : 0;
      }
    }
    return new PosteriorGap(
        information[0], interval(jackknife, n, gaps), interval(jackknife, n, axisAligned));
  }

  private static Interval interval(
      final GroupJackknife jackknife, final int n, final double[] figures) {
    return jackknife.interval(n, figures[0], Arrays.copyOfRange(figures, 1, figures.length), 0, 1);
  }

  /// What each code tells of a factor.
  ///
  /// @param parts of the inputs of each of the factor's values
  /// @param r which inputs: 0 for all, else those without a group
  /// @return the entropy of the factor
  private static double told(
      final Entropies whole, final List<Entropies> parts, final int r, final double[] information) {
    System.arraycopy(whole.perCode[r], 0, information, 0, information.length);
    double entropy = 0;
    for (final var part : parts) {
      if (part.inputs[r] > 0) {
        final double share = (double) part.inputs[r] / whole.inputs[r];
        entropy -= share * Math.log(share);
        for (int j = 0; j < information.length; j++) {
          information[j] -= share * part.perCode[r][j];
        }
      }
    }
    Arrays.setAll(information, j -> Math.max(0, information[j]));
    return entropy;
  }

  /// Entropies of the mixture of the posteriors of some inputs: of all of these first, then without
  /// each group.
  ///
  /// @param inputs how many there are; with none the entropies mean nothing
  /// @param perCode `[which inputs][code]`
  private record Entropies(int[] inputs, double[][] perCode) {}

  /// @param groupOf the group of each input
  private record Mixtures(
      Matrix mu, Matrix logvar, Matrix z, Mode mode, int[] groupOf, int groups) {
    Entropies entropies(final int[] rows) {
      final int[] inputs = new int[groups + 1];
      for (final int row : rows) {
        for (int r = 0; r <= groups; r++) {
          inputs[r] += counts(row, r) ? 1 : 0;
        }
      }
      final double[][] perCode = new double[groups + 1][mu.columns()];
      for (int code = 0; code < mu.columns(); code++) {
        final double[] means = values(mu, rows, code);
        final double[] logs = values(logvar, rows, code);
        final double[] precisions = Arrays.stream(logs).map(v -> Math.exp(-v)).toArray();
        final int j = code;
        // Summed in order: the same on any number of threads.
        final double[][] sums =
            IntStream.range(0, rows.length)
                .parallel()
                .mapToObj(i -> logSums(point(rows, i, j), rows, means, logs, precisions))
                .toArray(double[][]::new);
        for (int r = 0; r <= groups; r++) {
          double sum = 0;
          for (int i = 0; i < rows.length; i++) {
            sum += counts(rows[i], r) ? Math.log(inputs[r]) - sums[i][r] : 0;
          }
          perCode[r][j] = sum / inputs[r];
        }
      }
      return new Entropies(inputs, perCode);
    }

    private boolean counts(final int row, final int r) {
      return r == 0 || groupOf[row] != r - 1;
    }

    private static double[] values(final Matrix matrix, final int[] rows, final int column) {
      return Arrays.stream(rows).mapToDouble(i -> matrix.at(i, column)).toArray();
    }

    private double point(final int[] rows, final int i, final int code) {
      final int d = mu.columns();
      final int flat = code * rows.length + i;
      return switch (mode) {
        case CORRECTED -> z.at(rows[i], code);
        case AS_PUBLISHED -> z.at(rows[flat / d], flat % d);
      };
    }

    /// The logarithms of the sums of normal densities, of all and without each group.
    private double[] logSums(
        final double point,
        final int[] rows,
        final double[] means,
        final double[] logs,
        final double[] precisions) {
      final double[] largest = new double[groups];
      Arrays.fill(largest, Double.NEGATIVE_INFINITY);
      for (int m = 0; m < means.length; m++) {
        final int group = groupOf[rows[m]];
        largest[group] = Math.max(largest[group], density(point, means[m], logs[m], precisions[m]));
      }
      final double[] perGroup = new double[groups];
      for (int m = 0; m < means.length; m++) {
        final int group = groupOf[rows[m]];
        final double below = density(point, means[m], logs[m], precisions[m]) - largest[group];
        if (below > NEGLIGIBLE) {
          perGroup[group] += Math.exp(below);
        }
      }
      final double[] sums = new double[groups + 1];
      for (int r = 0; r <= groups; r++) {
        sums[r] = logSum(largest, perGroup, r - 1) - LOG_TWO_PI / 2;
      }
      return sums;
    }

    /// Of all groups but one.
    private double logSum(final double[] largest, final double[] perGroup, final int without) {
      double most = Double.NEGATIVE_INFINITY;
      for (int g = 0; g < groups; g++) {
        most = g == without ? most : Math.max(most, largest[g]);
      }
      double sum = 0;
      for (int g = 0; g < groups; g++) {
        sum += g == without || perGroup[g] == 0 ? 0 : perGroup[g] * Math.exp(largest[g] - most);
      }
      return most + Math.log(sum);
    }
  }

  private static double density(
      final double z, final double mean, final double log, final double precision) {
    return -((z - mean) * (z - mean) * precision + log) / 2;
  }
}
