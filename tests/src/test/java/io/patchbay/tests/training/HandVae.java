package io.patchbay.tests.training;

import io.patchbay.vae.model.ConvLayer;
import io.patchbay.vae.model.Vae;
import java.util.Map;
import java.util.Objects;

/// The forward pass of an autoencoder with separate heads for one image in float64, by loops that
/// share nothing with the engine.
final class HandVae {
  private final Vae vae;
  private final Map<String, double[]> values;

  HandVae(final Vae vae, final Map<String, double[]> values) {
    this.vae = vae;
    this.values = values;
  }

  /// mu and logvar.
  double[][] encode(final double[] image) {
    double[] x = image;
    int channels = vae.image().channels();
    int side = vae.image().height();
    int k = 1;
    for (final var layer : vae.architecture().encoder()) {
      x = relu(conv(x, channels, side, "encoder.conv" + k++, layer));
      channels = layer.channels();
      side = (side + 2 * layer.padding() - layer.kernel()) / layer.stride() + 1;
    }
    k = 1;
    for (final int _ : vae.architecture().encoderHidden()) {
      x = relu(linear(x, "encoder.fc" + k++));
    }
    return new double[][] {linear(x, "encoder.mu"), linear(x, "encoder.logvar")};
  }

  /// The last values of the decoder, for layers that double the side.
  double[] decode(final double[] z) {
    double[] x = z;
    int k = 1;
    for (final int _ : vae.architecture().decoderHidden()) {
      x = relu(linear(x, "decoder.fc" + k++));
    }
    x = relu(linear(x, "decoder.fc" + k));
    final var layers = vae.architecture().decoder();
    int side = vae.image().height() >> layers.size();
    for (int i = 0; i < layers.size(); i++) {
      final boolean last = i + 1 == layers.size();
      final int out = last ? vae.image().channels() : layers.get(i + 1).channels();
      x = transposed(x, side, "decoder.convt" + (i + 1), layers.get(i), out);
      side *= 2;
      x = last ? x : relu(x);
    }
    return x;
  }

  private double[] value(final String name) {
    return Objects.requireNonNull(values.get(name), name);
  }

  private double[] linear(final double[] x, final String name) {
    final var w = value(name + ".weight");
    final var y = value(name + ".bias").clone();
    for (int o = 0; o < y.length; o++) {
      for (int i = 0; i < x.length; i++) {
        y[o] += w[o * x.length + i] * x[i];
      }
    }
    return y;
  }

  private double[] conv(
      final double[] x, final int in, final int side, final String name, final ConvLayer layer) {
    final int k = layer.kernel();
    final int to = (side + 2 * layer.padding() - k) / layer.stride() + 1;
    final var w = value(name + ".weight");
    final var bias = value(name + ".bias");
    final var y = new double[layer.channels() * to * to];
    for (int o = 0; o < layer.channels(); o++) {
      for (int p = 0; p < to * to; p++) {
        double sum = bias[o];
        for (int t = 0; t < in * k * k; t++) {
          final int r = p / to * layer.stride() - layer.padding() + t / k % k;
          final int c = p % to * layer.stride() - layer.padding() + t % k;
          if (r >= 0 && r < side && c >= 0 && c < side) {
            sum += w[o * in * k * k + t] * x[t / (k * k) * side * side + r * side + c];
          }
        }
        y[o * to * to + p] = sum;
      }
    }
    return y;
  }

  private double[] transposed(
      final double[] x, final int side, final String name, final ConvLayer layer, final int out) {
    final int k = layer.kernel();
    final int to = 2 * side;
    final var w = value(name + ".weight");
    final var bias = value(name + ".bias");
    final var y = new double[out * to * to];
    for (int o = 0; o < out; o++) {
      for (int p = 0; p < to * to; p++) {
        y[o * to * to + p] = bias[o];
      }
    }
    for (int i = 0; i < layer.channels(); i++) {
      for (int p = 0; p < side * side; p++) {
        for (int t = 0; t < out * k * k; t++) {
          final int r = p / side * layer.stride() - layer.padding() + t / k % k;
          final int c = p % side * layer.stride() - layer.padding() + t % k;
          if (r >= 0 && r < to && c >= 0 && c < to) {
            y[t / (k * k) * to * to + r * to + c] +=
                w[i * out * k * k + t] * x[i * side * side + p];
          }
        }
      }
    }
    return y;
  }

  private static double[] relu(final double[] x) {
    final var y = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      y[i] = Math.max(0, x[i]);
    }
    return y;
  }
}
