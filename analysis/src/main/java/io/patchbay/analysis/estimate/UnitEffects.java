package io.patchbay.analysis.estimate;

/// Exact effects, computed when they are asked for.
public interface UnitEffects {
  /// The population: all inputs that there are.
  int inputs();

  /// All units that there are.
  int units();

  /// The effects of some units on some inputs, unit after unit for each input.
  double[] of(int[] inputs, int[] units);
}
