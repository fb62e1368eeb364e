package io.patchbay.analysis.causal;

import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/// What was learned of the effects between factors.
///
/// @param factors how many there are
/// @param claimed the factors that edges are claimed between, ascending
/// @param effects `[from][to]`, the diagonal too: the matrix A. Empty where a factor is not
///   claimed, or `from` has no latents
/// @param edges the effects that count, direct or not, by their factors
public record LearnedGraph(
    int factors,
    List<Integer> claimed,
    List<List<Optional<PairEffect>>> effects,
    List<FactorEdge> edges) {
  public LearnedGraph {
    claimed = List.copyOf(claimed);
    effects = effects.stream().map(List::copyOf).toList();
    edges = List.copyOf(edges);
  }

  /// The direct edges.
  public CausalGraph graph() {
    final var arrows = new TreeSet<CausalGraph.Arrow>();
    edges.stream()
        .filter(FactorEdge::isDirect)
        .forEach(e -> arrows.add(new CausalGraph.Arrow(e.from(), e.to())));
    return new CausalGraph(factors, arrows);
  }

  /// The sizes of all effects, 0 where none was measured: a factor without latents moves nothing.
  public double[][] sizes() {
    final var sizes = new double[factors][factors];
    for (int from = 0; from < factors; from++) {
      for (int to = 0; to < factors; to++) {
        sizes[from][to] = effects.get(from).get(to).map(e -> e.size().estimate()).orElse(0.0);
      }
    }
    return sizes;
  }

  /// Its scores between the claimed factors. Where a factor that is not claimed lies between two
  /// that are, the truth has an arrow between these.
  public GraphScores scores(final CausalGraph truth) {
    return GraphScores.of(truth.among(claimed), graph(), sizes(), claimed);
  }
}
