package io.patchbay.analysis.semantics;

import io.patchbay.analysis.statistics.Finite;
import io.patchbay.analysis.statistics.Matrix;
import java.util.Arrays;
import java.util.stream.IntStream;

/// Pairs of a base and a source that differ in one factor alone, and what the read-out of that
/// factor did when one unit at a time was taken from the source.
///
/// @param factor its name
/// @param inputs the number of each pair's base input, ascending, none twice
/// @param bases the factor's value at the base, in its standard deviations
/// @param sources the same at the source
/// @param changes `[pair][unit]`: the read-out after the interchange less that of the base, in
///   standard deviations of the factor
public record FactorChanges(
    String factor, int[] inputs, double[] bases, double[] sources, Matrix changes) {
  public FactorChanges {
    int pairs = changes.rows();
    if (inputs.length != pairs || bases.length != pairs || sources.length != pairs) {
      throw new IllegalArgumentException(
          "changes of a factor: factor="
              + factor
              + ", inputs="
              + inputs.length
              + ", bases="
              + bases.length
              + ", sources="
              + sources.length
              + ", rows="
              + pairs);
    }
    for (int i = 1; i < inputs.length; i++) {
      if (inputs[i] <= inputs[i - 1]) {
        throw new IllegalArgumentException(
            "inputs of pairs ascend: factor=" + factor + ", pair=" + i + ", input=" + inputs[i]);
      }
    }
    Finite.require("base value of " + factor, bases);
    Finite.require("source value of " + factor, sources);
  }

  public int pairs() {
    return inputs.length;
  }

  public int units() {
    return changes.columns();
  }

  /// The pairs whose input is in `from` (inclusive) to `to` (exclusive).
  public FactorChanges within(int from, int to) {
    int[] chosen =
        IntStream.range(0, inputs.length)
            .filter(i -> inputs[i] >= from && inputs[i] < to)
            .toArray();
    return new FactorChanges(
        factor,
        Arrays.stream(chosen).map(i -> inputs[i]).toArray(),
        select(bases, chosen),
        select(sources, chosen),
        changes.select(chosen));
  }

  private static double[] select(double[] values, int[] chosen) {
    return Arrays.stream(chosen).mapToDouble(i -> values[i]).toArray();
  }

  /// The same changes with the sources' labels in another order: for a null.
  public FactorChanges relabelled(int[] order) {
    return new FactorChanges(factor, inputs, bases, select(sources, order), changes);
  }
}
