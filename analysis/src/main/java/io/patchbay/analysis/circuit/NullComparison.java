package io.patchbay.analysis.circuit;

import io.patchbay.analysis.statistics.Summary;
import java.util.OptionalDouble;

/// A figure of a graph beside the same figure of random graphs.
///
/// @param draws random graphs
/// @param mean over them
/// @param deviation over them, divided by their number less one
/// @param p one-sided: (1 + random graphs with at least as much) / (1 + random graphs)
/// @param pFewer the same for at most as much
/// @param fixed whether every random graph has the observed figure: what they keep decides it, and
///   the comparison says nothing
public record NullComparison(
    double observed,
    int draws,
    double mean,
    double deviation,
    double p,
    double pFewer,
    boolean fixed) {
  // Figures that should tie differ by rounding.
  private static final double TIE = 1e-12;

  /// Fewer random graphs than this let no p-value reach 0.05.
  public static final int FEWEST_DRAWS = 19;

  /// @param draws the figure of each random graph
  /// @throws IllegalArgumentException for fewer than [#FEWEST_DRAWS], or a figure that is not
  ///   finite
  static NullComparison of(final double observed, final double[] draws) {
    if (draws.length < FEWEST_DRAWS) {
      throw new IllegalArgumentException(
          "random graphs: draws=" + draws.length + ", needed=" + FEWEST_DRAWS);
    }
    final var summary = new Summary();
    double largest = Math.abs(observed);
    for (final double draw : draws) {
      summary.add(draw);
      largest = Math.max(largest, Math.abs(draw));
    }
    final double tie = TIE * largest;
    int atLeast = 0;
    int atMost = 0;
    int same = 0;
    for (final double draw : draws) {
      atLeast += draw >= observed - tie ? 1 : 0;
      atMost += draw <= observed + tie ? 1 : 0;
      same += Math.abs(draw - observed) <= tie ? 1 : 0;
    }
    final double deviation = summary.deviation();
    return new NullComparison(
        observed,
        draws.length,
        summary.mean(),
        deviation <= tie ? 0 : deviation,
        (1.0 + atLeast) / (1.0 + draws.length),
        (1.0 + atMost) / (1.0 + draws.length),
        same == draws.length);
  }

  /// (observed - mean) / deviation; none where all random graphs have the same figure.
  public OptionalDouble z() {
    return deviation == 0
        ? OptionalDouble.empty()
        : OptionalDouble.of((observed - mean) / deviation);
  }
}
