package io.patchbay.analysis.semantics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.patchbay.analysis.statistics.Bootstrap;
import io.patchbay.analysis.statistics.Interval;
import io.patchbay.analysis.statistics.Matrix;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ReadabilityTest {
  private static final Bootstrap BOOTSTRAP = new Bootstrap(300, 0.95, 5);
  private static final int INPUTS = 400;
  private static final int ELEMENTS = 6000;

  /// Activations of a wide site: a few elements carry `linear`, some others a sign that depends on
  /// `hidden` and a coin, the rest is noise.
  private static float[] rows(double[] linear, double[] hidden, Random random) {
    float[] rows = new float[INPUTS * ELEMENTS];
    for (int i = 0; i < INPUTS; i++) {
      double coin = random.nextBoolean() ? 1 : -1;
      for (int e = 0; e < ELEMENTS; e++) {
        double value = 0.3 * random.nextGaussian();
        value += e % 5 == 0 ? (e % 2 == 0 ? 1 : -1) * linear[i] : 0;
        value += e % 5 == 1 ? coin * hidden[i] : 0;
        rows[i * ELEMENTS + e] = (float) value;
      }
    }
    return rows;
  }

  @Test
  void aHashedSiteShowsWhatIsLinearInItAndNothingElse() {
    Random random = new Random(21);
    double[] linear = random.doubles(INPUTS).toArray();
    double[] hidden = random.doubles(INPUTS).toArray();
    double[] absent = random.doubles(INPUTS).toArray();
    float[] rows = rows(linear, hidden, random);
    HashedFeatures hashed = new HashedFeatures(ELEMENTS, 512, 7);
    assertTrue(hashed.hashes());
    Matrix features = hashed.of(rows);
    assertEquals(512, features.columns());
    Interval read = Readability.of(features, linear, BOOTSTRAP);
    assertEquals(INPUTS / 4, read.n());
    assertTrue(read.low() > 0.9, "linear: " + read);
    assertTrue(Readability.of(features, hidden, BOOTSTRAP).high() < 0.3, "not linear");
    assertTrue(Readability.of(features, absent, BOOTSTRAP).high() < 0.3, "not there");
    // As from all elements.
    Interval whole = Readability.of(Matrix.of(rows, INPUTS, ELEMENTS), linear, BOOTSTRAP);
    assertEquals(whole.estimate(), read.estimate(), 0.05);
  }

  @Test
  void classesAreReadWhereTheyAreLinear() {
    Random random = new Random(23);
    double[][] rows = new double[300][6];
    double[] classes = new double[rows.length];
    double[] absent = new double[rows.length];
    for (int i = 0; i < rows.length; i++) {
      int name = random.nextInt(4);
      // The class of the third number is as frequent as two others.
      classes[i] = Math.min(name, 2);
      absent[i] = random.nextInt(3);
      for (int f = 0; f < 6; f++) {
        rows[i][f] = 0.2 * random.nextGaussian() + (f == classes[i] ? 1 : 0);
      }
    }
    Matrix features = Matrix.ofRows(rows);
    Readability.Accuracy read = Readability.accuracy(features, classes, BOOTSTRAP);
    assertTrue(read.right().low() > 0.9, "" + read);
    assertEquals(75, read.right().n());
    assertEquals(0.5, read.majority(), 0.15);
    Readability.Accuracy none = Readability.accuracy(features, absent, BOOTSTRAP);
    assertEquals(1 / 3.0, none.right().estimate(), 0.17);
  }

  @Test
  void productsOfRowsAreKept() {
    Random random = new Random(22);
    float[] rows = new float[2 * ELEMENTS];
    for (int e = 0; e < ELEMENTS; e++) {
      rows[e] = (float) random.nextGaussian();
      rows[ELEMENTS + e] = (float) (0.5 * rows[e] + random.nextGaussian());
    }
    Matrix whole = Matrix.of(rows, 2, ELEMENTS);
    double product = 0;
    int maps = 30;
    for (int seed = 0; seed < maps; seed++) {
      Matrix features = new HashedFeatures(ELEMENTS, 256, seed).of(rows);
      product += features.dot(0, features, 1) / maps;
    }
    // Each map is off by about lengths / sqrt(256), their mean by a fifth of that.
    double lengths = Math.sqrt(whole.dot(0, whole, 0) * whole.dot(1, whole, 1));
    assertEquals(whole.dot(0, whole, 1), product, 4 * lengths / 16 / Math.sqrt(maps));
  }

  @Test
  void fewElementsAreThemselves() {
    HashedFeatures same = new HashedFeatures(3, 3, 9);
    assertFalse(same.hashes());
    Matrix features = same.of(new float[] {1, -2, 3, 4, 5, -6});
    assertEquals(-2, features.at(0, 1));
    assertEquals(-6, features.at(1, 2));
    assertEquals(3, same.features());
    assertThrows(IllegalArgumentException.class, () -> new HashedFeatures(0, 3, 1));
  }
}
