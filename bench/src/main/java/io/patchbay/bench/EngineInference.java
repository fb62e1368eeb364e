package io.patchbay.bench;

import io.patchbay.engine.Axis;
import io.patchbay.engine.Backend;
import io.patchbay.engine.Graph;
import io.patchbay.engine.Node;
import io.patchbay.engine.Ops;
import io.patchbay.engine.Plan;
import io.patchbay.engine.Program;
import io.patchbay.engine.Shape;
import io.patchbay.engine.Sizes;
import io.patchbay.engine.Weights;
import io.patchbay.vae.model.Vae;
import java.util.ArrayList;
import java.util.List;

/// Decode with effect, encode, or the full forward with effect, as one program of the engine.
///
/// A run writes its inputs from Java arrays and reads its results back: the host copies are in the
/// figure. The reference images are a table that is written once, as a sweep does with its bases.
final class EngineInference implements Contestant {
  private final Workload workload;
  private final InputPool inputs;
  private final String form;
  private final int batch;
  private final Sizes sizes;
  private final Weights weights;
  private final Program program;
  private final Node given;
  private final List<Node> index = new ArrayList<>();
  private final List<Node> outputs = new ArrayList<>();
  private final int[] bases;
  private final float[] results;

  EngineInference(
      final Backend backend,
      final EngineModel model,
      final Workload workload,
      final InputPool inputs,
      final int batch) {
    this.workload = workload;
    this.inputs = inputs;
    this.batch = batch;
    this.form = backend.device() + ", batch " + batch;
    final var graph = new Graph();
    final var row = new Axis("rows");
    final var base = new Axis("bases");
    final Vae vae = model.vae();
    this.given =
        workload == Workload.DECODE
            ? graph.input("z", Shape.batched(row, Conv4Weights.LATENTS))
            : graph.input("image", vae.imageShape(row));
    this.bases = new int[batch];
    var planned = Sizes.of(row, batch);
    if (workload == Workload.ENCODE) {
      final var latent = vae.encode(graph, given);
      outputs.add(latent.mu());
      outputs.add(latent.logvar());
    } else {
      final var z = workload == Workload.DECODE ? given : vae.encode(graph, given).mu();
      final var references = graph.input("reference", vae.imageShape(base));
      index.add(graph.input("base", Shape.batched(row).integers()));
      final var reference = Ops.gather(references, index.getFirst());
      final var difference = Ops.sub(vae.decode(graph, z).output(), reference);
      outputs.add(Ops.sumRow(Ops.square(difference)));
      planned = planned.and(base, InputPool.SAMPLES);
    }
    this.sizes = planned;
    final var plan = Plan.of(graph, outputs, sizes);
    this.weights = backend.weights(List.copyOf(graph.states().values()));
    model.fill(weights, weights.names());
    this.program = backend.load(plan, weights);
    if (workload != Workload.ENCODE) {
      final var table =
          plan.given().stream().filter(n -> n.shape().equals(vae.imageShape(base))).findFirst();
      program.write(table.orElseThrow(), inputs.references());
    }
    this.results = new float[batch * outputs.stream().mapToInt(n -> n.shape().rowSize()).sum()];
  }

  @Override
  public String form() {
    return form;
  }

  @Override
  public int batch() {
    return batch;
  }

  @Override
  public void run(final int turn) {
    final int from = Math.floorMod(turn, InputPool.SAMPLES / batch) * batch;
    final var pool = workload == Workload.DECODE ? inputs.latents() : inputs.images();
    program.write(given, pool, from, 0, batch);
    if (!index.isEmpty()) {
      for (int i = 0; i < batch; i++) {
        bases[i] = from + i;
      }
      program.write(index.getFirst(), bases);
    }
    program.run(sizes);
    int offset = 0;
    for (final var output : outputs) {
      program.read(output, results, offset);
      offset += batch * output.shape().rowSize();
    }
  }

  /// Means and log-variances are two outputs; they are joined row by row.
  @Override
  public float[] result() {
    if (workload != Workload.ENCODE) {
      return results.clone();
    }
    final int latents = Conv4Weights.LATENTS;
    final float[] joined = new float[results.length];
    for (int half = 0; half < 2; half++) {
      for (int i = 0; i < batch; i++) {
        System.arraycopy(
            results, (half * batch + i) * latents, joined, (2 * i + half) * latents, latents);
      }
    }
    return joined;
  }

  @Override
  public Output output() {
    return workload == Workload.ENCODE ? Output.CODES : Output.EFFECTS;
  }

  @Override
  public void close() {
    program.close();
    weights.close();
  }
}
