package io.patchbay.analysis.patch;

import io.patchbay.engine.Axis;
import io.patchbay.engine.Node;
import java.util.Optional;

/// The inputs of the patch at one site.
///
/// @param sources rows that cells may take their elements from (sources; dims), or the table of the
///   site where they take from the bases
/// @param sourceIndex per cell (rows)
/// @param coefficients per cell (rows; 5), see [io.patchbay.analysis.intervention.Operation]
/// @param ranges the elements that each cell changes (ranges of the site; 3)
/// @param patch the patch itself, or what carries its change
/// @param mean of the site, where its op reads it
/// @param keys of the random numbers that its op reads
/// @param directions (directions, elements of the site) of a subspace
public record PatchPoint(
    Node site,
    Node sources,
    Node sourceIndex,
    Node coefficients,
    Node ranges,
    Node patch,
    Optional<Node> mean,
    Optional<Keys> keys,
    Optional<Node> directions) {
  /// @param seed two integers
  /// @param ids per cell (rows; 3), see [io.patchbay.engine.Op.Normal]
  public record Keys(Node seed, Node ids) {}

  /// The axis of the ranges.
  public Axis axis() {
    final var axis = ranges.shape().axis();
    if (axis == null) {
      throw new IllegalStateException("ranges have an axis");
    }
    return axis;
  }
}
