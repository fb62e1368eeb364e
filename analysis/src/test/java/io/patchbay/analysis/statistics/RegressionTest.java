package io.patchbay.analysis.statistics;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RegressionTest {
  private static Matrix gaussian(Random random, int rows, int columns) {
    double[] values = new double[rows * columns];
    Arrays.setAll(values, i -> random.nextGaussian());
    return Matrix.of(values, rows, columns);
  }

  @Test
  void oneFeatureByHand() {
    // x = -1, 0, 1 (+10), y = 2, 3, 7: Sxy = 5, Sxx = 2, mean y = 4.
    Matrix x = Matrix.ofColumn(new double[] {9, 10, 11});
    Matrix y = Matrix.ofColumn(new double[] {2, 3, 7});
    Ridge plain = Ridge.fit(x, y, 0);
    assertEquals(2.5, plain.weight(0, 0), 1e-14);
    assertEquals(4 - 25, plain.intercept(0), 1e-12);
    Ridge penalised = Ridge.fit(x, y, 3);
    assertEquals(1, penalised.weight(0, 0), 1e-14);
    assertEquals(-6, penalised.intercept(0), 1e-13);
    assertArrayEquals(new double[] {3, 4, 5}, penalised.predict(x).column(0), 1e-13);
  }

  @Test
  void recoversAnExactLinearMapForSeveralTargets() {
    Random random = new Random(9);
    Matrix x = gaussian(random, 40, 6);
    double[][] weights = {{1, -2, 0, 3, 0.5, 7}, {0, 0, 1, 0, 0, -1}};
    double[][] y = new double[40][2];
    for (int i = 0; i < 40; i++) {
      for (int t = 0; t < 2; t++) {
        y[i][t] = 5 - t;
        for (int f = 0; f < 6; f++) {
          y[i][t] += weights[t][f] * x.at(i, f);
        }
      }
    }
    Ridge ridge = Ridge.fit(x, Matrix.ofRows(y), 0);
    for (int t = 0; t < 2; t++) {
      assertEquals(5 - t, ridge.intercept(t), 1e-12);
      for (int f = 0; f < 6; f++) {
        assertEquals(weights[t][f], ridge.weight(t, f), 1e-12);
      }
    }
  }

  /// At the minimum, residuals satisfy X_c' r = penalty w: below, at and above as many features as
  /// observations.
  @Test
  void normalEquationsHoldInBothForms() {
    for (int features : new int[] {3, 20, 21, 57}) {
      Random random = new Random(features);
      Matrix x = gaussian(random, 20, features);
      Matrix y = gaussian(random, 20, 1);
      double penalty = 0.7;
      Ridge ridge = Ridge.fit(x, y, penalty);
      Matrix predicted = ridge.predict(x);
      double residuals = 0;
      for (int i = 0; i < 20; i++) {
        residuals += y.at(i, 0) - predicted.at(i, 0);
      }
      assertEquals(0, residuals, 1e-11);
      for (int f = 0; f < features; f++) {
        double product = 0;
        for (int i = 0; i < 20; i++) {
          product += x.at(i, f) * (y.at(i, 0) - predicted.at(i, 0));
        }
        assertEquals(penalty * ridge.weight(0, f), product, 1e-11);
      }
    }
  }

  @Test
  void logisticOfATwoByTwoTableIsTheLogOddsRatio() {
    // x = 0: 30 of class 0, 10 of class 1; x = 1: 5 and 15.
    int[][] table = {{30, 10}, {5, 15}};
    double[] x = new double[60];
    int[] labels = new int[60];
    int next = 0;
    for (int value = 0; value < 2; value++) {
      for (int label = 0; label < 2; label++) {
        for (int i = 0; i < table[value][label]; i++) {
          x[next] = value;
          labels[next++] = label;
        }
      }
    }
    LogisticRegression regression = LogisticRegression.fit(Matrix.ofColumn(x), labels, 2, 1e9);
    assertTrue(regression.converged());
    Matrix p = regression.probabilities(Matrix.ofColumn(new double[] {0, 1}));
    assertEquals(0.25, p.at(0, 1), 1e-6);
    assertEquals(0.75, p.at(1, 1), 1e-6);
    double odds = regression.weight(1, 0) - regression.weight(0, 0);
    assertEquals(Math.log(15.0 / 5 / (10.0 / 30)), odds, 1e-5);
    assertArrayEquals(new int[] {0, 1}, regression.predict(Matrix.ofColumn(new double[] {0, 1})));
  }

  /// At the minimum W_c = C sum (label is c - p_c) x, and every class is predicted as often as it
  /// occurs.
  @Test
  void logisticSatisfiesItsFirstOrderConditions() {
    Random random = new Random(14);
    Matrix x = gaussian(random, 90, 5);
    int[] labels = new int[90];
    Arrays.setAll(labels, i -> x.at(i, 0) + x.at(i, 1) > 0.3 ? 2 : random.nextInt(2));
    double c = 0.8;
    LogisticRegression regression = LogisticRegression.fit(x, labels, 3, c);
    assertTrue(regression.converged());
    Matrix p = regression.probabilities(x);
    for (int label = 0; label < 3; label++) {
      double[] gradient = new double[5];
      double surplus = 0;
      for (int i = 0; i < 90; i++) {
        double error = (labels[i] == label ? 1 : 0) - p.at(i, label);
        surplus += error;
        for (int f = 0; f < 5; f++) {
          gradient[f] += c * error * x.at(i, f);
        }
      }
      assertEquals(0, surplus, 1e-5);
      for (int f = 0; f < 5; f++) {
        assertEquals(regression.weight(label, f), gradient[f], 1e-5);
      }
    }
  }

  @Test
  void logisticTakesSeparableDataAndLargeScales() {
    double[] x = {-300, -200, -100, 100, 200, 300};
    int[] labels = {0, 0, 0, 1, 1, 1};
    LogisticRegression regression = LogisticRegression.fit(Matrix.ofColumn(x), labels, 2, 1);
    assertArrayEquals(labels, regression.predict(Matrix.ofColumn(x)));
  }

  @Test
  void splitsAreDisjointCompleteAndSeeded() {
    Split split = Split.of(101, 0.25, 5);
    assertEquals(25, split.heldOut().length);
    boolean[] seen = new boolean[101];
    for (int[] part : new int[][] {split.training(), split.heldOut()}) {
      for (int row : part) {
        assertTrue(!seen[row]);
        seen[row] = true;
      }
    }
    assertEquals(101, split.training().length + split.heldOut().length);
    assertArrayEquals(split.heldOut(), Split.of(101, 0.25, 5).heldOut());
    assertTrue(!Arrays.equals(split.heldOut(), Split.of(101, 0.25, 6).heldOut()));
    assertThrows(IllegalArgumentException.class, () -> Split.of(1, 0.5, 0));
    assertThrows(IllegalArgumentException.class, () -> Split.of(10, 0, 0));
  }

  @Test
  void regressionProbeReportsTheShareOfVarianceThatIsLinear() {
    // y = x0 + noise of half the variance: R² = 2/3; a constant column must not matter.
    Random random = new Random(71);
    double[][] rows = new double[6000][];
    double[] target = new double[rows.length];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = new double[] {100 + 50 * random.nextGaussian(), 4, random.nextGaussian()};
      target[i] = (rows[i][0] - 100) / 50 + random.nextGaussian() * Math.sqrt(0.5) + 30;
    }
    Bootstrap bootstrap = new Bootstrap(300, 0.95, 2);
    Matrix features = Matrix.ofRows(rows);
    RegressionProbe probe =
        RegressionProbe.train(features, target, Split.of(rows.length, 0.3, 1), 1, bootstrap);
    assertEquals(2 / 3.0, probe.heldOut().estimate(), 0.03);
    assertEquals(2 / 3.0, probe.training(), 0.03);
    assertTrue(probe.heldOut().contains(2 / 3.0));
    assertEquals(1800, probe.heldOut().n());
    double[] predicted =
        probe.predict(Matrix.ofRows(new double[][] {{100, 4, 0}, {150, 4, 0}, {150, 9, 0}}));
    assertEquals(30, predicted[0], 0.05);
    assertEquals(31, predicted[1], 0.06);
    assertEquals(predicted[1], predicted[2]);
    double[] constant = new double[rows.length];
    assertThrows(
        IllegalArgumentException.class,
        () ->
            RegressionProbe.train(features, constant, Split.of(rows.length, 0.3, 1), 1, bootstrap));
  }

  @Test
  void probesOnOneScaleAreRidgesOfTheFeaturesWithAShareOfTheirVariance() {
    Random random = new Random(33);
    Matrix features = gaussian(random, 300, 5);
    double[][] targets = new double[300][2];
    for (int i = 0; i < targets.length; i++) {
      targets[i][0] = 2 * features.at(i, 1) + random.nextGaussian();
      targets[i][1] = features.at(i, 3) - features.at(i, 0);
    }
    Matrix both = Matrix.ofRows(targets);
    Split split = Split.after(200, 300);
    assertArrayEquals(new int[] {200, 299}, new int[] {split.heldOut()[0], split.heldOut()[99]});
    assertEquals(199, split.training()[199]);
    assertThrows(IllegalArgumentException.class, () -> Split.after(300, 300));
    assertThrows(IllegalArgumentException.class, () -> Split.after(0, 300));
    Bootstrap bootstrap = new Bootstrap(100, 0.95, 2);
    double share = 0.02;
    var together = RegressionProbe.trainOnOneScale(features, both, split, share, bootstrap);
    Matrix unseen = both.select(split.heldOut());
    Matrix seen = features.select(split.training());
    double variance = 0;
    for (int f = 0; f < seen.columns(); f++) {
      Summary summary = new Summary();
      for (double value : seen.column(f)) {
        summary.add(value);
      }
      variance += summary.populationVariance();
    }
    Ridge ridge = Ridge.fit(seen, both.select(split.training()), share * variance);
    Matrix predicted = ridge.predict(features);
    for (int t = 0; t < 2; t++) {
      assertArrayEquals(predicted.column(t), together.get(t).predict(features), 1e-12);
      // The slope is what one unit of a feature changes.
      double[] ends =
          together.get(t).predict(Matrix.ofRows(new double[][] {{1, 2, 3, 4, 5}, {1, 2, 3, 5, 5}}));
      assertEquals(ends[1] - ends[0], together.get(t).slope(3), 1e-12);
      assertEquals(
          together.get(t).heldOut().estimate(),
          together.get(t).score(features.select(split.heldOut()), unseen.column(t)),
          1e-12);
    }
    // Scaled by itself a feature's slope is the weight over its deviation.
    double[] wide = features.column(3);
    Arrays.setAll(wide, i -> 1000 * wide[i]);
    Matrix scaled = Matrix.ofColumn(wide);
    double[] target = both.column(1);
    RegressionProbe one = RegressionProbe.train(scaled, target, split, 3, bootstrap);
    double[] ends = one.predict(Matrix.ofRows(new double[][] {{0}, {1}}));
    assertEquals(ends[1] - ends[0], one.slope(0), 1e-12);
    assertEquals(0.001, one.slope(0), 3e-4);
  }

  @Test
  void noiseIsNotReadable() {
    Random random = new Random(71);
    Matrix features = gaussian(random, 400, 8);
    double[] target = gaussian(random, 400, 1).column(0);
    Bootstrap bootstrap = new Bootstrap(300, 0.95, 2);
    Split split = Split.of(400, 0.5, 3);
    assertTrue(
        RegressionProbe.train(features, target, split, 1, bootstrap).heldOut().estimate() < 0.05);
  }

  @Test
  void refusesWhatDoesNotFit() {
    Matrix x = gaussian(new Random(1), 10, 2);
    Matrix twice = Matrix.ofRows(new double[][] {{1, 2}, {2, 4}, {3, 6}, {5, 10}});
    assertThrows(
        IllegalArgumentException.class,
        () -> Ridge.fit(twice, Matrix.ofColumn(new double[] {1, 2, 3, 4}), 0));
    assertThrows(
        IllegalArgumentException.class, () -> Ridge.fit(x, gaussian(new Random(2), 9, 1), 1));
    assertThrows(
        IllegalArgumentException.class,
        () -> LogisticRegression.fit(x, new int[] {0, 1, 2, 0, 1, 2, 0, 1, 2, 3}, 3, 1));
    Ridge ridge = Ridge.fit(x, gaussian(new Random(2), 10, 1), 1);
    assertThrows(
        IllegalArgumentException.class, () -> ridge.predict(gaussian(new Random(3), 2, 3)));
  }
}
