package io.patchbay.vae.data;

import io.patchbay.vae.data.ScmVariable.Cause;
import io.patchbay.vae.io.BadInputException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// The grid of a causal world: its causes as they are stated, the first slowest, and last, where
/// there are several pictures of each combination, which of them it is.
record ScmFactors(String source, ScmDescription description) {
  private static final long MOST_ROWS = Integer.MAX_VALUE;

  /// @throws BadInputException naming the cause with impossible values
  List<Factor> factors() {
    if (description.samples() < 1) {
      throw new BadInputException(
          source, "samples", "" + description.samples(), "a whole number from 1");
    }
    final List<Factor> factors = new ArrayList<>();
    double rows = description.samples();
    for (ScmVariable variable : description.variables()) {
      if (variable instanceof Cause cause) {
        factors.add(factor(cause));
        rows *= cause.values().size();
      }
    }
    if (rows > MOST_ROWS) {
      throw new BadInputException(
          source, "factors", "%.0f pictures".formatted(rows), "at most " + MOST_ROWS);
    }
    if (description.samples() > 1) {
      final double[] numbers = new double[description.samples()];
      Arrays.setAll(numbers, i -> i);
      factors.add(new Factor(ScmOrder.SAMPLE, numbers, false));
    }
    if (factors.isEmpty()) {
      throw new BadInputException(
          source, "factors", "one picture", "a factor with values, or samples above 1");
    }
    return List.copyOf(factors);
  }

  private Factor factor(Cause cause) {
    final String at = ScmOrder.place(cause.name()) + ".values";
    final double[] values = cause.values().stream().mapToDouble(Double::doubleValue).toArray();
    if (values.length < 2) {
      throw new BadInputException(source, at, "" + cause.values(), "at least two values");
    }
    for (int i = 0; i < values.length; i++) {
      if (!Double.isFinite(values[i])) {
        throw new BadInputException(source, at, "" + values[i], "finite numbers");
      }
      if (i > 0 && !(values[i - 1] < values[i])) {
        throw new BadInputException(
            source, at, values[i] + " after " + values[i - 1], "ascending values");
      }
      if (cause.discrete() && values[i] != Math.rint(values[i])) {
        throw new BadInputException(
            source, at, "" + values[i], "whole numbers where discrete is true");
      }
    }
    return new Factor(cause.name(), values, cause.circular());
  }
}
