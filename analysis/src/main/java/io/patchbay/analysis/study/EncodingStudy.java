package io.patchbay.analysis.study;

import io.patchbay.analysis.metric.FactorCells;
import io.patchbay.analysis.statistics.Matrix;
import io.patchbay.analysis.statistics.Summary;
import io.patchbay.engine.Axis;
import io.patchbay.engine.BatchProgram;
import io.patchbay.engine.Plan;
import io.patchbay.engine.Sizes;
import io.patchbay.vae.model.VaeGraph;
import java.util.List;

/// Level one, changing the input by its factors: one factor is re-rendered with the others held,
/// and the change of each posterior mean is measured in its standard deviations (the matrix G).
final class EncodingStudy {
  private static final int BATCH = 64;

  private EncodingStudy() {}

  /// @param codes posterior means of a larger sample, which give the standard deviations
  static FactorCells of(final Scene scene, final long[] rows, final Matrix codes) {
    return of(scene, rows, codes, Counterfactuals.of(scene.data()));
  }

  /// @param counterfactuals the re-rendered images
  static FactorCells of(
      final Scene scene,
      final long[] rows,
      final Matrix codes,
      final Counterfactuals counterfactuals) {
    final int d = scene.model().vae().latent();
    final int size = scene.imageSize();
    final var deviations = new double[d];
    for (int j = 0; j < d; j++) {
      final var summary = new Summary();
      for (final double value : codes.column(j)) {
        summary.add(value);
      }
      deviations[j] = summary.deviation();
    }
    final var cells = new FactorCells(d, counterfactuals.names().size(), rows.length);
    final var axis = new Axis("rows");
    final var graph = VaeGraph.analysis(scene.model().vae(), axis);
    final var mu = graph.latent().mu();
    try (var loaded =
        BatchProgram.load(
            scene.model().backend(),
            scene.model().weights(),
            BATCH,
            most -> Plan.of(graph.graph(), List.of(mu), Sizes.of(axis, most)))) {
      final var encoder = loaded.program();
      final int atOnce = loaded.rows();
      for (int input = 0; input < rows.length; input++) {
        encoder.write(graph.image(), scene.images(new long[] {rows[input]}));
        encoder.run(Sizes.of(axis, 1));
        final var base = encoder.read(mu);
        for (int k = 0; k < counterfactuals.names().size(); k++) {
          final var images = counterfactuals.images(rows[input], k);
          for (int from = 0; from < images.size(); from += atOnce) {
            final int count = Math.min(atOnce, images.size() - from);
            final var batch = new float[count * size];
            for (int i = 0; i < count; i++) {
              System.arraycopy(images.get(from + i), 0, batch, i * size, size);
            }
            encoder.write(graph.image(), batch);
            encoder.run(Sizes.of(axis, count));
            final var moved = encoder.read(mu);
            for (int i = 0; i < count * d; i++) {
              final int j = i % d;
              // A latent that is the same for all inputs has no deviation, and does not move.
              final boolean still = moved[i] == base[j];
              cells.add(
                  j, k, input, still ? 0 : FactorCells.change(base[j], moved[i], deviations[j]));
            }
          }
          if (images.isEmpty()) {
            for (int j = 0; j < d; j++) {
              cells.add(j, k, input, 0);
            }
          }
        }
      }
    }
    return cells;
  }
}
