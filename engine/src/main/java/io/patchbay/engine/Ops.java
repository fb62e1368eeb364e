package io.patchbay.engine;

import io.patchbay.engine.Op.BinaryKind;
import io.patchbay.engine.Op.ReduceKind;
import io.patchbay.engine.Op.UnaryKind;
import io.patchbay.engine.expression.PatchOp;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/// The primitives as functions of nodes. An operand that lacks positions of the other is broadcast:
/// a scalar to anything, a row to every row of an axis.
public final class Ops {
  private Ops() {}

  public static Node constant(final Graph graph, final double value) {
    return graph.append(new Op.Constant(value));
  }

  public static Node add(final Node a, final Node b) {
    return binary(BinaryKind.ADD, a, b);
  }

  public static Node add(final Node a, final double b) {
    return add(a, constant(a.graph(), b));
  }

  public static Node sub(final Node a, final Node b) {
    return binary(BinaryKind.SUB, a, b);
  }

  public static Node mul(final Node a, final Node b) {
    return binary(BinaryKind.MUL, a, b);
  }

  public static Node mul(final Node a, final double b) {
    return mul(a, constant(a.graph(), b));
  }

  public static Node div(final Node a, final Node b) {
    return binary(BinaryKind.DIV, a, b);
  }

  public static Node max(final Node a, final Node b) {
    return binary(BinaryKind.MAX, a, b);
  }

  public static Node min(final Node a, final Node b) {
    return binary(BinaryKind.MIN, a, b);
  }

  /// 1 where `a > b`, else 0.
  public static Node greater(final Node a, final Node b) {
    return binary(BinaryKind.GREATER, a, b);
  }

  /// 1 where `a == b`, else 0.
  public static Node equal(final Node a, final Node b) {
    return binary(BinaryKind.EQUAL, a, b);
  }

  public static Node binary(final BinaryKind kind, final Node a, final Node b) {
    final var left = like(a, b);
    return a.graph().append(new Op.Binary(kind), left, like(b, left));
  }

  public static Node unary(final UnaryKind kind, final Node x) {
    return x.graph().append(new Op.Unary(kind, 0), x);
  }

  public static Node neg(final Node x) {
    return unary(UnaryKind.NEG, x);
  }

  public static Node exp(final Node x) {
    return unary(UnaryKind.EXP, x);
  }

  public static Node log(final Node x) {
    return unary(UnaryKind.LOG, x);
  }

  public static Node sqrt(final Node x) {
    return unary(UnaryKind.SQRT, x);
  }

  public static Node square(final Node x) {
    return unary(UnaryKind.SQUARE, x);
  }

  public static Node reciprocal(final Node x) {
    return unary(UnaryKind.RECIPROCAL, x);
  }

  public static Node abs(final Node x) {
    return unary(UnaryKind.ABS, x);
  }

  public static Node sign(final Node x) {
    return unary(UnaryKind.SIGN, x);
  }

  /// 1 where `x > 0`, else 0.
  public static Node step(final Node x) {
    return unary(UnaryKind.STEP, x);
  }

  public static Node relu(final Node x) {
    return unary(UnaryKind.RELU, x);
  }

  public static Node leakyRelu(final Node x, final double slope) {
    return x.graph().append(new Op.Unary(UnaryKind.LEAKY_RELU, slope), x);
  }

  public static Node sigmoid(final Node x) {
    return unary(UnaryKind.SIGMOID, x);
  }

  public static Node tanh(final Node x) {
    return unary(UnaryKind.TANH, x);
  }

  /// `log(1 + exp(x))`, without overflow.
  public static Node softplus(final Node x) {
    return unary(UnaryKind.SOFTPLUS, x);
  }

  public static Node matMul(
      final Node a, final Node b, final boolean transposeA, final boolean transposeB) {
    return a.graph().append(new Op.MatMul(transposeA, transposeB), a, b);
  }

  public static Node conv2d(final Node x, final Node weights, final int stride, final int padding) {
    return x.graph().append(new Op.Conv2d(stride, padding), x, weights);
  }

  /// The transposed convolution of PyTorch: weights (in, out, kh, kw).
  public static Node convTranspose2d(
      final Node x, final Node weights, final int stride, final int padding) {
    final var w = weights.shape();
    final int height = (x.shape().dim(1) - 1) * stride - 2 * padding + w.dim(2);
    final int width = (x.shape().dim(2) - 1) * stride - 2 * padding + w.dim(3);
    return x.graph().append(new Op.ConvInputGrad(stride, padding, height, width), x, weights);
  }

