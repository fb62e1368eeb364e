package io.patchbay.bench;

import io.patchbay.engine.Axis;
import io.patchbay.engine.Backend;
import io.patchbay.engine.Gradients;
import io.patchbay.engine.Graph;
import io.patchbay.engine.Node;
import io.patchbay.engine.Ops;
import io.patchbay.engine.Optimizer;
import io.patchbay.engine.Plan;
import io.patchbay.engine.Program;
import io.patchbay.engine.Shape;
import io.patchbay.engine.Sizes;
import io.patchbay.engine.Weights;
import java.util.ArrayList;
import java.util.List;

/// One training step as one program of the engine: the ELBO, its gradient and Adam, with the noise
/// given so that every contestant computes the same numbers. Writing the batch and reading the loss
/// are in the figure.
final class EngineTraining implements Contestant {
  private static final int BATCH = 64;

  private final InputPool inputs;
  private final String form;
  private final Sizes sizes;
  private final Weights weights;
  private final Program program;
  private final Node image;
  private final Node noise;
  private final Node loss;
  private final float[] result = new float[1];

  EngineTraining(final Backend backend, final EngineModel model, final InputPool inputs) {
    this.inputs = inputs;
    this.form = backend.device() + ", batch " + BATCH;
    final var graph = new Graph();
    final var row = new Axis("rows");
    final var vae = model.vae();
    this.image = graph.input("image", vae.imageShape(row));
    this.noise = graph.input("noise", Shape.batched(row, Conv4Weights.LATENTS));
    final var latent = vae.encode(graph, image);
    final var decoded = vae.decode(graph, Ops.reparameterise(latent.mu(), latent.logvar(), noise));
    final var reconstruction = vae.likelihood().negativeLog(decoded, image);
    this.loss = Ops.meanRows(Ops.add(reconstruction, Ops.sumRow(latent.kl())));
    final var parameters = model.parameters(graph.states());
    final var outputs = new ArrayList<Node>();
    outputs.add(loss);
    outputs.addAll(
        new Optimizer.Adam("bench", 0.9, 0.999, 1e-8)
            .update(
                parameters, Gradients.of(loss, parameters), Ops.constant(graph, LEARNING_RATE)));
    this.sizes = Sizes.of(row, BATCH);
    this.weights = backend.weights(List.copyOf(graph.states().values()));
    model.fill(weights, weights.names());
    this.program = backend.load(Plan.of(graph, outputs, sizes), weights);
  }

  @Override
  public String form() {
    return form;
  }

  @Override
  public int batch() {
    return BATCH;
  }

  @Override
  public void run(final int turn) {
    final int from = Math.floorMod(turn, InputPool.SAMPLES / BATCH) * BATCH;
    program.write(image, inputs.images(), from, 0, BATCH);
    program.write(noise, inputs.noise(), from, 0, BATCH);
    program.run(sizes);
    program.read(loss, result, 0);
  }

  @Override
  public float[] result() {
    return result.clone();
  }

  @Override
  public Output output() {
    return Output.LOSS;
  }

  @Override
  public void close() {
    program.close();
    weights.close();
  }
}
