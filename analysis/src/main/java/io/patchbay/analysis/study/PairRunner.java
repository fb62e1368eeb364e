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

/// Interchanges between the two runs of each pair at one site, and the outcome of every run.
///
/// Rows 0 to P-1 of the tables are the bases, rows P to 2P-1 the sources, row 2P of the sources is
/// the site's mean over both.
final class PairRunner implements AutoCloseable {
  private static final int CELLS = 256;

  private final String site;
  private final int pairs;
  private final Outcome outcome;
  private final PatchRunner runner;
  private final Outcome.Measure measure;
  private final List<Cell> cells = new ArrayList<>();
  private final List<Integer> pairOf = new ArrayList<>();

  /// With the projection on the change that the source brings as the outcome.
  PairRunner(final Scene scene, final Pairs pairs, final String site) {
    this(scene, pairs, site, new Outcome.Projection(), 8);
  }

  /// @param ranges most ranges of a unit that is interchanged
  PairRunner(
      final Scene scene,
      final Pairs pairs,
      final String site,
      final Outcome outcome,
      final int ranges) {
    this.site = site;
    this.pairs = pairs.size();
    this.outcome = outcome;
    final var graph = VaeGraph.analysis(scene.model().vae(), new Axis("rows"));
    final int rows = 2 * this.pairs;
    this.runner =
        new PatchRunner(
            scene.subject(),
            graph,
            List.of(site),
            List.of(),
            List.of(outcome.site()),
            new Capacity(rows, rows + 1, CELLS, ranges));
    final var images = scene.images(both(pairs));
    runner.bases(images);
    final var activations = runner.prefixValue(site);
    runner.sourceValues(site, withMean(activations, rows));
    this.measure = outcome.on(new Outcome.Runs(this.pairs, images, unpatched(rows)));
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

  /// The values of the unpatched runs at the outcome's site.
  private float[] unpatched(final int rows) {
    float[] all = new float[0];
    for (int from = 0; from < rows; from += CELLS) {
      final var batch = new ArrayList<Cell>();
      for (int i = from; i < Math.min(rows, from + CELLS); i++) {
        batch.add(new Cell(i, List.of()));
      }
      runner.run(batch);
      final var values = runner.value(outcome.site());
      final int width = values.length / batch.size();
      all = from == 0 ? new float[rows * width] : all;
      System.arraycopy(values, 0, all, from * width, values.length);
    }
    return all;
  }

  int pairs() {
    return pairs;
  }

  /// Whether the outcome can tell the source of a pair from its base.
  boolean moves(final int pair) {
    return measure.defined(pair);
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
      final var of = pairOf.subList(from, to).stream().mapToInt(Integer::intValue).toArray();
      System.arraycopy(measure.of(runner.value(outcome.site()), of), 0, result, from, to - from);
    }
    cells.clear();
    pairOf.clear();
    return result;
  }

  @Override
  public void close() {
    runner.close();
  }
}
