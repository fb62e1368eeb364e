package io.patchbay.engine;

import io.patchbay.engine.expression.PatchValue;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;

/// The shape rule of every op.
final class Shapes {
  private Shapes() {}

  static Shape of(final Op op, final List<Node> inputs) {
    final var in = inputs.stream().map(Node::shape).toList();
    checkCount(op, in);
    return switch (op) {
      case Op.Input _, Op.State _ ->
          throw new IllegalArgumentException("made by Graph.input and Graph.state: op=" + op);
      case Op.Constant _, Op.Count _ -> Shape.of();
      case Op.Unary _, Op.StopGradient _ -> floats(op, in, 0);
      case Op.Binary _ -> {
        check(op, in, in.get(0).equals(in.get(1)), "operands of one shape");
        yield floats(op, in, 0);
      }
      case final Op.MatMul m -> matMul(m, in);
      case final Op.Conv2d c -> conv(c, in);
      case final Op.ConvInputGrad c -> convInputGrad(c, in);
      case final Op.ConvWeightGrad c -> convWeightGrad(c, in);
      case final Op.Reduce r -> {
        check(op, in, r.positions().stream().allMatch(p -> has(in.get(0), p)), "its positions");
        yield floats(op, in, 0).without(r.positions());
      }
      case final Op.Broadcast b -> {
        final boolean there = b.positions().stream().allMatch(p -> has(b.target(), p));
        final boolean rest = b.target().without(b.positions()).equals(in.get(0));
        check(op, in, there && rest, "the target's rest");
        yield b.target();
      }
      case final Op.Reshape r -> {
        final var shape = in.get(0).withDims(ints(r.dims()));
        check(op, in, shape.rowSize() == in.get(0).rowSize(), "as many elements in a row");
        yield shape;
      }
      case final Op.Slice s -> {
        final int size = size(op, in, s.position());
        check(op, in, 0 <= s.from() && s.from() < s.to() && s.to() <= size, "a range inside");
        yield resized(in.get(0), s.position(), s.to() - s.from());
      }
      case final Op.Pad p -> {
        final int size = size(op, in, p.position());
        check(op, in, p.from() >= 0 && p.from() + size <= p.total(), "room for the value");
        yield resized(in.get(0), p.position(), p.total());
      }
      case Op.Gather _ -> gather(op, in);
      case final Op.Scatter s -> scatter(s, in);
      case Op.Reparameterise _ -> {
        final boolean same = in.get(0).equals(in.get(1)) && in.get(0).equals(in.get(2));
        check(op, in, same, "mu, logvar and eps of one shape");
        yield floats(op, in, 0);
      }
      case final Op.Normal n -> {
        check(op, in, in.get(0).equals(Shape.of(2).integers()), "a seed of two integers");
        final var ids = in.get(1);
        check(op, in, ids.equals(Shape.batched(axis(op, in, 1), 3).integers()), "ids (axis; 3)");
        yield Shape.batched(axis(op, in, 1), n.size());
      }
      case Op.Patch _ -> {
        check(op, in, in.get(0).equals(in.get(1)), "value and source of one shape");
        final var ranges = Shape.batched(axis(op, in, 2), 3).integers();
        check(op, in, in.get(2).equals(ranges) && in.get(0).isBatched(), "ranges (axis; 3)");
        yield floats(op, in, 0);
      }
      case final Op.Propagate p -> Propagation.shape(p, in);
      case final Op.CustomPatch p -> customPatch(p, in);
      case Op.Assign _ -> {
        final boolean state = inputs.get(0).op() instanceof Op.State;
        check(op, in, state && in.get(0).equals(in.get(1)), "a state and a value of its shape");
        yield in.get(0);
      }
    };
  }

