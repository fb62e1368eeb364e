package io.patchbay.analysis.circuit;

import io.patchbay.engine.random.PhiloxRandom;
import io.patchbay.engine.random.Streams;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.jgrapht.alg.clustering.UndirectedModularityMeasurer;
import org.jgrapht.graph.DefaultWeightedEdge;
import org.jgrapht.graph.SimpleWeightedGraph;

/// Newman's modularity of a graph of effects: its edges without direction, weighted by the size of
/// their effect. Not the circuit modularity, which is made of interventions on latents.
///
/// The greatest modularity of a random graph is well above 0 (Guimera, Sales-Pardo and Amaral
/// 2004), so it is compared with random graphs of the same degrees in which each edge takes its
/// effect along: the strength with which each node acts on each layer is kept too.
///
/// @param q of the best communities found; at most 1
/// @param communities their nodes, the largest first; nodes without any effect are left out
/// @param degrees beside random graphs that keep layers and degrees; none for a graph of fewer than
///   [MotifCensus#FEWEST_EDGES] edges
public record EffectModularity(
    double q, List<List<CircuitNode>> communities, Optional<NullComparison> degrees) {
  private static final int OBSERVED = 3;
  private static final int RANDOM = 4;

  public EffectModularity {
    communities = communities.stream().map(List::copyOf).toList();
  }

  /// @return nothing for a graph without effects, whose modularity is undefined
  public static Optional<EffectModularity> of(
      final CircuitGraph graph, final int draws, final long seed) {
    final var wiring = Wiring.of(graph);
    final var links = Communities.of(wiring.nodes(), wiring.from(), wiring.to(), wiring.sizes());
    if (links.whole() == 0) {
      return Optional.empty();
    }
    final int[] best = links.best(new PhiloxRandom(seed, Streams.GRAPHS, OBSERVED, 0));
    final var parts = new TreeMap<Integer, List<Integer>>();
    for (int i = 0; i < wiring.nodes(); i++) {
      if (links.strength(i) > 0) {
        parts.computeIfAbsent(best[i], _ -> new ArrayList<>()).add(i);
      }
    }
    final double q = measure(wiring, List.copyOf(parts.values()));
    final var communities =
        parts.values().stream()
            .sorted((a, b) -> Integer.compare(b.size(), a.size()))
            .map(part -> part.stream().map(graph.nodes()::get).toList())
            .toList();
    final Optional<NullComparison> degrees =
        wiring.edges() < MotifCensus.FEWEST_EDGES
            ? Optional.empty()
            : Optional.of(NullComparison.of(q, random(wiring, draws, seed)));
    return Optional.of(new EffectModularity(q, communities, degrees));
  }

  /// JGraphT's measure of the parts.
  private static double measure(final Wiring wiring, final List<List<Integer>> parts) {
    final var graph =
        new SimpleWeightedGraph<Integer, DefaultWeightedEdge>(DefaultWeightedEdge.class);
    parts.forEach(part -> part.forEach(graph::addVertex));
    for (int e = 0; e < wiring.edges(); e++) {
      if (wiring.sizes()[e] > 0) {
        graph.setEdgeWeight(graph.addEdge(wiring.from()[e], wiring.to()[e]), wiring.sizes()[e]);
      }
    }
    final List<Set<Integer>> sets = parts.stream().<Set<Integer>>map(HashSet::new).toList();
    return new UndirectedModularityMeasurer<>(graph).modularity(sets);
  }

  private static double[] random(final Wiring wiring, final int draws, final long seed) {
    final var swaps = new EdgeSwaps(wiring, seed);
    // Each draw has a stream of its own, so that threads change nothing.
    return IntStream.range(0, draws)
        .parallel()
        .mapToDouble(draw -> {
          final var links =
              Communities.of(wiring.nodes(), wiring.from(), swaps.draw(draw).to(), wiring.sizes());
          final var random = new PhiloxRandom(seed, Streams.GRAPHS, RANDOM, draw);
          return links.modularity(links.best(random));
        })
        .toArray();
  }
}
