package io.patchbay.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/// The training step of the reference net in double precision: the ELBO with a Bernoulli decoder
/// (summed over pixels, averaged over the batch), its gradient, and Adam.
final class Float64Training {
  private static final double BETA1 = 0.9;
  private static final double BETA2 = 0.999;
  private static final double EPSILON = 1e-8;

  private final Float64Net net;
  private final Float64Net first;
  private final Float64Net second;
  private final InputPool inputs;
  private int step;

  Float64Training(Conv4Weights weights, InputPool inputs) {
    this.net = new Float64Net(weights);
    this.first = net.zeros();
    this.second = net.zeros();
    this.inputs = inputs;
  }

  /// One step on the samples `from` to `from + batch - 1` of the pool; the loss before the update.
  double step(int from, int batch) {
    final int parts = 4;
    final List<Float64Net> gradients = new ArrayList<>();
    IntStream.range(0, parts).forEach(part -> gradients.add(net.zeros()));
    final double[] losses = new double[parts];
    IntStream.range(0, parts)
        .parallel()
        .forEach(part -> {
          for (int i = part; i < batch; i += parts) {
            losses[part] += sample(from + i, 1.0 / batch, gradients.get(part));
          }
        });
    step++;
    for (int i = 0; i < net.weights().size(); i++) {
      final int index = i;
      adam(
          net.weights().get(i),
          gradients.stream().map(g -> g.weights().get(index)).toList(),
          first.weights().get(i),
          second.weights().get(i));
      adam(
          net.biases().get(i),
          gradients.stream().map(g -> g.biases().get(index)).toList(),
          first.biases().get(i),
          second.biases().get(i));
    }
    return losses[0] + losses[1] + losses[2] + losses[3];
  }

  private double sample(int index, double share, Float64Net into) {
    final int latents = Conv4Weights.LATENTS;
    final int pixels = Conv4Weights.PIXELS;
    final double[] image = Float64Net.widen(inputs.images(), index * pixels, pixels);
    final List<double[]> encoded = net.forward(true, image);
    final double[] codes = encoded.get(encoded.size() - 1);
    final double[] z = new double[latents];
    double loss = 0;
    for (int j = 0; j < latents; j++) {
      final double mean = codes[j];
      final double logVariance = codes[latents + j];
      z[j] = mean + Math.exp(logVariance / 2) * inputs.noise()[index * latents + j];
      loss += 0.5 * (mean * mean + Math.exp(logVariance) - logVariance - 1);
    }
    final List<double[]> decoded = net.forward(false, z);
    final double[] logits = decoded.get(decoded.size() - 1);
    final double[] gradient = new double[pixels];
    for (int p = 0; p < pixels; p++) {
      final double l = logits[p];
      loss += Math.max(l, 0) - l * image[p] + Math.log1p(Math.exp(-Math.abs(l)));
      gradient[p] = (1 / (1 + Math.exp(-l)) - image[p]) * share;
    }
    final double[] zGradient = net.backward(false, z, decoded, gradient, into);
    final double[] codeGradient = new double[2 * latents];
    for (int j = 0; j < latents; j++) {
      final double logVariance = codes[latents + j];
      final double deviation = Math.exp(logVariance / 2);
      codeGradient[j] = zGradient[j] + codes[j] * share;
      codeGradient[latents + j] =
          zGradient[j] * deviation / 2 * inputs.noise()[index * latents + j]
              + 0.5 * (Math.exp(logVariance) - 1) * share;
    }
    net.backward(true, image, encoded, codeGradient, into);
    return loss * share;
  }

  private void adam(double[] values, List<double[]> gradients, double[] m, double[] v) {
    final double correction1 = 1 - Math.pow(BETA1, step);
    final double correction2 = 1 - Math.pow(BETA2, step);
    for (int i = 0; i < values.length; i++) {
      double g = 0;
      for (final double[] part : gradients) {
        g += part[i];
      }
      m[i] = BETA1 * m[i] + (1 - BETA1) * g;
      v[i] = BETA2 * v[i] + (1 - BETA2) * g * g;
      values[i] -=
          Contestant.LEARNING_RATE
              * (m[i] / correction1)
              / (Math.sqrt(v[i] / correction2) + EPSILON);
    }
  }
}
