package io.patchbay.analysis.study;

import io.patchbay.analysis.intervention.Site;
import io.patchbay.analysis.intervention.Unit;
import io.patchbay.analysis.patch.Cell;
import io.patchbay.analysis.patch.Cell.Change;
import io.patchbay.analysis.patch.PatchRunner;
import io.patchbay.analysis.patch.PatchRunner.Capacity;
import io.patchbay.analysis.patch.Together;
import io.patchbay.engine.Axis;
import io.patchbay.vae.model.VaeGraph;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Level one, changing the input: squares of it are set to grey, and the change of each posterior
/// mean is measured.
///
/// @param places rows and columns of squares
/// @param sensitivity mean |change of mu_j|, `[latent][place]`, places row by row
record OcclusionStudy(int places, double[][] sensitivity, int inputs) {
  static final int SQUARE = 8;
  static final double GREY = 0.5;

  static OcclusionStudy of(final Scene scene, final long[] rows) {
    final var graph = VaeGraph.analysis(scene.model().vae(), new Axis("rows"));
    final var site = new Site("input", graph.image().shape());
    final int places = site.shape().dim(1) / SQUARE;
    final int columns = site.shape().dim(2) / SQUARE;
    final int d = scene.model().vae().latent();
    final var sums = new double[d][places * columns];
    final var squares = new ArrayList<Unit>();
    for (int y = 0; y < places; y++) {
      for (int x = 0; x < columns; x++) {
        squares.add(site.rectangle(y * SQUARE, x * SQUARE, SQUARE, SQUARE));
      }
    }
    final int ranges = SQUARE * site.channels();
    // The last cell of an input changes nothing.
    final int each = squares.size() + 1;
    final int together = Together.inputs(scene.model().backend(), 1, rows.length, each, ranges, d);
    try (var runner =
        new PatchRunner(
            scene.subject(),
            graph,
            List.of("input"),
            List.of(),
            List.of("encoder.mu"),
            new Capacity(together, 1, together * each, ranges))) {
      for (int from = 0; from < rows.length; from += together) {
        final int to = Math.min(rows.length, from + together);
        runner.bases(scene.images(Arrays.copyOfRange(rows, from, to)));
        runner.run(cells(squares, to - from));
        final var mu = runner.value("encoder.mu");
        for (int input = 0; input < to - from; input++) {
          final int first = input * each * d;
          final int base = first + squares.size() * d;
          for (int cell = 0; cell < squares.size(); cell++) {
            for (int j = 0; j < d; j++) {
              sums[j][cell] += Math.abs(mu[first + cell * d + j] - mu[base + j]) / rows.length;
            }
          }
        }
      }
    }
    return new OcclusionStudy(places, sums, rows.length);
  }

  /// Of each input those of all squares, and the input as it is.
  private static List<Cell> cells(final List<Unit> squares, final int inputs) {
    final var cells = new ArrayList<Cell>();
    for (int input = 0; input < inputs; input++) {
      for (final var square : squares) {
        cells.add(Cell.of(input, Change.set("input", square, GREY)));
      }
      cells.add(new Cell(input, List.of()));
    }
    return cells;
  }
}
