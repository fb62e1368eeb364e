package io.patchbay.analysis.study;

import io.patchbay.analysis.patch.FactorProbe;
import io.patchbay.analysis.semantics.FactorChanges;
import io.patchbay.analysis.statistics.Matrix;
import io.patchbay.engine.random.PhiloxRandom;
import io.patchbay.engine.random.Streams;
import java.util.List;
import java.util.stream.IntStream;

/// Base inputs, and for each some sources that differ from it in one factor, all others held (of a
/// factor of two values, half of the sources are the base itself). The factors take turns, so that
/// each has as many pairs as any other (or one more).
///
/// Pair j belongs to input j / perInput and differs in factor j mod factors; it is pair j / factors
/// of that factor.
///
/// @param factors numbers of the factors in `counterfactuals`
/// @param bases the factor's value at the base of each pair
/// @param values its value at the source
/// @param deviations of each factor over the inputs of its probe
record FactorPairs(
    Scene scene,
    Counterfactuals counterfactuals,
    int[] factors,
    int perInput,
    long[] rows,
    double[] bases,
    double[] values,
    double[] deviations) {

  /// @param probes one per factor
  static FactorPairs of(
      final Scene scene,
      final Counterfactuals counterfactuals,
      final List<FactorProbe> probes,
      final int inputs,
      final int wanted) {
    final var names = counterfactuals.names();
    final var factors = probes.stream().mapToInt(p -> names.indexOf(p.factor())).toArray();
    final int perInput = Math.min(wanted, factors.length);
    final var rows = scene.rows(inputs);
    final var bases = new double[inputs * perInput];
    final var values = new double[bases.length];
    for (int j = 0; j < values.length; j++) {
      final long row = rows[j / perInput];
      final int k = j % factors.length;
      final var others = counterfactuals.others(row, factors[k]);
      final var random = new PhiloxRandom(scene.seed(), Streams.FACTORS, j / perInput, 1 + k);
      bases[j] = counterfactuals.value(row, factors[k]);
      // Of two values the other one says no more than the base's: half the sources keep it.
      final int drawn = random.nextInt(others.length > 1 ? others.length : 2);
      values[j] = drawn < others.length ? others[drawn] : bases[j];
    }
    final var deviations = probes.stream().mapToDouble(FactorProbe::deviation).toArray();
    return new FactorPairs(
        scene, counterfactuals, factors, perInput, rows, bases, values, deviations);
  }

  int inputs() {
    return rows.length;
  }

  /// Pairs that differ in one factor.
  int pairsOf(final int factor) {
    return (values.length - factor + factors.length - 1) / factors.length;
  }

  /// The base inputs of a factor's pairs.
  private int[] inputsOf(final int factor) {
    return IntStream.range(0, pairsOf(factor))
        .map(i -> (factor + i * factors.length) / perInput)
        .toArray();
  }

  /// The pairs of a factor with these changes.
  ///
  /// @param changes `[pair][unit]`
  FactorChanges changes(final int factor, final String name, final Matrix changes) {
    return new FactorChanges(
        name, inputsOf(factor), labels(bases, factor), labels(values, factor), changes);
  }

  private double[] labels(final double[] of, final int factor) {
    return IntStream.range(0, pairsOf(factor))
        .mapToDouble(i -> of[factor + i * factors.length] / deviations[factor])
        .toArray();
  }

  /// The images of the sources of `count` inputs, pair by pair.
  float[] sources(final int firstInput, final int count) {
    final int size = scene.imageSize();
    final var images = new float[count * perInput * size];
    for (int i = 0; i < count * perInput; i++) {
      final int j = firstInput * perInput + i;
      final int k = factors[j % factors.length];
      final var image = counterfactuals.image(rows[j / perInput], k, values[j]);
      System.arraycopy(image, 0, images, i * size, size);
    }
    return images;
  }
}
