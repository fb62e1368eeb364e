package io.patchbay.analysis.circuit;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/// How often each motif occurs in a graph, beside random graphs of two kinds: those with the same
/// degrees ([EdgeSwaps]) and those with as many edges between the same layers ([EdgePlacements]).
///
/// @param tooSmall whether the graph has fewer than [#FEWEST_EDGES]: it is then compared with none
/// @param swapsPerEdge mean over the random graphs with the same degrees; none if too small
/// @param rows one per motif, in their order
public record MotifCensus(
    int nodes, int edges, boolean tooSmall, OptionalDouble swapsPerEdge, List<Row> rows) {
  /// Smaller graphs are not compared.
  public static final int FEWEST_EDGES = 20;

  /// @param degrees beside random graphs that keep layers and degrees
  /// @param density beside random graphs that keep the edges of each pair of layers, no degrees
  public record Row(
      Motif motif,
      long count,
      Optional<NullComparison> degrees,
      Optional<NullComparison> density) {}

  public MotifCensus {
    rows = List.copyOf(rows);
  }

  /// @param draws random graphs of each kind
  /// @throws IllegalArgumentException for fewer draws than [NullComparison#FEWEST_DRAWS]
  public static MotifCensus of(final CircuitGraph graph, final int draws, final long seed) {
    final var wiring = Wiring.of(graph);
    final var counts = MotifCounts.of(wiring.positions(), wiring.from(), wiring.to());
    final boolean tooSmall = wiring.edges() < FEWEST_EDGES;
    if (tooSmall) {
      final var rows =
          Arrays.stream(Motif.values())
              .map(m -> new Row(m, counts.of(m), Optional.empty(), Optional.empty()))
              .toList();
      return new MotifCensus(wiring.nodes(), wiring.edges(), true, OptionalDouble.empty(), rows);
    }
    final var swaps = new EdgeSwaps(wiring, seed);
    final var placements = new EdgePlacements(wiring, seed);
    final var sameDegrees = new MotifCounts[draws];
    final var sameDensity = new MotifCounts[draws];
    final var swapped = new long[draws];
    // Each draw has a stream of its own, so that threads change nothing.
    IntStream.range(0, draws)
        .parallel()
        .forEach(draw -> {
          final var shuffled = swaps.draw(draw);
          swapped[draw] = shuffled.swaps();
          sameDegrees[draw] = MotifCounts.of(wiring.positions(), wiring.from(), shuffled.to());
          final var placed = placements.draw(draw);
          sameDensity[draw] = MotifCounts.of(wiring.positions(), placed.from(), placed.to());
        });
    final var rows = new ArrayList<Row>();
    for (final var motif : Motif.values()) {
      rows.add(
          new Row(
              motif,
              counts.of(motif),
              Optional.of(compare(motif, counts, sameDegrees)),
              Optional.of(compare(motif, counts, sameDensity))));
    }
    return new MotifCensus(
        wiring.nodes(),
        wiring.edges(),
        false,
        OptionalDouble.of((double) LongStream.of(swapped).sum() / draws / wiring.edges()),
        rows);
  }

  private static NullComparison compare(
      final Motif motif, final MotifCounts counts, final MotifCounts[] draws) {
    return NullComparison.of(
        (double) counts.of(motif),
        Arrays.stream(draws).mapToDouble(c -> (double) c.of(motif)).toArray());
  }
}
