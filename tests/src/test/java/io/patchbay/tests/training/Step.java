package io.patchbay.tests.training;

import io.patchbay.engine.Backend;
import io.patchbay.engine.BackendProvider.Settings;
import io.patchbay.engine.Node;
import io.patchbay.engine.Plan;
import io.patchbay.engine.random.PhiloxRandom;
import io.patchbay.engine.random.Streams;
import io.patchbay.kernels.reference.ReferenceBackend;
import io.patchbay.kernels.reference.ReferenceProgram;
import io.patchbay.kernels.reference.ReferenceWeights;
import io.patchbay.vae.model.VaeGraph.Noise;
import io.patchbay.vae.objective.TrainingGraph;
import io.patchbay.vae.train.TrainConfig;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// One training step in float64 on random images and random parameters, away from the kinks that
/// zero biases and flat images would sit on.
final class Step implements AutoCloseable {
  static final int ROWS = 4;
  static final long SEED = 11;
  static final int DRAW = 3;

  final TrainingGraph graph;
  final double[] images;
  final double[] others;
  final long[] ids = {5, 1L << 33, 7, 8};
  final int[] order;
  private final Backend backend = new ReferenceBackend(new Settings(1, 1L << 28));
  private final ReferenceWeights weights;
  private final ReferenceProgram program;

  /// @param updates whether a run also carries out the updates of the parameters
  Step(final TrainConfig config, final boolean updates) {
    graph = TrainingGraph.of(config.vae(), config.objective());
    final int elements = config.vae().image().elements();
    images = random(1, ROWS * elements, 0.5, 0.5);
    others = random(2, ROWS * elements, 0.5, 0.5);
    order = new int[ROWS * config.latent()];
    for (int j = 0; j < config.latent(); j++) {
      final var permutation = new PhiloxRandom(3, Streams.FIRST_FREE, j, 1).permutation(ROWS);
      for (int i = 0; i < ROWS; i++) {
        order[i * config.latent() + j] = permutation[i];
      }
    }
    final var outputs = new ArrayList<>(graph.terms().values());
    outputs.add(graph.klPerLatent());
    graph.groups().forEach(group -> outputs.addAll(group.gradients()));
    if (updates) {
      graph.groups().forEach(group -> outputs.addAll(group.assigns()));
    }
    final var plan = Plan.of(graph.model().graph(), outputs, graph.sizes(ROWS));
    final var states = new ArrayList<>(graph.model().graph().states().values());
    weights = (ReferenceWeights) backend.weights(states);
    program = (ReferenceProgram) backend.load(plan, weights);
    int index = 10;
    for (final var name : graph.initial(0).keySet()) {
      final int size = weights.shape(name).rowSize();
      weights.write(name, random(index++, size, 0, name.endsWith("bias") ? 0.3 : 0.4));
    }
  }

  static double[] random(final int id, final int size, final double centre, final double reach) {
    final var random = new PhiloxRandom(SEED, Streams.FIRST_FREE, id, 0);
    final var values = new double[size];
    for (int i = 0; i < size; i++) {
      values[i] = centre + reach * (2 * random.nextDouble() - 1);
    }
    return values;
  }

  /// Runs the step. The rates are those of the autoencoder and of the discriminator.
  void run(final double... rates) {
    final var model = graph.model();
    final var noise = model.noise().orElseThrow();
    program.write(model.image(), images);
    program.write(noise.seed(), Noise.seed(SEED));
    program.write(noise.ids(), Noise.ids(ids, DRAW));
    graph.capacity().ifPresent(node -> program.write(node, new double[] {2.5}));
    if (rates.length > 0) {
      for (int i = 0; i < graph.groups().size(); i++) {
        program.write(graph.groups().get(i).rate(), new double[] {rates[i]});
      }
    }
    graph
        .adversary()
        .ifPresent(adversary -> {
          program.write(adversary.order(), order);
          adversary
              .second()
              .ifPresent(second -> {
                program.write(second.image(), others);
                program.write(second.noise().seed(), Noise.seed(SEED));
                program.write(second.noise().ids(), Noise.ids(ids, DRAW + 1));
              });
        });
    program.run(graph.sizes(ROWS));
  }

  double[] read(final Node output) {
    return program.readDoubles(output);
  }

  double term(final String name) {
    final var node = graph.terms().get(name);
    if (node == null) {
      throw new AssertionError("no term: " + name);
    }
    return read(node)[0];
  }

  double[] parameter(final String name) {
    return weights.readDoubles(name);
  }

  void parameter(final String name, final double[] values) {
    weights.write(name, values);
  }

  Map<String, double[]> parameters() {
    final var all = new LinkedHashMap<String, double[]>();
    List.copyOf(graph.initial(0).keySet()).forEach(name -> all.put(name, parameter(name)));
    return all;
  }

  @Override
  public void close() {
    program.close();
    weights.close();
    backend.close();
  }
}
