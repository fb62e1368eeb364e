package io.patchbay.analysis.reproduction;

import java.time.Duration;
import java.util.List;

/// What a reproduction is about to do, and how long that takes here, by a few timed steps of each
/// model. What measuring takes is reckoned in steps of a VAE.
///
/// @param runs all of them
/// @param left those not measured yet
/// @param rows what is left to do; empty when nothing is
public record Forecast(int runs, int left, List<Row> rows) {
  public Forecast {
    rows = List.copyOf(rows);
  }

  /// One kind of work.
  ///
  /// @param what a model to train, or a step of measuring
  /// @param runs how many runs are left for it
  /// @param seconds for each
  public record Row(String what, int runs, double seconds) {}

  /// Of all that is left.
  public Duration remaining() {
    return Duration.ofSeconds(
        Math.round(rows.stream().mapToDouble(row -> row.runs() * row.seconds()).sum()));
  }
}
