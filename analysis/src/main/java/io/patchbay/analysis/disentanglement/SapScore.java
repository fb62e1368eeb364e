package io.patchbay.analysis.disentanglement;

import io.patchbay.analysis.statistics.Bootstrap;
import io.patchbay.analysis.statistics.Interval;
import java.util.Arrays;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/// Separated attribute predictability (Kumar, Sattigeri and Balakrishnan, ICLR 2018), computed as
/// in disentanglement_lib: each factor is predicted from each code alone, and the score is the mean
/// over factors of the gap between the two codes that do best.
///
/// @param scores `[factor][code]`, of factors of more than one value
/// @param score mean gap; n is the number of inputs judged, which the interval resamples with the
///   classifiers held fixed
public record SapScore(double[][] scores, Interval score) {
  private static final double C = 0.01;
  // The library's bound of a variance that counts.
  private static final double NO_VARIANCE = 1e-12;

  /// For factors that are classes: the accuracy, on the test part, of a linear support vector
  /// machine with C = 0.01 and balanced classes.
  ///
  /// @throws IllegalArgumentException when the parts differ, or with fewer than two codes
  public static SapScore of(final Samples train, final Samples test, final Bootstrap bootstrap) {
    train.requireAlike(test);
    final int[] varying = train.requireVarying("SAP", 2, 1);
    final int codes = train.codes().columns();
    final boolean[][] hits = new boolean[varying.length * codes][];
    final int[][] learnt = new int[varying.length][];
    final int[][] judged = new int[varying.length][];
    final int[] widths = new int[varying.length];
    for (int k = 0; k < varying.length; k++) {
      final int[] classes = train.classes(varying[k]);
      learnt[k] = train.labels(varying[k], classes);
      judged[k] = test.labels(varying[k], classes);
      widths[k] = classes.length;
    }
    IntStream.range(0, hits.length)
        .parallel()
        .forEach(cell -> {
          final int k = cell / codes;
          final int code = cell % codes;
          final var svm = ScalarSvm.fit(train.codes().column(code), learnt[k], widths[k], C);
          final double[] x = test.codes().column(code);
          final boolean[] mine = new boolean[x.length];
          for (int i = 0; i < x.length; i++) {
            mine[i] = svm.predict(x[i]) == judged[k][i];
          }
          hits[cell] = mine;
        });
    return scored(
        test.codes().rows(),
        varying.length,
        codes,
        bootstrap,
        (counts, k, code) -> {
          final boolean[] mine = hits[k * codes + code];
          int right = 0;
          for (int i = 0; i < mine.length; i++) {
            right += mine[i] ? counts[i] : 0;
          }
          return (double) right / mine.length;
        });
  }

  /// For factors that are numbers: the squared correlation; 0 for a code without variance.
  ///
  /// @throws IllegalArgumentException with fewer than two codes
  public static SapScore continuous(final Samples samples, final Bootstrap bootstrap) {
    final int[] varying = samples.requireVarying("SAP", 2, 1);
    final int codes = samples.codes().columns();
    final double[][] x = new double[codes][];
    for (int code = 0; code < codes; code++) {
      x[code] = centred(samples.codes().column(code));
    }
    final double[][] y = new double[varying.length][];
    for (int k = 0; k < varying.length; k++) {
      final int factor = varying[k];
      y[k] =
          centred(IntStream.range(0, x[0].length).mapToDouble(i -> samples.factors()[i][factor]));
    }
    return scored(
        samples.codes().rows(),
        varying.length,
        codes,
        bootstrap,
        (counts, k, code) -> squaredCorrelation(counts, x[code], y[k]));
  }

  private interface Cell {
    double at(int[] counts, int factor, int code);
  }

  private static SapScore scored(
      final int inputs,
      final int factors,
      final int codes,
      final Bootstrap bootstrap,
      final Cell cell) {
    final double[][] scores = new double[factors][codes];
    final int[] once = new int[inputs];
    Arrays.fill(once, 1);
    for (int k = 0; k < factors; k++) {
      for (int code = 0; code < codes; code++) {
        scores[k][code] = cell.at(once, k, code);
      }
    }
    final var score =
        bootstrap.statistic(
            inputs,
            counts -> {
              double sum = 0;
              for (int k = 0; k < factors; k++) {
                double first = Double.NEGATIVE_INFINITY;
                double second = Double.NEGATIVE_INFINITY;
                for (int code = 0; code < codes; code++) {
                  final double value = cell.at(counts, k, code);
                  second = Math.max(second, Math.min(first, value));
                  first = Math.max(first, value);
                }
                sum += first - second;
              }
              return sum / factors;
            });
    return new SapScore(scores, score);
  }

  private static double squaredCorrelation(final int[] counts, final double[] x, final double[] y) {
    double sumX = 0;
    double sumY = 0;
    double xx = 0;
    double xy = 0;
    double yy = 0;
    for (int i = 0; i < counts.length; i++) {
      final int c = counts[i];
      sumX += c * x[i];
      sumY += c * y[i];
      xx += c * x[i] * x[i];
      xy += c * x[i] * y[i];
      yy += c * y[i] * y[i];
    }
    final double n = counts.length;
    final double varianceX = (xx - sumX * sumX / n) / (n - 1);
    final double varianceY = (yy - sumY * sumY / n) / (n - 1);
    final double covariance = (xy - sumX * sumY / n) / (n - 1);
    if (!(varianceX > NO_VARIANCE)) {
      return 0;
    }
    return varianceY > 0 ? covariance * covariance / (varianceX * varianceY) : Double.NaN;
  }

  private static double[] centred(final double[] values) {
    return centred(Arrays.stream(values));
  }

  private static double[] centred(final DoubleStream stream) {
    final double[] values = stream.toArray();
    final double mean = Arrays.stream(values).sum() / values.length;
    Arrays.setAll(values, i -> values[i] - mean);
    return values;
  }
}
