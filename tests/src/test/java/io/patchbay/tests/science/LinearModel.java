package io.patchbay.tests.science;

import io.patchbay.engine.Backend;
import io.patchbay.engine.random.PhiloxRandom;
import io.patchbay.engine.random.Streams;
import io.patchbay.vae.data.ImageShape;
import io.patchbay.vae.model.Architecture;
import io.patchbay.vae.model.Architecture.Heads;
import io.patchbay.vae.model.Initialisation;
import io.patchbay.vae.model.Likelihood.Gaussian;
import io.patchbay.vae.train.TrainConfig;
import io.patchbay.vae.train.TrainedVae;
import io.patchbay.vae.train.Variant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// An autoencoder without convolutions that is affine in its input: z = E x, then two hidden layers
/// whose biases keep every ReLU open, then the image itself. All weights are quarters, so that the
/// matrices here say exactly what float32 computes.
///
/// @param encode E, (latents, pixels)
/// @param first weights of `decoder.fc1`, (5, latents)
/// @param second weights of `decoder.fc2`, (7, 5)
/// @param last weights from there to the image, (pixels, 7)
record LinearModel(double[][] encode, double[][] first, double[][] second, double[][] last) {
  static final ImageShape IMAGE = new ImageShape(1, 4, 4);
  static final int LATENTS = 3;

  private static final int[] HIDDEN = {5, 7};

  // Larger than any sum of the weights times what comes before can be negative.
  private static final float[] OPEN = {64, 1024};

  static LinearModel random(final long seed) {
    return new LinearModel(
        quarters(LATENTS, IMAGE.elements(), seed, 0),
        quarters(HIDDEN[0], LATENTS, seed, 1),
        quarters(HIDDEN[1], HIDDEN[0], seed, 2),
        quarters(IMAGE.elements(), HIDDEN[1], seed, 3));
  }

  private static double[][] quarters(
      final int rows, final int columns, final long seed, final int index) {
    final var random = new PhiloxRandom(seed, Streams.FIRST_FREE, index, 1);
    final var matrix = new double[rows][columns];
    for (final var row : matrix) {
      for (int c = 0; c < columns; c++) {
        row[c] = (random.nextInt(9) - 4) / 4.0;
      }
    }
    return matrix;
  }

  /// The model on a backend.
  TrainedVae on(final Backend backend) {
    final var values = new LinkedHashMap<String, float[]>();
    put(values, "encoder.mu", encode, 0);
    put(values, "encoder.logvar", new double[LATENTS][IMAGE.elements()], -2);
    put(values, "decoder.fc1", first, OPEN[0]);
    put(values, "decoder.fc2", second, OPEN[1]);
    put(values, "decoder.fc3", last, 0.5f);
    return TrainedVae.of(config(), values, backend);
  }

  private static void put(
      final Map<String, float[]> values,
      final String layer,
      final double[][] weight,
      final float bias) {
    final int columns = weight[0].length;
    final var w = new float[weight.length * columns];
    final var b = new float[weight.length];
    for (int r = 0; r < weight.length; r++) {
      b[r] = bias;
      for (int c = 0; c < columns; c++) {
        w[r * columns + c] = (float) weight[r][c];
      }
    }
    values.put(layer + ".weight", w);
    values.put(layer + ".bias", b);
  }

  private static TrainConfig config() {
    final var base =
        TrainConfig.defaults(
            Variant.VAE, "likelihood=gaussian", "output=identity", "latent=" + LATENTS);
    final var dense =
        new Architecture(
            "linear",
            List.of(),
            List.of(),
            List.of(HIDDEN[0], HIDDEN[1]),
            List.of(),
            Heads.SEPARATE,
            Initialisation.GLOROT_UNIFORM);
    return new TrainConfig(
            base.objective(),
            base.data(),
            base.heldOut(),
            base.image(),
            dense,
            new Gaussian(1, false),
            LATENTS,
            base.batch(),
            base.precision(),
            base.rate(),
            base.seed(),
            base.steps(),
            base.logEvery(),
            base.checkpointEvery())
        .on(IMAGE);
  }

  /// What a change of the codes does to the image, (pixels, latents).
  double[][] decoder() {
    return product(last, product(second, first));
  }

  /// The codes of each image.
  double[][] codes(final float[] images) {
    final var codes = new double[images.length / IMAGE.elements()][];
    for (int i = 0; i < codes.length; i++) {
      final var image = new double[IMAGE.elements()];
      for (int p = 0; p < image.length; p++) {
        image[p] = images[i * image.length + p];
      }
      codes[i] = times(encode, image);
    }
    return codes;
  }

  static double[][] product(final double[][] a, final double[][] b) {
    final var result = new double[a.length][b[0].length];
    for (int r = 0; r < a.length; r++) {
      for (int c = 0; c < b[0].length; c++) {
        for (int k = 0; k < b.length; k++) {
          result[r][c] += a[r][k] * b[k][c];
        }
      }
    }
    return result;
  }

  static double[] times(final double[][] matrix, final double[] vector) {
    final var result = new double[matrix.length];
    for (int r = 0; r < matrix.length; r++) {
      result[r] = dot(matrix[r], vector);
    }
    return result;
  }

  static double dot(final double[] a, final double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  static double[] column(final double[][] matrix, final int index) {
    final var column = new double[matrix.length];
    for (int r = 0; r < matrix.length; r++) {
      column[r] = matrix[r][index];
    }
    return column;
  }
}
