package io.patchbay.vae.data;

import java.util.List;

/// A variable of a generator's structural causal model.
///
/// @param low smallest value it can be set to
/// @param high largest value it can be set to
/// @param discrete true where only whole numbers are values (a shape)
/// @param parents names of the variables that its mechanism reads: empty for an exogenous one
public record Variable(
    String name, double low, double high, boolean discrete, List<String> parents) {
  public Variable {
    if (!(low <= high) || Double.isInfinite(low) || Double.isInfinite(high)) {
      throw new IllegalArgumentException(
          "variable range: name=" + name + ", low=" + low + ", high=" + high);
    }
    parents = List.copyOf(parents);
  }

  /// True where the variable has no mechanism: its value comes from outside the model.
  public boolean exogenous() {
    return parents.isEmpty();
  }

  /// Refuses a value outside the range, or between the whole numbers of a discrete variable.
  void check(double value) {
    if (!(value >= low && value <= high) || (discrete && value != Math.rint(value))) {
      throw new IllegalArgumentException(
          "variable value: name="
              + name
              + ", value="
              + value
              + ", low="
              + low
              + ", high="
              + high
              + (discrete ? ", whole numbers only" : ""));
    }
  }
}
