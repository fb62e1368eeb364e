package io.patchbay.bench;

import io.patchbay.engine.Axis;
import io.patchbay.engine.Backend;
import io.patchbay.engine.Graph;
import io.patchbay.engine.Node;
import io.patchbay.engine.Ops;
import io.patchbay.engine.Plan;
import io.patchbay.engine.Precision;
import io.patchbay.engine.Program;
import io.patchbay.engine.Shape;
import io.patchbay.engine.Sizes;
import io.patchbay.engine.Weights;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/// Decode with effect, encode, or the full forward with effect, on inputs that stand in the
/// backend's memory: one program for each set of inputs, so that runs in turn do not find theirs in
/// a cache. Nothing is copied from or to the host.
final class ResidentInference implements Timed {
  private static final Axis ROWS = new Axis("rows");
  private static final Axis BASES = new Axis("bases");

  private static final int CHECKED = 8;

  private final Workload workload;
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
      final Precision precision,
      final int batch,
      final int sets) {
    this.workload = workload;
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
    final var plan = Plan.of(graph, outputs, sizes).in(precision);
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

  /// The largest error of the first results of a run against float64, relative to the largest.
  double error(final Conv4Weights net) {
    run(0);
    final var found = result(0);
    final var judge = new Float64Net(net);
    final var pool = new InputPool(1);
    final int width = result.shape().rowSize();
    double largest = 0;
    double error = 0;
    for (int row = 0; row < Math.min(CHECKED, batch); row++) {
      final var exact = exact(judge, pool, row);
      for (int i = 0; i < width; i++) {
        largest = Math.max(largest, Math.abs(exact[i]));
        error = Math.max(error, Math.abs(exact[i] - found[row * width + i]));
      }
    }
    return error / largest;
  }

  /// The means of an encoded row, or its effect.
  private double[] exact(final Float64Net judge, final InputPool pool, final int row) {
    final int latents = Conv4Weights.LATENTS;
    final int pixels = Conv4Weights.PIXELS;
    double[] z = Float64Net.widen(pool.latents(), row * latents, latents);
    if (workload != Workload.DECODE) {
      final var image = Float64Net.widen(pool.images(), row * pixels, pixels);
      z = Arrays.copyOf(judge.forward(true, image).getLast(), latents);
    }
    if (workload == Workload.ENCODE) {
      return z;
    }
    final var logits = judge.forward(false, z).getLast();
    double effect = 0;
    for (int p = 0; p < pixels; p++) {
      final double d = 1 / (1 + Math.exp(-logits[p])) - pool.references()[row * pixels + p];
      effect += d * d;
    }
    return new double[] {effect};
  }

  @Override
  public void close() {
    programs.forEach(Program::close);
    weights.close();
  }
}