  private static void checkCount(final Op op, final List<Shape> in) {
    final int count =
        switch (op) {
          case Op.Input _, Op.State _, Op.Constant _, Op.Count _ -> 0;
          case Op.Unary _,
              Op.Reduce _,
              Op.Broadcast _,
              Op.Reshape _,
              Op.Slice _,
              Op.Pad _,
              Op.StopGradient _ ->
              1;
          case Op.Binary _,
              Op.MatMul _,
              Op.Conv2d _,
              Op.ConvInputGrad _,
              Op.ConvWeightGrad _,
              Op.Gather _,
              Op.Scatter _,
              Op.Normal _,
              Op.Assign _ ->
              2;
          case Op.Reparameterise _, Op.Patch _ -> 3;
          case final Op.Propagate p -> p.inputs();
          case final Op.CustomPatch p -> p.inputs();
        };
    check(op, in, in.size() == count, count + " inputs");
  }

  private static Shape customPatch(final Op.CustomPatch op, final List<Shape> in) {
    final var x = floats(op, in, Op.CustomPatch.X);
    final var axis = axis(op, in, Op.CustomPatch.X);
    final var ranges = Shape.batched(axis(op, in, Op.CustomPatch.RANGES), 3).integers();
    check(op, in, in.get(Op.CustomPatch.RANGES).equals(ranges), "ranges (axis; 3)");
    check(op, in, given(op, in, PatchValue.SOURCE, x), "a source of the value's shape");
    check(op, in, given(op, in, PatchValue.MEAN, x.on(null)), "a mean, one row of the value");
    check(op, in, given(op, in, PatchValue.VALUE, Shape.batched(axis)), "a number per row");
    if (op.op().reads(PatchValue.RANDOM)) {
      final int seed = op.input(PatchValue.RANDOM);
      final boolean keyed =
          in.get(seed).equals(Shape.of(2).integers())
              && in.get(seed + 1).equals(Shape.batched(axis, 3).integers());
      check(op, in, keyed, "a seed of two integers and ids (axis; 3)");
    }
    return x;
  }

  private static boolean given(
      final Op.CustomPatch op, final List<Shape> in, final PatchValue value, final Shape shape) {
    return !op.op().reads(value) || in.get(op.input(value)).equals(shape);
  }

  private static Shape matMul(final Op.MatMul op, final List<Shape> in) {
    final var a = in.get(0);
    final var b = in.get(1);
    check(op, in, isMatrix(a) && isMatrix(b), "two matrices");
    final boolean rowsInner = op.transposeA();
    final boolean colsInner = op.transposeB();
    final var innerA = rowsInner ? a.axis() : null;
    final var innerB = colsInner ? null : b.axis();
    final int sizeA = rowsInner ? rows(a) : columns(a);
    final int sizeB = colsInner ? columns(b) : rows(b);
    check(op, in, Objects.equals(innerA, innerB) && sizeA == sizeB, "equal inner sizes");
    final int outer = colsInner ? rows(b) : columns(b);
    check(op, in, !(colsInner && b.isBatched()), "columns of a fixed number");
    if (!rowsInner && a.isBatched()) {
      return Shape.batched(axis(op, in, 0), outer);
    }
    return Shape.of(rowsInner ? columns(a) : rows(a), outer);
  }

  private static boolean isMatrix(final Shape s) {
    return s.type() == Shape.Type.F32 && s.rank() == (s.isBatched() ? 1 : 2);
  }

  private static int rows(final Shape s) {
    return s.isBatched() ? -1 : s.dim(0);
  }

  private static int columns(final Shape s) {
    return s.dim(s.rank() - 1);
  }

  private static Shape conv(final Op.Conv2d op, final List<Shape> in) {
    checkSteps(op, in, op.stride(), op.padding());
    final var x = spatial(op, in, 0);
    final var w = in.get(1);
    check(op, in, isKernel(w) && w.dim(1) == x.dim(0), "weights (O, C, kh, kw)");
    final int height = outSize(x.dim(1), w.dim(2), op.stride(), op.padding());
    final int width = outSize(x.dim(2), w.dim(3), op.stride(), op.padding());
    check(op, in, height > 0 && width > 0, "an image as large as the kernel");
    return x.withDims(w.dim(0), height, width);
  }

