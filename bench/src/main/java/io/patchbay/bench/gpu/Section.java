package io.patchbay.bench.gpu;

import java.util.Map;

/// One part of the suite. It runs in a JVM of its own, so that what it does to the device ends with
/// it.
interface Section {
  /// The name on the command line.
  String name();

  /// Seconds that it may take at most; less where less of the budget is left.
  int seconds();

  /// Whether it starts programs of others and opens no device.
  default boolean runsHere() {
    return false;
  }

  /// Does the work. What is given to [Bench#keep] on the way is kept however the section ends.
  ///
  /// @return the whole result as JSON values
  Map<String, Object> run(Bench bench) throws Exception;
}
