package io.patchbay.bench.jmh;

import static io.patchbay.tests.cases.Draft.ROWS;

import io.patchbay.engine.Node;
import io.patchbay.engine.Op;
import io.patchbay.engine.Ops;
import io.patchbay.engine.Shape;
import io.patchbay.tests.cases.Draft;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Param;

/// Chains of elementwise functions on n rows of 32 x 16 x 16, each one pass of the kernel
/// `expression`, whose interpreter keeps tiles of 256 numbers in the first-level cache.
///
/// Operations of a call: the functions of the chain, one each, for each number made. Bytes: 4 for
/// each number read and made; what is repeated along a row or a channel counts once.
///
/// Run: `java -cp 'bench/target/*:bench/target/lib/*' org.openjdk.jmh.Main ExpressionBenchmark -rf
/// json -rff expressions.json`; one: add `-p form=MIX -p rows=64`.
public class ExpressionBenchmark extends KernelBenchmark {
  private static final double TOLERANCE = 2e-5;
  private static final int LONG = 16;
  private static final int NUMBERS = 5;

  /// The chain.
  @Param public Form form = Form.GATE;

  /// Rows.
  @Param({"8", "64"})
  public int rows = 8;

  /// Chains.
  public enum Form {
    /// g step(y), the gradient of a rectifier by itself: 2 functions of two values.
    GATE,
    /// min(max(keep clean + shift + take source, low), high), five numbers a row: the built-in
    /// patch, 6 functions.
    MIX,
    /// x scale + shift, a number of each for each channel: 2 functions.
    CHANNELS,
    /// 16 sums and products in a row.
    LONG,
    /// exp, tanh, sigmoid, softplus and a square root, and 5 sums.
    FUNCTIONS
  }

  @Override
  Piece piece() {
    final var draft = Drawn.rows(rows);
    final var shape = Shape.batched(ROWS, 32, 16, 16);
    final var x = draft.input(shape);
    return switch (form) {
      case GATE -> {
        draft.output(Ops.mul(Ops.step(draft.input(shape)), x));
        yield of(draft, shape, 2, 3, 0);
      }
      case MIX -> {
        final var source = draft.input(shape);
        final var of = IntStream.range(0, NUMBERS).mapToObj(i -> number(draft, shape)).toList();
        final var mixed =
            Ops.add(Ops.add(Ops.mul(x, of.get(0)), of.get(1)), Ops.mul(source, of.get(2)));
        draft.output(Ops.min(Ops.max(mixed, of.get(3)), of.get(4)));
        yield of(draft, shape, 6, 3, (double) rows * NUMBERS);
      }
      case CHANNELS -> {
        final var scale = draft.input(Shape.of(32));
        final var shift = draft.input(Shape.of(32));
        draft.output(Ops.add(Ops.mul(x, Ops.perChannel(scale, x)), Ops.perChannel(shift, x)));
        yield of(draft, shape, 2, 2, 64);
      }
      case LONG -> {
        Node y = x;
        for (int i = 0; i < LONG; i++) {
          y = i % 2 == 0 ? Ops.mul(y, 1.01) : Ops.add(y, 0.01);
        }
        draft.output(y);
        yield of(draft, shape, LONG, 2, 0);
      }
      case FUNCTIONS -> {
        final var a = Ops.add(Ops.exp(x), Ops.tanh(x));
        final var b = Ops.add(Ops.sigmoid(x), Ops.softplus(x));
        draft.output(Ops.sub(Ops.add(a, b), Ops.sqrt(Ops.add(x, 2))));
        yield of(draft, shape, 10, 2, 0);
      }
    };
  }

  /// A number a row, repeated.
  private static Node number(final Draft draft, final Shape shape) {
    final var each = draft.input(Shape.batched(ROWS));
    return draft.graph().append(new Op.Broadcast(shape, List.of(1, 2, 3)), each);
  }

  private Piece of(
      final Draft draft,
      final Shape shape,
      final int functions,
      final int values,
      final double repeated) {
    final double numbers = (double) rows * shape.rowSize();
    return Piece.of(
        draft.trial(),
        Set.of("expression"),
        TOLERANCE,
        functions * numbers,
        values * numbers + repeated);
  }
}
