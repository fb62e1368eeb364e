package io.patchbay.analysis.semantics;

import io.patchbay.analysis.metric.FactorEffect;
import io.patchbay.analysis.statistics.BenjaminiHochberg;
import io.patchbay.analysis.statistics.Bootstrap;
import io.patchbay.analysis.statistics.Interval;
import io.patchbay.analysis.statistics.Matrix;
import io.patchbay.analysis.statistics.PermutationTest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/// How much of a factor each unit carries from the input to the image.
///
/// Pairs differ in one factor k. With b and s its values at base and source, and r the change of
/// its read-out when unit u alone is taken from the source, the effect of u on k is the slope of r
/// on s with b held, by least squares of r on 1, s and b, all in standard deviations of the factor:
/// a source one deviation further moves the read-out by so many deviations. 1 is a unit that
/// carries all of k (r = s - b), and a negative effect works against it.
///
/// Why a slope, and not the mean |r|: any interchange disturbs the image and with it every read-out
/// a little, in whichever direction, so that a mean of sizes is positive for every unit and no
/// relabelling changes it. What makes a change one *of factor k* is that it goes with the label
/// that the source brings: the further the source, the further the read-out. That is what shuffled
/// labels break. Why b is held: a unit that only blurs what the base shows draws every read-out to
/// its mean, r = -c (b - mean), and a source that differs from the base lies on that side more
/// often than not; such a unit brings nothing from the source and has the slope 0.
///
/// The null is that r does not depend on which value the source has: then every assignment of the
/// sources' labels to the pairs is as likely. The p-value is the share of assignments, permuted
/// over inputs and all units together, whose covariance of r and s, each less its regression on b,
/// is as large in size as that observed (Kennedy 1995; the residuals are exchangeable up to the
/// rule that a source differs from its base). A constant r, such as an interchange that always
/// brightens, is not significant, nor is noise without regard to s; neither is a unit that changes
/// only when another factor does, because on these pairs it stays as it is.
///
/// The slope sees what is monotone in the labels: a read-out that moves alike whether the factor
/// rises or falls has none.
public final class CarriedEffects {
  // A label that is left by less than this share of its spread is the base's.
  private static final double ALIKE = 1e-12;

  private CarriedEffects() {}

  /// Slopes with bootstrap intervals over the pairs of each factor, p-values, and their adjustment
  /// over all units and factors together.
  ///
  /// @throws IllegalArgumentException when units differ in number between factors, or the sources
  ///   of a factor do not vary beside its bases
  public static FactorEffect of(
      List<FactorChanges> changes, Bootstrap bootstrap, PermutationTest test) {
    List<List<Interval>> slopes = new ArrayList<>();
    for (FactorChanges factor : changes) {
      slopes.add(intervals(factor, bootstrap));
    }
    return tested(changes, slopes, test);
  }

  /// The same without intervals.
  public static FactorEffect estimates(List<FactorChanges> changes, PermutationTest test) {
    List<List<Interval>> slopes = new ArrayList<>();
    for (FactorChanges factor : changes) {
      double[] estimates = slopes(factor);
      slopes.add(
          IntStream.range(0, estimates.length)
              .mapToObj(u -> Interval.unbounded(estimates[u], factor.pairs()))
              .toList());
    }
    return tested(changes, slopes, test);
  }

  /// The slope of every unit; NaN where the sources do not vary beside the bases.
  public static double[] slopes(FactorChanges changes) {
    double[] slopes = new double[changes.units()];
    slopes(changes, rows(changes.changes()), once(changes), slopes);
    return slopes;
  }

  /// The slope of every unit with its bootstrap interval.
  public static List<Interval> intervals(FactorChanges changes, Bootstrap bootstrap) {
    double[][] rows = rows(changes.changes());
    return bootstrap.statistics(
        changes.pairs(), changes.units(), (counts, out) -> slopes(changes, rows, counts, out));
  }

  /// Whether the sources vary beside the bases, so that something can go with them.
  public static boolean identified(FactorChanges changes) {
    return residuals(changes.sources(), changes.bases(), once(changes)).length > 0;
  }

