package io.patchbay.bench.gpu;

import io.patchbay.bench.DeviceRuns;
import io.patchbay.bench.StepError;
import io.patchbay.engine.Axis;
import io.patchbay.engine.Backend;
import io.patchbay.engine.Graph;
import io.patchbay.engine.Node;
import io.patchbay.engine.Plan;
import io.patchbay.engine.Precision;
import io.patchbay.engine.Program;
import io.patchbay.engine.Shape;
import io.patchbay.engine.Sizes;
import io.patchbay.engine.Weights;
import io.patchbay.vae.data.ImageShape;
import io.patchbay.vae.model.Architecture;
import io.patchbay.vae.model.Likelihood;
import io.patchbay.vae.model.Vae;
import io.patchbay.vae.model.VaeGraph.Noise;
import io.patchbay.vae.objective.BetaVae;
import io.patchbay.vae.objective.TrainingGraph;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/// Every named architecture, onto one color and onto three: its encoder, its decoder, decodes with
/// effect as the change of a clean one, and a step of training, checked (steps against the CPU's,
/// all else against float64) and timed on the device's clock.
final class ArchitectureTimings implements Section {
  private static final int SECONDS = 48;
  private static final double MILLIS = 100;
  private static final int SIDE = 64;
  private static final int LATENTS = 10;
  private static final int CHECKED = 2;
  private static final double FP32 = 2e-5;
  private static final double TF32 = 3e-3;
  private static final float RATE = 1e-4f;
  private static final Axis ROWS = new Axis("rows");

  ArchitectureTimings() {}

  @Override
  public String name() {
    return "architectures";
  }

  @Override
  public int seconds() {
    return SECONDS;
  }

  @Override
  public Map<String, Object> run(final Bench bench) {
    final var rows = new TimedRows(bench);
    try (var open = bench.open();
        var judge = OpenDevice.open("reference");
        var cpu = OpenDevice.open("cpu")) {
      final var watch = new Stopwatch(open, bench.size((int) MILLIS, 1));
      final var precisions = open.backend().planPrecisions().stream().sorted().toList();
      final int most = bench.size(4096, 2);
      final int few = bench.size(64, 2);
      for (final var architecture : Architecture.catalogue()) {
        for (final int colors : new int[] {1, 3}) {
          final var shape = new ImageShape(colors, SIDE, SIDE);
          final var vae = new Vae(architecture, shape, LATENTS, new Likelihood.Bernoulli());
          for (final var precision : precisions) {
            for (final boolean down : new boolean[] {true, false}) {
              rows.add(
                  names(vae, down ? "encode" : "decode", precision, most),
                  row -> half(row, open.backend(), judge, vae, down, precision, most, watch));
            }
            rows.add(
                names(vae, "train-step", precision, few),
                row -> step(row, open.backend(), cpu.backend(), vae, precision, few, watch));
          }
          for (final var precision : open.backend().precisions().stream().sorted().toList()) {
            final int bases = bench.size(512, 2);
            final int cells = bench.size(1 << 15, 4);
            rows.add(
                names(vae, "decode-change", precision, cells),
                row -> change(row, open.backend(), judge, vae, precision, bases, cells, watch));
          }
        }
      }
    }
    return rows.result();
  }

  private static Map<String, Object> names(
      final Vae vae, final String part, final Precision precision, final int batch) {
    final var names = new LinkedHashMap<String, Object>();
    names.put(
        "case",
        "%s %dx%dx%d, %s".formatted(vae.architecture().name(), SIDE, SIDE, colors(vae), part));
    names.put("precision", precision.label());
    names.put("batch", batch);
    return names;
  }

  private static void put(
      final Map<String, Object> row, final int items, final int batch, final Stopwatch.Time time) {
    row.put("form", "batch " + batch);
    row.put("unit", items == 1 ? "steps/s" : "samples/s");
    row.putAll(time.json());
    row.put("rate", items / (time.median() * 1e-3));
  }

  private static int colors(final Vae vae) {
    return vae.image().channels();
  }

  /// The encoder, or the decoder.
  private static void half(
      final Map<String, Object> row,
      final Backend backend,
      final OpenDevice judge,
      final Vae vae,
      final boolean down,
      final Precision precision,
      final int batch,
      final Stopwatch watch) {
    final var x = inputs(vae, down, batch);
    try (var own = new Half(backend, vae, down, precision, batch);
        var exact = new Half(judge.backend(), vae, down, Precision.FP32, CHECKED)) {
      own.write(x);
      own.run();
      exact.write(Arrays.copyOf(x, x.length / batch * CHECKED));
      exact.run();
      final double error = Apart.of(own.result(), exact.result());
      final double bound = precision == Precision.FP32 ? FP32 : TF32;
      if (!(error <= bound)) {
        throw new IllegalStateException(
            "result differs from float64: error=" + error + ", bound=" + bound);
      }
      row.put("error", error);
      put(row, batch, batch, watch.time(_ -> own.run(), 3));
    }
  }

