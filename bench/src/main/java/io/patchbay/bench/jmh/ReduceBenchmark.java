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
    IMAGE,
    /// Each row of 10 latents to its sum, as a divergence's.
    LATENTS,
    /// Each row of 1000 to its largest, as of a sum of exponentials.
    LARGEST,
    /// 1024 sums over the rows, as a dense layer's bias gradient.
    OVER_ROWS,
    /// The sum of one number a row, as a loss.
    ALL,
    /// Each channel of 32 x 16 x 16 to its sum.
    CHANNELS;

    private Op.Reduce op() {
      return switch (this) {
        case IMAGE -> sum(1, 2, 3);
        case LATENTS -> sum(1);
        case LARGEST -> new Op.Reduce(ReduceKind.MAX, List.of(1));
        case OVER_ROWS, ALL -> sum(0);
        case CHANNELS -> sum(2, 3);
      };
    }

    private static Op.Reduce sum(final Integer... positions) {
      return new Op.Reduce(ReduceKind.SUM, List.of(positions));
    }

    private Shape shape() {
      return switch (this) {
        case IMAGE -> Shape.batched(ROWS, 1, 64, 64);
        case LATENTS -> Shape.batched(ROWS, 10);
        case LARGEST -> Shape.batched(ROWS, 1000);
        case OVER_ROWS -> Shape.batched(ROWS, 1024);
        case ALL -> Shape.batched(ROWS);
        case CHANNELS -> Shape.batched(ROWS, 32, 16, 16);
      };
    }
  }

  @Override
  Piece piece() {
    final var draft = Drawn.rows(rows);
    final var shape = form.shape();
    final var sums = draft.graph().append(form.op(), draft.input(shape, 0, 1));
    draft.output(sums);
    final double read = (double) rows * shape.rowSize();
    final double made = (double) sums.shape().rowSize() * (sums.shape().isBatched() ? rows : 1);
    return Piece.of(draft.trial(), Set.of("reduce"), TOLERANCE, read, read + made);
  }
}
