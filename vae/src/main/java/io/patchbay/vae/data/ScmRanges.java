package io.patchbay.vae.data;

import io.patchbay.engine.random.PhiloxRandom;
import io.patchbay.engine.random.Streams;
import io.patchbay.vae.data.ScmVariable.Cause;
import io.patchbay.vae.data.ScmVariable.Mechanism;
import io.patchbay.vae.data.ScmVariable.Range;
import io.patchbay.vae.io.BadInputException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/// The ranges of a world's variables, from the rows themselves: all of them, or where these are
/// many, 65,536 drawn at random and the corners of the grid.
final class ScmRanges {
  private static final int MOST_ROWS = 1 << 16;
  private static final int MOST_CORNERS = 1 << 12;
  // A draw that no sample of a world has.
  private static final int CHOICE = -1;

  private final String source;
  private final ScmGraph graph;

  ScmRanges(String source, ScmGraph graph) {
    this.source = source;
    this.graph = graph;
  }

  /// @param stated in the order of the graph
  /// @throws BadInputException where a mechanism gives no number, one out of its range, or always
  ///   the same
  List<Variable> variables(List<ScmVariable> stated) {
    final double[] low = new double[stated.size()];
    final double[] high = new double[stated.size()];
    Arrays.fill(low, Double.POSITIVE_INFINITY);
    Arrays.fill(high, Double.NEGATIVE_INFINITY);
    rows(graph.grid(), MOST_ROWS)
        .forEach(row -> {
          final double[] values = graph.solve(row, Map.of());
          for (int i = 0; i < values.length; i++) {
            if (stated.get(i) instanceof Mechanism mechanism) {
              check(mechanism, values[i], values);
            }
            low[i] = Math.min(low[i], values[i]);
            high[i] = Math.max(high[i], values[i]);
          }
        });
    final List<Variable> variables = new ArrayList<>();
    for (int i = 0; i < low.length; i++) {
      final ScmVariable variable = stated.get(i);
      final Range range =
          switch (variable) {
            case Cause cause -> new Range(cause.values().getFirst(), cause.values().getLast());
            case Mechanism m -> m.range() == null ? new Range(low[i], high[i]) : m.range();
          };
      if (!(low[i] < high[i])) {
        throw new BadInputException(
            source,
            ScmOrder.place(variable.name()) + ".mechanism",
            low[i] + " in every picture",
            "a value that varies");
      }
      variables.add(
          new Variable(
              variable.name(),
              range.low(),
              range.high(),
              variable.discrete(),
              ScmOrder.parents(variable)));
    }
    return List.copyOf(variables);
  }

  private void check(Mechanism mechanism, double value, double[] values) {
    final String at = ScmOrder.place(mechanism.name());
    final Range range = mechanism.range();
    if (!Double.isFinite(value)) {
      throw new BadInputException(
          source, at + ".mechanism", value + " at " + graph.shown(values), "a finite number");
    }
    if (mechanism.discrete() && value != Math.rint(value)) {
      throw new BadInputException(
          source,
          at + ".mechanism",
          value + " at " + graph.shown(values),
          "whole numbers where discrete is true");
    }
    if (range != null && !(value >= range.low() && value <= range.high())) {
      throw new BadInputException(
          source,
          at + ".range",
          value + " at " + graph.shown(values),
          "a mechanism within " + range.low() + " to " + range.high());
    }
  }

  /// Rows that stand for all of them.
  static LongStream rows(FactorGrid grid, int most) {
    final long all = grid.rows();
    if (all <= most) {
      return LongStream.range(0, all);
    }
    final LongStream drawn =
        LongStream.range(0, most)
            .map(i -> (long) (new PhiloxRandom(0, Streams.FACTORS, i, CHOICE).nextDouble() * all));
    final int[] sizes = grid.sizes();
    final long corners = sizes.length > 12 ? 0 : Math.min(MOST_CORNERS, 1L << sizes.length);
    return LongStream.concat(
        LongStream.range(0, corners)
            .map(corner -> {
              final int[] indices = new int[sizes.length];
              Arrays.setAll(indices, i -> (corner >> i & 1) == 0 ? 0 : sizes[i] - 1);
              return grid.rowOf(indices);
            }),
        drawn);
  }
}
