package io.patchbay.analysis.intervention;

import io.patchbay.analysis.statistics.Eigenvectors;
import io.patchbay.vae.io.BadInputException;
import io.patchbay.vae.io.NpyReader;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;

/// Directions of the values of a site, each of length 1, any two of them at a right angle: the rows
/// of the first part of a rotation.
///
/// @param count how many, k
/// @param size elements of the site, d
/// @param values (k, d), elements in (C, H, W) order
@SuppressWarnings("ArrayRecordComponent") // made here, and read by the runner that it is given to
public record Directions(int count, int size, float[] values) {
  /// What the cosine of two directions may be beside 0: rounding of float32 files.
  private static final double ORTHOGONAL = 1e-5;

  private static final long LARGEST_FILE = 1L << 30;

  /// Shares of the largest variance below this are rounding.
  private static final double NEGLIGIBLE = 1e-9;

  /// Scales directions to length 1.
  ///
  /// @param rows `[direction][element]`, of one length
  /// @throws IllegalArgumentException when two of them are not at a right angle, or one is zero
  public static Directions of(final double[][] rows) {
    final int size = rows.length == 0 ? 0 : rows[0].length;
    if (size == 0 || rows.length > size) {
      throw new IllegalArgumentException(
          "directions: found " + rows.length + " of " + size + " elements, expected 1 to " + size);
    }
    final var unit = new double[rows.length][size];
    for (int i = 0; i < rows.length; i++) {
      final double length = Math.sqrt(dot(rows[i], rows[i]));
      if (!(length > 0) || !Double.isFinite(length)) {
        throw new IllegalArgumentException(
            "direction " + i + ": found length " + length + ", expected one that is not 0");
      }
      for (int e = 0; e < size; e++) {
        unit[i][e] = rows[i][e] / length;
      }
      for (int j = 0; j < i; j++) {
        final double cosine = dot(unit[i], unit[j]);
        if (Math.abs(cosine) > ORTHOGONAL) {
          throw new IllegalArgumentException(
              String.format(
                  Locale.ROOT,
                  "directions %d and %d: found a cosine of %.3g, expected a right angle (within"
                      + " %.0e)",
                  j,
                  i,
                  cosine,
                  ORTHOGONAL));
        }
      }
    }
    return new Directions(rows.length, size, flat(unit));
  }

  private static double dot(final double[] a, final double[] b) {
    double sum = 0;
    for (int e = 0; e < a.length; e++) {
      sum += a[e] * b[e];
    }
    return sum;
  }