  public static Node reduce(final ReduceKind kind, final Node x, final List<Integer> positions) {
    return positions.isEmpty() ? x : x.graph().append(new Op.Reduce(kind, positions), x);
  }

  /// The sum over every position of a row: (axis; ...) to (axis).
  public static Node sumRow(final Node x) {
    return reduce(ReduceKind.SUM, x, rowPositions(x.shape()));
  }

  /// The sum over rows: (axis; dims) to (dims).
  public static Node sumRows(final Node x) {
    return reduce(ReduceKind.SUM, x, List.of(0));
  }

  /// The mean over rows: (axis; dims) to (dims).
  public static Node meanRows(final Node x) {
    final var axis = x.shape().axis();
    if (axis == null) {
      throw new IllegalArgumentException("no rows to average: shape=" + x.shape());
    }
    return div(sumRows(x), x.graph().append(new Op.Count(axis)));
  }

  /// `log(sum(exp(x)))` over the elements of a row, without overflow.
  public static Node logSumExpRow(final Node x) {
    final var positions = rowPositions(x.shape());
    final var top = stopGradient(reduce(ReduceKind.MAX, x, positions));
    final var shifted = sub(x, x.graph().append(new Op.Broadcast(x.shape(), positions), top));
    return add(top, log(sumRow(exp(shifted))));
  }

  /// Repeats `x` to `target` along the positions that it lacks: a scalar anywhere, a row over rows.
  public static Node broadcast(final Node x, final Shape target) {
    final var shape = x.shape();
    if (shape.equals(target)) {
      return x;
    }
    final var positions = new ArrayList<Integer>();
    if (!shape.isBatched() && target.isBatched()) {
      positions.add(0);
    }
    if (shape.rank() == 0) {
      positions.addAll(rowPositions(target));
    }
    return x.graph().append(new Op.Broadcast(target, positions), x);
  }

  /// A value per channel (C) repeated over the images of `like` (axis; C, H, W).
  public static Node perChannel(final Node x, final Node like) {
    return x.graph().append(new Op.Broadcast(like.shape(), List.of(0, 2, 3)), x);
  }

  public static Node reshape(final Node x, final int... dims) {
    return Arrays.equals(dims, x.shape().dims())
        ? x
        : x.graph().append(new Op.Reshape(Arrays.stream(dims).boxed().toList()), x);
  }

  public static Node slice(final Node x, final int position, final int from, final int to) {
    return x.graph().append(new Op.Slice(position, from, to), x);
  }

  public static Node pad(final Node x, final int position, final int from, final int total) {
    return x.graph().append(new Op.Pad(position, from, total), x);
  }

  public static Node gather(final Node table, final Node index) {
    return table.graph().append(new Op.Gather(), table, index);
  }

  public static Node reparameterise(final Node mu, final Node logvar, final Node eps) {
    return mu.graph().append(new Op.Reparameterise(), mu, logvar, eps);
  }

  public static Node patch(final Node x, final Node source, final Node ranges) {
    return x.graph().append(new Op.Patch(), x, source, ranges);
  }

  /// A patch by an op of one's own.
  ///
  /// @param values those that it reads: source, mean, value, seed and ids, in this order
  public static Node patch(
      final PatchOp op, final Node x, final Node ranges, final List<Node> values) {
    final var inputs = new ArrayList<>(List.of(x, ranges));
    inputs.addAll(values);
    return x.graph().append(new Op.CustomPatch(op), inputs.toArray(Node[]::new));
  }

  public static Node assign(final Node state, final Node value) {
    return state.graph().append(new Op.Assign(), state, value);
  }

  public static Node stopGradient(final Node x) {
    return x.graph().append(new Op.StopGradient(), x);
  }

  static List<Integer> rowPositions(final Shape shape) {
    return IntStream.rangeClosed(1, shape.rank()).boxed().toList();
  }

  private static Node like(final Node x, final Node other) {
    final var from = x.shape();
    final var to = other.shape();
    final boolean smaller =
        (!from.isBatched() && to.isBatched() && (from.sameDims(to) || from.rank() == 0))
            || (from.rank() == 0 && !from.isBatched());
    return smaller ? broadcast(x, to) : x;
  }
}
