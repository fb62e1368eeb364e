package io.patchbay.bench.jmh;

import static io.patchbay.tests.cases.Draft.ROWS;

import io.patchbay.engine.Ops;
import io.patchbay.engine.Shape;
import java.util.Set;
import org.openjdk.jmh.annotations.Param;

/// The built-in patch alone, of n rows: in each row one unit, or one whole channel, is taken from a
/// source, in every row another. Kernel `patch`. `OwnPatchBenchmark` has ops of one's own beside
/// it.
///
/// Operations: none. Bytes of a call: 8 for each number of a row and 4 for each that is taken;
/// those of a channel lie a cache line apart each, of which this counts the number alone.
///
/// Run: `java -cp 'bench/target/*:bench/target/lib/*' org.openjdk.jmh.Main PatchBenchmark -rf json
/// -rff patch.json`; one: add `-p site=IMAGE_16 -p channel=true`.
public class PatchBenchmark extends KernelBenchmark {
  /// What a row is.
  @Param({"LATENTS", "IMAGE_16", "IMAGE_32"})
  public Site site = Site.IMAGE_16;

  /// Whether a channel is taken, or one unit.
  @Param({"false", "true"})
  public boolean channel;

  /// Rows.
  @Param({"64"})
  public int rows = 64;

  @Override
  Piece piece() {
    final var draft = Drawn.rows(rows);
    final var shape = Shape.batched(ROWS, site.dims());
    final int each = channel ? site.plane() : 1;
    final var x = draft.input(shape);
    final var source = draft.input(shape);
    draft.output(Ops.patch(x, source, Drawn.ranges(draft, shape.rowSize(), each)));
    return Piece.of(
        draft.trial(), Set.of("patch"), 0, 0, (double) rows * (2.0 * shape.rowSize() + each));
  }
}
