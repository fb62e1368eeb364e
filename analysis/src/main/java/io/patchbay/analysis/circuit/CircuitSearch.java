package io.patchbay.analysis.circuit;

import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/// How a circuit is looked for.
///
/// A gradient screen scores every edge. The effects of the best, and of a random sample of the
/// others, are measured exactly: that says how far the screen can be trusted. The search begins
/// with as many of the best as are faithful together, and cuts edges greedily, those that the
/// gradient of the circuit's own run says to matter least first: many at a time while that goes
/// well, then, where no more than 1,024 are left, one by one. Every cut is checked by a run, and
/// kept only where that is still faithful.
///
/// Faithful is a circuit whose faithfulness, with its 95 % interval over pairs, is between
/// `threshold` and `2 - threshold`. Without the interval a search would find circuits whose errors
/// happen to cancel on these pairs. A single cut may not raise faithfulness: edges that work
/// against the factor belong to how the model computes it, and to cut them makes room for cutting
/// others.
///
/// @param threshold least faithfulness, in (0, 1)
/// @param top edges of the screen that are measured exactly; the search begins with these, or twice
///   as many, and so on, until they are faithful together
/// @param audit edges outside the top that are measured exactly
/// @param steps points of the screen's path, 0 for the gradient on x alone
/// @param seed chooses the sample
public record CircuitSearch(double threshold, int top, int audit, int steps, long seed) {
  /// The first share of a circuit's edges that is cut at once.
  private static final int FIRST_SHARE = 4;

  /// Largest circuit whose edges are tried one by one. In a larger one each brings next to nothing,
  /// and which of them a few pairs seem to need is chance.
  private static final int MOST_SINGLE = 1024;

  private static final double NORMAL_95 = 1.959964;

  /// What an edge without effect may seem to do.
  private static final double ROUNDING = 1e-6;

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
  /// @param screen what was measured exactly
  /// @param kept edges that the search began with
  /// @param faithfulness of the circuit on the pairs that it was found on
  /// @param minimal whether every edge was tried, and none could be cut any more
  public record Found(
      BitSet circuit, ScreenAudit screen, int kept, double faithfulness, boolean minimal) {}

  /// Looks for a circuit on the pairs of a network.
  public Found on(final CircuitNetwork network, final Listener listener) {
    listener.at("screen", 0, network.edges());
    final var order = ScreenAudit.order(network.screen(steps));
    final int best = Math.min(top, order.size());
    final int measured = best + Math.min(audit, order.size() - best);
    final var counter = new int[1];
    final var screen =
        ScreenAudit.of(
            order,
            best,
            audit,
            seed,
            edge -> {
              listener.at("exact", ++counter[0], measured);
              return network.outcomes().towards(network.edgeAlone(edge));
            });
    int kept = best;
    while (kept < order.size() && !isFaithful(network, first(order, kept))) {
      kept = Math.min(2 * kept, order.size());
    }
    final var start = network.live(first(order, kept));
    final var cuts = new Cuts(network, listener, inBlocks(network, start, listener));
    final boolean minimal = cuts.oneByOne();
    return new Found(cuts.circuit, screen, kept, cuts.share, minimal);
  }

  private static BitSet first(final List<Integer> order, final int count) {
    final var edges = new BitSet();
    order.subList(0, count).forEach(edges::set);
    return edges;
  }

  boolean isFaithful(final CircuitNetwork network, final BitSet circuit) {
    return isFaithful(network, network.run(circuit));
  }

  private boolean isFaithful(final CircuitNetwork network, final double[] run) {
    final double share = network.outcomes().share(run);
    final double room = NORMAL_95 * network.outcomes().error(run);
    return share - room >= threshold && share + room <= 2 - threshold;
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

  /// Cuts of single edges.
  private final class Cuts {
    private final CircuitNetwork network;
    private final Listener listener;
    private BitSet circuit;
    private double share;

    Cuts(final CircuitNetwork network, final Listener listener, final BitSet circuit) {
      this.network = network;
      this.listener = listener;
      this.circuit = circuit;
      this.share = network.outcomes().share(network.run(circuit));
    }

    /// Tries every edge by itself, again and again until none can be cut.
    ///
    /// @return whether it came to that
    boolean oneByOne() {
      boolean cut = true;
      if (circuit.cardinality() > MOST_SINGLE) {
        return false;
      }
      while (cut) {
        cut = false;
        for (final int edge : leastFirst(network, circuit)) {
          if (!circuit.get(edge)) {
            continue;
          }
          cut |= cut(edge);
        }
      }
      return true;
    }

    private boolean cut(final int edge) {
      listener.at("prune", network.edges() - circuit.cardinality(), network.edges());
      final var smaller = (BitSet) circuit.clone();
      smaller.clear(edge);
      final var live = network.live(smaller);
      final var run = network.run(live);
      final double left = network.outcomes().share(run);
      final boolean cut = left <= share + ROUNDING && isFaithful(network, run);
      if (cut) {
        circuit = live;
        share = left;
      }
      return cut;
    }
  }

  private static List<Integer> leastFirst(final CircuitNetwork network, final BitSet circuit) {
    final int[] edges = circuit.stream().toArray();
    final var importance = network.importance(circuit);
    return IntStream.range(0, edges.length)
        .boxed()
        .sorted(Comparator.comparingDouble(i -> importance[i]))
        .map(i -> edges[i])
        .toList();
  }
}
