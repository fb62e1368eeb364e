package io.patchbay.bench;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// What the user asked for.
///
/// @param peer `none`, or the name of a [Peer]
/// @param device a backend's name, of a suite that times the CPU [#CPU]
/// @param pairs pairs to keep in each row
/// @param windowMillis how long each side of a pair is timed
/// @param seed of weights and inputs
/// @param rows labels of the rows to measure, or what they begin with up to a `-`; empty for all of
///   the suite
/// @param run the folder of a trained model for the sweeps; without it they have their own
record BenchOptions(
    Suite suite,
    String peer,
    String device,
    int pairs,
    int windowMillis,
    long seed,
    List<String> rows,
    Optional<String> run,
    boolean json) {
  /// No comparison.
  static final String NO_PEER = "none";

  /// The backend whose threads are timed.
  static final String CPU = "cpu";

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
    if (suite.timesTheCpu() && !device.equals(CPU)) {
      throw new IllegalArgumentException(
          "bench: suite=" + suite.label() + ", device=" + device + ", expected " + CPU);
    }
  }

  boolean wantsPeer() {
    return !peer.equals(NO_PEER);
  }

  /// Whether the row of this label is to be measured.
  boolean wants(final String label) {
    return rows.isEmpty() || rows.stream().anyMatch(row -> selects(row, label));
  }

  /// Whether `row` is a label or its beginning: `mediation` is `mediation-16` and `mediation-4`.
  static boolean selects(final String row, final String label) {
    return label.equals(row) || label.startsWith(row + "-");
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
        run.orElse(""),
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
        Optional.of(arguments.get(7)).filter(run -> !run.isEmpty()),
        Boolean.parseBoolean(arguments.get(8)));
  }
}
