package io.patchbay.bench.jmh;

import static io.patchbay.tests.cases.Draft.ROWS;

import io.patchbay.engine.Op;
import io.patchbay.engine.Ops;
import io.patchbay.engine.Shape;
import io.patchbay.engine.random.Streams;
import java.util.Set;
import org.openjdk.jmh.annotations.Param;

/// Standard normals of keys and the sample made of them, of n rows with d numbers: the 10 latents
/// of training, and a whole image's worth.
///
/// - `NORMAL`, kernel `normal`: of each row from its own key, checked bit by bit against Java's. A
///   block of Philox (20 wide products) makes 4 numbers, and about 20 fused multiply-adds one: 45
///   operations a number are counted. Bytes: 4 a number and 12 a row
/// - `REPARAMETERISE`, kernel `reparameterise`: mu + exp(logvar / 2) eps, 13 operations a number
///   with the exponential's. Bytes: 16 a number
///
/// Run: `java -cp 'bench/target/*:bench/target/lib/*' org.openjdk.jmh.Main NoiseBenchmark -rf json
/// -rff noise.json`; one: add `-p what=NORMAL -p size=10 -p rows=64`.
public class NoiseBenchmark extends KernelBenchmark {
  private static final double TOLERANCE = 2e-6;
  private static final double PER_NORMAL = 45;
  private static final double PER_SAMPLE = 13;

  /// The kernel.
  @Param public What what = What.NORMAL;

  /// Numbers of a row.
  @Param({"10", "4096"})
  public int size = 10;

  /// Rows.
  @Param({"64", "1024"})
  public int rows = 64;

  /// What is made.
  public enum What {
    NORMAL,
    REPARAMETERISE
  }

  @Override
  Piece piece() {
    final var draft = Drawn.rows(rows);
    final double numbers = (double) rows * size;
    return switch (what) {
      case NORMAL -> {
        final var op = new Op.Normal(Streams.EPS, size);
        draft.output(draft.graph().append(op, Drawn.seed(draft), Drawn.ids(draft)));
        yield Piece.of(
            draft.trial(), Set.of("normal"), 0, PER_NORMAL * numbers, numbers + 3.0 * rows);
      }
      case REPARAMETERISE -> {
        final var shape = Shape.batched(ROWS, size);
        final var mu = draft.input(shape);
        final var logvar = draft.input(shape, -4, 1);
        draft.output(Ops.reparameterise(mu, logvar, draft.input(shape, -3, 3)));
        yield Piece.of(
            draft.trial(), Set.of("reparameterise"), TOLERANCE, PER_SAMPLE * numbers, 4 * numbers);
      }
    };
  }
}
