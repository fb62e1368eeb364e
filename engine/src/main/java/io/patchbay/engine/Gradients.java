package io.patchbay.engine;

import io.patchbay.engine.Op.ReduceKind;
import io.patchbay.engine.Op.UnaryKind;
import io.patchbay.engine.expression.PatchValue;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Reverse mode as a page of rules that emit more graph: a gradient is planned, cut and
/// differentiated like everything else.
public final class Gradients {
  private final Graph graph;
  private final Map<Integer, Node> adjoints = new HashMap<>();

  private Gradients(final Graph graph) {
    this.graph = graph;
  }

  /// The gradients of `loss` with respect to each of `wrt`, in that order. A loss with rows is
  /// summed over them, so that rows that do not mix keep their own gradients. What the loss does
  /// not depend on gets zeros.
  public static List<Node> of(final Node loss, final List<Node> wrt) {
    final var walk = new Gradients(loss.graph());
    walk.adjoints.put(loss.id(), filled(loss.graph(), loss.shape(), 1));
    final var leads = leadsTo(loss.graph(), wrt);
    for (int id = loss.id(); id >= 0; id--) {
      final var adjoint = walk.adjoints.get(id);
      if (adjoint != null && leads[id]) {
        walk.push(walk.graph.nodes().get(id), adjoint, leads);
      }
    }
    final var result = new ArrayList<Node>();
    for (final var node : wrt) {
      final var adjoint = walk.adjoints.get(node.id());
      result.add(adjoint == null ? filled(loss.graph(), node.shape(), 0) : adjoint);
    }
    return result;
  }

  /// Marks the nodes through which a change of `wrt` can travel.
  private static boolean[] leadsTo(final Graph graph, final List<Node> wrt) {
    final var leads = new boolean[graph.nodes().size()];
    wrt.forEach(node -> leads[node.id()] = true);
    for (final var node : graph.nodes()) {
      for (final var input : node.inputs()) {
        leads[node.id()] |= leads[input.id()];
      }
    }
    return leads;
  }

  private void push(final Node node, final Node g, final boolean[] leads) {
    final var gradients = rule(node, g);
    for (int i = 0; i < gradients.size(); i++) {
      final var input = node.input(i);
      final var gradient = gradients.get(i);
      if (gradient != null && leads[input.id()]) {
        adjoints.merge(input.id(), gradient, Ops::add);
      }
    }
  }

