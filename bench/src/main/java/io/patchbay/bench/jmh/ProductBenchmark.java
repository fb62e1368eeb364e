package io.patchbay.bench.jmh;

import io.patchbay.engine.Ops;
import io.patchbay.engine.Shape;
import java.util.Set;
import org.openjdk.jmh.annotations.Param;

/// Products of two matrices without rows, of 256 x 256, in all four forms. What `linear_packed` has
/// to have packed is packed in each call, as of values that change: `PLAIN` and `RIGHT_TRANSPOSED`
/// are `linear_pack` and `linear_packed`, `LEFT_TRANSPOSED` is `linear_tn`, and of
/// `BOTH_TRANSPOSED` the right one is turned by `copy_strided` first.
///
/// Operations of a call: 2 256³, 33.6 million. Bytes: 4 for each number of the three matrices, and
/// 8 of the one that is packed or turned.
///
/// Run: `java -cp 'bench/target/*:bench/target/lib/*' org.openjdk.jmh.Main ProductBenchmark -rf
/// json -rff products.json`.
public class ProductBenchmark extends KernelBenchmark {
  private static final double TOLERANCE = 2e-5;
  private static final int SIZE = 256;

  /// Which are transposed.
  @Param public Form form = Form.PLAIN;

  /// Products of A and B.
  public enum Form {
    /// A B.
    PLAIN,
    /// A Bᵀ.
    RIGHT_TRANSPOSED,
    /// Aᵀ B.
    LEFT_TRANSPOSED,
    /// Aᵀ Bᵀ.
    BOTH_TRANSPOSED;

    private Set<String> kernels() {
      return switch (this) {
        case PLAIN -> Set.of("linear_pack_transposed", "linear_packed");
        case RIGHT_TRANSPOSED -> Set.of("linear_pack", "linear_packed");
        case LEFT_TRANSPOSED -> Set.of("linear_tn");
        case BOTH_TRANSPOSED -> Set.of("copy_strided", "linear_tn");
      };
    }
  }

  @Override
  Piece piece() {
    final var draft = Drawn.rows(1);
    final var a = draft.input(Shape.of(SIZE, SIZE));
    final var b = draft.input(Shape.of(SIZE, SIZE));
    final boolean left = form == Form.LEFT_TRANSPOSED || form == Form.BOTH_TRANSPOSED;
    final boolean right = form == Form.RIGHT_TRANSPOSED || form == Form.BOTH_TRANSPOSED;
    draft.output(Ops.matMul(a, b, left, right));
    final double matrix = (double) SIZE * SIZE;
    return Piece.of(
        draft.trial(),
        form.kernels(),
        TOLERANCE,
        2 * matrix * SIZE,
        (form == Form.LEFT_TRANSPOSED ? 3 : 5) * matrix);
  }
}
