package io.patchbay.kernels.cuda;

import io.patchbay.engine.Backend.Mode;
import io.patchbay.engine.Node;
import io.patchbay.engine.Op;
import io.patchbay.engine.Op.ReduceKind;
import java.util.List;
import java.util.Optional;

/// Gradients of biases of convolutions: sums over rows and pixels of a value that a weight gradient
/// reads as well, which its kernel makes on the way, so that the value is read once. Nodes are
/// bound from the last one backwards: whichever of the two comes first finds the other.
final class BiasGradients {
  /// Rows and pixels.
  private static final List<Integer> PIXELS = List.of(0, 2, 3);

  private final WeightGradients gradients;

  BiasGradients(final WeightGradients gradients) {
    this.gradients = gradients;
  }

  /// Whether the weight gradient that reads the same value makes a sum.
  boolean isMade(final Node sum, final Scope scope) {
    return isSum(sum)
        && scope.readers(sum.input(0)).stream()
            .anyMatch(w ->
                w.op() instanceof Op.ConvWeightGrad
                    && of(w, conv(w), scope).filter(sum::equals).isPresent());
  }

  /// The sum that the step of a weight gradient makes. The answer is the same for both of them: it
  /// hangs on who reads them, and those are all bound before the later one of the two.
  ///
  /// @param s the convolution
  Optional<Node> of(final Node weightGrad, final Conv s, final Scope scope) {
    if (scope.mode() != Mode.FAST || !scope.isNeeded(weightGrad)) {
      return Optional.empty();
    }
    for (int i = 1; i >= 0; i--) {
      final boolean ofX = i == 0;
      if (!gradients.sums(s, ofX)) {
        continue;
      }
      final var found =
          scope.readers(weightGrad.input(i)).stream()
              .filter(BiasGradients::isSum)
              .filter(scope::isNeeded)
              .filter(sum -> isReadLater(sum, weightGrad, scope))
              .findFirst();
      if (found.isPresent()) {
        return found;
      }
    }
    return Optional.empty();
  }

  /// Whether all that reads either comes after both, so that one step may make them.
  private static boolean isReadLater(final Node a, final Node b, final Scope scope) {
    final int last = Math.max(a.id(), b.id());
    return scope.readers(a).stream().allMatch(n -> n.id() > last)
        && scope.readers(b).stream().allMatch(n -> n.id() > last);
  }

  private static boolean isSum(final Node node) {
    return node.op() instanceof final Op.Reduce op
        && op.kind() == ReduceKind.SUM
        && op.positions().equals(PIXELS)
        && node.input(0).shape().rank() == 3;
  }

  private static Conv conv(final Node weightGrad) {
    final var op = (Op.ConvWeightGrad) weightGrad.op();
    return LayerCandidate.conv(
        weightGrad.input(0).shape(),
        weightGrad.input(1).shape(),
        weightGrad.shape(),
        op.stride(),
        op.padding());
  }
}
