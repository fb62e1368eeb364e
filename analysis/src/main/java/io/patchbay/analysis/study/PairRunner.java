package io.patchbay.analysis.study;

import io.patchbay.analysis.intervention.Unit;
import io.patchbay.analysis.sweep.Cell;
import io.patchbay.analysis.sweep.Cell.Change;
import io.patchbay.analysis.sweep.PatchRunner;
import io.patchbay.analysis.sweep.PatchRunner.Capacity;
import io.patchbay.engine.Axis;
import io.patchbay.vae.model.VaeGraph;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Interchanges between the two runs of each pair at one site, and the outcome of every run: the
/// projection of the image on the change that the source brings, 0 at the base, 1 at the source.
///
/// Rows 0 to P-1 of the tables are the bases, rows P to 2P-1 the sources, row 2P of the sources is
/// the site's mean over both.
final class PairRunner implements AutoCloseable {
  private static final int CELLS = 256;

  private final String site;
  private final int pairs;
  private final int size;
  private final PatchRunner runner;
  private final float[] baseImages;
  private final float[] directions;
  private final double[] lengths;
  private final List<Cell> cells = new ArrayList<>();
  private final List<Integer> pairOf = new ArrayList<>();

  PairRunner(final Scene scene, final Pairs pairs, final String site) {
    this.site = site;
    this.pairs = pairs.size();
    this.size = scene.imageSize();
    final var graph = VaeGraph.analysis(scene.model().vae(), new Axis("rows"));
    final int rows = 2 * this.pairs;
    this.runner =
        new PatchRunner(
            scene.subject(),
            graph,
            List.of(site),
            List.of(),
            List.of("output"),
            new Capacity(rows, rows + 1, CELLS, 8));
    final var images = scene.images(both(pairs));
    runner.bases(images);
    final var activations = runner.prefixValue(site);
    runner.sourceValues(site, withMean(activations, rows));
    final var outputs = outputs(rows);
    this.baseImages = Arrays.copyOf(outputs, this.pairs * size);
    this.directions = new float[this.pairs * size];
    this.lengths = new double[this.pairs];
    for (int i = 0; i < directions.length; i++) {
      directions[i] = outputs[this.pairs * size + i] - outputs[i];
      lengths[i / size] += (double) directions[i] * directions[i];
    }
  }

  private static long[] both(final Pairs pairs) {
    final var rows = Arrays.copyOf(pairs.bases(), 2 * pairs.size());
    System.arraycopy(pairs.sources(), 0, rows, pairs.size(), pairs.size());
    return rows;
  }

  private static float[] withMean(final float[] rowsOfSite, final int rows) {
    final int width = rowsOfSite.length / rows;
    final var all = Arrays.copyOf(rowsOfSite, rowsOfSite.length + width);
    final var sum = new double[width];
    for (int i = 0; i < rowsOfSite.length; i++) {
      sum[i % width] += rowsOfSite[i];
    }
    for (int u = 0; u < width; u++) {
      all[rowsOfSite.length + u] = (float) (sum[u] / rows);
    }
    return all;
  }

  /// The images of the unpatched runs.
  private float[] outputs(final int rows) {
    final var all = new float[rows * size];
    for (int from = 0; from < rows; from += CELLS) {
      final var batch = new ArrayList<Cell>();
      for (int i = from; i < Math.min(rows, from + CELLS); i++) {
        batch.add(new Cell(i, List.of()));
      }
      runner.run(batch);
      final var values = runner.value("output");
      System.arraycopy(values, 0, all, from * size, values.length);
    }
    return all;
  }

  int pairs() {
    return pairs;
  }

  /// Whether the source changes the image of a pair at all.
  boolean moves(final int pair) {
    return lengths[pair] > 0;
  }

  /// Queues the base run of a pair with `unit` taken from the source run.
  void intoBase(final int pair, final Unit unit) {
    queue(pair, pair, unit, pairs + pair);
  }

  /// Queues the source run of a pair with `unit` taken from the base run.
  void intoSource(final int pair, final Unit unit) {
    queue(pair, pairs + pair, unit, pair);
  }

  /// Queues the base run with `unit` taken from itself.
  void baseItself(final int pair, final Unit unit) {
    queue(pair, pair, unit, pair);
  }

  /// Queues the base run or the source run with `unit` at its mean.
  void atMean(final int pair, final boolean sourceRun, final Unit unit) {
    queue(pair, sourceRun ? pairs + pair : pair, unit, 2 * pairs);
  }

  /// Queues the base run or the source run as it is.
  void unchanged(final int pair, final boolean sourceRun) {
    cells.add(new Cell(sourceRun ? pairs + pair : pair, List.of()));
    pairOf.add(pair);
  }

  private void queue(final int pair, final int base, final Unit unit, final int source) {
    cells.add(Cell.of(base, Change.interchange(site, unit, source)));
    pairOf.add(pair);
  }

  /// Runs what is queued.
  ///
  /// @return the outcome of each run, in the order of queueing
  double[] outcomes() {
    final var result = new double[cells.size()];
    for (int from = 0; from < result.length; from += CELLS) {
      final int to = Math.min(result.length, from + CELLS);
      runner.run(cells.subList(from, to));
      final var images = runner.value("output");
      for (int i = from; i < to; i++) {
        result[i] = project(images, (i - from) * size, pairOf.get(i));
      }
    }
    cells.clear();
    pairOf.clear();
    return result;
  }

  private double project(final float[] images, final int offset, final int pair) {
    if (lengths[pair] == 0) {
      return 0;
    }
    double sum = 0;
    for (int p = 0; p < size; p++) {
      final int at = pair * size + p;
      sum += (double) (images[offset + p] - baseImages[at]) * directions[at];
    }
    return sum / lengths[pair];
  }

  @Override
  public void close() {
    runner.close();
  }
}
