package io.patchbay.analysis.circuit;

import io.patchbay.analysis.statistics.Bootstrap;
import io.patchbay.analysis.statistics.Interval;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/// How good a circuit is, on pairs that it was not found on. Intervals are over pairs.
///
/// With f(C) = mean(m(C) - Y(x)) / mean(Y(x') - Y(x)), both with the sign of each pair's change:
///
/// @param faithfulness f(C)
/// @param completeness f of all edges outside C; 0 is best
/// @param smallest minimality: the smallest f(C) - f(C without e) over the edges e of C
/// @param idle the share of edges e with f(C) - f(C without e) below [#IDLE]
/// @param edges the edges of C, ascending
/// @param losses f(C) - f(C without e) of each
/// @param pairs pairs behind the figures
/// @param dropped pairs left out, as Y does not move in them
public record CircuitFigures(
    Interval faithfulness,
    Interval completeness,
    Interval smallest,
    Interval idle,
    List<Integer> edges,
    double[] losses,
    int pairs,
    int dropped) {
  /// Faithfulness that an edge must bring to count as needed.
  public static final double IDLE = 0.005;

  public CircuitFigures {
    edges = List.copyOf(edges);
  }

  /// @param network on pairs that had no part in finding the circuit
  /// @param circuit at least one edge
  public static CircuitFigures of(
      final CircuitNetwork network,
      final BitSet circuit,
      final Bootstrap bootstrap,
      final CircuitSearch.Listener listener) {
    if (circuit.isEmpty()) {
      throw new IllegalArgumentException("a circuit without edges");
    }
    final var outcomes = network.outcomes();
    final var run = network.run(circuit);
    final var others = network.all();
    others.andNot(circuit);
    final var complement = network.run(others);
    final var edges = circuit.stream().boxed().toList();
    final var signs = outcomes.signs();
    final var without = new double[edges.size()][];
    final var losses = new double[edges.size()];
    for (int i = 0; i < without.length; i++) {
      listener.at("measure", i, without.length);
      final var smaller = (BitSet) circuit.clone();
      smaller.clear(edges.get(i));
      final var cut = network.run(smaller);
      losses[i] = outcomes.share(run) - outcomes.share(cut);
      without[i] = new double[cut.length];
      for (int p = 0; p < cut.length; p++) {
        without[i][p] = signs[p] * (run[p] - cut[p]);
      }
    }
    final var changes = outcomes.changes();
    final var minimality =
        bootstrap.statistics(
            changes.length, 2, (counts, out) -> minimality(without, changes, counts, out));
    return new CircuitFigures(
        outcomes.share(run, bootstrap),
        outcomes.share(complement, bootstrap),
        minimality.get(0),
        minimality.get(1),
        edges,
        losses,
        network.pairs(),
        network.dropped());
  }

  private static void minimality(
      final double[][] without, final double[] changes, final int[] counts, final double[] out) {
    double change = 0;
    for (int p = 0; p < counts.length; p++) {
      change += counts[p] * changes[p];
    }
    final double whole = change;
    final var losses =
        Arrays.stream(without)
            .mapToDouble(lost -> {
              double sum = 0;
              for (int p = 0; p < counts.length; p++) {
                sum += counts[p] * lost[p];
              }
              return sum / whole;
            })
            .toArray();
    out[0] = Arrays.stream(losses).min().orElse(Double.NaN);
    out[1] = (double) Arrays.stream(losses).filter(l -> l < IDLE).count() / losses.length;
  }
}