  private static Shape convInputGrad(final Op.ConvInputGrad op, final List<Shape> in) {
    checkSteps(op, in, op.stride(), op.padding());
    final var g = spatial(op, in, 0);
    final var w = in.get(1);
    final boolean fits =
        isKernel(w)
            && w.dim(0) == g.dim(0)
            && outSize(op.height(), w.dim(2), op.stride(), op.padding()) == g.dim(1)
            && outSize(op.width(), w.dim(3), op.stride(), op.padding()) == g.dim(2);
    check(op, in, fits, "weights (O, C, kh, kw) and an output size that convolves to the input");
    return g.withDims(w.dim(1), op.height(), op.width());
  }

  private static Shape convWeightGrad(final Op.ConvWeightGrad op, final List<Shape> in) {
    checkSteps(op, in, op.stride(), op.padding());
    final var x = spatial(op, in, 0);
    final var g = spatial(op, in, 1);
    final boolean fits =
        Objects.equals(x.axis(), g.axis())
            && outSize(x.dim(1), op.kernelHeight(), op.stride(), op.padding()) == g.dim(1)
            && outSize(x.dim(2), op.kernelWidth(), op.stride(), op.padding()) == g.dim(2);
    check(op, in, fits, "the input and the output gradient of one convolution");
    return Shape.of(g.dim(0), x.dim(0), op.kernelHeight(), op.kernelWidth());
  }

  private static boolean isKernel(final Shape w) {
    return w.rank() == 4 && !w.isBatched() && w.type() == Shape.Type.F32;
  }

  private static void checkSteps(
      final Op op, final List<Shape> in, final int stride, final int padding) {
    check(op, in, stride > 0 && padding >= 0, "a stride of at least 1 and no negative padding");
  }

  /// Output size of a convolution along one direction.
  static int outSize(final int in, final int kernel, final int stride, final int padding) {
    return in + 2 * padding < kernel ? 0 : (in + 2 * padding - kernel) / stride + 1;
  }

  private static Shape gather(final Op op, final List<Shape> in) {
    final var table = in.get(0);
    final var index = in.get(1);
    final boolean whole = index.rank() == 0;
    final boolean fits =
        table.isBatched() && index.type() == Shape.Type.I32 && (whole || index.sameDims(table));
    check(op, in, fits, "a batched table and integers, per row or per element");
    return table.on(axis(op, in, 1));
  }

  private static Shape scatter(final Op.Scatter op, final List<Shape> in) {
    final var index = in.get(1);
    final boolean fits =
        index.type() == Shape.Type.I32
            && axis(op, in, 0).equals(index.axis())
            && (index.rank() == 0 || index.sameDims(in.get(0)));
    check(op, in, fits, "a batched value and integers, per row or per element");
    return in.get(0).on(op.target());
  }

  private static Shape spatial(final Op op, final List<Shape> in, final int i) {
    final var s = in.get(i);
    check(op, in, s.isBatched() && s.rank() == 3 && s.type() == Shape.Type.F32, "(axis; C, H, W)");
    return s;
  }

  private static Shape floats(final Op op, final List<Shape> in, final int i) {
    check(op, in, in.get(i).type() == Shape.Type.F32, "floating-point values");
    return in.get(i);
  }

  static Axis axis(final Op op, final List<Shape> in, final int i) {
    final var axis = in.get(i).axis();
    if (axis == null) {
      throw mismatch(op, in, "a batched value");
    }
    return axis;
  }

  private static boolean has(final Shape s, final int position) {
    return position == 0 ? s.isBatched() : position > 0 && position <= s.rank();
  }

  private static int size(final Op op, final List<Shape> in, final int position) {
    check(op, in, position > 0 && has(in.get(0), position), "a position inside a row");
    return in.get(0).dim(position - 1);
  }

  private static Shape resized(final Shape s, final int position, final int size) {
    final var dims = s.dims();
    dims[position - 1] = size;
    return s.withDims(dims);
  }

  private static int[] ints(final List<Integer> values) {
    return IntStream.range(0, values.size()).map(values::get).toArray();
  }

  static void check(final Op op, final List<Shape> in, final boolean holds, final String expected) {
    if (!holds) {
      throw mismatch(op, in, expected);
    }
  }

  private static IllegalArgumentException mismatch(
      final Op op, final List<Shape> in, final String expected) {
    return new IllegalArgumentException(
        "shapes do not fit: op=" + op + ", inputs=" + in + ", expected " + expected);
  }
}
