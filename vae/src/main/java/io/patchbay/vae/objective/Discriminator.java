package io.patchbay.vae.objective;

import io.patchbay.engine.Axis;
import io.patchbay.engine.Graph;
import io.patchbay.engine.Node;
import io.patchbay.engine.Ops;
import io.patchbay.engine.Shape;
import io.patchbay.vae.model.Initialisation;
import io.patchbay.vae.model.Layers;
import java.util.LinkedHashMap;
import java.util.Map;

/// A dense network that tells codes from permuted codes: hidden layers with leaky ReLU, then two
/// logits, the first for codes as they are. Its parameters are `discriminator.fcK.weight` and
/// `.bias`; they start as [Initialisation#GLOROT_UNIFORM], numbered from [#FIRST_INDEX].
///
/// @param layers hidden layers
/// @param width units of each
/// @param slope slope of the activation below zero
public record Discriminator(int layers, int width, double slope) {
  /// Six layers of 1,000 units, slope 0.2.
  public static final Discriminator STANDARD = new Discriminator(6, 1000, 0.2);

  /// The number of its first parameter: far from those of any autoencoder.
  public static final int FIRST_INDEX = 1 << 20;

  public Discriminator {
    if (layers < 1 || width < 1 || !(slope >= 0 && slope < 1)) {
      throw new IllegalArgumentException(
          "discriminator: layers=" + layers + ", width=" + width + ", slope=" + slope);
    }
  }

  /// Logit of "as it is" minus logit of "permuted" for each row: (axis; d) to (axis). Their
  /// difference is all that softmax, cross-entropy and density ratio depend on.
  Node evidence(final Graph graph, final Node z, final boolean named) {
    Node x = z;
    for (int k = 1; k <= layers; k++) {
      final var name = "discriminator.fc" + k;
      final var pre = Layers.linear(graph, x, name, width);
      x = Ops.leakyRelu(pre, slope);
      if (named) {
        graph.site(name + ".pre", pre);
        graph.site(name, x);
      }
    }
    final var logits = Layers.linear(graph, x, "discriminator.fc" + (layers + 1), 2);
    if (named) {
      graph.site("discriminator.logits", logits);
    }
    return Ops.sub(
        Ops.reshape(Ops.slice(logits, 1, 0, 1)), Ops.reshape(Ops.slice(logits, 1, 1, 2)));
  }

  /// The shapes of its parameters, in order.
  Map<String, Shape> parameters(final int latents) {
    final var graph = new Graph();
    final var z = graph.input("z", Shape.batched(new Axis("rows"), latents));
    evidence(graph, z, false);
    final var shapes = new LinkedHashMap<String, Shape>();
    graph.states().forEach((name, node) -> shapes.put(name, node.shape()));
    return shapes;
  }

  /// The initial values of its parameters.
  Map<String, float[]> initial(final int latents, final long seed) {
    final var shapes = parameters(latents);
    final var values = new LinkedHashMap<String, float[]>();
    for (final var name : shapes.keySet()) {
      final int index = FIRST_INDEX + values.size();
      values.put(name, Initialisation.GLOROT_UNIFORM.of(name, shapes, seed, index));
    }
    return values;
  }
}
