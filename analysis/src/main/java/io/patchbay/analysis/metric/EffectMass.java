package io.patchbay.analysis.metric;

import java.util.Arrays;

/// How much effect each unit has on each element (output elements, or generative factors), summed
/// over the cells of a block of base inputs: the distribution p_u before it is normalised.
///
/// Memory: 8 bytes x units x blocks x elements; fewer blocks than inputs trade the fineness of the
/// bootstrap for memory.
public final class EffectMass {
  private final int units;
  private final int elements;
  private final InputBlocks blocks;
  private final double[][] sums;

  /// In 64 blocks of inputs, or as many as there are inputs.
  public EffectMass(int units, int elements, int inputs) {
    this(units, elements, inputs, Math.min(inputs, InputBlocks.USUAL));
  }

  /// @param inputs base inputs, numbered from 0
  /// @param blocks groups of consecutive inputs that are resampled together, at most `inputs`
  public EffectMass(int units, int elements, int inputs, int blocks) {
    if (units < 1 || elements < 1) {
      throw new IllegalArgumentException("effect mass: units=" + units + ", elements=" + elements);
    }
    this.units = units;
    this.elements = elements;
    this.blocks = new InputBlocks(inputs, blocks);
    this.sums = new double[Math.multiplyExact(units, blocks)][elements];
  }

  /// Adds one cell's effect on all elements, `masses[offset ..]`: squared differences per element.
  ///
  /// @throws IllegalArgumentException when a mass is negative or not finite
  public void add(int unit, int input, float[] masses, int offset) {
    double[] sum = sums[index(unit, input)];
    for (int e = 0; e < elements; e++) {
      sum[e] += require(unit, input, e, masses[offset + e]);
    }
  }

  /// Adds the squares of one cell's differences y' - y, `differences[offset ..]`.
  ///
  /// @throws IllegalArgumentException when a difference is not finite
  public void addSquared(int unit, int input, float[] differences, int offset) {
    double[] sum = sums[index(unit, input)];
    for (int e = 0; e < elements; e++) {
      double difference = differences[offset + e];
      sum[e] += require(unit, input, e, difference * difference);
    }
  }

  /// Adds one cell's effect on one element.
  ///
  /// @throws IllegalArgumentException when the mass is negative or not finite
  public void add(int unit, int input, int element, double mass) {
    if (element < 0 || element >= elements) {
      throw new IllegalArgumentException(
          "no such element: element=" + element + ", elements=" + elements);
    }
    sums[index(unit, input)][element] += require(unit, input, element, mass);
  }

  public int units() {
    return units;
  }

  public int elements() {
    return elements;
  }

  public int inputs() {
    return blocks.inputs();
  }

  int blocks() {
    return blocks.blocks();
  }

  /// The unit's effect on each element, summed over all cells.
  public double[] total(int unit) {
    double[] mass = new double[elements];
    int[] once = new int[blocks.blocks()];
    Arrays.fill(once, 1);
    weighted(unit, once, mass);
    return mass;
  }

  /// The unit's mass with block b counted `counts[b]` times.
  void weighted(int unit, int[] counts, double[] mass) {
    Arrays.fill(mass, 0);
    int[] drawn = new int[counts.length];
    int present = 0;
    for (int b = 0; b < counts.length; b++) {
      if (counts[b] != 0) {
        drawn[present++] = b;
      }
    }
    // Pairs of blocks halve the passes over the result.
    for (int i = 0; i < present; i += 2) {
      int first = drawn[i];
      int second = i + 1 < present ? drawn[i + 1] : first;
      addPair(
          mass,
          sums[unit * counts.length + first],
          counts[first],
          sums[unit * counts.length + second],
          i + 1 < present ? counts[second] : 0);
    }
  }

  private static void addPair(double[] mass, double[] a, double countA, double[] b, double countB) {
    for (int e = 0; e < mass.length; e++) {
      mass[e] += countA * a[e] + countB * b[e];
    }
  }

  private int index(int unit, int input) {
    if (unit < 0 || unit >= units) {
      throw new IllegalArgumentException("no such unit: unit=" + unit + ", units=" + units);
    }
    return unit * blocks.blocks() + blocks.of(input);
  }

  private static double require(int unit, int input, int element, double mass) {
    if (!(mass >= 0 && mass <= Double.MAX_VALUE)) {
      throw new IllegalArgumentException(
          "effect mass must be finite and not negative: unit="
              + unit
              + ", input="
              + input
              + ", element="
              + element
              + ", mass="
              + mass);
    }
    return mass;
  }
}
