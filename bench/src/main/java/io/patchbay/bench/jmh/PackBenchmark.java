package io.patchbay.bench.jmh;

import static io.patchbay.tests.cases.Draft.ROWS;

import io.patchbay.bench.NetSite;
import io.patchbay.engine.Op.Propagate;
import io.patchbay.engine.Ops;
import io.patchbay.engine.Precision;
import io.patchbay.engine.Shape;
import io.patchbay.tests.cases.Draft;
import java.util.Set;
import org.openjdk.jmh.annotations.Param;

/// Laying weights out as a layer's kernel reads them, once after every change: each step of
/// training does it for all layers. The weights are given values here, so that each run packs them,
/// and it runs with no rows, so that the layer itself computes nothing. Checked with rows.
///
/// Operations: none. Bytes: 8 for each weight, 6 for each that becomes bf16.
///
/// Run: `java -cp 'bench/target/*:bench/target/lib/*' org.openjdk.jmh.Main PackBenchmark -rf json
/// -rff packs.json`; one: add `-p form=LINEAR`. `CARRIED_BF16` needs a machine with AVX-512 bf16.
public class PackBenchmark extends KernelBenchmark {
  private static final int CHECKED = 3;
  private static final double HALF = 0.1;
  private static final double EXACT = 1e-4;
  private static final double ROUNDED = 2e-2;

  /// Those of D3.
  private static final int ROUNDED_WEIGHTS = 32 * 32 * 4 * 4;

  /// The form.
  @Param public Form form = Form.LINEAR;

  /// Packed forms.
  public enum Form {
    /// 256 x 1024 of a dense layer: `linear_pack`.
    LINEAR,
    /// The same transposed, for its input gradient: `linear_pack` again.
    LINEAR_TRANSPOSED,
    /// E3, 64 x 32 x 4 x 4: `conv_down_pack`.
    DOWN,
    /// D2, 64 x 32 x 4 x 4: `conv_up_pack`.
    UP,
    /// 64 x 32 x 3 x 3: `conv_generic_pack`.
    GENERIC,
    /// The same transposed: `conv_generic_igrad_pack`.
    GENERIC_TRANSPOSED,
    /// D2 to D4 for carried changes: `propagate_pack`.
    CARRIED,
    /// The same, D3 in bf16: `propagate_bf16_pack`, the others by `propagate_pack`.
    CARRIED_BF16;

    private Set<String> kernels() {
      return switch (this) {
        case LINEAR -> Set.of("linear_pack", "linear_packed");
        case LINEAR_TRANSPOSED -> Set.of("linear_pack_transposed", "linear_packed");
        case DOWN -> Set.of("conv_down_pack", "conv_down");
        case UP -> Set.of("conv_up_pack", "conv_up");
        case GENERIC -> Set.of("conv_generic_pack", "conv_generic_forward");
        case GENERIC_TRANSPOSED -> Set.of("conv_generic_igrad_pack", "conv_generic_igrad");
        case CARRIED -> Set.of("propagate_pack", "propagate");
        case CARRIED_BF16 -> Set.of("propagate_pack", "propagate_bf16_pack", "propagate_bf16");
      };
    }
  }

  @Override
  Piece piece() {
    final var draft = Drawn.of(CHECKED, 2, CHECKED);
    final double weights =
        switch (form) {
          case LINEAR -> linear(draft, true);
          case LINEAR_TRANSPOSED -> linear(draft, false);
          case DOWN -> {
            final var w = draft.input(Shape.of(64, 32, 4, 4), -HALF, HALF);
            draft.output(Ops.conv2d(draft.input(Shape.batched(ROWS, 32, 16, 16)), w, 2, 1));
            yield w.shape().rowSize();
          }
          case UP -> {
            final var w = draft.input(Shape.of(64, 32, 4, 4), -HALF, HALF);
            draft.output(Ops.convTranspose2d(draft.input(Shape.batched(ROWS, 64, 8, 8)), w, 2, 1));
            yield w.shape().rowSize();
          }
          case GENERIC -> {
            final var w = draft.input(Shape.of(64, 32, 3, 3), -HALF, HALF);
            draft.output(Ops.conv2d(draft.input(Shape.batched(ROWS, 32, 8, 8)), w, 1, 1));
            yield w.shape().rowSize();
          }
          case GENERIC_TRANSPOSED -> {
            final var w = draft.input(Shape.of(64, 32, 3, 3), -HALF, HALF);
            draft.output(Ops.convTranspose2d(draft.input(Shape.batched(ROWS, 64, 8, 8)), w, 1, 1));
            yield w.shape().rowSize();
          }
          case CARRIED -> carried(draft, Precision.FP32);
          case CARRIED_BF16 -> carried(draft, Precision.BF16) - ROUNDED_WEIGHTS / 4.0;
        };
    final boolean rounded = form == Form.CARRIED_BF16;
    return Piece.packing(draft.trial(), form.kernels(), rounded ? ROUNDED : EXACT, 2 * weights);
  }

  private static double linear(final Draft draft, final boolean asStored) {
    final var w = draft.input(Shape.of(256, 1024), -HALF, HALF);
    final var x = draft.input(Shape.batched(ROWS, asStored ? 1024 : 256));
    draft.output(Ops.matMul(x, w, false, asStored));
    return w.shape().rowSize();
  }

  private static double carried(final Draft draft, final Precision precision) {
    final var chain = CarriedChain.of(NetSite.D1);
    draft.output(chain.draw(draft, Propagate.End.SQUARES, precision, true));
    return chain.weights();
  }
}