  /// Decodes with effect as the change of a clean one.
  private static void change(
      final Map<String, Object> row,
      final Backend backend,
      final OpenDevice judge,
      final Vae vae,
      final Precision precision,
      final int bases,
      final int cells,
      final Stopwatch watch) {
    try (var change = DeviceRuns.change(backend, vae, vae.initial(1), precision, bases, cells);
        var exact = new Half(judge.backend(), vae, false, Precision.FP32, 1)) {
      row.put("error", DeviceRuns.changeError(change, exact::of, precision));
      put(row, cells, cells, watch.time(change::run, 2));
      row.put("form", change.form());
    }
  }

  private static float[] inputs(final Vae vae, final boolean down, final int batch) {
    final int size = down ? colors(vae) * SIDE * SIDE : LATENTS;
    final var random = new SplittableRandom(5);
    final var x = new float[batch * size];
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) (down ? random.nextDouble() : random.nextGaussian());
    }
    return x;
  }

  private static void step(
      final Map<String, Object> row,
      final Backend backend,
      final Backend cpu,
      final Vae vae,
      final Precision precision,
      final int batch,
      final Stopwatch watch) {
    try (var own = new Step(backend, vae, precision, batch);
        var judge = new Step(cpu, vae, Precision.FP32, batch)) {
      own.run();
      judge.run();
      final boolean exact = precision == Precision.FP32;
      row.put("error", StepError.checked(own.states(), judge.states(), exact));
      put(row, 1, batch, watch.time(_ -> own.run(), 3));
    }
  }

  /// A step of training as a program, from the start.
  private static final class Step implements AutoCloseable {
    private final Sizes sizes;
    private final Weights weights;
    private final Program program;

    Step(final Backend backend, final Vae vae, final Precision precision, final int batch) {
      final var training = TrainingGraph.of(vae, new BetaVae(BetaVae.BETA));
      this.sizes = training.sizes(batch);
      this.weights = backend.weights(List.copyOf(training.model().graph().states().values()));
      training.initial(1).forEach(weights::write);
      this.program = backend.load(training.plan(batch).in(precision), weights);
      program.write(training.model().image(), inputs(vae, true, batch));
      final var noise = training.model().noise().orElseThrow();
      program.write(noise.seed(), Noise.seed(1));
      program.write(noise.ids(), Noise.ids(LongStream.range(0, batch).toArray(), 0));
      training.groups().forEach(group -> program.write(group.rate(), new float[] {RATE}));
    }

    void run() {
      program.run(sizes);
    }

    Map<String, float[]> states() {
      final var states = new TreeMap<String, float[]>();
      weights.names().forEach(name -> states.put(name, weights.read(name)));
      return states;
    }

    @Override
    public void close() {
      program.close();
      weights.close();
    }
  }

  /// An encoder or a decoder as a program.
  private static final class Half implements AutoCloseable {
    private final Sizes sizes;
    private final Node input;
    private final Node output;
    private final Weights weights;
    private final Program program;

    Half(
        final Backend backend,
        final Vae vae,
        final boolean down,
        final Precision precision,
        final int batch) {
      this.sizes = Sizes.of(ROWS, batch);
      final var graph = new Graph();
      this.input =
          down
              ? graph.input("image", vae.imageShape(ROWS))
              : graph.input("z", Shape.batched(ROWS, LATENTS));
      this.output = down ? vae.encode(graph, input).mu() : vae.decode(graph, input).output();
      final var states = graph.states();
      this.weights = backend.weights(List.copyOf(states.values()));
      vae.initial(1)
          .forEach((name, values) -> {
            if (states.containsKey(name)) {
              weights.write(name, values);
            }
          });
      this.program = backend.load(Plan.of(graph, List.of(output), sizes).in(precision), weights);
    }

    void write(final float[] values) {
      program.write(input, values);
    }

    void run() {
      program.run(sizes);
    }

    float[] result() {
      return program.read(output);
    }

    /// What it makes of one input.
    double[] of(final float[] values) {
      write(values);
      run();
      final var made = result();
      return IntStream.range(0, made.length).mapToDouble(i -> made[i]).toArray();
    }

    @Override
    public void close() {
      program.close();
      weights.close();
    }
  }
}
