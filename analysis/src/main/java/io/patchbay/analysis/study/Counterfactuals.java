package io.patchbay.analysis.study;

import io.patchbay.vae.data.Factor;
import io.patchbay.vae.data.FactorDataset;
import io.patchbay.vae.data.GenerativeDataset;
import io.patchbay.vae.data.Variable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// The images of an input with one generative factor changed and all others held, from the factor
/// grid or from the renderer.
sealed interface Counterfactuals {
  /// Values at which a continuous variable is rendered.
  int STEPS = 12;

  List<String> names();

  /// The images of row `row` with factor `factor` at each of its other values.
  List<float[]> images(long row, int factor);

  /// The images of `data`'s factors: its variables where a renderer takes more of them than the
  /// grid has, else the grid.
  ///
  /// @throws IllegalArgumentException when the factors behind the images are unknown
  static Counterfactuals of(final FactorDataset data) {
    if (data instanceof final GenerativeDataset g && g.variables().size() > data.factors().size()) {
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
    public List<float[]> images(final long row, final int factor) {
      final var at = data.factorsOf(row);
      final var images = new ArrayList<float[]>();
      for (int v = 0; v < data.factors().get(factor).size(); v++) {
        if (v != at[factor]) {
          final var moved = at.clone();
          moved[factor] = v;
          final var image = new float[size(data)];
          data.image(data.rowOf(moved), image, 0);
          images.add(image);
        }
      }
      return images;
    }
  }

  /// Rendered with every variable but one held, even where the data's own graph would move it.
  record Rendered(GenerativeDataset data) implements Counterfactuals {
    @Override
    public List<String> names() {
      return data.variables().stream().map(Variable::name).toList();
    }

    @Override
    public List<float[]> images(final long row, final int factor) {
      final var variable = data.variables().get(factor);
      final var variables = data.variablesOf(row);
      final var images = new ArrayList<float[]>();
      for (int i = 0; i < STEPS; i++) {
        final double share = (double) i / (STEPS - 1);
        final double value = variable.low() + share * (variable.high() - variable.low());
        final double set = variable.discrete() ? Math.rint(value) : value;
        if (set != variables[factor]) {
          final var image = new float[size(data)];
          data.render(data.intervene(variables, Map.of(variable.name(), set), false), image, 0);
          images.add(image);
        }
      }
      return images;
    }
  }

  private static int size(final FactorDataset data) {
    final var shape = data.shape();
    return shape.channels() * shape.height() * shape.width();
  }
}
