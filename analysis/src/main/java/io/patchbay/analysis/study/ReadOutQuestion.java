package io.patchbay.analysis.study;

import io.patchbay.vae.data.GenerativeDataset;
import io.patchbay.vae.data.Nearest;
import io.patchbay.vae.data.Variable;
import io.patchbay.vae.io.BadInputException;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What a [ReadOutStudy] asks: one variable is set, its mechanisms follow, and another is read out;
/// then the same with some variables held.
///
/// @param cause the variable that is set
/// @param effect the variable that is read out, a descendant of the cause
/// @param held descendants of the cause that keep their values in the second intervention, the
///   effect among them
/// @param probeInputs held-out inputs that the probe is trained and judged on
/// @param inputs held-out inputs that are intervened on
/// @param tolerance share that counts as little: of R² for the probe, of the truth for what
///   follows, of what follows for what is held
public record ReadOutQuestion(
    String cause, String effect, List<String> held, int probeInputs, int inputs, double tolerance) {
  private static final int FEWEST_FOR_PROBE = 8;

  /// @throws BadInputException naming the option that is out of range
  public ReadOutQuestion {
    held = List.copyOf(held);
    if (probeInputs < FEWEST_FOR_PROBE) {
      throw new BadInputException(
          "--probe-inputs", "value", "" + probeInputs, "a number from " + FEWEST_FOR_PROBE);
    }
    if (inputs < 2) {
      throw new BadInputException("--inputs", "value", "" + inputs, "a number from 2");
    }
    if (!(tolerance > 0 && tolerance < 1)) {
      throw new BadInputException("--tolerance", "value", "" + tolerance, "a share in (0, 1)");
    }
  }

  /// Refuses variables that the data does not have, or that the cause does not move.
  ///
  /// @throws BadInputException naming the option
  void check(final GenerativeDataset data) {
    index(data, "--set", cause);
    index(data, "--read", effect);
    final var moved = descendants(data, cause);
    if (!moved.contains(effect)) {
      throw new BadInputException("--read", effect, "no effect of " + cause, oneOf(moved));
    }
    for (final var name : held) {
      index(data, "--hold", name);
      if (!moved.contains(name)) {
        throw new BadInputException("--hold", name, "no effect of " + cause, oneOf(moved));
      }
    }
    if (!held.contains(effect)) {
      throw new BadInputException(
          "--hold", "variables", held.toString(), effect + " among them, which is read out");
    }
  }

  private static String oneOf(final Set<String> names) {
    return names.isEmpty() ? "a variable that moves others" : "one of " + String.join(", ", names);
  }

  private static int index(
      final GenerativeDataset data, final String option, final String variable) {
    final var names = data.variables().stream().map(Variable::name).toList();
    final int index = names.indexOf(variable);
    if (index < 0) {
      throw new BadInputException(
          option,
          variable,
          "no such variable of " + data.name(),
          "one of " + String.join(", ", Nearest.of(variable, names)));
    }
    return index;
  }

  /// Variables that follow when one is set, in their order in the data.
  private static Set<String> descendants(final GenerativeDataset data, final String of) {
    final var found = new LinkedHashSet<String>();
    for (final var variable : data.variables()) {
      if (variable.parents().stream().anyMatch(p -> p.equals(of) || found.contains(p))) {
        found.add(variable.name());
      }
    }
    return found;
  }

  /// Variables from which one follows.
  static Set<String> ancestors(final GenerativeDataset data, final String of) {
    final var found = new LinkedHashSet<String>();
    for (final var variable : data.variables()) {
      if (descendants(data, variable.name()).contains(of)) {
        found.add(variable.name());
      }
    }
    return found;
  }

  /// Place of the cause among the variables.
  int causeIndex(final GenerativeDataset data) {
    return index(data, "--set", cause);
  }

  /// Place of the effect among the variables.
  int effectIndex(final GenerativeDataset data) {
    return index(data, "--read", effect);
  }

  /// The held variables with their values in `variables`.
  Map<String, Double> heldAt(final GenerativeDataset data, final double[] variables) {
    final var values = new LinkedHashMap<String, Double>();
    held.forEach(name -> values.put(name, variables[index(data, "--hold", name)]));
    return values;
  }
}
