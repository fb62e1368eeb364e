package io.patchbay.engine;

import java.util.List;

/// The states of a model on a backend: parameters, optimiser moments, counters. Programs loaded
/// with the same weights share them.
public interface Weights extends AutoCloseable {
  /// The names, in slab order.
  List<String> names();

  Shape shape(String name);

  float[] read(String name);

  /// Whether a state is just what [#read] gives. False where states are kept wider than float32
  /// from one run to the next: writing back what was read then changes them.
  boolean holdsFloats();

  void write(String name, float[] values);

  /// Changes whenever a state changes; what was derived from the states is stale then.
  long version();

  @Override
  void close();
}