  /// What each input receives when the value receives `g`; null where nothing flows.
  private static List<@Nullable Node> rule(final Node node, final Node g) {
    final var in = node.inputs();
    return switch (node.op()) {
      case Op.Input _, Op.State _, Op.Constant _, Op.Count _ -> List.of();
      case Op.StopGradient _, Op.Normal _, Op.Assign _ -> List.of();
      case final Op.Unary u -> List.of(unary(u, in.get(0), node, g));
      case final Op.Binary b -> binary(b, in.get(0), in.get(1), g);
      case final Op.MatMul m -> matMul(m, in.get(0), in.get(1), g);
      case final Op.Conv2d c -> {
        final var x = in.get(0).shape();
        final var w = in.get(1).shape();
        final var back = new Op.ConvInputGrad(c.stride(), c.padding(), x.dim(1), x.dim(2));
        yield List.of(
            emit(back, g, in.get(1)), emit(weightGrad(c.stride(), c.padding(), w), in.get(0), g));
      }
      case final Op.ConvInputGrad c ->
          List.of(
              emit(new Op.Conv2d(c.stride(), c.padding()), g, in.get(1)),
              emit(weightGrad(c.stride(), c.padding(), in.get(1).shape()), g, in.get(0)));
      case final Op.ConvWeightGrad c -> {
        final var x = in.get(0).shape();
        final var back = new Op.ConvInputGrad(c.stride(), c.padding(), x.dim(1), x.dim(2));
        yield List.of(
            emit(back, in.get(1), g), emit(new Op.Conv2d(c.stride(), c.padding()), in.get(0), g));
      }
      case final Op.Reduce r -> {
        final var x = in.get(0);
        final var spread = emit(new Op.Broadcast(x.shape(), r.positions()), g);
        yield switch (r.kind()) {
          case SUM -> List.of(spread);
          case MAX -> {
            // Ties share the gradient equally.
            final var top = emit(new Op.Broadcast(x.shape(), r.positions()), node);
            final var ties = Ops.equal(x, top);
            final var count = Ops.reduce(ReduceKind.SUM, ties, r.positions());
            final var share = emit(new Op.Broadcast(x.shape(), r.positions()), count);
            yield List.of(Ops.div(Ops.mul(spread, ties), share));
          }
        };
      }
      case final Op.Broadcast b -> List.of(Ops.reduce(ReduceKind.SUM, g, b.positions()));
      case Op.Reshape _ -> List.of(Ops.reshape(g, in.get(0).shape().dims()));
      case final Op.Slice s ->
          List.of(Ops.pad(g, s.position(), s.from(), in.get(0).shape().dim(s.position() - 1)));
      case final Op.Pad p -> {
        final int size = in.get(0).shape().dim(p.position() - 1);
        yield List.of(Ops.slice(g, p.position(), p.from(), p.from() + size));
      }
      case Op.Gather _ -> {
        final var axis = Objects.requireNonNull(in.get(0).shape().axis());
        yield one(emit(new Op.Scatter(axis), g, in.get(1)));
      }
      case Op.Scatter _ -> one(Ops.gather(g, in.get(1)));
      case Op.Reparameterise _ -> {
        final var sigma = Ops.exp(Ops.mul(in.get(1), 0.5));
        final var spread = Ops.mul(g, sigma);
        yield List.of(g, Ops.mul(Ops.mul(spread, in.get(2)), 0.5), spread);
      }
      case Op.Propagate _ ->
          throw new IllegalArgumentException(
              "made for running, not for training; the patch and the layers it stands for have"
                  + " gradients: node="
                  + node);
      case Op.Patch _ -> {
        final var zero = filled(g.graph(), g.shape(), 0);
        final var ranges = in.get(2);
        yield both(Ops.patch(g, zero, ranges), Ops.patch(zero, g, ranges));
      }
      case final Op.CustomPatch p -> customPatch(p, in, g);
    };
  }

  private static Node unary(final Op.Unary op, final Node x, final Node y, final Node g) {
    return switch (op.kind()) {
      case NEG -> Ops.neg(g);
      case EXP -> Ops.mul(g, y);
      case LOG -> Ops.div(g, x);
      case SQRT -> Ops.div(Ops.mul(g, 0.5), y);
      case SQUARE -> Ops.mul(g, Ops.mul(x, 2));
      case RECIPROCAL -> Ops.neg(Ops.mul(g, Ops.square(y)));
      case ABS -> Ops.mul(g, Ops.sign(x));
      case SIGN, STEP -> filled(g.graph(), g.shape(), 0);
      // The sign of the output is that of the input: the input need not be kept.
      case RELU -> Ops.mul(g, Ops.step(y));
      case LEAKY_RELU -> {
        final var slope = Ops.add(Ops.mul(Ops.step(y), 1 - op.alpha()), op.alpha());
        yield Ops.mul(g, slope);
      }
      case SIGMOID -> Ops.mul(g, Ops.mul(y, Ops.add(Ops.neg(y), 1)));
      case TANH -> Ops.mul(g, Ops.add(Ops.neg(Ops.square(y)), 1));
      case SOFTPLUS -> Ops.mul(g, Ops.unary(UnaryKind.SIGMOID, x));
    };
  }

