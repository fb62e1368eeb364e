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
    PLAIN(false, false, Set.of("linear_pack_transposed", "linear_packed")),
    /// A Bᵀ.
    RIGHT_TRANSPOSED(false, true, Set.of("linear_pack", "linear_packed")),
    /// Aᵀ B.
    LEFT_TRANSPOSED(true, false, Set.of("linear_tn")),
    /// Aᵀ Bᵀ.
    BOTH_TRANSPOSED(true, true, Set.of("copy_strided", "linear_tn"));

    private final boolean left;
    private final boolean right;
    private final Set<String> kernels;

    Form(final boolean left, final boolean right, final Set<String> kernels) {
      this.left = left;
      this.right = right;
      this.kernels = kernels;
    }
  }

  @Override
  Piece piece() {
    final var draft = Drawn.rows(1);
    final var a = draft.input(Shape.of(SIZE, SIZE));
    final var b = draft.input(Shape.of(SIZE, SIZE));
    draft.output(Ops.matMul(a, b, form.left, form.right));
    final double matrix = (double) SIZE * SIZE;
    return Piece.of(
        draft.trial(),
        form.kernels,
        TOLERANCE,
        2 * matrix * SIZE,
        (form == Form.LEFT_TRANSPOSED ? 3 : 5) * matrix);
  }
}
