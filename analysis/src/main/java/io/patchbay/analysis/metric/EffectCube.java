package io.patchbay.analysis.metric;

import io.patchbay.analysis.statistics.Matrix;

/// Effects of every unit on every base input for every value of the value set.
public final class EffectCube {
  private final float[] effects;
  private final int units;
  private final int inputs;
  private final int values;

  /// Keeps `effects`, `[unit][input][value]`, without copying it.
  ///
  /// @throws IllegalArgumentException when the size is wrong or a cell is not finite
  public EffectCube(float[] effects, int units, int inputs, int values) {
    if (units < 1 || inputs < 1 || values < 1 || effects.length != (long) units * inputs * values) {
      throw new IllegalArgumentException(
          "effect cube size: units="
              + units
              + ", inputs="
              + inputs
              + ", values="
              + values
              + ", effects="
              + effects.length);
    }
    for (int i = 0; i < effects.length; i++) {
      if (!Float.isFinite(effects[i])) {
        throw new IllegalArgumentException(
            "effect not finite: unit="
                + i / values / inputs
                + ", input="
                + i / values % inputs
                + ", value="
                + i % values
                + ", effect="
                + effects[i]);
      }
    }
    this.effects = effects;
    this.units = units;
    this.inputs = inputs;
    this.values = values;
  }

  public int units() {
    return units;
  }

  public int inputs() {
    return inputs;
  }

  public int values() {
    return values;
  }

  public float at(int unit, int input, int value) {
    if (unit < 0 || unit >= units || input < 0 || input >= inputs || value < 0 || value >= values) {
      throw new IndexOutOfBoundsException(
          "effect cube index: unit=" + unit + ", input=" + input + ", value=" + value);
    }
    return effects[(unit * inputs + input) * values + value];
  }

  /// Means over the value set, `[input][unit]`.
  public Matrix inputMeans() {
    double[] means = new double[Math.multiplyExact(inputs, units)];
    int next = 0;
    for (int unit = 0; unit < units; unit++) {
      for (int input = 0; input < inputs; input++) {
        double sum = 0;
        for (int value = 0; value < values; value++) {
          sum += effects[next++];
        }
        means[input * units + unit] = sum / values;
      }
    }
    return Matrix.of(means, inputs, units);
  }
}
