package io.patchbay.analysis.metric;

import io.patchbay.analysis.statistics.Matrix;

/// Collects how much each unit moves each generative factor on each base input; several values of
/// one cell (a grid of interventions, several counterfactuals) are averaged.
public final class FactorCells {
  private final int units;
  private final int factors;
  private final int inputs;
  private final double[] sums;
  private final int[] counts;

  public FactorCells(int units, int factors, int inputs) {
    if (units < 1 || factors < 1 || inputs < 1) {
      throw new IllegalArgumentException(
          "factor cells: units=" + units + ", factors=" + factors + ", inputs=" + inputs);
    }
    this.units = units;
    this.factors = factors;
    this.inputs = inputs;
    this.sums = new double[Math.multiplyExact(Math.multiplyExact(units, factors), inputs)];
    this.counts = new int[sums.length];
  }

  /// The oracle's value for one input: the largest, over the factor's other values, of max(0,
  /// cos(y' - y, re-rendered - x))^2. Zero where either difference is zero.
  ///
  /// @param effect y' - y, in `effect[offset ..]`
  /// @param rerendered x with only the factor changed, less x: one row per other value
  /// @throws IllegalArgumentException when a difference is not finite
  public static double oracle(float[] effect, int offset, float[][] rerendered) {
    double largest = 0;
    for (float[] difference : rerendered) {
      double product = 0;
      double mine = 0;
      double theirs = 0;
      for (int i = 0; i < difference.length; i++) {
        double a = effect[offset + i];
        double b = difference[i];
        product += a * b;
        mine += a * a;
        theirs += b * b;
      }
      if (!(mine <= Double.MAX_VALUE && theirs <= Double.MAX_VALUE)) {
        throw new IllegalArgumentException(
            "difference image not finite: effect=" + mine + ", rerendered=" + theirs);
      }
      if (product > 0) {
        largest = Math.max(largest, Math.min(1, product / mine * (product / theirs)));
      }
    }
    return largest;
  }

  /// The read-out's value for one input, and the response of a latent: |after - before| in units of
  /// a standard deviation.
  ///
  /// @throws IllegalArgumentException when a number is not finite or the deviation not positive
  public static double change(double before, double after, double deviation) {
    double change = Math.abs(after - before) / deviation;
    if (!(deviation > 0) || !Double.isFinite(change)) {
      throw new IllegalArgumentException(
          "change of a read-out: before="
              + before
              + ", after="
              + after
              + ", deviation="
              + deviation);
    }
    return change;
  }

  /// Adds one value, not negative.
  public void add(int unit, int factor, int input, double value) {
    if (!(value >= 0 && value <= Double.MAX_VALUE)) {
      throw new IllegalArgumentException(
          "factor effect must be finite and not negative: unit="
              + unit
              + ", factor="
              + factor
              + ", input="
              + input
              + ", value="
              + value);
    }
    int index = index(unit, factor, input);
    sums[index] += value;
    counts[index]++;
  }

  public int units() {
    return units;
  }

  public int factors() {
    return factors;
  }

  public int inputs() {
    return inputs;
  }

  /// The cells of the first `count` inputs alone.
  ///
  /// @throws IllegalArgumentException when there are not so many
  public FactorCells first(int count) {
    if (count > inputs) {
      throw new IllegalArgumentException("factor cells: inputs=" + inputs + ", asked=" + count);
    }
    FactorCells first = new FactorCells(units, factors, count);
    System.arraycopy(sums, 0, first.sums, 0, first.sums.length);
    System.arraycopy(counts, 0, first.counts, 0, first.counts.length);
    return first;
  }

  /// `[input][unit * factors + factor]`.
  ///
  /// @throws IllegalStateException when a cell has no value
  public Matrix table() {
    double[] means = new double[sums.length];
    for (int i = 0; i < means.length; i++) {
      if (counts[i] == 0) {
        throw new IllegalStateException(
            "factor effect missing: unit="
                + i / factors % units
                + ", factor="
                + i % factors
                + ", input="
                + i / factors / units);
      }
      means[i] = sums[i] / counts[i];
    }
    return Matrix.of(means, inputs, units * factors);
  }

  /// The same numbers as a distribution over factors per unit, for semantic specificity.
  ///
  /// @throws IllegalStateException when a cell has no value
  public EffectMass mass() {
    Matrix table = table();
    EffectMass mass = new EffectMass(units, factors, inputs, inputs);
    for (int input = 0; input < inputs; input++) {
      for (int column = 0; column < table.columns(); column++) {
        mass.add(column / factors, input, column % factors, table.at(input, column));
      }
    }
    return mass;
  }

  private int index(int unit, int factor, int input) {
    if (unit < 0
        || unit >= units
        || factor < 0
        || factor >= factors
        || input < 0
        || input >= inputs) {
      throw new IllegalArgumentException(
          "no such cell: unit=" + unit + ", factor=" + factor + ", input=" + input);
    }
    return (input * units + unit) * factors + factor;
  }
}
