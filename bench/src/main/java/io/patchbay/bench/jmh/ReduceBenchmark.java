package io.patchbay.bench.jmh;

import static io.patchbay.tests.cases.Draft.ROWS;

import io.patchbay.engine.Op;
import io.patchbay.engine.Op.ReduceKind;
import io.patchbay.engine.Shape;
import java.util.List;
import java.util.Set;
import org.openjdk.jmh.annotations.Param;

/// Sums and largest elements of n rows: kernel `reduce`. `ConvGradientBenchmark` has the sums of
/// channels over rows, which are another kernel's.
///
/// Operations of a call: one for each number read. Bytes: 4 for each number read and made.
///
/// Run: `java -cp 'bench/target/*:bench/target/lib/*' org.openjdk.jmh.Main ReduceBenchmark -rf json
/// -rff reduce.json`; one: add `-p form=IMAGE -p rows=64`.
public class ReduceBenchmark extends KernelBenchmark {
  private static final double TOLERANCE = 2e-6;

  /// What is reduced.
  @Param public Form form = Form.IMAGE;

  /// Rows.
  @Param({"64", "1024"})
  public int rows = 64;

  /// Reductions that models have.
  public enum Form {
    /// Each image of 64 x 64 to its sum, as a reconstruction's.
    IMAGE(ReduceKind.SUM, List.of(1, 2, 3), 1, 64, 64),
    /// Each row of 10 latents to its sum, as a divergence's.
    LATENTS(ReduceKind.SUM, List.of(1), 10),
    /// Each row of 1000 to its largest, as of a sum of exponentials.
    LARGEST(ReduceKind.MAX, List.of(1), 1000),
    /// 1024 sums over the rows, as a dense layer's bias gradient.
    OVER_ROWS(ReduceKind.SUM, List.of(0), 1024),
    /// The sum of one number a row, as a loss.
    ALL(ReduceKind.SUM, List.of(0)),
    /// Each channel of 32 x 16 x 16 to its sum.
    CHANNELS(ReduceKind.SUM, List.of(2, 3), 32, 16, 16);

    private final ReduceKind kind;
    private final List<Integer> positions;
    private final int[] dims;

    Form(final ReduceKind kind, final List<Integer> positions, final int... dims) {
      this.kind = kind;
      this.positions = positions;
      this.dims = dims;
    }
  }

  @Override
  Piece piece() {
    final var draft = Drawn.rows(rows);
    final var shape = Shape.batched(ROWS, form.dims);
    final var op = new Op.Reduce(form.kind, form.positions);
    final var sums = draft.graph().append(op, draft.input(shape, 0, 1));
    draft.output(sums);
    final double read = (double) rows * shape.rowSize();
    final double made = (double) sums.shape().rowSize() * (sums.shape().isBatched() ? rows : 1);
    return Piece.of(draft.trial(), Set.of("reduce"), TOLERANCE, read, read + made);
  }
}
