package io.patchbay.vae.data;

import java.util.List;
import java.util.Map;

/// A data set that can be rendered anew with some of its variables set: its causal graph is known.
/// Variables are doubles in the order of [#variables]; parents come before their children.
public interface GenerativeDataset extends FactorDataset {
  /// The variables of the structural causal model, parents before children.
  List<Variable> variables();

  /// The value of every variable at a row of the grid.
  double[] variablesOf(long row);

  /// The variables after do(set): the named ones take the given values. With `propagate` their
  /// descendants follow the mechanisms; without, every other variable is held as it was.
  ///
  /// @return a new array; `variables` is not changed
  /// @throws IllegalArgumentException on an unknown name or a value out of the variable's range
  double[] intervene(double[] variables, Map<String, Double> set, boolean propagate);

  /// Draws the image of any values of the variables, each taken as given (also where a mechanism
  /// would have made it otherwise), as (C, H, W) values in [0, 1] at `target[offset ...]`.
  ///
  /// @throws IllegalArgumentException on a wrong number of variables or a value that is not finite
  void render(double[] variables, float[] target, int offset);
}
