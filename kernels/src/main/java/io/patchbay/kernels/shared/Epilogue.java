package io.patchbay.kernels.shared;

import io.patchbay.engine.Node;
import io.patchbay.engine.Op;
import io.patchbay.engine.Op.BinaryKind;
import io.patchbay.engine.Op.UnaryKind;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// What a convolution or a linear layer does to its sums before they are stored: add a bias, apply
/// an activation, gate by the sign of another value (the backward of a rectifier).
///
/// @param core the convolution or product
/// @param bias one number per channel or output, if any
/// @param activation the kernel's code: 0 none, 1 relu, 2 leaky relu, 3 sigmoid, 4 tanh
/// @param gate the value whose sign gates the result, if any
/// @param alpha slope of the activation or of the gate below zero
public record Epilogue(
    Node core, @Nullable Node bias, int activation, @Nullable Node gate, float alpha) {

  private record Gate(Node value, double alpha) {}

  /// Positions along which a bias of channels is repeated.
  public static final List<Integer> CHANNELS = List.of(0, 2, 3);

  /// Positions along which a bias of columns is repeated.
  public static final List<Integer> COLUMNS = List.of(0);

  /// Where a reshaped value stands in another order.
  public static Optional<Epilogue> of(
      final Node root,
      final Predicate<Node> interior,
      final Predicate<Op> isCore,
      final List<Integer> over) {
    return of(root, interior, _ -> false, isCore, over);
  }

  /// Reads `root` from its end: gate, activation, bias, core. Each is optional but the core.
  ///
  /// @param interior whether a node need not stand in memory
  /// @param view whether a node has the elements of its input in the same order, so that what is
  ///   gated may have another shape than what the core makes
  /// @param over the positions along which the bias is repeated
  public static Optional<Epilogue> of(
      final Node root,
      final Predicate<Node> interior,
      final Predicate<Node> view,
      final Predicate<Op> isCore,
      final List<Integer> over) {
    Node at = root;
    Gate gate = null;
    if (at.op() instanceof final Op.Binary b && b.kind() == BinaryKind.MUL) {
      gate = gate(at.input(1), interior).orElse(null);
      if (gate == null || !interior.test(at.input(0))) {
        return Optional.empty();
      }
      at = at.input(0);
      while (view.test(at) && interior.test(at.input(0))) {
        at = at.input(0);
      }
    }
    int activation = 0;
    double alpha = gate == null ? 0 : gate.alpha();
    if (at.op() instanceof final Op.Unary u && activation(u.kind()) > 0) {
      if (!interior.test(at.input(0)) || (gate != null && u.alpha() != gate.alpha())) {
        return Optional.empty();
      }
      activation = activation(u.kind());
      alpha = u.alpha();
      at = at.input(0);
    }
    Node bias = null;
    if (at.op() instanceof final Op.Binary b
        && b.kind() == BinaryKind.ADD
        && at.input(1).op() instanceof final Op.Broadcast spread
        && spread.positions().equals(over)
        && interior.test(at.input(0))
        && interior.test(at.input(1))) {
      bias = at.input(1).input(0);
      at = at.input(0);
    }
    return isCore.test(at.op())
        ? Optional.of(
            new Epilogue(at, bias, activation, gate == null ? null : gate.value(), (float) alpha))
        : Optional.empty();
  }

  private static int activation(final UnaryKind kind) {
    return switch (kind) {
      case RELU -> 1;
      case LEAKY_RELU -> 2;
      case SIGMOID -> 3;
      case TANH -> 4;
      case NEG, EXP, LOG, SQRT, SQUARE, RECIPROCAL, ABS, SIGN, STEP, SOFTPLUS -> 0;
    };
  }

  /// `step(y)`, or `step(y) * (1 - alpha) + alpha`: what the gradient of a rectifier multiplies by.
  private static Optional<Gate> gate(final Node node, final Predicate<Node> interior) {
    if (!interior.test(node)) {
      return Optional.empty();
    }
    if (isStep(node)) {
      return Optional.of(new Gate(node.input(0), 0));
    }
    if (node.op() instanceof final Op.Binary add
        && add.kind() == BinaryKind.ADD
        && node.input(0).op() instanceof final Op.Binary mul
        && mul.kind() == BinaryKind.MUL) {
      final var step = node.input(0).input(0);
      final var rest = constant(node.input(0).input(1));
      final var alpha = constant(node.input(1));
      if (isStep(step)
          && interior.test(step)
          && rest.isPresent()
          && alpha.isPresent()
          && rest.get() == 1 - alpha.get()) {
        return Optional.of(new Gate(step.input(0), alpha.get()));
      }
    }
    return Optional.empty();
  }

  private static boolean isStep(final Node node) {
    return node.op() instanceof final Op.Unary u && u.kind() == UnaryKind.STEP;
  }

  private static Optional<Double> constant(final Node node) {
    final var source = node.op() instanceof Op.Broadcast ? node.input(0) : node;
    return source.op() instanceof final Op.Constant c ? Optional.of(c.value()) : Optional.empty();
  }
}
