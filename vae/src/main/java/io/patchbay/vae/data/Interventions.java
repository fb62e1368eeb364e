package io.patchbay.vae.data;

import java.util.List;
import java.util.Map;

/// What every generator checks and does alike when variables are set.
final class Interventions {
  private Interventions() {}

  /// A copy of `values` with the named variables set; all others as they were.
  static double[] apply(List<Variable> variables, double[] values, Map<String, Double> set) {
    check(variables, values);
    final double[] result = values.clone();
    set.forEach((name, value) -> {
      final int index = indexOf(variables, name);
      variables.get(index).check(value);
      result[index] = value;
    });
    return result;
  }

  static int indexOf(List<Variable> variables, String name) {
    for (int i = 0; i < variables.size(); i++) {
      if (variables.get(i).name().equals(name)) {
        return i;
      }
    }
    throw new IllegalArgumentException(
        "unknown variable: name="
            + name
            + ", known="
            + variables.stream().map(Variable::name).toList());
  }

  static void check(List<Variable> variables, double[] values) {
    if (values.length != variables.size()) {
      throw new IllegalArgumentException(
          "variables: given=" + values.length + ", expected=" + variables.size());
    }
    for (int i = 0; i < values.length; i++) {
      if (!Double.isFinite(values[i])) {
        throw new IllegalArgumentException(
            "variable value: name=" + variables.get(i).name() + ", value=" + values[i]);
      }
    }
  }
}
