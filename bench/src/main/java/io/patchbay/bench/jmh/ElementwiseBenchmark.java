package io.patchbay.bench.jmh;

import static io.patchbay.tests.cases.Draft.ROWS;

import io.patchbay.engine.Op.BinaryKind;
import io.patchbay.engine.Op.UnaryKind;
import io.patchbay.engine.Ops;
import io.patchbay.engine.Shape;
import java.util.Arrays;
import java.util.Set;
import org.openjdk.jmh.annotations.Param;

/// Each elementwise function alone, on n rows of 32 x 16 x 16: kernel `expression` with a program
/// of one instruction. `ExpressionBenchmark` has longer ones.
///
/// Operations of a call: one for each number made, whatever the function takes. Bytes: 8 for each,
/// 12 of functions of two. With `-p rows=1` and a cheap function it is what a call costs by itself.
///
/// Run: `java -cp 'bench/target/*:bench/target/lib/*' org.openjdk.jmh.Main ElementwiseBenchmark -rf
/// json -rff elementwise.json`; one: add `-p function=EXP -p rows=8`.
public class ElementwiseBenchmark extends KernelBenchmark {
  private static final double TOLERANCE = 2e-6;

  /// A `UnaryKind` or a `BinaryKind`.
  @Param({
    "NEG",
    "EXP",
    "LOG",
    "SQRT",
    "SQUARE",
    "RECIPROCAL",
    "ABS",
    "SIGN",
    "STEP",
    "RELU",
    "LEAKY_RELU",
    "SIGMOID",
    "TANH",
    "SOFTPLUS",
    "ADD",
    "SUB",
    "MUL",
    "DIV",
    "MAX",
    "MIN",
    "GREATER",
    "EQUAL"
  })
  public String function = "EXP";

  /// Rows.
  @Param({"8"})
  public int rows = 8;

  @Override
  Piece piece() {
    final var draft = Drawn.rows(rows);
    final var shape = Shape.batched(ROWS, 32, 16, 16);
    final double numbers = (double) rows * shape.rowSize();
    final boolean two = Arrays.stream(BinaryKind.values()).anyMatch(k -> k.name().equals(function));
    if (two) {
      final var kind = BinaryKind.valueOf(function);
      // Of equal numbers there have to be some.
      final boolean coarse = kind == BinaryKind.EQUAL;
      final var a = coarse ? draft.coarse(shape) : draft.input(shape);
      final var b = coarse ? draft.coarse(shape) : draft.input(shape, 0.5, 2);
      draft.output(Ops.binary(kind, a, b));
    } else {
      final var kind = UnaryKind.valueOf(function);
      final boolean positive =
          switch (kind) {
            case LOG, SQRT, RECIPROCAL -> true;
            case NEG, EXP, SQUARE, ABS, SIGN, STEP, RELU, LEAKY_RELU, SIGMOID, TANH, SOFTPLUS ->
                false;
          };
      final var x = draft.input(shape, positive ? 0.5 : -2, 2);
      draft.output(kind == UnaryKind.LEAKY_RELU ? Ops.leakyRelu(x, 0.2) : Ops.unary(kind, x));
    }
    return Piece.of(
        draft.trial(), Set.of("expression"), TOLERANCE, numbers, (two ? 3 : 2) * numbers);
  }
}
