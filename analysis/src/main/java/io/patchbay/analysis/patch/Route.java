package io.patchbay.analysis.patch;

import io.patchbay.engine.Precision;
import java.util.Optional;

/// How far the change that a patch makes is carried alone; from there on values are computed whole.
///
/// @param target the site that the chain of layers leads to
/// @param layers of the chain that carry it, at least one
/// @param measures whether the effect is taken of the change itself, at the target
/// @param eliminates whether cells whose patch changes nothing are left out
/// @param precision of the operands of the layers that carry it
public record Route(
    String target, int layers, boolean measures, boolean eliminates, Precision precision) {
  /// In single precision.
  public Route(
      final String target, final int layers, final boolean measures, final boolean eliminates) {
    this(target, layers, measures, eliminates, Precision.FP32);
  }

  public Route {
    if (layers < 1) {
      throw new IllegalArgumentException("no layers: route to " + target);
    }
  }

  public Route in(final Precision other) {
    return new Route(target, layers, measures, eliminates, other);
  }

  /// What `plan.json` calls a way: `whole`, `carried:N` or `measured:N` after N layers.
  public static String name(final Optional<Route> route) {
    return route.map(r -> (r.measures() ? "measured:" : "carried:") + r.layers()).orElse("whole");
  }
}
