package io.patchbay.analysis.metric;

import io.patchbay.analysis.statistics.Finite;
import io.patchbay.analysis.statistics.Interval;
import java.util.Arrays;
import java.util.Optional;

/// Correlations between the latents' effects on one site, for any weighting of the blocks of
/// inputs. All inner products between (latent, block) rows, centred over units, are taken once; a
/// resample is then a quadratic form of the blocks' weights and no longer touches the units.
final class EffectCorrelations {
  // Below this share of its mean square, the variance of an effect over units is rounding.
  private static final double NO_VARIATION = 1e-20;

  private final int latents;
  private final int blocks;
  private final int withoutEffect;
  private final int units;
  private final int unitsLeftOut;
  private final boolean[] varies;
  // Symmetric, [latent * blocks + block] both ways.
  private final double[][] products;

  private EffectCorrelations(
      int latents,
      int blocks,
      int withoutEffect,
      int units,
      int unitsLeftOut,
      boolean[] varies,
      double[][] products) {
    this.latents = latents;
    this.blocks = blocks;
    this.withoutEffect = withoutEffect;
    this.units = units;
    this.unitsLeftOut = unitsLeftOut;
    this.varies = varies;
    this.products = products;
  }

  static EffectCorrelations of(OrientedEffects effects, boolean[] active) {
    int blocks = effects.blocks().blocks();
    double[][] rows = new double[active.length * blocks][];
    for (int row = 0; row < rows.length; row++) {
      rows[row] = effects.blockSum(row / blocks, row % blocks);
    }
    return of(rows, blocks, effects.deviations(), active);
  }

  /// @param effects `[latent * blocks + block][unit]`
  static EffectCorrelations of(
      double[][] effects, int blocks, double[] deviations, boolean[] active) {
    if (effects.length != active.length * blocks) {
      throw new IllegalArgumentException(
          "effects and flags: latents=" + effects.length / blocks + ", flags=" + active.length);
    }
    Finite.require("deviation", deviations);
    int[] kept = new int[deviations.length];
    int units = 0;
    for (int u = 0; u < deviations.length; u++) {
      if (deviations[u] < 0) {
        throw new IllegalArgumentException(
            "deviation negative: unit=" + u + ", deviation=" + deviations[u]);
      }
      if (deviations[u] > 0) {
        kept[units++] = u;
      }
    }
    kept = Arrays.copyOf(kept, units);
    double[][] rows = new double[effects.length][];
    boolean[] varies = new boolean[active.length];
    int latents = 0;
    int withoutEffect = 0;
    for (int latent = 0; latent < active.length; latent++) {
      if (!active[latent]) {
        continue;
      }
      double[] total = new double[units];
      for (int b = 0; b < blocks; b++) {
        double[] row = scaled(effects[latent * blocks + b], deviations, kept, latent);
        for (int u = 0; u < units; u++) {
          total[u] += row[u];
        }
        rows[latents * blocks + b] = row;
      }
      double square = meanSquare(total);
      if (square == 0) {
        withoutEffect++;
        continue;
      }
      center(total);
      varies[latents] = meanSquare(total) > NO_VARIATION * square;
      for (int b = 0; b < blocks; b++) {
        center(rows[latents * blocks + b]);
      }
      latents++;
    }
    return new EffectCorrelations(
        latents,
        blocks,
        withoutEffect,
        units,
        deviations.length - units,
        varies,
        products(Arrays.copyOf(rows, latents * blocks), units));
  }

  /// 1 - mean |rho| over the pairs that have one; NaN when none has.
  double modularity(int[] counts) {
    double[] weights = new double[blocks];
    Arrays.setAll(weights, b -> counts[b]);
    double[] variances = new double[latents];
    for (int i = 0; i < latents; i++) {
      variances[i] = varies[i] ? form(i, i, weights) : 0;
    }
    double sum = 0;
    int pairs = 0;
    for (int i = 0; i < latents; i++) {
      for (int j = i + 1; j < latents; j++) {
        if (variances[i] > 0 && variances[j] > 0) {
          double scale = Math.sqrt(variances[i]) * Math.sqrt(variances[j]);
          sum += Math.min(1, Math.abs(form(i, j, weights)) / scale);
          pairs++;
        }
      }
    }
    return pairs == 0 ? Double.NaN : 1 - sum / pairs;
  }

  CircuitModularity.Site describe(String site, Optional<Interval> value) {
    int varying = 0;
    for (int i = 0; i < latents; i++) {
      varying += varies[i] ? 1 : 0;
    }
    int undefined = latents * (latents - 1) / 2 - varying * (varying - 1) / 2;
    return new CircuitModularity.Site(
        site, value, latents, withoutEffect, units, unitsLeftOut, undefined);
  }

  private double form(int i, int j, double[] weights) {
    double sum = 0;
    for (int a = 0; a < blocks; a++) {
      if (weights[a] != 0) {
        double[] row = products[i * blocks + a];
        double inner = 0;
        for (int b = 0; b < blocks; b++) {
          inner += weights[b] * row[j * blocks + b];
        }
        sum += weights[a] * inner;
      }
    }
    return sum;
  }

  // A sum of outer products, four units at a time: rows of the result are then updated without a
  // chain of dependent additions, and a quarter as often.
  private static double[][] products(double[][] rows, int units) {
    int size = rows.length;
    double[][] result = new double[size][size];
    double[][] four = new double[4][size];
    for (int start = 0; start < units; start += 4) {
      for (int k = 0; k < 4; k++) {
        for (int r = 0; r < size; r++) {
          four[k][r] = start + k < units ? rows[r][start + k] : 0;
        }
      }
      for (int a = 0; a < size; a++) {
        accumulate(result[a], a, four[0], four[1], four[2], four[3]);
      }
    }
    for (int a = 0; a < size; a++) {
      for (int b = 0; b < a; b++) {
        result[a][b] = result[b][a];
      }
    }
    return result;
  }

  private static void accumulate(
      double[] target, int from, double[] x0, double[] x1, double[] x2, double[] x3) {
    double a0 = x0[from];
    double a1 = x1[from];
    double a2 = x2[from];
    double a3 = x3[from];
    for (int b = from; b < target.length; b++) {
      target[b] += (a0 * x0[b] + a1 * x1[b]) + (a2 * x2[b] + a3 * x3[b]);
    }
  }

  private static double[] scaled(double[] row, double[] deviations, int[] kept, int latent) {
    if (row.length != deviations.length) {
      throw new IllegalArgumentException(
          "effect row: latent="
              + latent
              + ", units="
              + row.length
              + ", deviations="
              + deviations.length);
    }
    double[] result = new double[kept.length];
    for (int u = 0; u < kept.length; u++) {
      result[u] = row[kept[u]] / deviations[kept[u]];
    }
    return Finite.require("effect of latent " + latent, result);
  }

  private static void center(double[] row) {
    double sum = 0;
    for (double value : row) {
      sum += value;
    }
    double mean = sum / row.length;
    for (int u = 0; u < row.length; u++) {
      row[u] -= mean;
    }
  }

  private static double meanSquare(double[] row) {
    double sum = 0;
    for (double value : row) {
      sum += value * value;
    }
    return row.length == 0 ? 0 : sum / row.length;
  }
}
