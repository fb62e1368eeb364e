package io.patchbay.analysis.disentanglement;

import io.patchbay.analysis.statistics.Matrix;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.IntStream;

/// Disentanglement, completeness and informativeness (Eastwood and Williams, ICLR 2018), computed
/// as in disentanglement_lib: each factor is predicted from all codes by [GradientBoosting], whose
/// importances R[code, factor] say which codes tell of which factor.
///
/// With H_b the entropy to base b of a row or column of R + 1e-11 as a distribution:
/// disentanglement of a code is 1 - H_K over its K factors, completeness of a factor 1 - H_d over
/// its d codes; the scores are their means, weighted by the importance of each code or factor.
/// Without any importance every code tells as much of every factor, and both are 0.
///
/// @param importances R, `[code][factor]`; each factor's sum to 1, or are 0 where no split helped
/// @param disentanglement one per code
/// @param completeness one per factor
/// @param trainAccuracy share of training samples whose class is predicted, mean over factors
/// @param testAccuracy the same on samples held out: informativeness
/// @param leftOut factors of one class only, which have nothing to predict
public record Dci(
    double[][] importances,
    double[] disentanglement,
    double[] completeness,
    double disentanglementScore,
    double completenessScore,
    double trainAccuracy,
    double testAccuracy,
    List<Integer> leftOut) {
  private static final double EPSILON = 1e-11;

  /// Codes and factor classes of the same samples.
  ///
  /// @param codes `[sample][code]`
  /// @param factors `[sample][factor]`, any integers
  public record Samples(Matrix codes, int[][] factors) {
    public Samples {
      if (codes.rows() != factors.length || factors.length == 0) {
        throw new IllegalArgumentException(
            "codes and factors: samples=" + codes.rows() + ", factors of=" + factors.length);
      }
      for (final int[] row : factors) {
        if (row.length != factors[0].length) {
          throw new IllegalArgumentException(
              "ragged factor table: factors=" + row.length + ", expected=" + factors[0].length);
        }
      }
    }
  }

  /// With the library's settings of the classifier.
  public static Dci of(final Samples train, final Samples test) {
    return of(train, test, GradientBoosting.Settings.STANDARD);
  }

  /// @throws IllegalArgumentException when the parts differ in codes or factors, or when fewer than
  ///   two codes or two factors of several classes remain
  public static Dci of(
      final Samples train, final Samples test, final GradientBoosting.Settings settings) {
    final int codes = train.codes().columns();
    final int all = train.factors()[0].length;
    if (test.codes().columns() != codes || test.factors()[0].length != all) {
      throw new IllegalArgumentException(
          "training and test samples differ: codes="
              + codes
              + " and "
              + test.codes().columns()
              + ", factors="
              + all
              + " and "
              + test.factors()[0].length);
    }
    final var told = IntStream.range(0, all).filter(k -> numbers(train, k).size() > 1).toArray();
    if (codes < 2 || told.length < 2) {
      throw new IllegalArgumentException(
          "DCI needs two codes and two factors: codes=" + codes + ", factors=" + told.length);
    }
    final double[][] importances = new double[codes][told.length];
    double trained = 0;
    double tested = 0;
    for (int k = 0; k < told.length; k++) {
      final var numbers = numbers(train, told[k]);
      final int[] labels = labels(train, told[k], numbers);
      final var model = GradientBoosting.fit(train.codes(), labels, numbers.size(), settings);
      final double[] column = model.importances();
      for (int code = 0; code < codes; code++) {
        importances[code][k] = column[code];
      }
      trained += accuracy(model, train.codes(), labels) / told.length;
      tested += accuracy(model, test.codes(), labels(test, told[k], numbers)) / told.length;
    }
    return scored(
        importances,
        trained,
        tested,
        IntStream.range(0, all).filter(k -> numbers(train, k).size() < 2).boxed().toList());
  }

  /// The scores of importances known elsewhere.
  static Dci scored(
      final double[][] importances,
      final double trained,
      final double tested,
      final List<Integer> leftOut) {
    final double[][] byFactor = new double[importances[0].length][importances.length];
    double total = 0;
    for (int code = 0; code < importances.length; code++) {
      for (int k = 0; k < byFactor.length; k++) {
        byFactor[k][code] = importances[code][k];
        total += importances[code][k];
      }
    }
    final double[] disentanglement =
        Arrays.stream(importances).mapToDouble(Dci::concentration).toArray();
    final double[] completeness = Arrays.stream(byFactor).mapToDouble(Dci::concentration).toArray();
    return new Dci(
        importances,
        disentanglement,
        completeness,
        weighted(disentanglement, importances, total),
        weighted(completeness, byFactor, total),
        trained,
        tested,
        List.copyOf(leftOut));
  }

  /// 1 - entropy of the numbers as a distribution, to the base of how many they are.
  private static double concentration(final double[] numbers) {
    final double sum = Arrays.stream(numbers).sum() + numbers.length * EPSILON;
    double entropy = 0;
    for (final double number : numbers) {
      final double share = (number + EPSILON) / sum;
      entropy -= share * Math.log(share);
    }
    return 1 - entropy / Math.log(numbers.length);
  }

  private static double weighted(
      final double[] values, final double[][] importances, final double total) {
    double sum = 0;
    for (int i = 0; i < values.length; i++) {
      sum += values[i] * (total > 0 ? Arrays.stream(importances[i]).sum() / total : 0);
    }
    return sum;
  }

  /// A number from 0 for each class of a factor, ascending.
  private static TreeMap<Integer, Integer> numbers(final Samples samples, final int factor) {
    final var numbers = new TreeMap<Integer, Integer>();
    for (final int[] row : samples.factors()) {
      numbers.put(row[factor], 0);
    }
    int next = 0;
    for (final var entry : numbers.entrySet()) {
      entry.setValue(next++);
    }
    return numbers;
  }

  /// A class that was not trained on gets -1, which no prediction equals.
  private static int[] labels(
      final Samples samples, final int factor, final TreeMap<Integer, Integer> numbers) {
    return Arrays.stream(samples.factors())
        .mapToInt(row -> numbers.getOrDefault(row[factor], -1))
        .toArray();
  }

  private static double accuracy(
      final GradientBoosting model, final Matrix codes, final int[] labels) {
    final int[] predicted = model.predict(codes);
    int right = 0;
    for (int i = 0; i < labels.length; i++) {
      right += predicted[i] == labels[i] ? 1 : 0;
    }
    return (double) right / labels.length;
  }
}
