package io.patchbay.engine;

import io.patchbay.engine.expression.PatchOp;
import io.patchbay.engine.expression.PatchValue;
import java.util.List;
import java.util.Optional;

/// What a node does; its edges are in the [Node]. Every primitive is one record, and every rule
/// over ops (shape, gradient, kernel) is a `switch` without `default`, so that a new primitive does
/// not compile until all of its rules are written.
public sealed interface Op {
  /// A value given at each run.
  record Input(String name) implements Op {}

  /// A value that outlives runs: a parameter, an optimiser moment, a step count.
  record State(String name) implements Op {}

  /// A scalar.
  record Constant(double value) implements Op {}

  /// The number of rows of an axis in this run, as a scalar.
  record Count(Axis axis) implements Op {}

  /// Elementwise function of one value; `alpha` is the slope of [UnaryKind#LEAKY_RELU].
  record Unary(UnaryKind kind, double alpha) implements Op {}

  /// Elementwise function of two values of one shape.
  record Binary(BinaryKind kind) implements Op {}

  /// Product of two matrices. A batched value with one size is a matrix (rows, size); a value
  /// without axis and with two sizes is itself. Contracting the axis sums rows in their order.
  record MatMul(boolean transposeA, boolean transposeB) implements Op {}

  /// `x` (axis; C, H, W) with weights (O, C, kh, kw) to (axis; O, OH, OW).
  record Conv2d(int stride, int padding) implements Op {}

  /// The input gradient of [Conv2d]; used forward it is the transposed convolution. Takes `g`
  /// (axis; O, OH, OW) and the same weights, gives (axis; C, height, width).
  record ConvInputGrad(int stride, int padding, int height, int width) implements Op {}

  /// The weight gradient of [Conv2d] from `x` and `g`, summed over rows in their order.
  record ConvWeightGrad(int stride, int padding, int kernelHeight, int kernelWidth) implements Op {}

  /// Removes `positions` (see [Shape]) by summing or by taking the largest element.
  record Reduce(ReduceKind kind, List<Integer> positions) implements Op {
    public Reduce {
      positions = List.copyOf(positions);
    }
  }

  /// Repeats a value along the `positions` of `target` that it lacks.
  record Broadcast(Shape target, List<Integer> positions) implements Op {
    public Broadcast {
      positions = List.copyOf(positions);
    }
  }

  /// The same elements of each row, in (C, H, W) order, under other sizes.
  record Reshape(List<Integer> dims) implements Op {
    public Reshape {
      dims = List.copyOf(dims);
    }
  }

  /// Elements `from` (inclusive) to `to` (exclusive) along one position.
  record Slice(int position, int from, int to) implements Op {}

  /// The dual of [Slice]: zeros, with the value placed at `from` of `total`.
  record Pad(int position, int from, int total) implements Op {}

  /// Rows of a table by index. An index of shape (axis) takes whole rows; one of the table's row
  /// shape takes each element from its own row.
  record Gather() implements Op {}

  /// The dual of [Gather]: adds each row (or element) of `g` into row `index` of a zeroed table on
  /// `target`, in row order.
  record Scatter(Axis target) implements Op {}

  /// `mu + exp(logvar / 2) * eps`.
  record Reparameterise() implements Op {}

  /// Standard normals keyed by (seed, stream, input id, draw): inputs are the seed as two integers
  /// and, per row, (id low 32 bits, id high 16 bits, draw).
  record Normal(int stream, int size) implements Op {}

  /// `x` with the units named by `ranges` taken from `source`. `ranges` is (its own axis; 3): row,
  /// first unit, end unit, in the flat (C, H, W) order of one row, sorted by row.
  record Patch() implements Op {}

