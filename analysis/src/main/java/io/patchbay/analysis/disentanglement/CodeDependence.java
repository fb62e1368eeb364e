package io.patchbay.analysis.disentanglement;

import io.patchbay.analysis.metric.ClassCodes;
import io.patchbay.analysis.metric.JointCounts;
import io.patchbay.analysis.metric.MutualInformationGap;
import io.patchbay.analysis.statistics.BiasedFigure;
import io.patchbay.analysis.statistics.Bootstrap;
import io.patchbay.analysis.statistics.Eigenvalues;
import io.patchbay.analysis.statistics.Interval;
import io.patchbay.analysis.statistics.Matrix;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/// How much codes depend on one another, whatever they tell of: the unsupervised scores of
/// disentanglement_lib (Locatello et al., ICML 2019). 0 for independent codes, each.
///
/// All are above 0 by something of the order 1/n for independent codes too. They are as the library
/// computes them, to be compared with those of as many samples, and their intervals are for such
/// samples, see [BiasedFigure].
///
/// A constant code depends on nothing: it adds nothing to the correlations, and pairs with it count
/// in the mean mutual information, with none.
///
/// @param totalCorrelation (sum of log variances - log determinant of the covariance) / 2: of a
///   Gaussian with this covariance, in nats; empty where the covariance is singular, as for a code
///   that is there twice, and it would be infinite
/// @param wasserstein 2 tr S - 2 tr (S diag S)^(1/2): squared 2-Wasserstein distance of that
///   Gaussian from the product of its marginals
/// @param wassersteinShare the same divided by tr S
/// @param information mean mutual information of two codes, each cut into 20 equal bins, in nats;
///   empty with a single code
public record CodeDependence(
    Optional<Interval> totalCorrelation,
    Interval wasserstein,
    Optional<Interval> wassersteinShare,
    Optional<Interval> information) {
  // Below this an eigenvalue of a correlation matrix of float32 codes is rounding.
  private static final double SINGULAR = 1e-12;

  /// @param codes `[sample][code]`
  /// @param bootstrap resamples samples
  /// @throws IllegalArgumentException for fewer than two samples or no code
  public static CodeDependence of(final Matrix codes, final Bootstrap bootstrap) {
    if (codes.rows() < 2 || codes.columns() < 1) {
      throw new IllegalArgumentException(
          "dependence of codes: samples=" + codes.rows() + ", codes=" + codes.columns());
    }
    final double[][] rows = centred(codes);
    final int[] once = new int[rows.length];
    Arrays.fill(once, 1);
    final double[] plain = gaussian(rows, once);
    final boolean singular = !Double.isFinite(plain[0]);
    final boolean constant = !Double.isFinite(plain[2]);
    final var figures =
        bootstrap
            .biased(
                rows.length,
                plain.length,
                0,
                Double.MAX_VALUE,
                (counts, out) -> {
                  System.arraycopy(gaussian(rows, counts), 0, out, 0, out.length);
                  out[0] = singular ? 0 : out[0];
                  out[2] = constant ? 0 : out[2];
                })
            .stream()
            .map(BiasedFigure::asComputed)
            .toList();
    final var pairs = pairs(codes);
    return new CodeDependence(
        singular ? Optional.empty() : Optional.of(figures.get(0)),
        figures.get(1),
        constant ? Optional.empty() : Optional.of(figures.get(2)),
        pairs.isEmpty()
            ? Optional.empty()
            : Optional.of(information(pairs, rows.length, bootstrap)));
  }

  private static double[][] centred(final Matrix codes) {
    final double[][] rows = new double[codes.rows()][codes.columns()];
    for (int j = 0; j < codes.columns(); j++) {
      final double[] column = codes.column(j);
      final double mean = Arrays.stream(column).sum() / column.length;
      // A constant stays one: its mean may be off by rounding.
      final double first = column[0];
      final boolean same = Arrays.stream(column).allMatch(value -> value == first);
      for (int i = 0; i < column.length; i++) {
        rows[i][j] = same ? 0 : column[i] - mean;
      }
    }
    return rows;
  }

  /// Total correlation, Wasserstein correlation, and its share of the trace; NaN where undefined.
  private static double[] gaussian(final double[][] rows, final int[] counts) {
    final double[][] covariance = covariance(rows, counts);
    final int[] moving =
        IntStream.range(0, covariance.length).filter(j -> covariance[j][j] > 0).toArray();
    final double[][] correlation = new double[moving.length][moving.length];
    final double[][] product = new double[moving.length][moving.length];
    double trace = 0;
    for (int a = 0; a < moving.length; a++) {
      trace += covariance[moving[a]][moving[a]];
      for (int b = 0; b <= a; b++) {
        final double root =
            Math.sqrt(covariance[moving[a]][moving[a]])
                * Math.sqrt(covariance[moving[b]][moving[b]]);
        correlation[a][b] = a == b ? 1 : covariance[moving[a]][moving[b]] / root;
        // D^(1/2) S D^(1/2) has the eigenvalues of S D, and is symmetric.
        product[a][b] = covariance[moving[a]][moving[b]] * root;
      }
    }
    double logs = 0;
    for (final double value : Eigenvalues.of(correlation)) {
      logs += value > SINGULAR ? Math.log(value) : Double.NaN;
    }
    double roots = 0;
    for (final double value : Eigenvalues.of(product)) {
      roots += Math.sqrt(Math.max(0, value));
    }
    final double wasserstein = 2 * trace - 2 * roots;
    // Not -0, which the logarithm of 1 would leave.
    return new double[] {0.0 - logs / 2, wasserstein, trace > 0 ? wasserstein / trace : Double.NaN};
  }

  /// Lower triangle; divided by the number of samples less one.
  private static double[][] covariance(final double[][] rows, final int[] counts) {
    final int d = rows[0].length;
    final double[][] sums = new double[d][d];
    final double[] means = new double[d];
    double n = 0;
    for (int i = 0; i < rows.length; i++) {
      if (counts[i] > 0) {
        final double[] row = rows[i];
        n += counts[i];
        for (int a = 0; a < d; a++) {
          final double weighted = counts[i] * row[a];
          means[a] += weighted;
          for (int b = 0; b <= a; b++) {
            sums[a][b] += weighted * row[b];
          }
        }
      }
    }
    for (int a = 0; a < d; a++) {
      for (int b = 0; b <= a; b++) {
        sums[a][b] = (sums[a][b] - means[a] * means[b] / n) / (n - 1);
      }
    }
    return sums;
  }

  /// Each code beside those before it.
  private static List<JointCounts> pairs(final Matrix codes) {
    final int[][] binned = CodeModularity.bins(codes);
    final var pairs = new ArrayList<JointCounts>();
    for (int a = 1; a < binned.length; a++) {
      final int[] mine = binned[a];
      final int[][] column =
          IntStream.range(0, mine.length).mapToObj(i -> new int[] {mine[i]}).toArray(int[][]::new);
      final var classes = new ClassCodes(column, mine.length);
      pairs.add(new JointCounts(Arrays.copyOf(binned, a), MutualInformationGap.BINS, classes));
    }
    return pairs;
  }

  private static Interval information(
      final List<JointCounts> pairs, final int samples, final Bootstrap bootstrap) {
    return bootstrap
        .biased(
            samples,
            1,
            0,
            Math.log(MutualInformationGap.BINS),
            (counts, out) -> out[0] = mean(pairs, counts))
        .getFirst()
        .asComputed();
  }

  private static double mean(final List<JointCounts> pairs, final int[] counts) {
    double sum = 0;
    for (final var joint : pairs) {
      sum += Arrays.stream(joint.information(counts)[0]).sum();
    }
    return sum / (pairs.size() * (pairs.size() + 1) / 2.0);
  }
}
