package io.patchbay.analysis.report;

import java.util.List;

/// How often small patterns occur in the circuits, beside random graphs of two kinds.
///
/// @param note how many random graphs were drawn
public record MotifTable(String note, List<Row> rows) {
  public MotifTable {
    rows = List.copyOf(rows);
  }

  /// One pattern.
  ///
  /// @param scope a factor, or all circuits together
  /// @param degrees beside graphs in which every unit keeps its degrees and layer
  /// @param density beside graphs with as many edges between the same layers
  /// @param note why there is no comparison, or empty
  public record Row(
      String scope, String motif, long count, Beside degrees, Beside density, String note) {}

  /// A comparison with random graphs; NaN where there is none.
  ///
  /// @param expected mean count of the random graphs
  /// @param z standard score
  /// @param p share of random graphs with at least as many
  /// @param q p after the false discovery rate correction
  public record Beside(double expected, double z, double p, double q) {
    public static final Beside NONE = new Beside(Double.NaN, Double.NaN, Double.NaN, Double.NaN);
  }
}
