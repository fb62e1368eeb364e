package io.patchbay.bench.jmh;

import static io.patchbay.tests.cases.Draft.ROWS;
import static io.patchbay.tests.cases.Draft.TABLE;

import io.patchbay.bench.Layer;
import io.patchbay.engine.Ops;
import io.patchbay.engine.Shape;
import java.util.Set;
import org.openjdk.jmh.annotations.Param;

/// The last layer of the `conv4` decoder together with its sigmoid and the effect on the image, as
/// plans without carried changes end: the sum of the squared differences between the image and that
/// of the row's base, one of 16. The image is not stored. Kernel: `conv_up_effect`.
///
/// Operations of a call: 2 n 126² colors 32 of the layer and about 25 for each pixel and color.
/// Bytes: 4 n 32768 of features, 4 for each pixel of the bases' images, 4 n of effects.
///
/// Run: `java -cp 'bench/target/*:bench/target/lib/*' org.openjdk.jmh.Main EffectBenchmark -rf json
/// -rff effect.json`; one: add `-p colors=1 -p rows=64`.
public class EffectBenchmark extends KernelBenchmark {
  private static final int BASES = 16;
  private static final int ELEMENT = 25;
  private static final double TOLERANCE = 2e-5;

  /// Channels of the image.
  @Param({"1", "3"})
  public int colors = 1;

  /// Rows.
  @Param({"64", "256"})
  public int rows = 64;

  @Override
  Piece piece() {
    final var draft = Drawn.of(rows, BASES, rows);
    final var layer = Layer.D4;
    final var x =
        draft.input(Shape.batched(ROWS, layer.smallChannels(), layer.side(), layer.side()));
    final var weights =
        draft.state("weights", Shape.of(layer.smallChannels(), colors, 4, 4), -0.2, 0.2);
    final var bias = draft.state("bias", Shape.of(colors), -0.5, 0.5);
    final var image = Shape.batched(TABLE, colors, layer.outputSide(), layer.outputSide());
    final var references = draft.input(image, 0, 1);
    final var index = Drawn.index(draft, BASES);
    final var sums = Ops.convTranspose2d(x, weights, 2, 1);
    final var pixels = Ops.sigmoid(Ops.add(sums, Ops.perChannel(bias, sums)));
    draft.output(Ops.sumRow(Ops.square(Ops.sub(pixels, Ops.gather(references, index)))));
    final double elements = (double) rows * image.rowSize();
    return Piece.of(
        draft.trial(),
        Set.of("conv_up_effect"),
        TOLERANCE,
        2.0 * rows * layer.effectiveMacs() * colors + ELEMENT * elements,
        (double) rows * (layer.inputSize() + 1) + (double) BASES * image.rowSize());
  }
}
