package io.patchbay.analysis.patch;

import io.patchbay.engine.Node;
import io.patchbay.engine.Ops;

/// A number per cell: how far a site's value moved from the base.
///
/// @param kind the norm of the change
/// @param site where it is measured; `output` is the mean image
public record Effect(Kind kind, String site) {
  /// The norm.
  public enum Kind {
    /// Euclidean, over all elements, not averaged.
    L2,
    /// The sum of absolute changes.
    L1
  }

  /// The paper's effect: the Euclidean norm of the change of the image.
  public static final Effect IMAGE = new Effect(Kind.L2, "output");

  /// The Euclidean norm of the change of the posterior mean.
  public static final Effect MU = new Effect(Kind.L2, "encoder.mu");

  Node of(final Node changed, final Node base) {
    final var difference = Ops.sub(changed, base);
    return switch (kind) {
      case L2 -> Ops.sqrt(Ops.sumRow(Ops.square(difference)));
      case L1 -> Ops.sumRow(Ops.abs(difference));
    };
  }

  /// The same number from values, in float64.
  ///
  /// @param clean one row
  /// @param changed rows, the one that is asked for from `offset` on
  public double of(final float[] clean, final float[] changed, final int offset) {
    double sum = 0;
    for (int i = 0; i < clean.length; i++) {
      final double difference = (double) changed[offset + i] - clean[i];
      sum +=
          switch (kind) {
            case L2 -> difference * difference;
            case L1 -> Math.abs(difference);
          };
    }
    return switch (kind) {
      case L2 -> Math.sqrt(sum);
      case L1 -> sum;
    };
  }
}
