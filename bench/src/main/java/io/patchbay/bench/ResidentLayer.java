package io.patchbay.bench;

import io.patchbay.engine.Axis;
import io.patchbay.engine.Backend;
import io.patchbay.engine.Graph;
import io.patchbay.engine.Node;
import io.patchbay.engine.Op;
import io.patchbay.engine.Ops;
import io.patchbay.engine.Plan;
import io.patchbay.engine.Precision;
import io.patchbay.engine.Program;
import io.patchbay.engine.Shape;
import io.patchbay.engine.Sizes;
import io.patchbay.engine.Weights;
import java.util.ArrayList;
import java.util.List;

/// One convolution of the reference net with its bias and ReLU as a program of the engine, on
/// inputs that stand in the backend's memory: one program for each set of inputs.
final class ResidentLayer implements Timed {
  private static final Axis ROWS = new Axis("rows");
  private static final int STRIDE = 2;
  private static final int KERNEL = 4;
  private static final int CHECKED = 4;

  private final Layer layer;
  private final InputPool pool;
  private final int batch;
  private final Sizes sizes;
  private final Weights weights;
  private final List<Program> programs = new ArrayList<>();
  private final Node output;

  ResidentLayer(
      final Backend backend,
      final Affine parameters,
      final Layer layer,
      final Precision precision,
      final int batch,
      final int sets) {
    this.layer = layer;
    this.batch = batch;
    this.pool = new InputPool(1);
    this.sizes = Sizes.of(ROWS, batch);
    final var graph = new Graph();
    final int side = layer.inputSide();
    final var input = graph.input("input", Shape.batched(ROWS, layer.inputChannels(), side, side));
    final var weight =
        graph.state(
            "weight", Shape.of(layer.smallChannels(), layer.largeChannels(), KERNEL, KERNEL));
    final var bias = graph.state("bias", Shape.of(layer.outputChannels()));
    final Node product =
        layer.down()
            ? Ops.conv2d(input, weight, STRIDE, 1)
            : graph.append(
                new Op.ConvInputGrad(STRIDE, 1, layer.outputSide(), layer.outputSide()),
                input,
                weight);
    final var biased = Ops.add(product, Ops.perChannel(bias, product));
    this.output = layer.relu() ? Ops.relu(biased) : biased;
    this.weights = backend.weights(List.of(weight, bias));
    weights.write("weight", parameters.weight());
    weights.write("bias", parameters.bias());
    final var plan = Plan.of(graph, List.of(output), sizes).in(precision);
    final var values = pool.layerInput(layer);
    final int there = InputPool.layerSamples(layer);
    for (int set = 0; set < sets; set++) {
      final var program = backend.load(plan, weights);
      programs.add(program);
      for (int row = 0; row < batch; row += there) {
        program.write(input, values, 0, row, Math.min(there, batch - row));
      }
    }
  }

  /// The largest error of the first samples of a run against float64, relative to their largest
  /// element.
  double error(final Conv4Weights net) {
    run(0);
    final var found = programs.getFirst().read(output);
    final var judge = new Float64Net(net);
    final var inputs = pool.layerInput(layer);
    double largest = 0;
    double error = 0;
    for (int row = 0; row < Math.min(CHECKED, batch); row++) {
      final int size = layer.inputSize();
      final var exact = judge.layer(layer, Float64Net.widen(inputs, row * size, size));
      for (int i = 0; i < exact.length; i++) {
        largest = Math.max(largest, Math.abs(exact[i]));
        error = Math.max(error, Math.abs(exact[i] - found[row * exact.length + i]));
      }
    }
    return error / largest;
  }

  @Override
  public String form() {
    return "batch " + batch + ", " + programs.size() + " input sets";
  }

  @Override
  public int batch() {
    return batch;
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
