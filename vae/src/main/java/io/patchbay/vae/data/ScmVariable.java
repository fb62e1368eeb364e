package io.patchbay.vae.data;

import java.util.Arrays;
import java.util.List;
import java.util.stream.DoubleStream;
import org.jspecify.annotations.Nullable;

/// A variable of a [ScmDescription].
public sealed interface ScmVariable {
  /// Letters, digits and underscores, not a digit first.
  String name();

  /// True where only whole numbers are values.
  boolean discrete();

  /// A cause from outside the model: a factor of the grid, which takes each of its values with each
  /// value of every other.
  ///
  /// @param values at least two, ascending
  /// @param circular true where the last value borders on the first (an angle)
  record Cause(String name, List<Double> values, boolean discrete, boolean circular)
      implements ScmVariable {
    public Cause {
      values = List.copyOf(values);
    }
  }

  /// A variable with a mechanism: `expression` of the parents, plus noise.
  ///
  /// @param parents the variables that the expression reads, each of them; none for a cause that is
  ///   all noise
  /// @param expression in the language of [io.patchbay.engine.expression.Expression]
  /// @param range the values that it may be set to, or null for those that it takes by itself
  record Mechanism(
      String name,
      List<String> parents,
      String expression,
      Noise noise,
      boolean discrete,
      @Nullable Range range)
      implements ScmVariable {
    public Mechanism {
      parents = List.copyOf(parents);
    }
  }

  /// From `low` to `high`, both included.
  record Range(double low, double high) {}

  /// A cause with these values.
  static Cause values(String name, double... values) {
    return new Cause(name, DoubleStream.of(values).boxed().toList(), false, false);
  }

  /// A cause with `count` values from `low` to `high`, both included, in even steps.
  static Cause range(String name, double low, double high, int count) {
    return values(name, evenly(low, high, count));
  }

  /// A variable that follows its parents.
  static Mechanism mechanism(String name, String expression, Noise noise, String... parents) {
    return new Mechanism(name, List.of(parents), expression, noise, false, null);
  }

  /// `count` values from `low` to `high`, at least 2.
  static double[] evenly(double low, double high, int count) {
    if (count < 2) {
      throw new IllegalArgumentException("values of a range: count=" + count + ", least=2");
    }
    final double[] values = new double[count];
    Arrays.setAll(values, i -> i == count - 1 ? high : low + i * (high - low) / (count - 1));
    return values;
  }
}
