package io.patchbay.bench.jmh;

import static io.patchbay.tests.cases.Draft.ROWS;
import static io.patchbay.tests.cases.Draft.TABLE;

import io.patchbay.engine.Node;
import io.patchbay.engine.Op;
import io.patchbay.engine.Ops;
import io.patchbay.engine.Shape;
import io.patchbay.tests.cases.Draft;
import java.util.Set;
import org.openjdk.jmh.annotations.Param;

/// Rows and elements by their number in a table of 64 rows, and back: `gather_rows`,
/// `gather_elements`, `scatter_rows`, `scatter_elements`. Rows of a site are what cells take from
/// bases and sources; elements of latents are how FactorVAE permutes a batch.
///
/// Operations of a call: none where values are gathered, one for each number where they are
/// scattered. Bytes: of a gather 8 for each number, of a scatter 12 and 4 for each number of the
/// table, which is zeroed first; 4 for each number of a row or of an element.
///
/// Run: `java -cp 'bench/target/*:bench/target/lib/*' org.openjdk.jmh.Main GatherBenchmark -rf json
/// -rff gather.json`; one: add `-p what=GATHER_ROWS -p site=IMAGE_32`.
public class GatherBenchmark extends KernelBenchmark {
  private static final int COUNT = 64;
  private static final double TOLERANCE = 2e-6;

  /// The kernel.
  @Param public What what = What.GATHER_ROWS;

  /// What a row is.
  @Param({"LATENTS", "IMAGE_16", "IMAGE_32"})
  public Site site = Site.LATENTS;

  /// Rows taken.
  @Param({"64"})
  public int rows = 64;

  /// What is done.
  public enum What {
    GATHER_ROWS,
    GATHER_ELEMENTS,
    SCATTER_ROWS,
    SCATTER_ELEMENTS;

    private boolean scatters() {
      return this == SCATTER_ROWS || this == SCATTER_ELEMENTS;
    }

    private boolean ofElements() {
      return this == GATHER_ELEMENTS || this == SCATTER_ELEMENTS;
    }
  }

  @Override
  Piece piece() {
    final var draft = Drawn.of(rows, COUNT, rows);
    final var table = Shape.batched(TABLE, site.dims());
    final var picked = Shape.batched(ROWS, site.dims());
    final double numbers = (double) rows * picked.rowSize();
    final double indices = what.ofElements() ? numbers : rows;
    if (what.scatters()) {
      final var g = draft.input(picked);
      draft.output(draft.graph().append(new Op.Scatter(TABLE), g, index(draft, picked)));
      final double floats = 3 * numbers + indices + (double) COUNT * table.rowSize();
      return Piece.of(draft.trial(), Set.of("scatter"), TOLERANCE, numbers, floats);
    }
    draft.output(Ops.gather(draft.input(table), index(draft, picked)));
    return Piece.of(draft.trial(), Set.of("gather"), 0, 0, 2 * numbers + indices);
  }

  private Node index(final Draft draft, final Shape picked) {
    return what.ofElements()
        ? draft.integers(picked, i -> draft.random(COUNT))
        : Drawn.index(draft, COUNT);
  }
}
