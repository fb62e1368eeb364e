package io.patchbay.analysis.circuit;

import java.util.function.Supplier;

/// What the runs of a search have given, in the order in which it asks for them. A search is a
/// function of these numbers alone: given the first of them again, it goes on from there as it
/// would have.
@FunctionalInterface
public interface RunLog {
  /// Every run is run, and none is kept.
  RunLog NONE = Supplier::get;

  /// The numbers of the next run.
  ///
  /// @param run makes them; not asked where they are known
  double[] next(Supplier<double[]> run);
}
