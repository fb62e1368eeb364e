package io.patchbay.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// The reference net and its gradient in double precision, written as plain loops over the
/// definitions and sharing no code with the engine: the judge of every timed result.
///
/// Values are `(C, H, W)` of one sample. Parameters are double arrays in [Affine]'s layout, in the
/// order encoder then decoder.
final class Float64Net {
  private static final int ENCODER = 6;

  private final List<double[]> weights = new ArrayList<>();
  private final List<double[]> biases = new ArrayList<>();

  private Float64Net() {}

  Float64Net(Conv4Weights source) {
    for (final List<Affine> half : List.of(source.encoder(), source.decoder())) {
      for (final Affine affine : half) {
        weights.add(widen(affine.weight(), 0, affine.weight().length));
        biases.add(widen(affine.bias(), 0, affine.bias().length));
      }
    }
  }

  /// Weights, one array a layer; live.
  List<double[]> weights() {
    return weights;
  }

  /// Biases, one array a layer; live.
  List<double[]> biases() {
    return biases;
  }

  /// All layer outputs of one half of the net; the last is the result.
  List<double[]> forward(boolean encoder, double[] input) {
    final List<double[]> outputs = new ArrayList<>();
    double[] x = input;
    for (int i = encoder ? 0 : ENCODER; i < (encoder ? ENCODER : 2 * ENCODER); i++) {
      x = layer(i, x);
      outputs.add(x);
    }
    return outputs;
  }

  /// The result of one half of the net from the input of its layer `depth` on.
  double[] rest(boolean encoder, int depth, double[] input) {
    double[] x = input;
    for (int i = depth; i < ENCODER; i++) {
      x = layer(encoder ? i : ENCODER + i, x);
    }
    return x;
  }

  /// Output of one convolution layer.
  double[] layer(Layer layer, double[] input) {
    return layer(layer.down() ? layer.depth() : layer.depth() + ENCODER + 2, input);
  }

  /// A net of the same shape with every parameter zero, to add gradients into.
  Float64Net zeros() {
    final Float64Net net = new Float64Net();
    weights.forEach(w -> net.weights.add(new double[w.length]));
    biases.forEach(b -> net.biases.add(new double[b.length]));
    return net;
  }

  /// Adds the parameter gradients of one half to `into` and returns the gradient of its input.
  /// Overwrites `gradient`.
  double[] backward(
      boolean encoder, double[] input, List<double[]> outputs, double[] gradient, Float64Net into) {
    final int first = encoder ? 0 : ENCODER;
    double[] g = gradient;
    for (int i = ENCODER - 1; i >= 0; i--) {
      final double[] y = outputs.get(i);
      final double[] x = i == 0 ? input : outputs.get(i - 1);
      if (relu(first + i)) {
        for (int j = 0; j < g.length; j++) {
          g[j] = y[j] > 0 ? g[j] : 0;
        }
      }
      g = layerGradient(first + i, x, g, into);
    }
    return g;
  }

  private double[] layer(int index, double[] x) {
    final double[] bias = biases.get(index);
    final Optional<Layer> convolution = convolution(index);
    final double[] y;
    if (convolution.isEmpty()) {
      y = bias.clone();
      final double[] weight = weights.get(index);
      for (int o = 0; o < y.length; o++) {
        for (int i = 0; i < x.length; i++) {
          y[o] += weight[o * x.length + i] * x[i];
        }
      }
    } else {
      final Layer shape = convolution.get();
      y = new double[shape.outputSize()];
      final int plane = y.length / bias.length;
      for (int c = 0; c < bias.length; c++) {
        Arrays.fill(y, c * plane, (c + 1) * plane, bias[c]);
      }
      if (shape.down()) {
        Float64Convolution.down(shape, weights.get(index), x, y);
      } else {
        Float64Convolution.up(shape, weights.get(index), x, y);
      }
    }
    if (relu(index)) {
      for (int j = 0; j < y.length; j++) {
        y[j] = Math.max(0, y[j]);
      }
    }
    return y;
  }

  private double[] layerGradient(int index, double[] x, double[] g, Float64Net into) {
    final double[] weight = weights.get(index);
    final double[] weightGradient = into.weights().get(index);
    final double[] biasGradient = into.biases().get(index);
    final int plane = g.length / biasGradient.length;
    for (int j = 0; j < g.length; j++) {
      biasGradient[j / plane] += g[j];
    }
    final double[] inputGradient = new double[x.length];
    final Optional<Layer> convolution = convolution(index);
    if (convolution.isEmpty()) {
      for (int o = 0; o < g.length; o++) {
        for (int i = 0; i < x.length; i++) {
          weightGradient[o * x.length + i] += g[o] * x[i];
          inputGradient[i] += g[o] * weight[o * x.length + i];
        }
      }
    } else if (convolution.get().down()) {
      Float64Convolution.weight(convolution.get(), weightGradient, x, g);
      Float64Convolution.up(convolution.get(), weight, g, inputGradient);
    } else {
      Float64Convolution.weight(convolution.get(), weightGradient, g, x);
      Float64Convolution.down(convolution.get(), weight, g, inputGradient);
    }
    return inputGradient;
  }

  /// The pixels of logits.
  static double[] sigmoid(final double[] logits) {
    final var values = logits.clone();
    for (int i = 0; i < values.length; i++) {
      values[i] = 1 / (1 + Math.exp(-values[i]));
    }
    return values;
  }

  static double[] widen(float[] values, int from, int count) {
    final double[] wide = new double[count];
    for (int i = 0; i < count; i++) {
      wide[i] = values[from + i];
    }
    return wide;
  }

  private static Optional<Layer> convolution(int index) {
    if (index < 4) {
      return Optional.of(Layer.half(true).get(index));
    }
    return index < ENCODER + 2
        ? Optional.empty()
        : Optional.of(Layer.half(false).get(index - ENCODER - 2));
  }

  private static boolean relu(int index) {
    return index != ENCODER - 1 && index != 2 * ENCODER - 1;
  }
}
