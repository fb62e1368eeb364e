package io.patchbay.analysis.patch;

import io.patchbay.vae.data.Factor;
import io.patchbay.vae.data.FactorDataset;
import io.patchbay.vae.data.GenerativeDataset;
import io.patchbay.vae.data.Nearest;
import io.patchbay.vae.data.Variable;
import io.patchbay.vae.io.BadInputException;
import java.util.ArrayList;
import java.util.List;

/// A factor of a data set, or a variable of its generator, as one number per row.
///
/// @param index among the generator's variables where `rendered`, else among the factors
/// @param rendered whether the value is that of a generator's variable
record FactorTarget(String name, FactorDataset data, int index, boolean rendered) {

  /// @param option the option that names the factor
  /// @param text a name, or the number of a factor of the grid
  /// @throws BadInputException when there is no such factor, or none that a probe could read
  static FactorTarget of(final String option, final FactorDataset data, final String text) {
    final var names = new ArrayList<>(data.factors().stream().map(Factor::name).toList());
    final var name =
        text.matches("\\d{1,6}") && Integer.parseInt(text) < names.size()
            ? names.get(Integer.parseInt(text))
            : text;
    final int factor = names.indexOf(name);
    if (factor >= 0) {
      final var found = data.factors().get(factor);
      if (found.circular()) {
        throw new BadInputException(
            option, name, "an angle", "a factor whose values lie on a line, for its read-out");
      }
      if (found.size() < 2) {
        throw new BadInputException(option, name, "a factor of one value", "one that varies");
      }
    }
    if (data instanceof final GenerativeDataset g) {
      final var variables = g.variables().stream().map(Variable::name).toList();
      final int variable = variables.indexOf(name);
      if (variable >= 0) {
        return new FactorTarget(name, data, variable, true);
      }
      variables.stream().filter(v -> !names.contains(v)).forEach(names::add);
    }
    if (factor >= 0) {
      return new FactorTarget(name, data, factor, false);
    }
    throw new BadInputException(
        option, text, "no such factor of " + data.name(), expected(text, names));
  }

  private static String expected(final String text, final List<String> names) {
    return names.isEmpty()
        ? "a data set whose factors are known"
        : "one of " + String.join(", ", Nearest.of(text, names));
  }

  double value(final long row) {
    return rendered && data instanceof final GenerativeDataset g
        ? g.variablesOf(row)[index]
        : data.factors().get(index).value(data.factorsOf(row)[index]);
  }
}