  private static FactorEffect tested(
      List<FactorChanges> changes, List<List<Interval>> slopes, PermutationTest test) {
    int factors = changes.size();
    int units = changes.getFirst().units();
    double[] p = new double[units * factors];
    for (int k = 0; k < factors; k++) {
      FactorChanges factor = changes.get(k);
      if (factor.units() != units) {
        throw new IllegalArgumentException(
            "units of factors: factor="
                + factor.factor()
                + ", units="
                + factor.units()
                + ", expected="
                + units);
      }
      int[] once = once(factor);
      double[] ofFactor =
          test.associations(
              residuals(factor.sources(), factor.bases(), once),
              withoutBases(factor.changes(), factor.bases()));
      for (int u = 0; u < units; u++) {
        p[u * factors + k] = ofFactor[u];
      }
    }
    double[] adjusted = BenjaminiHochberg.adjust(p);
    List<List<FactorEffect.Cell>> rows = new ArrayList<>();
    for (int u = 0; u < units; u++) {
      List<FactorEffect.Cell> row = new ArrayList<>();
      for (int k = 0; k < factors; k++) {
        int i = u * factors + k;
        row.add(new FactorEffect.Cell(slopes.get(k).get(u), p[i], adjusted[i]));
      }
      rows.add(row);
    }
    return new FactorEffect(rows);
  }

  // The residuals of the labels are uncorrelated with 1 and the bases, so the changes may keep
  // their part along these.
  private static void slopes(FactorChanges changes, double[][] rows, int[] counts, double[] out) {
    double[] labels = residuals(changes.sources(), changes.bases(), counts);
    if (labels.length == 0) {
      Arrays.fill(out, Double.NaN);
      return;
    }
    Arrays.fill(out, 0);
    double spread = 0;
    for (int i = 0; i < rows.length; i++) {
      if (counts[i] != 0) {
        double weight = counts[i] * labels[i];
        spread += weight * labels[i];
        double[] row = rows[i];
        for (int u = 0; u < out.length; u++) {
          out[u] += weight * row[u];
        }
      }
    }
    for (int u = 0; u < out.length; u++) {
      out[u] /= spread;
    }
  }

  // `values` less their regression on 1 and `bases`, pair i counted `counts[i]` times; none where
  // nothing is left.
  private static double[] residuals(double[] values, double[] bases, int[] counts) {
    double[] result = centred(values, counts);
    double[] base = centred(bases, counts);
    double before = product(result, result, counts);
    double squares = product(base, base, counts);
    double slope = squares > 0 ? product(result, base, counts) / squares : 0;
    for (int i = 0; i < result.length; i++) {
      result[i] -= slope * base[i];
    }
    return product(result, result, counts) > ALIKE * before ? result : new double[0];
  }

  private static double[] centred(double[] values, int[] counts) {
    double sum = 0;
    long total = 0;
    for (int i = 0; i < values.length; i++) {
      sum += counts[i] * values[i];
      total += counts[i];
    }
    double mean = sum / total;
    return Arrays.stream(values).map(v -> v - mean).toArray();
  }

  private static double product(double[] a, double[] b, int[] counts) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += counts[i] * a[i] * b[i];
    }
    return sum;
  }

  private static Matrix withoutBases(Matrix changes, double[] bases) {
    int[] once = new int[bases.length];
    Arrays.fill(once, 1);
    double[] base = centred(bases, once);
    double squares = product(base, base, once);
    double[][] rows = rows(changes);
    for (int u = 0; u < changes.columns(); u++) {
      double[] column = centred(changes.column(u), once);
      double slope = squares > 0 ? product(column, base, once) / squares : 0;
      for (int i = 0; i < rows.length; i++) {
        rows[i][u] = column[i] - slope * base[i];
      }
    }
    return Matrix.ofRows(rows);
  }

  private static double[][] rows(Matrix matrix) {
    double[][] rows = new double[matrix.rows()][];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = matrix.row(i);
    }
    return rows;
  }

  private static int[] once(FactorChanges changes) {
    int[] once = new int[changes.pairs()];
    Arrays.fill(once, 1);
    return once;
  }
}
