package io.patchbay.engine;

import java.util.List;

/// The states of a model on a backend: parameters, optimiser moments, counters. Programs loaded
/// with the same weights share them.
public interface Weights extends AutoCloseable {
  /// The names, in slab order.
  List<String> names();

  Shape shape(String name);

  float[] read(String name);

  void write(String name, float[] values);

  /// Changes whenever a state changes; what was derived from the states is stale then.
  long version();

  @Override
  void close();
}
