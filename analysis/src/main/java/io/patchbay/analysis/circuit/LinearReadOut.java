package io.patchbay.analysis.circuit;

import io.patchbay.engine.Node;
import io.patchbay.engine.Ops;
import io.patchbay.engine.Weights;
import io.patchbay.vae.model.Layers;

/// The outcome Y of a run, an affine function of the value of one site. It is part of the graph, so
/// that one backward pass gives its gradient at every site.
///
/// @param label its name in files
/// @param site the site that is read
/// @param weights one per element of a row of the site, in (C, H, W) order
public record LinearReadOut(String label, String site, float[] weights, double intercept) {
  private static final String NAME = "readout";

  /// Appends Y of the site's value: (axis).
  Node append(final Node value) {
    final int size = value.shape().rowSize();
    if (size != weights.length) {
      throw new IllegalArgumentException(
          "read-out of another site: label="
              + label
              + ", weights="
              + weights.length
              + ", site="
              + site
              + ", shape="
              + value.shape());
    }
    return Ops.reshape(Layers.linear(value.graph(), Ops.reshape(value, size), NAME, 1));
  }

  /// Writes the numbers of [#append].
  void write(final Weights states) {
    states.write(NAME + ".weight", weights);
    states.write(NAME + ".bias", new float[] {(float) intercept});
  }

  /// Whether a state belongs to a read-out, not to the model.
  static boolean owns(final String state) {
    return state.startsWith(NAME + ".");
  }

  /// Y of each of these values of the site, one after the other.
  public double[] of(final float[] values) {
    final var result = new double[values.length / weights.length];
    for (int i = 0; i < result.length; i++) {
      double sum = intercept;
      for (int e = 0; e < weights.length; e++) {
        sum += (double) weights[e] * values[i * weights.length + e];
      }
      result[i] = sum;
    }
    return result;
  }
}
