package io.patchbay.analysis.study;

import io.patchbay.analysis.intervention.Site;
import io.patchbay.analysis.sweep.Cell;
import io.patchbay.analysis.sweep.Cell.Change;
import io.patchbay.analysis.sweep.PatchRunner;
import io.patchbay.analysis.sweep.PatchRunner.Capacity;
import io.patchbay.engine.Axis;
import io.patchbay.vae.model.VaeGraph;
import java.util.ArrayList;
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
    final var cells = new ArrayList<Cell>();
    for (int y = 0; y < places; y++) {
      for (int x = 0; x < columns; x++) {
        final var square = site.rectangle(y * SQUARE, x * SQUARE, SQUARE, SQUARE);
        cells.add(Cell.of(0, Change.set("input", square, GREY)));
      }
    }
    final int ranges = SQUARE * site.channels();
    try (var runner =
        new PatchRunner(
            scene.subject(),
            graph,
            List.of("input"),
            List.of(),
            List.of("encoder.mu"),
            new Capacity(1, 1, cells.size() + 1, ranges))) {
      final var batch = new ArrayList<>(cells);
      batch.add(new Cell(0, List.of()));
      for (final long row : rows) {
        runner.bases(scene.images(new long[] {row}));
        runner.run(batch);
        final var mu = runner.value("encoder.mu");
        final int base = cells.size() * d;
        for (int cell = 0; cell < cells.size(); cell++) {
          for (int j = 0; j < d; j++) {
            sums[j][cell] += Math.abs(mu[cell * d + j] - mu[base + j]) / rows.length;
          }
        }
      }
    }
    return new OcclusionStudy(places, sums, rows.length);
  }
}
