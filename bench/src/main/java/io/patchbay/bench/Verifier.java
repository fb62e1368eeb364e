package io.patchbay.bench;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/// Checks a contestant's result against double precision before it is timed.
///
/// The error of a result is the largest absolute difference over the largest absolute value. A
/// training step is checked through the losses of two consecutive steps on one batch: the second
/// depends on every gradient and on the optimiser.
final class Verifier {
  private static final int CHECKED_SAMPLES = 8;
  private static final int CHECKED_STEPS = 2;
  private static final double TOLERANCE = 2e-5;

  private final Conv4Weights weights;
  private final InputPool inputs;
  private final Float64Net net;
  private double[] losses = {};

  Verifier(Conv4Weights weights, InputPool inputs) {
    this.weights = weights;
    this.inputs = inputs;
    this.net = new Float64Net(weights);
  }

  /// The error of a fresh contestant.
  ///
  /// Throws IllegalStateException when it is over the tolerance: such a figure is not reported.
  double check(Workload workload, Contestant contestant) {
    final double error =
        contestant.output() == Contestant.Output.LOSS
            ? trainingError(contestant)
            : forwardError(workload, contestant);
    if (!(error <= TOLERANCE)) {
      throw new IllegalStateException(
          "result differs from float64: workload="
              + workload.label()
              + ", form="
              + contestant.form()
              + ", error="
              + error
              + ", tolerance="
              + TOLERANCE);
    }
    return error;
  }

  private double trainingError(Contestant contestant) {
    if (losses.length == 0) {
      final Float64Training training = new Float64Training(weights, inputs);
      losses = new double[CHECKED_STEPS];
      for (int i = 0; i < CHECKED_STEPS; i++) {
        losses[i] = training.step(0, contestant.batch());
      }
    }
    double error = 0;
    for (final double expected : losses) {
      contestant.run(0);
      error = Math.max(error, Math.abs(contestant.result()[0] - expected) / Math.abs(expected));
    }
    return error;
  }

  private double forwardError(Workload workload, Contestant contestant) {
    // The last batch of the pool: a contestant that always runs the first one fails here.
    final int poolSize = workload.layer().map(InputPool::layerSamples).orElse(InputPool.SAMPLES);
    final int turns = poolSize / contestant.batch();
    contestant.run(turns - 1);
    final float[] actual = contestant.result();
    final int per = actual.length / contestant.batch();
    final int from = (turns - 1) * contestant.batch();
    final float[] layerInput = workload.layer().map(inputs::layerInput).orElse(new float[0]);
    final int stride = Math.max(1, contestant.batch() / CHECKED_SAMPLES);
    final List<double[]> differences =
        IntStream.iterate(0, i -> i < contestant.batch(), i -> i + stride)
            .parallel()
            .mapToObj(i -> {
              final double[] expected =
                  expected(workload, contestant.output(), from + i, layerInput);
              return new double[] {difference(expected, actual, i * per), magnitude(expected)};
            })
            .toList();
    final double largest = differences.stream().mapToDouble(d -> d[1]).max().orElseThrow();
    // NaN must win: Math.max keeps it, a comparison would not.
    return differences.stream().mapToDouble(d -> d[0]).reduce(0, Math::max) / largest;
  }

  private double[] expected(
      Workload workload, Contestant.Output output, int sample, float[] layerInput) {
    return switch (output) {
      case ACTIVATIONS -> {
        final Layer layer = workload.layer().orElseThrow();
        final int size = layer.inputSize();
        yield net.layer(layer, Float64Net.widen(layerInput, sample * size, size));
      }
      case CODES -> encode(sample);
      case IMAGES -> decode(latents(sample));
      case EFFECTS -> {
        final double[] z =
            workload == Workload.FORWARD
                ? Arrays.copyOf(encode(sample), Conv4Weights.LATENTS)
                : latents(sample);
        final double[] image = decode(z);
        double effect = 0;
        for (int p = 0; p < image.length; p++) {
          final double d = image[p] - inputs.references()[sample * image.length + p];
          effect += d * d;
        }
        yield new double[] {effect};
      }
      case LOSS -> throw new IllegalStateException("output: value=" + output);
    };
  }

  private double[] latents(int sample) {
    final int count = Conv4Weights.LATENTS;
    return Float64Net.widen(inputs.latents(), sample * count, count);
  }

  private double[] encode(int sample) {
    final int count = Conv4Weights.PIXELS;
    return net.forward(true, Float64Net.widen(inputs.images(), sample * count, count)).getLast();
  }

  private double[] decode(double[] z) {
    final double[] image = net.forward(false, z).getLast();
    for (int p = 0; p < image.length; p++) {
      image[p] = 1 / (1 + Math.exp(-image[p]));
    }
    return image;
  }

  private static double difference(double[] expected, float[] actual, int from) {
    double largest = 0;
    for (int i = 0; i < expected.length; i++) {
      largest = Math.max(largest, Math.abs(expected[i] - actual[from + i]));
    }
    return largest;
  }

  private static double magnitude(double[] values) {
    double largest = 0;
    for (final double value : values) {
      largest = Math.max(largest, Math.abs(value));
    }
    return largest;
  }
}
