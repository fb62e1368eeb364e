package io.patchbay.bench.gpu;

import io.patchbay.engine.Axis;
import io.patchbay.engine.Backend;
import io.patchbay.engine.Backend.Mode;
import io.patchbay.engine.BackendProvider.Settings;
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
import io.patchbay.kernels.reference.ReferenceBackend;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;

/// The layers of the net `locatello` whose squares do not overlap (kernel 2, stride 2, no padding)
/// and their gradients, each an op of its own: checked against float64, timed on many rows and on
/// those of a training step.
final class DisjointLayers {
  private static final Axis ROWS = new Axis("rows");
  private static final long MEMORY = 1L << 30;
  private static final int KERNEL = 2;
  private static final int SETS = 2;

  /// Rows of inputs that are drawn, and come again after that.
  private static final int DRAWN = 64;

  private static final double TOLERANCE = 2e-5;
  private static final double TOLERANCE_TF32 = 3e-3;

  private DisjointLayers() {}

  private enum Part {
    FORWARD,
    INPUT_GRADIENT,
    WEIGHT_GRADIENT
  }

  /// A layer from (channels, 2 side, 2 side) to (outputs, side, side).
  private record Layer(String name, int channels, int side, int outputs) {
    Shape image() {
      return Shape.batched(ROWS, channels, KERNEL * side, KERNEL * side);
    }

    Shape result() {
      return Shape.batched(ROWS, outputs, side, side);
    }

    Shape weights() {
      return Shape.of(outputs, channels, KERNEL, KERNEL);
    }

    /// Floating-point operations of a row.
    double flops() {
      return 2.0 * KERNEL * KERNEL * side * side * channels * outputs;
    }
  }

  private static final List<Layer> LAYERS =
      List.of(new Layer("locatello-e3", 32, 8, 64), new Layer("locatello-e4", 64, 4, 64));

  /// One op on inputs that it takes from outside.
  private record Work(Graph graph, List<Node> inputs, Node output) {
    static Work of(final Layer layer, final Part part) {
      final var graph = new Graph();
      final var x = graph.input("x", part == Part.INPUT_GRADIENT ? layer.result() : layer.image());
      final var other =
          graph.input("other", part == Part.WEIGHT_GRADIENT ? layer.result() : layer.weights());
      final var output =
          switch (part) {
            case FORWARD -> Ops.relu(Ops.conv2d(x, other, KERNEL, 0));
            case INPUT_GRADIENT -> Ops.convTranspose2d(x, other, KERNEL, 0);
            case WEIGHT_GRADIENT ->
                graph.append(new Op.ConvWeightGrad(KERNEL, 0, KERNEL, KERNEL), x, other);
          };
      return new Work(graph, List.of(x, other), output);
    }

    Program load(
        final Backend backend, final Weights none, final Precision precision, final int rows) {
      final var sizes = Sizes.of(ROWS, rows);
      final var plan = Plan.of(graph, List.of(output), sizes).in(precision);
      final var program = backend.load(plan, none, Mode.FAST);
      final int there = Math.min(rows, DRAWN);
      for (final var input : inputs) {
        final var random = new SplittableRandom(input.id());
        final boolean batched = input.shape().isBatched();
        final long size = Sizes.of(ROWS, batched ? there : 1).elements(input.shape());
        final var values = new float[Math.toIntExact(size)];
        for (int i = 0; i < values.length; i++) {
          values[i] = (float) random.nextDouble(-1, 1);
        }
        if (batched) {
          for (int row = 0; row < rows; row += there) {
            program.write(input, values, 0, row, Math.min(there, rows - row));
          }
        } else {
          program.write(input, values);
        }
      }
      return program;
    }
  }

  /// Adds a row for each.
  static void time(
      final Bench bench,
      final OpenDevice open,
      final Stopwatch watch,
      final List<Precision> precisions,
      final TimedRows rows) {
    final var batches = bench.options().tiny() ? List.of(2) : List.of(4096, DRAWN);
    for (final var layer : LAYERS) {
      for (final var part : Part.values()) {
        final var exact = exact(layer, part, Math.min(batches.getLast(), DRAWN));
        for (final var precision : precisions) {
          for (final int batch : batches) {
            final var names = new LinkedHashMap<String, Object>();
            final var suffix = part.name().toLowerCase(Locale.ROOT).replace('_', '-');
            names.put("case", part == Part.FORWARD ? layer.name() : layer.name() + "-" + suffix);
            names.put("precision", precision.label());
            names.put("batch", batch);
            names.put("sets", SETS);
            names.put("unit", "samples/s");
            rows.add(names, row -> time(row, open, watch, layer, part, precision, batch, exact));
          }
        }
      }
    }
  }

  private static void time(
      final Map<String, Object> row,
      final OpenDevice open,
      final Stopwatch watch,
      final Layer layer,
      final Part part,
      final Precision precision,
      final int batch,
      final float[] exact) {
    final var sizes = Sizes.of(ROWS, batch);
    final var programs = new ArrayList<Program>();
    try (var none = open.backend().weights(List.of())) {
      final var work = Work.of(layer, part);
      for (int set = 0; set < SETS; set++) {
        programs.add(work.load(open.backend(), none, precision, batch));
      }
      programs.getFirst().run(sizes);
      final var found = programs.getFirst().read(work.output());
      // Of inputs that come again and again a sum over them is as many times as large.
      final int times = part == Part.WEIGHT_GRADIENT ? batch / Math.min(batch, DRAWN) : 1;
      row.put("error", error(found, exact, times, precision));
      final var time =
          watch.time(turn -> programs.get(Math.floorMod(turn, SETS)).run(sizes), SETS + 2);
      row.put("form", "batch " + batch + ", " + SETS + " input sets");
      row.putAll(time.json());
      final double rate = batch / (time.median() * 1e-3);
      row.put("rate", rate);
      row.put("tflops", layer.flops() * rate * 1e-12);
    } finally {
      programs.forEach(Program::close);
    }
  }

  /// What the inputs drawn come to in float64.
  private static float[] exact(final Layer layer, final Part part, final int rows) {
    final var work = Work.of(layer, part);
    try (var reference = new ReferenceBackend(new Settings(1, MEMORY));
        var none = reference.weights(List.of());
        var program = work.load(reference, none, Precision.FP32, rows)) {
      program.run(Sizes.of(ROWS, rows));
      return program.read(work.output());
    }
  }

  /// The largest error, relative to the largest element. Throws IllegalStateException when it is
  /// over what the precision may leave.
  private static double error(
      final float[] found, final float[] exact, final int times, final Precision precision) {
    double largest = 0;
    double error = 0;
    for (int i = 0; i < exact.length; i++) {
      final double off = found[i] - (double) times * exact[i];
      largest = Math.max(largest, Math.abs((double) times * exact[i]));
      error = Double.isNaN(off) ? Double.POSITIVE_INFINITY : Math.max(error, Math.abs(off));
    }
    final double tolerance = precision == Precision.FP32 ? TOLERANCE : TOLERANCE_TF32;
    if (!(error <= tolerance * largest)) {
      throw new IllegalStateException(
          "result differs from float64: error=" + error / largest + ", tolerance=" + tolerance);
    }
    return error / largest;
  }
}
