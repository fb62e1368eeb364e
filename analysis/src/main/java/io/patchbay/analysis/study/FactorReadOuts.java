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
/// R² on other such images and on clean reconstructions of the data's own inputs is larger. The R²
/// of the read-out is that on reconstructions of further inputs, which nothing was chosen by.
final class FactorReadOuts {
  private static final int TRAINING = 1000;
  private static final int JUDGED = 500;

  /// In the sum of all pixels' variances, as there are more pixels than images to learn from. The
  /// ridge is that of [io.patchbay.analysis.patch.FactorProbe], whose images vary along fewer
  /// directions, as the data tie factors to their causes; where each was drawn by itself its
  /// penalty of 0.25 leaves out the weaker of them (of a pendulum's shadow, R² 0.85 instead of
  /// 0.92).
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
    final var others = new float[JUDGED * size];
    final var own = new float[JUDGED * size];
    final var further = new float[JUDGED * size];
    final var values = Arrays.copyOf(independent(scenes, random, images), TRAINING + JUDGED);
    final var otherValues = independent(scenes, random, others);
    final var ownValues = own(scenes, random, own);
    System.arraycopy(own(scenes, random, further), 0, values, TRAINING, JUDGED);
    final var factors = new ArrayList<FactorRead>();
    final var asked = new ArrayList<Integer>();
    for (int k = 0; k < scenes.names().size(); k++) {
      final boolean still =
          constant(column(values, k), 0, TRAINING)
              || constant(column(values, k), TRAINING, values.length)
              || constant(column(ownValues, k), 0, JUDGED)
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
      final var clean = model.all(further, size);
      final var sharp = probes(images, clean, targets, seed);
      final var blurred = probes(model.all(images, size), clean, targets, seed);
      final var checks =
          List.of(
              new Check(Matrix.of(others, JUDGED, size), otherValues),
              new Check(Matrix.of(model.all(own, size), JUDGED, size), ownValues));
      for (int t = 0; t < asked.size(); t++) {
        final int k = asked.get(t);
        final boolean second = least(blurred.get(t), checks, k) > least(sharp.get(t), checks, k);
        factors.set(
            k,
            FactorRead.of(
                scenes.names().get(k),
                second ? "reconstructions" : "images",
                second ? blurred.get(t) : sharp.get(t),
                size,
                deviation(column(ownValues, k))));
      }
    }
    return new FactorReadOuts(factors, size);
  }

  /// Images with every factor drawn by itself, and their factors.
  private static double[][] independent(
      final FactorScenes scenes, final PhiloxRandom random, final float[] images) {
    final int size = scenes.data().shape().elements();
    final var values = new double[images.length / size][];
    for (int i = 0; i < values.length; i++) {
      values[i] = scenes.independent(random, images, i * size);
    }
    return values;
  }

  /// Inputs of the data, and their factors.
  private static double[][] own(
      final FactorScenes scenes, final PhiloxRandom random, final float[] images) {
    final int size = scenes.data().shape().elements();
    final var values = new double[images.length / size][];
    for (int i = 0; i < values.length; i++) {
      final long row = (long) (random.nextDouble() * scenes.data().size());
      values[i] = scenes.values(row);
      scenes.data().image(row, images, i * size);
    }
    return values;
  }

  private static double[] column(final double[][] values, final int factor) {
    return Arrays.stream(values).mapToDouble(v -> v[factor]).toArray();
  }

  private static double deviation(final double[] values) {
    final var summary = new Summary();
    for (final double value : values) {
      summary.add(value);
    }
    return summary.deviation();
  }

  /// What probes are chosen by.
  ///
  /// @param values of the factors, `[image][factor]`
  private record Check(Matrix images, double[][] values) {}

  /// The smallest R².
  private static double least(
      final RegressionProbe probe, final List<Check> checks, final int factor) {
    return checks.stream()
        .mapToDouble(check -> probe.score(check.images, column(check.values, factor)))
        .min()
        .orElseThrow();
  }

  private static boolean constant(final double[] values, final int from, final int to) {
    return Arrays.stream(values, from, to).allMatch(v -> v == values[from]);
  }

  private static List<RegressionProbe> probes(
      final float[] training, final float[] judged, final double[][] targets, final long seed) {
    final var all = Arrays.copyOf(training, training.length + judged.length);
    System.arraycopy(judged, 0, all, training.length, judged.length);
    final int features = all.length / targets.length;
    return RegressionProbe.trainOnOneScale(
        Matrix.of(all, targets.length, features),
        Matrix.ofRows(targets),
        Split.after(TRAINING, targets.length),
        PENALTY,
        Bootstrap.standard(seed));
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
