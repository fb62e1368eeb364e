package io.patchbay.vae.model;

import io.patchbay.engine.Shape;
import io.patchbay.engine.random.PhiloxRandom;
import io.patchbay.engine.random.Streams;
import java.util.Map;

/// How parameters start. Element `e` of parameter number `index` is word `e` of the random sequence
/// keyed by (seed, [Streams#INIT], index, 0), mapped to a uniform number in [-bound, bound). For a
/// weight (o, i, kh, kw) or (o, i), fan-in is i kh kw and fan-out o kh kw; a transposed
/// convolution's (in, out, kh, kw) is read the same way, as PyTorch does.
public enum Initialisation {
  /// Weights: bound sqrt(6 / (fan-in + fan-out)) (Glorot and Bengio 2010); biases are zero.
  GLOROT_UNIFORM,
  /// Weights: bound sqrt(6 / fan-in) (He et al. 2015); biases: bound 1 / sqrt(fan-in) of their
  /// layer's weight, PyTorch's default.
  KAIMING_UNIFORM;

  private float[] weight(final Shape shape, final long seed, final int index) {
    final double bound =
        switch (this) {
          case GLOROT_UNIFORM -> Math.sqrt(6 / (fan(shape, 1) + fan(shape, 0)));
          case KAIMING_UNIFORM -> Math.sqrt(6 / fan(shape, 1));
        };
    return uniform(shape.rowSize(), bound, seed, index);
  }

  private float[] bias(final Shape shape, final Shape weight, final long seed, final int index) {
    return switch (this) {
      case GLOROT_UNIFORM -> new float[shape.rowSize()];
      case KAIMING_UNIFORM -> uniform(shape.rowSize(), 1 / Math.sqrt(fan(weight, 1)), seed, index);
    };
  }

  /// The initial values of the parameter `name` of `shapes`, whose number is `index`.
  public float[] of(
      final String name, final Map<String, Shape> shapes, final long seed, final int index) {
    final var shape = shape(name, shapes);
    if (!name.endsWith(".bias")) {
      return weight(shape, seed, index);
    }
    final var weight = name.substring(0, name.length() - "bias".length()) + "weight";
    return bias(shape, shape(weight, shapes), seed, index);
  }

  private static Shape shape(final String name, final Map<String, Shape> shapes) {
    final var shape = shapes.get(name);
    if (shape == null) {
      throw new IllegalArgumentException("no such parameter: name=" + name);
    }
    return shape;
  }

  private static double fan(final Shape weight, final int side) {
    double field = 1;
    for (int i = 2; i < weight.rank(); i++) {
      field *= weight.dim(i);
    }
    return weight.dim(side) * field;
  }

  private static float[] uniform(
      final int count, final double bound, final long seed, final int index) {
    final var random = new PhiloxRandom(seed, Streams.INIT, index, 0);
    final var values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) ((2.0 * random.nextFloat() - 1) * bound);
    }
    return values;
  }
}
