package io.patchbay.analysis.estimate;

import java.util.Arrays;

/// Effects that are known, by unit and input, which remember what was asked for.
@SuppressWarnings("ArrayRecordComponent") // counted in
record PlantedEffects(double[][] values, int[][] asked) implements UnitEffects {
  PlantedEffects(final double[][] values) {
    this(values, new int[values.length][values[0].length]);
  }

  /// Of each unit its size times what the input does to all of them, and something of its own.
  static PlantedEffects of(final double[] sizes, final int inputs, final long seed) {
    final var common = Populations.EXPONENTIAL.draw(inputs, seed);
    final var values = new double[sizes.length][inputs];
    for (int u = 0; u < sizes.length; u++) {
      final var own = Populations.EXPONENTIAL.draw(inputs, seed * 1000 + u + 1);
      for (int i = 0; i < inputs; i++) {
        values[u][i] = sizes[u] * (common[i] + own[i]) / 2;
      }
    }
    return new PlantedEffects(values);
  }

  double mean(final int unit) {
    return Populations.mean(values[unit]);
  }

  /// How often a unit was asked for.
  long asked(final int unit) {
    return Arrays.stream(asked[unit]).sum();
  }

  /// How often any was.
  long cells() {
    return Arrays.stream(asked).flatMapToInt(Arrays::stream).sum();
  }

  @Override
  public int inputs() {
    return values[0].length;
  }

  @Override
  public int units() {
    return values.length;
  }

  @Override
  public double[] of(final int[] inputs, final int[] units) {
    final var found = new double[inputs.length * units.length];
    Arrays.setAll(found, i -> values[units[i % units.length]][inputs[i / units.length]]);
    for (final int unit : units) {
      for (final int input : inputs) {
        asked[unit][input]++;
      }
    }
    return found;
  }
}
