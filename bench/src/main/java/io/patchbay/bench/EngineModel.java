package io.patchbay.bench;

import io.patchbay.engine.Node;
import io.patchbay.engine.Weights;
import io.patchbay.vae.data.ImageShape;
import io.patchbay.vae.model.Architecture;
import io.patchbay.vae.model.Likelihood;
import io.patchbay.vae.model.Vae;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The project's own `conv4` model with the weights that every contestant gets.
final class EngineModel {
  private static final int IMAGE_SIDE = 64;

  private final Vae vae =
      new Vae(
          Architecture.CONV4,
          new ImageShape(1, IMAGE_SIDE, IMAGE_SIDE),
          Conv4Weights.LATENTS,
          new Likelihood.Bernoulli());
  private final Map<String, float[]> values = new LinkedHashMap<>();

  EngineModel(final Conv4Weights weights) {
    for (int i = 0; i < 4; i++) {
      put("encoder.conv" + (i + 1), weights.encoder().get(i));
      put("decoder.convt" + (i + 1), weights.decoder().get(i + 2));
    }
    put("encoder.fc1", weights.encoder().get(4));
    put("encoder.mu", head(weights.encoder().get(5), 0));
    put("encoder.logvar", head(weights.encoder().get(5), 1));
    put("decoder.fc1", weights.decoder().get(0));
    put("decoder.fc2", weights.decoder().get(1));
  }

  Vae vae() {
    return vae;
  }

  /// Writes the parameters among `states`; what else is there (optimiser moments) stays zero.
  void fill(final Weights weights, final List<String> states) {
    for (final var name : states) {
      final var value = values.get(name);
      if (value != null) {
        weights.write(name, value);
      }
    }
  }

  /// The parameters among the states of a graph.
  List<Node> parameters(final Map<String, Node> states) {
    return states.entrySet().stream()
        .filter(entry -> values.containsKey(entry.getKey()))
        .map(Map.Entry::getValue)
        .toList();
  }

  private void put(final String name, final Affine affine) {
    values.put(name + ".weight", affine.weight());
    values.put(name + ".bias", affine.bias());
  }

  /// One of the two heads that share an [Affine].
  private static Affine head(final Affine both, final int index) {
    final int outputs = both.bias().length / 2;
    final int size = both.weight().length / 2;
    return new Affine(
        Arrays.copyOfRange(both.weight(), index * size, (index + 1) * size),
        Arrays.copyOfRange(both.bias(), index * outputs, (index + 1) * outputs));
  }
}
