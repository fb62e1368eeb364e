package io.patchbay.bench.jmh;

import static io.patchbay.tests.cases.Draft.ROWS;

import io.patchbay.engine.Op;
import io.patchbay.engine.Ops;
import io.patchbay.engine.Shape;
import io.patchbay.tests.cases.Draft;
import java.util.List;
import java.util.Set;
import org.openjdk.jmh.annotations.Param;

/// Ops that only move numbers, of n rows: `copy_strided` in each of its inner loops (dense, turned,
/// repeated, strided), and `copy`, which writes a state. `BoundaryBenchmark` has the way in and out
/// of Java arrays.
///
/// Operations: none. Bytes: 4 for each number read and 4 for each written; zeros beside a padded
/// value are written, too.
///
/// Run: `java -cp 'bench/target/*:bench/target/lib/*' org.openjdk.jmh.Main CopyBenchmark -rf json
/// -rff copies.json`; one: add `-p form=FLATTEN`.
public class CopyBenchmark extends KernelBenchmark {
  /// What is moved.
  @Param public Form form = Form.FLATTEN;

  /// Rows.
  @Param({"64"})
  public int rows = 64;

  /// Moves that models have.
  public enum Form {
    /// 64 x 4 x 4 as the encoder's convolutions leave it to 1024 as its dense layer takes it.
    FLATTEN,
    /// 1024 to 64 x 4 x 4, before the decoder's convolutions.
    UNFLATTEN,
    /// The means of 20 interleaved numbers.
    SLICE,
    /// 10 of 20 numbers, the others zero: its gradient.
    PAD,
    /// 8 of 32 channels of 16 x 16 x 32.
    CHANNELS,
    /// One number a channel, spread over 32 x 16 x 16.
    SPREAD,
    /// 256 x 1024 numbers into a state.
    ASSIGN
  }

  @Override
  Piece piece() {
    final var draft = Drawn.rows(rows);
    return switch (form) {
      case FLATTEN -> {
        draft.output(Ops.reshape(draft.input(Shape.batched(ROWS, 64, 4, 4)), 1024));
        yield moved(draft, 1024, 1024);
      }
      case UNFLATTEN -> {
        draft.output(Ops.reshape(draft.input(Shape.batched(ROWS, 1024)), 64, 4, 4));
        yield moved(draft, 1024, 1024);
      }
      case SLICE -> {
        final var pairs = Ops.reshape(draft.input(Shape.batched(ROWS, 20)), 10, 2);
        draft.output(Ops.slice(pairs, 2, 0, 1));
        yield moved(draft, 10, 10);
      }
      case PAD -> {
        draft.output(Ops.pad(draft.input(Shape.batched(ROWS, 10)), 1, 0, 20));
        yield moved(draft, 10, 20);
      }
      case CHANNELS -> {
        draft.output(Ops.slice(draft.input(Shape.batched(ROWS, 32, 16, 16)), 1, 8, 16));
        yield moved(draft, 8 * 256, 8 * 256);
      }
      case SPREAD -> {
        final var target = Shape.batched(ROWS, 32, 16, 16);
        final var op = new Op.Broadcast(target, List.of(2, 3));
        draft.output(draft.graph().append(op, draft.input(Shape.batched(ROWS, 32))));
        yield moved(draft, 32, target.rowSize());
      }
      case ASSIGN -> {
        final var shape = Shape.of(256, 1024);
        final var state = draft.state("weights", shape, -1, 1);
        draft.output(Ops.assign(state, draft.input(shape)));
        yield Piece.of(draft.trial(), Set.of("copy"), 0, 0, 2.0 * shape.rowSize());
      }
    };
  }

  private Piece moved(final Draft draft, final int read, final int written) {
    return Piece.of(draft.trial(), Set.of("copy_strided"), 0, 0, (double) rows * (read + written));
  }
}