  /// What a patch changes at the end of a chain of layers, each row of the cells beside its own
  /// base: convolutions with kernel 4, stride 2 and padding 1, and linear layers. Inputs, d being
  /// the size of the patched value:
  ///
  /// - the clean value, flat, of the bases (bases; d), and rows to take from (sources; d)
  /// - per cell its base and its source (rows), and (rows; 5) keep, shift, take, low and high: a
  ///   unit becomes `min(max(keep x + shift + take source, low), high)`
  /// - the ranges of units that change (ranges; 3), as in [Patch]
  /// - per layer its weights as a convolution has them, or as (O, D), and its clean value before
  ///   the activation, bias and all: (bases; O, H, W), or of a linear layer any sizes of O
  ///   elements, those in which the next layer takes it
  /// - for products, directions (directions; its sizes) and per cell the row of its own (rows)
  /// - of those that an op of one's own reads, the mean (d), and for its random numbers a seed as
  ///   two integers and, per cell, (id low 32 bits, id high 16 bits, draw), as of [CustomPatch]. It
  ///   says what a unit becomes; of the five numbers the second is its value then, and the others
  ///   are not read
  ///
  /// Gives the last layer's value in each cell (rows; its sizes), or one number (rows).
  ///
  /// @param rectifies whether the patched value passes a rectifier before the first layer
  /// @param eliminates whether a cell whose patch changes nothing is proved to have no effect, and
  ///   left out
  /// @param precision of the change and of the weights where they are multiplied: in bf16 both are
  ///   rounded to it, to nearest and ties to even, in the layers that [#rounds] names; in TF32 they
  ///   keep at least its bits. Sums, clean values and activations are not rounded
  /// @param own what a unit becomes, where the five numbers do not say it
  record Propagate(
      boolean rectifies,
      List<Layer> layers,
      End end,
      boolean eliminates,
      Precision precision,
      Optional<Own> own)
      implements Op {
    public Propagate {
      layers = List.copyOf(layers);
    }

    /// Whether the operands of a layer are rounded: of convolutions but the first layer and one
    /// onto an image. The first multiplies what the patch itself changes, perhaps one number, whose
    /// rounding would be an error of all that comes of it; in the last, changes may nearly cancel;
    /// and linear layers cost little.
    public boolean rounds(final int layer) {
      final var of = layers.get(layer);
      return precision == Precision.BF16
          && layer > 0
          && of.kind() != Kind.LINEAR
          && of.activation() != Activation.SIGMOID;
    }

    /// By the five numbers.
    public Propagate(
        final boolean rectifies,
        final List<Layer> layers,
        final End end,
        final boolean eliminates,
        final Precision precision) {
      this(rectifies, layers, end, eliminates, precision, Optional.empty());
    }

    /// In single precision.
    public Propagate(
        final boolean rectifies,
        final List<Layer> layers,
        final End end,
        final boolean eliminates) {
      this(rectifies, layers, end, eliminates, Precision.FP32);
    }

    public record Layer(Kind kind, Activation activation) {}

    /// An op of one's own at a site, where the value is flat here.
    ///
    /// @param plane units of a channel of the site; 1 for a flat one
    /// @param width columns of a channel
    public record Own(PatchOp op, int plane, int width) {
      /// Of a site with these sizes.
      public static Own at(final PatchOp op, final Shape site) {
        return site.rank() == 3
            ? new Own(op, site.dim(1) * site.dim(2), site.dim(2))
            : new Own(op, 1, 1);
      }
    }

    /// What a layer is.
    public enum Kind {
      /// A convolution from (C, H, W) to (O, H / 2, W / 2).
      DOWN,
      /// A transposed convolution from (C, H, W) to (O, 2 H, 2 W).
      UP,
      /// All to all, of values in (C, H, W) order.
      LINEAR
    }

    /// What follows a layer's sums.
    public enum Activation {
      NONE,
      RELU,
      SIGMOID
    }

    /// What is wanted of the last layer: its value, or the sum over its elements of the squares or
    /// of the sizes of their change, or of their products with a direction.
    public enum End {
      VALUE,
      SQUARES,
      SIZES,
      PRODUCTS
    }

    /// Inputs before those of the layers.
    public static final int LEADING = 6;

    /// Inputs before the directions.
    public int layered() {
      return LEADING + 2 * layers.size();
    }

    /// How many inputs there are.
    public int inputs() {
      return input(PatchValue.RANDOM) + (reads(PatchValue.RANDOM) ? 2 : 0);
    }

    /// Whether the op of one's own reads a value.
    public boolean reads(final PatchValue value) {
      return own.isPresent() && own.get().op().reads(value);
    }

    /// Which input holds the mean, or the seed of the random numbers, which the ids follow.
    ///
    /// @throws IllegalArgumentException when it is another value, which has no input of its own
    public int input(final PatchValue value) {
      final int first = layered() + (end == End.PRODUCTS ? 2 : 0);
      return switch (value) {
        case MEAN -> first;
        case RANDOM -> first + (reads(PatchValue.MEAN) ? 1 : 0);
        case CLEAN, SOURCE, VALUE, UNIT, CHANNEL, ROW, COLUMN ->
            throw new IllegalArgumentException("no input of its own: value=" + value);
      };
    }
  }

  /// `x` with the units named by `ranges` (as of [Patch]) replaced by what an op of one's own makes
  /// of them. Inputs: `x`, `ranges`, then those of the following that the op reads, in this order:
  /// the source (as `x`), the mean (one row of `x`), the value (axis), and for its random numbers a
  /// seed as two integers and, per row, (id low 32 bits, id high 16 bits, draw).
  record CustomPatch(PatchOp op) implements Op {
    /// Input of `x`.
    public static final int X = 0;

    /// Input of the ranges.
    public static final int RANGES = 1;

    /// How many inputs there are.
    public int inputs() {
      return input(PatchValue.RANDOM) + (op.reads(PatchValue.RANDOM) ? 2 : 0);
    }

    /// Which input holds a value that the op reads; of its random numbers the seed, which the ids
    /// follow.
    public int input(final PatchValue value) {
      int input = RANGES + 1;
      for (final var before : GIVEN) {
        if (before == value) {
          return input;
        }
        input += op.reads(before) ? 1 : 0;
      }
      return value == PatchValue.CLEAN ? X : input;
    }

    private static final List<PatchValue> GIVEN =
        List.of(PatchValue.SOURCE, PatchValue.MEAN, PatchValue.VALUE);
  }

  /// Writes a value into a state, after every reader of the old one.
  record Assign() implements Op {}

  /// Identity that passes no gradient.
  record StopGradient() implements Op {}

  /// Functions of [Unary].
  enum UnaryKind {
    NEG,
    EXP,
    LOG,
    SQRT,
    SQUARE,
    RECIPROCAL,
    ABS,
    SIGN,
    STEP,
    RELU,
    LEAKY_RELU,
    SIGMOID,
    TANH,
    SOFTPLUS
  }

  /// Functions of [Binary]; comparisons give 1 or 0, and `MAX` and `MIN` give NaN where either
  /// operand is.
  enum BinaryKind {
    ADD,
    SUB,
    MUL,
    DIV,
    MAX,
    MIN,
    GREATER,
    EQUAL
  }

  /// Functions of [Reduce].
  enum ReduceKind {
    SUM,
    MAX
  }
}
