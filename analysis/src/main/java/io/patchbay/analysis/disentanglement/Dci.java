package io.patchbay.analysis.disentanglement;

import io.patchbay.analysis.statistics.GroupJackknife;
import io.patchbay.analysis.statistics.Interval;
import io.patchbay.analysis.statistics.Matrix;
import java.util.Arrays;
import java.util.List;
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
/// @param trainHits per training sample, the share of factors whose class is predicted
/// @param testHits the same of samples held out
/// @param leftOut factors of one class only, which have nothing to predict
public record Dci(
    double[][] importances,
    double[] disentanglement,
    double[] completeness,
    double disentanglementScore,
    double completenessScore,
    double[] trainHits,
    double[] testHits,
    List<Integer> leftOut) {
  private static final double EPSILON = 1e-11;

  /// @throws IllegalArgumentException when the parts differ in codes or factors, or when fewer than
  ///   two codes or two factors of several classes remain
  public static Dci of(
      final Samples train, final Samples test, final GradientBoosting.Settings settings) {
    train.requireAlike(test);
    final int codes = train.codes().columns();
    final int[] told = train.requireVarying("DCI", 2, 2);
    final double[][] importances = new double[codes][told.length];
    final double[] trained = new double[train.codes().rows()];
    final double[] tested = new double[test.codes().rows()];
    for (int k = 0; k < told.length; k++) {
      final int[] classes = train.classes(told[k]);
      final int[] labels = train.labels(told[k], classes);
      final var model = GradientBoosting.fit(train.codes(), labels, classes.length, settings);
      put(model.importances(), importances, k);
      addHits(model, train.codes(), labels, trained);
      addHits(model, test.codes(), test.labels(told[k], classes), tested);
    }
    Arrays.setAll(trained, i -> trained[i] / told.length);
    Arrays.setAll(tested, i -> tested[i] / told.length);
    return scored(
        importances,
        trained,
        tested,
        IntStream.range(0, train.factorCount())
            .filter(k -> train.classes(k).length < 2)
            .boxed()
            .toList());
  }

  /// Disentanglement and completeness with intervals: the trees are grown anew without each group
  /// of the training samples. A bootstrap would repeat samples, which trees learn by heart.
  ///
  /// @param train what [#of] was given
  /// @return unbounded where a factor has one class only without some group
  public List<Interval> intervals(
      final Samples train,
      final GradientBoosting.Settings settings,
      final GroupJackknife jackknife) {
    final double[] scores = {disentanglementScore, completenessScore};
    return jackknife.intervals(
        train.codes().rows(),
        scores,
        0,
        1,
        rows -> {
          final var part = train.select(rows);
          if (part.varying().length < completeness.length) {
            return new double[] {Double.NaN, Double.NaN};
          }
          final var without = importances(part, settings);
          return new double[] {without.disentanglementScore, without.completenessScore};
        });
  }

  /// The scores of importances alone.
  private static Dci importances(final Samples train, final GradientBoosting.Settings settings) {
    final int[] told = train.varying();
    final double[][] importances = new double[train.codes().columns()][told.length];
    for (int k = 0; k < told.length; k++) {
      final int[] classes = train.classes(told[k]);
      final int[] labels = train.labels(told[k], classes);
      put(
          GradientBoosting.fit(train.codes(), labels, classes.length, settings).importances(),
          importances,
          k);
    }
    return scored(importances, new double[0], new double[0], List.of());
  }

  private static void put(final double[] column, final double[][] importances, final int k) {
    for (int code = 0; code < column.length; code++) {
      importances[code][k] = column[code];
    }
  }

  /// Share of training samples whose class is predicted, mean over factors.
  public double trainAccuracy() {
    return Arrays.stream(trainHits).average().orElseThrow();
  }

  /// The same on samples held out: informativeness.
  public double testAccuracy() {
    return Arrays.stream(testHits).average().orElseThrow();
  }

  /// The scores of importances known elsewhere.
  static Dci scored(
      final double[][] importances,
      final double[] trained,
      final double[] tested,
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

  /// A class that was not trained on has label -1, which no prediction equals.
  private static void addHits(
      final GradientBoosting model, final Matrix codes, final int[] labels, final double[] hits) {
    final int[] predicted = model.predict(codes);
    for (int i = 0; i < labels.length; i++) {
      hits[i] += predicted[i] == labels[i] ? 1 : 0;
    }
  }
}
