package io.patchbay.bench.jmh;

import static io.patchbay.tests.cases.Draft.ROWS;

import io.patchbay.engine.Ops;
import io.patchbay.engine.Shape;
import io.patchbay.tests.cases.Trial;
import java.util.Set;
import org.openjdk.jmh.annotations.Param;

/// The dense layers of `conv4` with n rows, from k to m numbers, each in the three ways in which
/// training has it:
///
/// - `FORWARD`, `linear_packed` with packed weights: x Wᵀ + b and the rectifier
/// - `INPUT_GRADIENT`, `linear_packed` with the transposed weights packed: g W, gated by the sign
///   of the value before
/// - `WEIGHT_GRADIENT`, `linear_tn`: gᵀ x
///
/// Operations of a call: 2 n k m. Bytes: 4 (n k + n m + k m), of the input gradient 4 n k more for
/// the gate.
///
/// Run: `java -cp 'bench/target/*:bench/target/lib/*' org.openjdk.jmh.Main LinearBenchmark -rf json
/// -rff linear.json`; one: add `-p layer=ENCODER -p pass=FORWARD -p rows=64`.
public class LinearBenchmark extends KernelBenchmark {
  private static final double TOLERANCE = 2e-5;

  /// The layer.
  @Param public Dense layer = Dense.ENCODER;

  /// What of it.
  @Param public Pass pass = Pass.FORWARD;

  /// Rows: a few cells, a batch of training, a block of a sweep.
  @Param({"8", "64", "256"})
  public int rows = 64;

  /// Ways to go through a layer.
  public enum Pass {
    FORWARD,
    INPUT_GRADIENT,
    WEIGHT_GRADIENT
  }

  @Override
  Piece piece() {
    final int k = layer.inputs();
    final int m = layer.outputs();
    final var draft = Drawn.rows(rows);
    final double half = 1 / Math.sqrt(k);
    final double floats = (double) rows * (k + m) + (double) k * m;
    return switch (pass) {
      case FORWARD -> {
        final var x = draft.input(Shape.batched(ROWS, k));
        final var weights = draft.state("weights", Shape.of(m, k), -half, half);
        final var bias = draft.state("bias", Shape.of(m), -half, half);
        final var sums = Ops.add(Ops.matMul(x, weights, false, true), bias);
        draft.output(Ops.relu(sums));
        yield piece(draft.trial(), "linear_packed", floats + m);
      }
      case INPUT_GRADIENT -> {
        final var g = draft.input(Shape.batched(ROWS, m));
        final var weights = draft.state("weights", Shape.of(m, k), -half, half);
        final var before = draft.input(Shape.batched(ROWS, k));
        draft.output(Ops.mul(Ops.matMul(g, weights, false, false), Ops.step(before)));
        yield piece(draft.trial(), "linear_packed", floats + (double) rows * k);
      }
      case WEIGHT_GRADIENT -> {
        final var g = draft.input(Shape.batched(ROWS, m));
        final var x = draft.input(Shape.batched(ROWS, k));
        draft.output(Ops.matMul(g, x, true, false));
        yield piece(draft.trial(), "linear_tn", floats);
      }
    };
  }

  private Piece piece(final Trial trial, final String kernel, final double floats) {
    final double operations = 2.0 * rows * layer.inputs() * layer.outputs();
    return Piece.of(trial, Set.of(kernel), TOLERANCE, operations, floats);
  }
}
