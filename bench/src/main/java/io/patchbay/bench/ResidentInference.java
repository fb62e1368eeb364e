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
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/// Decode with effect, encode, or the full forward with effect, on inputs that stand in the
/// backend's memory: one program for each set of inputs, so that runs in turn do not find theirs in
/// a cache. Nothing is copied from or to the host.
final class ResidentInference implements Timed {
  private static final Axis ROWS = new Axis("rows");
  private static final Axis BASES = new Axis("bases");

  private final Sizes sizes;
  private final String form;
  private final int batch;
  private final Weights weights;
  private final List<Program> programs = new ArrayList<>();
  private final Node result;

  /// @param workload [Workload#DECODE], [Workload#ENCODE] or [Workload#FORWARD]
  /// @param sets of inputs, drawn by a seed
  ResidentInference(
      final Backend backend,
      final EngineModel model,
      final Workload workload,
      final int batch,
      final int sets) {
    this.batch = batch;
    this.form = "batch " + batch + ", " + sets + " input sets";
    final var graph = new Graph();
    final var vae = model.vae();
    final var given =
        workload == Workload.DECODE
            ? graph.input("z", Shape.batched(ROWS, Conv4Weights.LATENTS))
            : graph.input("image", vae.imageShape(ROWS));
    final var outputs = new ArrayList<Node>();
    if (workload == Workload.ENCODE) {
      final var latent = vae.encode(graph, given);
      outputs.add(latent.mu());
      outputs.add(latent.logvar());
      this.sizes = Sizes.of(ROWS, batch);
    } else {
      final var z = workload == Workload.DECODE ? given : vae.encode(graph, given).mu();
      final var references = graph.input("reference", vae.imageShape(BASES));
      final var base = graph.input("base", Shape.batched(ROWS).integers());
      final var difference = Ops.sub(vae.decode(graph, z).output(), Ops.gather(references, base));
      outputs.add(Ops.sumRow(Ops.square(difference)));
      this.sizes = Sizes.of(ROWS, batch).and(BASES, batch);
    }
    this.result = outputs.getFirst();
    final var plan = Plan.of(graph, outputs, sizes);
    this.weights = backend.weights(List.copyOf(graph.states().values()));
    model.fill(weights, weights.names());
    final int[] index = IntStream.range(0, batch).toArray();
    for (int set = 0; set < sets; set++) {
      final var program = backend.load(plan, weights);
      programs.add(program);
      for (int from = 0; from < batch; from += InputPool.SAMPLES) {
        final var pool = new InputPool(1 + from + (long) set * batch);
        final int count = Math.min(InputPool.SAMPLES, batch - from);
        for (final var node : plan.given()) {
          if (node.equals(given)) {
            final var values = workload == Workload.DECODE ? pool.latents() : pool.images();
            program.write(node, values, 0, from, count);
          } else if (node.shape().equals(vae.imageShape(BASES))) {
            program.write(node, pool.references(), 0, from, count);
          }
        }
      }
      plan.given().stream()
          .filter(node -> node.shape().type() == Shape.Type.I32)
          .forEach(node -> program.write(node, index));
    }
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
    programs.get(Math.floorMod(turn, programs.size())).run(sizes);
  }

  /// The effects or means of the last run of a set.
  float[] result(final int set) {
    return programs.get(set).read(result);
  }

  @Override
  public void close() {
    programs.forEach(Program::close);
    weights.close();
  }
}
