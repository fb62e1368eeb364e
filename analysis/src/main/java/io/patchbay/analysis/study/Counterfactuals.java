package io.patchbay.analysis.study;

import io.patchbay.vae.data.Factor;
import io.patchbay.vae.data.FactorDataset;
import io.patchbay.vae.data.GenerativeDataset;
import io.patchbay.vae.data.Variable;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/// The images of an input with one generative factor changed and all others held, from the factor
/// grid or from the renderer.
sealed interface Counterfactuals {
  /// Values at which a continuous variable is rendered.
  int STEPS = 12;

  List<String> names();

  /// The value of a factor at a row, as a number.
  double value(long row, int factor);

  /// The other values that the factor of this row can be given, ascending.
  double[] others(long row, int factor);

  /// The image of a row with one factor at one of [#others].
  float[] image(long row, int factor, double value);

  /// The images of row `row` with factor `factor` at each of its other values.
  default List<float[]> images(final long row, final int factor) {
    return Arrays.stream(others(row, factor)).mapToObj(v -> image(row, factor, v)).toList();
  }

  /// The images of `data`'s factors: its variables where a renderer takes some that the grid does
  /// not have, else the grid.
  ///
  /// @throws IllegalArgumentException when the factors behind the images are unknown
  static Counterfactuals of(final FactorDataset data) {
    final var grid = data.factors().stream().map(Factor::name).toList();
    if (data instanceof final GenerativeDataset g
        && g.variables().stream().anyMatch(v -> !grid.contains(v.name()))) {
      return new Rendered(g);
    }
    if (data.factors().isEmpty()) {
      throw new IllegalArgumentException("data set without factors: name=" + data.name());
    }
    return new Grid(data);
  }

  /// Neighbours on the factor grid.
  record Grid(FactorDataset data) implements Counterfactuals {
    @Override
    public List<String> names() {
      return data.factors().stream().map(Factor::name).toList();
    }

    @Override
    public double value(final long row, final int factor) {
      return data.factors().get(factor).value(data.factorsOf(row)[factor]);
    }

    @Override
    public double[] others(final long row, final int factor) {
      final int own = data.factorsOf(row)[factor];
      final var values = data.factors().get(factor);
      return IntStream.range(0, values.size())
          .filter(v -> v != own)
          .mapToDouble(values::value)
          .toArray();
    }

    @Override
    public float[] image(final long row, final int factor, final double value) {
      final var values = data.factors().get(factor);
      final var at = data.factorsOf(row);
      at[factor] =
          IntStream.range(0, values.size())
              .filter(v -> values.value(v) == value)
              .findFirst()
              .orElseThrow(() ->
                  new IllegalArgumentException(
                      "no such value: factor=" + values.name() + ", value=" + value));
      final var image = new float[size(data)];
      data.image(data.rowOf(at), image, 0);
      return image;
    }
  }

  /// Rendered with every variable but one held, even where the data's own graph would move it.
  record Rendered(GenerativeDataset data) implements Counterfactuals {
    @Override
    public List<String> names() {
      return data.variables().stream().map(Variable::name).toList();
    }

    @Override
    public double value(final long row, final int factor) {
      return data.variablesOf(row)[factor];
    }

    @Override
    public double[] others(final long row, final int factor) {
      final var variable = data.variables().get(factor);
      final double own = value(row, factor);
      return IntStream.range(0, STEPS)
          .mapToDouble(i -> {
            final double share = (double) i / (STEPS - 1);
            final double value = variable.low() + share * (variable.high() - variable.low());
            return variable.discrete() ? Math.rint(value) : value;
          })
          .filter(v -> v != own)
          .distinct()
          .toArray();
    }

    @Override
    public float[] image(final long row, final int factor, final double value) {
      final var set = Map.of(data.variables().get(factor).name(), value);
      final var image = new float[size(data)];
      data.render(data.intervene(data.variablesOf(row), set, false), image, 0);
      return image;
    }
  }

  private static int size(final FactorDataset data) {
    final var shape = data.shape();
    return shape.channels() * shape.height() * shape.width();
  }
}
