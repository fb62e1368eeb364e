package io.patchbay.analysis.sweep;

import io.patchbay.analysis.intervention.Operation;
import io.patchbay.vae.data.Factor;
import io.patchbay.vae.data.FactorDataset;
import io.patchbay.vae.data.GenerativeDataset;
import io.patchbay.vae.data.Nearest;
import io.patchbay.vae.data.Variable;
import io.patchbay.vae.io.BadInputException;
import java.util.List;
import java.util.Map;

/// The images of base inputs as an operation on the input changes them.
record Rendering(Operation.Rendered operation, FactorDataset data) {
  private static final double SAME_VALUE = 1e-6;

  /// @throws BadInputException when the data cannot be rendered so, or not with these values
  Rendering {
    if (operation instanceof final Operation.Rerender r) {
      check(r, data);
    }
  }

  private static void check(final Operation.Rerender operation, final FactorDataset data) {
    final var grid = data.factors().stream().map(Factor::name).toList();
    final var variables =
        data instanceof final GenerativeDataset g
            ? g.variables().stream().map(Variable::name).toList()
            : List.<String>of();
    if (operation.follows() && variables.isEmpty()) {
      throw new BadInputException(
          "--op", operation.label(), data.name() + ", which has no generator", "factor:NAME");
    }
    if (grid.isEmpty() && variables.isEmpty()) {
      throw new BadInputException(
          "--op",
          operation.label(),
          data.name() + ", whose factors are unknown",
          "a data set with a generator or a factor grid");
    }
    if (!variables.contains(operation.factor()) && !grid.contains(operation.factor())) {
      throw new BadInputException(
          "--op",
          operation.label(),
          "no such factor of " + data.name(),
          "one of "
              + String.join(
                  ", ", Nearest.of(operation.factor(), variables.isEmpty() ? grid : variables)));
    }
  }

  /// Refuses values that the data do not have, by trying each on the first input.
  void require(final List<Double> values) {
    for (final double value : values) {
      try {
        image(0, value);
      } catch (final IllegalArgumentException e) {
        throw new BadInputException(
            "--values",
            operation.label(),
            String.valueOf(e.getMessage()),
            "values that the input can take",
            e);
      }
    }
  }

  /// The image of a row, changed.
  ///
  /// @throws IllegalArgumentException when there is no image for this value
  float[] image(final long row, final double value) {
    final var image = new float[data.shape().elements()];
    switch (operation) {
      case final Operation.Transform t -> {
        data.image(row, image, 0);
        return t.transform().apply(data.shape(), image, value);
      }
      case final Operation.Rerender r -> rerender(r, row, value, image);
    }
    return image;
  }

  private void rerender(
      final Operation.Rerender r, final long row, final double value, final float[] image) {
    if (data instanceof final GenerativeDataset g
        && g.variables().stream().anyMatch(v -> v.name().equals(r.factor()))) {
      final var set = Map.of(r.factor(), value);
      g.render(g.intervene(g.variablesOf(row), set, r.follows()), image, 0);
      return;
    }
    final var names = data.factors().stream().map(Factor::name).toList();
    final int index = names.indexOf(r.factor());
    final var factor = data.factors().get(index);
    final var at = data.factorsOf(row);
    for (int v = 0; v < factor.size(); v++) {
      if (Math.abs(factor.value(v) - value) <= SAME_VALUE * (1 + Math.abs(value))) {
        at[index] = v;
        data.image(data.rowOf(at), image, 0);
        return;
      }
    }
    throw new IllegalArgumentException(
        "no such value of the grid: factor=" + r.factor() + ", value=" + value);
  }
}