  private static List<@Nullable Node> binary(
      final Op.Binary op, final Node a, final Node b, final Node g) {
    return switch (op.kind()) {
      case ADD -> List.of(g, g);
      case SUB -> List.of(g, Ops.neg(g));
      case MUL -> List.of(Ops.mul(g, b), Ops.mul(g, a));
      case DIV -> {
        final var share = Ops.div(g, b);
        yield List.of(share, Ops.neg(Ops.mul(share, Ops.div(a, b))));
      }
      case MAX -> chosen(Ops.greater(a, b), g);
      case MIN -> chosen(Ops.greater(b, a), g);
      case GREATER, EQUAL -> List.of();
    };
  }

  /// The gradient goes to the first operand where `first` is 1, to the second elsewhere.
  private static List<@Nullable Node> chosen(final Node first, final Node g) {
    final var share = Ops.mul(g, first);
    return List.of(share, Ops.sub(g, share));
  }

  /// The op's expression is derived by each value that it reads; that is again an op on the same
  /// values, and where the ranges do not reach, the value of `x` passes and no other.
  private static List<@Nullable Node> customPatch(
      final Op.CustomPatch op, final List<Node> in, final Node g) {
    final var gradients = new ArrayList<@Nullable Node>(Collections.nCopies(in.size(), null));
    final var x = in.get(Op.CustomPatch.X);
    final var ranges = in.get(Op.CustomPatch.RANGES);
    for (final var by :
        List.of(PatchValue.CLEAN, PatchValue.SOURCE, PatchValue.MEAN, PatchValue.VALUE)) {
      final boolean clean = by == PatchValue.CLEAN;
      if (!clean && !op.op().reads(by)) {
        continue;
      }
      final var slope = Ops.patch(op.op().derivative(by), x, ranges, read(op, by, in));
      final var beside = filled(g.graph(), g.shape(), clean ? 1 : 0);
      final var all = Ops.mul(g, Ops.patch(beside, slope, ranges));
      final var gradient =
          switch (by) {
            case MEAN -> Ops.sumRows(all);
            case VALUE -> Ops.sumRow(all);
            case CLEAN, SOURCE, UNIT, CHANNEL, ROW, COLUMN, RANDOM -> all;
          };
      gradients.set(op.input(by), gradient);
    }
    return gradients;
  }

  /// Those of the inputs that the derivative reads.
  private static List<Node> read(
      final Op.CustomPatch op, final PatchValue by, final List<Node> in) {
    final var derivative = op.op().derivative(by);
    final var read = new ArrayList<Node>();
    for (final var value : List.of(PatchValue.SOURCE, PatchValue.MEAN, PatchValue.VALUE)) {
      if (derivative.reads(value)) {
        read.add(in.get(op.input(value)));
      }
    }
    if (derivative.reads(PatchValue.RANDOM)) {
      final int seed = op.input(PatchValue.RANDOM);
      read.addAll(in.subList(seed, seed + 2));
    }
    return read;
  }

  private static List<@Nullable Node> matMul(
      final Op.MatMul op, final Node a, final Node b, final Node g) {
    final boolean ta = op.transposeA();
    final boolean tb = op.transposeB();
    return List.of(
        ta ? Ops.matMul(b, g, tb, true) : Ops.matMul(g, b, false, !tb),
        tb ? Ops.matMul(g, a, true, ta) : Ops.matMul(a, g, !ta, false));
  }

  private static Op.ConvWeightGrad weightGrad(
      final int stride, final int padding, final Shape weights) {
    return new Op.ConvWeightGrad(stride, padding, weights.dim(2), weights.dim(3));
  }

  private static Node emit(final Op op, final Node... inputs) {
    return inputs[0].graph().append(op, inputs);
  }

  private static List<@Nullable Node> one(final Node first) {
    return both(first, null);
  }

  private static List<@Nullable Node> both(final Node first, final @Nullable Node second) {
    final var list = new ArrayList<@Nullable Node>();
    list.add(first);
    list.add(second);
    return list;
  }

  private static Node filled(final Graph graph, final Shape shape, final double value) {
    return Ops.broadcast(Ops.constant(graph, value), shape);
  }
}
