package io.patchbay.bench;

import io.patchbay.engine.Backend;
import io.patchbay.engine.Precision;
import io.patchbay.engine.Program;
import io.patchbay.engine.Sizes;
import io.patchbay.engine.Weights;
import io.patchbay.vae.model.VaeGraph.Noise;
import io.patchbay.vae.objective.BetaVae;
import io.patchbay.vae.objective.TrainingGraph;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.LongStream;

/// Steps of training a beta-VAE, noise drawn in the step, on images that stand in the backend's
/// memory: one program for each batch, all of them on the same parameters. A run is one step.
final class ResidentTraining implements Timed {
  private static final float RATE = 1e-4f;

  private final TrainingGraph graph;
  private final Sizes sizes;
  private final int batch;
  private final Weights weights;
  private final EngineModel model;
  private final List<Program> programs = new ArrayList<>();

  ResidentTraining(
      final Backend backend,
      final EngineModel model,
      final Precision precision,
      final int batch,
      final int sets) {
    this.batch = batch;
    this.model = model;
    this.graph = TrainingGraph.of(model.vae(), new BetaVae(BetaVae.BETA));
    this.sizes = graph.sizes(batch);
    final var plan = graph.plan(batch).in(precision);
    this.weights = backend.weights(List.copyOf(graph.model().graph().states().values()));
    final var noise = graph.model().noise().orElseThrow();
    for (int set = 0; set < sets; set++) {
      final var program = backend.load(plan, weights);
      programs.add(program);
      for (int from = 0; from < batch; from += InputPool.SAMPLES) {
        final var pool = new InputPool(1 + from + (long) set * batch);
        final int count = Math.min(InputPool.SAMPLES, batch - from);
        program.write(graph.model().image(), pool.images(), 0, from, count);
      }
      program.write(noise.seed(), Noise.seed(set));
      program.write(noise.ids(), Noise.ids(LongStream.range(0, batch).toArray(), 0));
      graph.groups().forEach(group -> program.write(group.rate(), new float[] {RATE}));
    }
    reset();
  }

  /// Back to the weights of the start.
  void reset() {
    for (final var name : weights.names()) {
      weights.write(name, new float[weights.shape(name).rowSize()]);
    }
    model.fill(weights, weights.names());
  }

  /// Every state by name.
  Map<String, float[]> states() {
    final var states = new TreeMap<String, float[]>();
    weights.names().forEach(name -> states.put(name, weights.read(name)));
    return states;
  }

  /// Images of a step.
  int samples() {
    return batch;
  }

  @Override
  public String form() {
    return "batch " + batch + ", " + programs.size() + " input sets";
  }

  /// One step.
  @Override
  public int batch() {
    return 1;
  }

  @Override
  public void run(final int turn) {
    programs.get(Math.floorMod(turn, programs.size())).run(sizes);
  }

  @Override
  public void close() {
    programs.forEach(Program::close);
    weights.close();
  }
}
