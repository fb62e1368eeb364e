package io.patchbay.analysis.report;

import java.util.List;

/// What the circuits of a model are made of and what they share, beside random graphs.
///
/// @param note how many random graphs were drawn
/// @param rows how often small patterns occur
/// @param communities how the effects of each circuit fall into groups
/// @param overlaps of each pair of factors; empty for one factor
/// @param hubs of each part of the model; empty for one factor
public record MotifTable(
    String note,
    List<Row> rows,
    List<Communities> communities,
    List<Overlap> overlaps,
    List<Hubs> hubs) {
  public MotifTable {
    rows = List.copyOf(rows);
    communities = List.copyOf(communities);
    overlaps = List.copyOf(overlaps);
    hubs = List.copyOf(hubs);
  }

  /// One pattern.
  ///
  /// @param scope a factor, or all circuits together
  /// @param degrees beside graphs in which every unit keeps its degrees and layer
  /// @param density beside graphs with as many edges between the same layers
  /// @param note why there is no comparison, or empty
  public record Row(
      String scope, String motif, long count, Beside degrees, Beside density, String note) {}

  /// A count beside random graphs; NaN where there are none.
  ///
  /// @param expected mean count of the random graphs
  /// @param z standard score
  /// @param p share of random graphs with at least as many
  /// @param q p after the false discovery rate correction
  public record Beside(double expected, double z, double p, double q) {
    public static final Beside NONE = new Beside(Double.NaN, Double.NaN, Double.NaN, Double.NaN);
  }

  /// The communities of highest modularity (Newman) that were found in the effects of a circuit.
  ///
  /// @param scope a factor, or all circuits together
  /// @param q the modularity
  /// @param units of each community, the largest first
  /// @param random beside graphs in which every unit keeps its degrees and layer
  public record Communities(String scope, double q, List<List<String>> units, Chance random) {
    public Communities {
      units = units.stream().map(List::copyOf).toList();
    }
  }

  /// What the circuits of two factors have in common.
  ///
  /// @param part of the model
  public record Overlap(String part, String first, String second, Shared nodes, Shared edges) {}

  /// @param both how many are in both circuits
  /// @param either how many are in one or both
  /// @param jaccard both / either; NaN for none
  /// @param random beside circuits of the same shape on random units
  public record Shared(long both, long either, double jaccard, Chance random) {}

  /// Units that take several factors and many edges.
  ///
  /// @param leastDegree edges that make a unit one of the top
  /// @param random their number beside circuits of the same shape on random units
  public record Hubs(String part, List<String> units, long leastDegree, Chance random) {
    public Hubs {
      units = List.copyOf(units);
    }
  }

  /// A figure beside that of random graphs; NaN where there are none.
  ///
  /// @param expected mean of the random graphs
  /// @param z standard score
  /// @param p share of random graphs with at least as much
  /// @param fewer share with at most as much
  public record Chance(double expected, double z, double p, double fewer) {
    public static final Chance NONE = new Chance(Double.NaN, Double.NaN, Double.NaN, Double.NaN);
  }
}
