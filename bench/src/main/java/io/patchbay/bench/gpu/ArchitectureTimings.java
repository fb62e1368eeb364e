package io.patchbay.bench.gpu;

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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.LongStream;

/// Every named architecture, onto one color and onto three: its encoder, its decoder and a step of
/// training, checked against float64 and timed on the device's clock.
final class ArchitectureTimings implements Section {
  private static final int SECONDS = 40;
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
    final var rows = new ArrayList<Map<String, Object>>();
    final var result = new LinkedHashMap<String, Object>();
    result.put("rows", rows);
    try (var open = bench.open();
        var judge = OpenDevice.open("reference")) {
      final var watch = new Stopwatch(open, bench.size((int) MILLIS, 1));
      final var precisions = open.backend().planPrecisions().stream().sorted().toList();
      for (final var architecture : Architecture.catalogue()) {
        for (final int colors : new int[] {1, 3}) {
          final var shape = new ImageShape(colors, SIDE, SIDE);
          final var vae = new Vae(architecture, shape, LATENTS, new Likelihood.Bernoulli());
          for (final var precision : precisions) {
            final int most = bench.size(4096, 2);
            for (final boolean down : new boolean[] {true, false}) {
              rows.add(row(half(open.backend(), judge, vae, down, precision, most, watch)));
              bench.keep(result);
            }
            rows.add(row(step(open.backend(), vae, precision, bench.size(64, 2), watch)));
            bench.keep(result);
          }
        }
      }
    }
    return result;
  }

  /// What is timed of one architecture.
  ///
  /// @param items of a run
  /// @param error of some results beside float64; not a number where none are compared
  private record Timing(
      Vae vae,
      String part,
      Precision precision,
      int batch,
      int items,
      Stopwatch.Time time,
      double error) {}

  private static Map<String, Object> row(final Timing t) {
    final var row = new LinkedHashMap<String, Object>();
    row.put(
        "case", "%s %dx%dx%d, %s".formatted(name(t.vae()), SIDE, SIDE, colors(t.vae()), t.part()));
    row.put("precision", t.precision().label());
    row.put("batch", t.batch());
    row.put("form", "batch " + t.batch());
    row.put("unit", t.items() == 1 ? "steps/s" : "samples/s");
    row.putAll(t.time().json());
    row.put("rate", t.items() / (t.time().median() * 1e-3));
    if (Double.isFinite(t.error())) {
      row.put("error", t.error());
    }
    return row;
  }

  private static String name(final Vae vae) {
    return vae.architecture().name();
  }

  private static int colors(final Vae vae) {
    return vae.image().channels();
  }

  /// The encoder, or the decoder.
  private static Timing half(
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
            "%s in %s differs from float64: error=%s, bound=%s"
                .formatted(name(vae), precision.label(), error, bound));
      }
      final var part = down ? "encode" : "decode";
      return new Timing(vae, part, precision, batch, batch, watch.time(_ -> own.run(), 3), error);
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

  private static Timing step(
      final Backend backend,
      final Vae vae,
      final Precision precision,
      final int batch,
      final Stopwatch watch) {
    final var training = TrainingGraph.of(vae, new BetaVae(BetaVae.BETA));
    final var states = List.copyOf(training.model().graph().states().values());
    try (var weights = backend.weights(states);
        var program = backend.load(training.plan(batch).in(precision), weights)) {
      training.initial(1).forEach(weights::write);
      program.write(training.model().image(), inputs(vae, true, batch));
      final var noise = training.model().noise().orElseThrow();
      program.write(noise.seed(), Noise.seed(1));
      program.write(noise.ids(), Noise.ids(LongStream.range(0, batch).toArray(), 0));
      training.groups().forEach(group -> program.write(group.rate(), new float[] {RATE}));
      final var sizes = training.sizes(batch);
      final var time = watch.time(_ -> program.run(sizes), 3);
      return new Timing(vae, "train-step", precision, batch, 1, time, Double.NaN);
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

    @Override
    public void close() {
      program.close();
      weights.close();
    }
  }
}
