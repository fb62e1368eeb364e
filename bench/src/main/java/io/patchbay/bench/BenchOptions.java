package io.patchbay.bench;

import java.util.Arrays;
import java.util.List;

/// What the user asked for.
///
/// @param peer `none`, or the name of a [Peer]
/// @param device a backend's name
/// @param pairs pairs to keep in each row
/// @param windowMillis how long each side of a pair is timed
/// @param seed of weights and inputs
/// @param rows labels of the rows to measure; empty for all of the suite
record BenchOptions(
    Suite suite,
    String peer,
    String device,
    int pairs,
    int windowMillis,
    long seed,
    List<String> rows,
    boolean json) {
  /// No comparison.
  static final String NO_PEER = "none";

  /// Fewer pairs than this are not a measurement to quote.
  static final int QUOTABLE_PAIRS = 15;

  /// How long one side of a pair is timed.
  static final int WINDOW_MILLIS = 150;

  BenchOptions {
    rows = List.copyOf(rows);
    if (pairs < 1 || windowMillis < 1) {
      throw new IllegalArgumentException(
          "bench: pairs=" + pairs + ", windowMillis=" + windowMillis + ", expected from 1");
    }
  }

  boolean wantsPeer() {
    return !peer.equals(NO_PEER);
  }

  /// As arguments of [BenchMain].
  List<String> arguments() {
    return List.of(
        suite.label(),
        peer,
        device,
        Integer.toString(pairs),
        Integer.toString(windowMillis),
        Long.toString(seed),
        String.join(",", rows),
        Boolean.toString(json));
  }

  /// The inverse of [#arguments()].
  static BenchOptions of(final List<String> arguments) {
    return new BenchOptions(
        Suite.of(arguments.get(0)),
        arguments.get(1),
        arguments.get(2),
        Integer.parseInt(arguments.get(3)),
        Integer.parseInt(arguments.get(4)),
        Long.parseLong(arguments.get(5)),
        Arrays.stream(arguments.get(6).split(",")).filter(row -> !row.isEmpty()).toList(),
        Boolean.parseBoolean(arguments.get(7)));
  }
}
