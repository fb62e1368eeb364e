package io.patchbay.vae.data;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// One generative factor of a data set and the values it takes, in grid order.
public final class Factor {
  private final String name;
  private final double[] values;
  private final boolean circular;

  /// @param values the factor's value at each grid index, at least one, all finite
  /// @param circular true where the last value borders on the first (an angle)
  public Factor(String name, double[] values, boolean circular) {
    if (values.length == 0) {
      throw new IllegalArgumentException("factor without values: name=" + name);
    }
    for (double value : values) {
      if (!Double.isFinite(value)) {
        throw new IllegalArgumentException("factor value: name=" + name + ", value=" + value);
      }
    }
    this.name = name;
    this.values = values.clone();
    this.circular = circular;
  }

  public String name() {
    return name;
  }

  /// Number of values.
  public int size() {
    return values.length;
  }

  /// The value at a grid index.
  public double value(int index) {
    return values[index];
  }

  /// A copy of all values.
  public double[] values() {
    return values.clone();
  }

  /// True where the last value borders on the first.
  public boolean circular() {
    return circular;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Factor f
        && name.equals(f.name)
        && circular == f.circular
        && Arrays.equals(values, f.values);
  }

  @Override
  public int hashCode() {
    return Objects.hash(name, circular, Arrays.hashCode(values));
  }

  @Override
  public String toString() {
    return name + "[" + values.length + "]";
  }
}
