package io.patchbay.analysis.circuit;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;

/// How a circuit is looked for.
///
/// A gradient screen scores every edge; the best are kept, as many as it takes for the circuit of
/// them to be faithful. Their effects, and those of a random sample of the others, are measured
/// exactly. Then edges are cut greedily, those that the circuit's own gradient says to matter least
/// first: many at a time while that goes well, then one by one, each cut kept only where the run
/// with it is still faithful, until no single edge can be cut.
///
/// Faithful is a circuit whose faithfulness is between `threshold` and `2 - threshold`: edges that
/// work against the factor may not all be cut to make room for cutting others.
///
/// @param threshold least faithfulness, in (0, 1)
/// @param top edges that the screen keeps at first; doubled until they are faithful together
/// @param audit edges outside the top that are measured exactly
/// @param steps points of the screen's path, 0 for the gradient on x alone
/// @param seed chooses the sample
public record CircuitSearch(double threshold, int top, int audit, int steps, long seed) {
  /// The first share of a circuit's edges that is cut at once.
  private static final int FIRST_SHARE = 4;

  public CircuitSearch {
    if (!(threshold > 0 && threshold < 1) || top < 1 || audit < 1 || steps < 0) {
      throw new IllegalArgumentException(
          "circuit search: threshold="
              + threshold
              + ", top="
              + top
              + ", audit="
              + audit
              + ", steps="
              + steps);
    }
  }

  /// What is told of a search while it goes on.
  @FunctionalInterface
  public interface Listener {
    /// @param part what is being done
    void at(String part, long done, long total);
  }

  /// @param circuit the edges that were found
  /// @param faithfulness of the circuit on the pairs that it was found on
  public record Found(BitSet circuit, ScreenAudit screen, double faithfulness) {}

  /// Looks for a circuit on the pairs of a network.
  public Found on(final CircuitNetwork network, final Listener listener) {
    listener.at("screen", 0, network.edges());
    final var scores = network.screen(steps);
    final var order = ScreenAudit.order(scores);
    int kept = Math.min(top, order.size());
    while (kept < order.size() && !isFaithful(network, first(order, kept))) {
      kept = Math.min(2 * kept, order.size());
    }
    final var counter = new int[1];
    final int measured = kept + Math.min(audit, order.size() - kept);
    final var screen =
        ScreenAudit.of(
            order,
            kept,
            audit,
            seed,
            edge -> {
              listener.at("exact", ++counter[0], measured);
              return network.outcomes().towards(network.edgeAlone(edge));
            });
    final var start = network.live(first(order, kept));
    final var circuit = oneByOne(network, inBlocks(network, start, listener), listener);
    return new Found(circuit, screen, network.outcomes().share(network.run(circuit)));
  }

  private static BitSet first(final List<Integer> order, final int count) {
    final var edges = new BitSet();
    order.subList(0, count).forEach(edges::set);
    return edges;
  }

  private boolean isFaithful(final CircuitNetwork network, final BitSet circuit) {
    final double share = network.outcomes().share(network.run(circuit));
    return share >= threshold && share <= 2 - threshold;
  }

  /// Cuts many edges at a time, fewer where that is too much, until not even one goes.
  private BitSet inBlocks(
      final CircuitNetwork network, final BitSet start, final Listener listener) {
    BitSet circuit = start;
    boolean cut = true;
    while (cut && !circuit.isEmpty()) {
      listener.at("prune", network.edges() - circuit.cardinality(), network.edges());
      final var order = leastFirst(network, circuit);
      cut = false;
      for (int block = Math.max(1, order.size() / FIRST_SHARE); !cut && block > 0; block /= 2) {
        final var smaller = (BitSet) circuit.clone();
        order.subList(0, block).forEach(smaller::clear);
        final var live = network.live(smaller);
        if (isFaithful(network, live)) {
          circuit = live;
          cut = true;
        }
      }
    }
    return circuit;
  }

  /// Tries every edge by itself, again and again until none can be cut.
  private BitSet oneByOne(
      final CircuitNetwork network, final BitSet start, final Listener listener) {
    BitSet circuit = start;
    boolean cut = true;
    while (cut && !circuit.isEmpty()) {
      cut = false;
      for (final int edge : leastFirst(network, circuit)) {
        if (circuit.get(edge)) {
          listener.at("prune", network.edges() - circuit.cardinality(), network.edges());
          final var smaller = (BitSet) circuit.clone();
          smaller.clear(edge);
          final var live = network.live(smaller);
          if (isFaithful(network, live)) {
            circuit = live;
            cut = true;
          }
        }
      }
    }
    return circuit;
  }

  private static List<Integer> leastFirst(final CircuitNetwork network, final BitSet circuit) {
    final var losses = network.losses(circuit);
    final var order = new ArrayList<>(circuit.stream().boxed().toList());
    order.sort(Comparator.comparingDouble(e -> Math.abs(losses[e])));
    return order;
  }
}
