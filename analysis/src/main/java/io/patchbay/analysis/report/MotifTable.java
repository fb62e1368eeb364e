package io.patchbay.analysis.report;

import java.util.List;

/// How often small patterns occur in the circuits, against random graphs of the same degrees and
/// layers.
///
/// @param note how the null was drawn
public record MotifTable(String note, List<Row> rows) {
  public MotifTable {
    rows = List.copyOf(rows);
  }

  /// One pattern.
  ///
  /// @param scope a factor, or all circuits together
  /// @param expected mean count of the random graphs; NaN when the graph is too small
  /// @param z standard score; NaN when the random graphs do not vary or the graph is too small
  /// @param p share of random graphs with at least as many; NaN when the graph is too small
  public record Row(
      String scope, String motif, long count, double expected, double z, double p, String note) {}
}
