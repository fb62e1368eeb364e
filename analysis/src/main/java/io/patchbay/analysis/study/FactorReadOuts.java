package io.patchbay.analysis.study;

import io.patchbay.analysis.statistics.Bootstrap;
import io.patchbay.analysis.statistics.Matrix;
import io.patchbay.analysis.statistics.RegressionProbe;
import io.patchbay.analysis.statistics.Split;
import io.patchbay.analysis.statistics.Summary;
import io.patchbay.engine.random.PhiloxRandom;
import io.patchbay.engine.random.Streams;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/// Linear read-outs of all factors from images, each of its factor alone.
///
/// Where data tie a factor to its causes, a probe trained on them reads it from what shows the
/// causes too, and its read-out then moves with these. So the probes are ridge regressions on
/// images in which every factor was drawn by itself. There are two for each factor, one trained on
/// those images, which are sharper than what a model draws, and one on their reconstructions, which
/// would learn to discount what a model adds to an image. Of the two the one is used whose smaller
/// R² on other such images and on clean reconstructions of the data's own inputs is larger. The
/// latter R² is that of the read-out.
final class FactorReadOuts {
  private static final int TRAINING = 1000;
  private static final int JUDGED = 500;

  /// In the sum of all pixels' variances, as there are more pixels than images to learn from.
  private static final double PENALTY = 0.01;

  private final List<FactorRead> factors;
  private final int size;

  private FactorReadOuts(final List<FactorRead> factors, final int size) {
    this.factors = List.copyOf(factors);
    this.size = size;
  }

  /// @param model gives the clean reconstructions
  static FactorReadOuts train(
      final Reconstructions model, final FactorScenes scenes, final long seed) {
    final int size = scenes.data().shape().elements();
    final var random = new PhiloxRandom(seed, Streams.METRIC, 2, 0);
    final var images = new float[Math.multiplyExact(TRAINING, size)];
    final var values = new double[TRAINING + JUDGED][];
    for (int i = 0; i < TRAINING; i++) {
      values[i] = scenes.independent(random, images, i * size);
    }
    final var others = new float[JUDGED * size];
    final var otherValues = new double[JUDGED][];
    for (int i = 0; i < JUDGED; i++) {
      otherValues[i] = scenes.independent(random, others, i * size);
    }
    final var own = new float[JUDGED * size];
    for (int i = 0; i < JUDGED; i++) {
      final long row = (long) (random.nextDouble() * scenes.data().size());
      values[TRAINING + i] = scenes.values(row);
      scenes.data().image(row, own, i * size);
    }
    final var factors = new ArrayList<FactorRead>();
    final var asked = new ArrayList<Integer>();
    for (int k = 0; k < scenes.names().size(); k++) {
      final boolean still =
          constant(column(values, k), 0, TRAINING)
              || constant(column(values, k), TRAINING, values.length)
              || constant(column(otherValues, k), 0, JUDGED);
      final var reason =
          scenes.unreadable(k).orElse(still ? "one value, which no probe can be trained on" : "");
      factors.add(FactorRead.none(scenes.names().get(k), reason));
      if (reason.isEmpty()) {
        asked.add(k);
      }
    }
    if (!asked.isEmpty()) {
      final var targets = new double[values.length][asked.size()];
      for (int i = 0; i < values.length; i++) {
        for (int t = 0; t < asked.size(); t++) {
          targets[i][t] = values[i][asked.get(t)];
        }
      }
      final var clean = model.all(own, size);
      final var sharp = probes(images, clean, targets, seed);
      final var blurred = probes(model.all(images, size), clean, targets, seed);
      final var check = Matrix.of(others, JUDGED, size);
      for (int t = 0; t < asked.size(); t++) {
        final int k = asked.get(t);
        final var truth = column(otherValues, k);
        final boolean second =
            least(blurred.get(t), check, truth) > least(sharp.get(t), check, truth);
        factors.set(
            k,
            FactorRead.of(
                scenes.names().get(k),
                second ? "reconstructions" : "images",
                second ? blurred.get(t) : sharp.get(t),
                size,
                deviation(values, k)));
      }
    }
    return new FactorReadOuts(factors, size);
  }

  private static double[] column(final double[][] values, final int factor) {
    return Arrays.stream(values).mapToDouble(v -> v[factor]).toArray();
  }

  /// Of the data's own inputs.
  private static double deviation(final double[][] values, final int factor) {
    final var summary = new Summary();
    for (int i = TRAINING; i < values.length; i++) {
      summary.add(values[i][factor]);
    }
    return summary.deviation();
  }

  private static double least(
      final RegressionProbe probe, final Matrix images, final double[] truth) {
    return Math.min(probe.heldOut().estimate(), probe.score(images, truth));
  }

  private static boolean constant(final double[] values, final int from, final int to) {
    return Arrays.stream(values, from, to).allMatch(v -> v == values[from]);
  }

  private static List<RegressionProbe> probes(
      final float[] training, final float[] judged, final double[][] targets, final long seed) {
    final var all = Arrays.copyOf(training, training.length + judged.length);
    System.arraycopy(judged, 0, all, training.length, judged.length);
    final int features = all.length / targets.length;
    return RegressionProbe.trainUnscaled(
        Matrix.of(all, targets.length, features),
        Matrix.ofRows(targets),
        Split.after(TRAINING, targets.length),
        PENALTY * variance(training, features),
        Bootstrap.standard(seed));
  }

  /// The sum of the variances of all features.
  private static double variance(final float[] rows, final int features) {
    double sum = 0;
    for (int f = 0; f < features; f++) {
      final var summary = new Summary();
      for (int at = f; at < rows.length; at += features) {
        summary.add(rows[at]);
      }
      sum += summary.populationVariance();
    }
    return sum;
  }

  List<FactorRead> factors() {
    return factors;
  }

  /// The factors whose read-out says enough to claim something of them.
  List<Integer> usable() {
    return IntStream.range(0, factors.size()).filter(k -> factors.get(k).usable()).boxed().toList();
  }

  /// The read-outs of images, `[image][factor]`, in standard deviations and up to a constant; 0 for
  /// a factor without a probe.
  double[][] read(final float[] images) {
    return IntStream.range(0, images.length / size)
        .parallel()
        .mapToObj(i -> factors.stream().mapToDouble(f -> f.read(images, i * size)).toArray())
        .toArray(double[][]::new);
  }
}
