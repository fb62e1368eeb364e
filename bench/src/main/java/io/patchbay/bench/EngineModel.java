package io.patchbay.bench;

import io.patchbay.engine.Axis;
import io.patchbay.engine.Backend;
import io.patchbay.engine.Node;
import io.patchbay.engine.Weights;
import io.patchbay.vae.data.ImageShape;
import io.patchbay.vae.model.Architecture;
import io.patchbay.vae.model.Likelihood;
import io.patchbay.vae.model.Vae;
import io.patchbay.vae.model.VaeGraph;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
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

  /// The same parameters of a model of the project.
  ///
  /// @param values by their names there
  static Conv4Weights weights(final Map<String, float[]> values) {
    final var encoder = new ArrayList<Affine>();
    final var decoder = new ArrayList<Affine>();
    decoder.add(affine(values, "decoder.fc1"));
    decoder.add(affine(values, "decoder.fc2"));
    for (int i = 1; i <= 4; i++) {
      encoder.add(affine(values, "encoder.conv" + i));
      decoder.add(affine(values, "decoder.convt" + i));
    }
    encoder.add(affine(values, "encoder.fc1"));
    final var mu = affine(values, "encoder.mu");
    final var logvar = affine(values, "encoder.logvar");
    encoder.add(new Affine(joined(mu.weight(), logvar.weight()), joined(mu.bias(), logvar.bias())));
    return new Conv4Weights(encoder, decoder);
  }

  private static Affine affine(final Map<String, float[]> values, final String layer) {
    return new Affine(value(values, layer + ".weight"), value(values, layer + ".bias"));
  }

  private static float[] value(final Map<String, float[]> values, final String name) {
    final var value = values.get(name);
    if (value == null) {
      throw new IllegalArgumentException("no such parameter: name=" + name);
    }
    return value;
  }

  private static float[] joined(final float[] first, final float[] second) {
    final var both = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    return both;
  }

  /// The parameters by their names.
  Map<String, float[]> values() {
    return Collections.unmodifiableMap(values);
  }

  /// The parameters on a backend, for programs over graphs of [#vae].
  Weights on(final Backend backend) {
    final var states = VaeGraph.analysis(vae, new Axis("rows")).graph().states();
    final var weights = backend.weights(List.copyOf(states.values()));
    fill(weights, weights.names());
    return weights;
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