  private static float[] flat(final double[][] rows) {
    final var values = new float[rows.length * rows[0].length];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) rows[i / rows[0].length][i % rows[0].length];
    }
    return values;
  }

  /// Reads a NumPy file of (k, d) numbers, or (d) for one direction.
  ///
  /// @param size of the site
  /// @throws BadInputException naming the file, and what is wrong in it
  public static Directions read(final Path file, final int size) {
    try (var reader = NpyReader.open(file)) {
      final var shape = reader.header().shape();
      final boolean fits = shape.size() == 1 || shape.size() == 2;
      if (!fits || shape.getLast() != size) {
        throw new BadInputException(
            file,
            "shape",
            shape.toString(),
            "[directions, " + size + "], the elements of the site in (C, H, W) order");
      }
      final var all = reader.read(LARGEST_FILE).doubles();
      final var rows = new double[all.length / size][];
      Arrays.setAll(rows, i -> Arrays.copyOfRange(all, i * size, (i + 1) * size));
      return of(rows);
    } catch (final IllegalArgumentException e) {
      throw new BadInputException(
          file.toString(), "directions", String.valueOf(e.getMessage()), "an orthogonal set", e);
    }
  }

  /// The first `count` principal components of some rows, by falling variance.
  ///
  /// @param rows `[row][element]`
  /// @throws IllegalArgumentException when the rows vary in fewer directions
  public static Directions principal(final float[][] rows, final int count) {
    final int size = rows[0].length;
    final var centred = centred(rows);
    final boolean wide = rows.length < size;
    final int order = wide ? rows.length : size;
    final var products = new double[order][order];
    for (int i = 0; i < order; i++) {
      for (int j = 0; j <= i; j++) {
        products[i][j] = wide ? dot(centred[i], centred[j]) : column(centred, i, j);
        products[j][i] = products[i][j];
      }
    }
    final var vectors = Eigenvectors.of(products);
    final double largest = vectors.values()[0];
    if (count > order || !(vectors.values()[count - 1] > NEGLIGIBLE * largest)) {
      int varying = 0;
      while (varying < order && vectors.values()[varying] > NEGLIGIBLE * largest) {
        varying++;
      }
      throw new IllegalArgumentException(
          "principal components: found "
              + varying
              + " directions in which "
              + rows.length
              + " rows vary, expected "
              + count);
    }
    final var found = new double[count][];
    for (int k = 0; k < count; k++) {
      found[k] = wide ? combined(centred, vectors.vectors()[k]) : vectors.vectors()[k];
      orthogonalise(found, k);
    }
    return new Directions(count, size, flat(found));
  }

  private static double[][] centred(final float[][] rows) {
    final var mean = new double[rows[0].length];
    for (final var row : rows) {
      for (int e = 0; e < mean.length; e++) {
        mean[e] += row[e] / (double) rows.length;
      }
    }
    final var centred = new double[rows.length][mean.length];
    for (int i = 0; i < rows.length; i++) {
      for (int e = 0; e < mean.length; e++) {
        centred[i][e] = rows[i][e] - mean[e];
      }
    }
    return centred;
  }

  private static double column(final double[][] rows, final int a, final int b) {
    double sum = 0;
    for (final var row : rows) {
      sum += row[a] * row[b];
    }
    return sum;
  }

  private static double[] combined(final double[][] rows, final double[] weights) {
    final var sum = new double[rows[0].length];
    for (int i = 0; i < rows.length; i++) {
      for (int e = 0; e < sum.length; e++) {
        sum[e] += weights[i] * rows[i][e];
      }
    }
    return sum;
  }

  /// Takes from a direction what rounding left of those before it, scales it to length 1, and lets
  /// its largest element be positive.
  private static void orthogonalise(final double[][] rows, final int k) {
    for (int j = 0; j < k; j++) {
      final double shared = dot(rows[k], rows[j]);
      for (int e = 0; e < rows[k].length; e++) {
        rows[k][e] -= shared * rows[j][e];
      }
    }
    double largest = 0;
    for (final double value : rows[k]) {
      largest = Math.abs(value) > Math.abs(largest) ? value : largest;
    }
    final double length = Math.copySign(Math.sqrt(dot(rows[k], rows[k])), largest);
    for (int e = 0; e < rows[k].length; e++) {
      rows[k][e] /= length;
    }
  }

  /// The first of them.
  ///
  /// @throws IllegalArgumentException when there are fewer
  public Directions first(final int some) {
    if (some > count) {
      throw new IllegalArgumentException(
          "directions: found " + count + " of them, expected at least " + some);
    }
    return new Directions(some, size, Arrays.copyOf(values, some * size));
  }

  /// A value with its projection on some of the directions taken from another value, in float64.
  ///
  /// @param unit ranges of directions
  public float[] interchanged(final float[] clean, final float[] source, final Unit unit) {
    final var sum = new double[size];
    for (final var range : unit.ranges()) {
      for (int k = range.begin(); k < range.end(); k++) {
        double product = 0;
        for (int e = 0; e < size; e++) {
          product += ((double) source[e] - clean[e]) * values[k * size + e];
        }
        for (int e = 0; e < size; e++) {
          sum[e] += product * values[k * size + e];
        }
      }
    }
    final var patched = new float[size];
    for (int e = 0; e < size; e++) {
      patched[e] = (float) (clean[e] + sum[e]);
    }
    return patched;
  }
}
