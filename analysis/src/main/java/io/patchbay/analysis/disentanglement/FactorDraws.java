package io.patchbay.analysis.disentanglement;

import io.patchbay.analysis.statistics.Matrix;
import io.patchbay.engine.random.Normals;
import io.patchbay.engine.random.PhiloxRandom;
import io.patchbay.engine.random.Streams;
import java.util.stream.IntStream;

/// Uniform and independent draws of factor values. Each is keyed by (seed, use, number): a smaller
/// sample is the beginning of a larger one, and no draw depends on another.
public final class FactorDraws {
  /// What a draw is for, with its part of the key. A number, once given, is never changed.
  public enum Use {
    PAIRS(1),
    JUDGED_PAIRS(2),
    VARIANCES(3),
    VOTES(4),
    JUDGED_VOTES(5),
    TRAINING(6),
    TEST(7),
    MODELS(8),
    NOISE(9);

    private final int key;

    Use(final int key) {
      this.key = key;
    }

    int key() {
      return key;
    }
  }

  private final int[] sizes;
  private final int[] varying;
  private final long seed;

  /// @param sizes number of values of each factor
  public FactorDraws(final int[] sizes, final long seed) {
    this.sizes = sizes.clone();
    this.seed = seed;
    varying = IntStream.range(0, sizes.length).filter(k -> sizes[k] > 1).toArray();
  }

  /// The numbers of one draw.
  static PhiloxRandom random(final long seed, final Use use, final int number) {
    return new PhiloxRandom(seed, Streams.METRIC, use.key(), number);
  }

  PhiloxRandom random(final Use use, final int number) {
    return random(seed, use, number);
  }

  /// One value for each factor.
  int[] draw(final PhiloxRandom random) {
    final int[] values = new int[sizes.length];
    for (int k = 0; k < values.length; k++) {
      values[k] = random.nextInt(sizes[k]);
    }
    return values;
  }

  /// Factors of more than one value.
  int[] varying() {
    return varying.clone();
  }

  /// @throws IllegalArgumentException when fewer than two factors have more than one value
  int[] requireVarying(final String score) {
    if (varying.length < 2) {
      throw new IllegalArgumentException(
          score + ": factors of several values=" + varying.length + ", least=2");
    }
    return varying();
  }

  /// Factors of `count` inputs, `[input][factor]`.
  public int[][] factors(final Use use, final int count) {
    final int[][] factors = new int[count][];
    for (int i = 0; i < count; i++) {
      factors[i] = draw(random(use, i));
    }
    return factors;
  }

  /// Rows out of `size`, uniform and with replacement.
  public static long[] rows(final long size, final Use use, final long seed, final int count) {
    final long[] rows = new long[count];
    for (int i = 0; i < count; i++) {
      rows[i] = (long) (random(seed, use, i).nextDouble() * size);
    }
    return rows;
  }

  /// Standard normal numbers, `[row][column]`: a row is one draw.
  public static Matrix normals(final Use use, final long seed, final int rows, final int columns) {
    final float[] values = new float[Math.multiplyExact(rows, columns)];
    for (int i = 0; i < rows; i++) {
      Normals.fill(seed, Streams.METRIC, use.key(), i, values, i * columns, columns);
    }
    return Matrix.of(values, rows, columns);
  }
}
