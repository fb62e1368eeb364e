package io.patchbay.analysis.study;

import io.patchbay.analysis.intervention.Sites;
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
import java.util.Optional;

/// Interchanges between the two runs of each pair at one site, and the outcome of every run.
///
/// An outcome that is a product with a direction is that of the unpatched run and the product of
/// what a patch changes, which is carried to the image as a change where the model lets it: then no
/// image is made but those of the unpatched runs.
///
/// Rows 0 to P-1 of the tables are the bases, rows P to 2P-1 the sources, row 2P of the sources is
/// the site's mean over both.
final class PairRunner implements AutoCloseable {
  private static final int CELLS = 256;
  private static final int CARRIED_CELLS = 2048;

  /// What an effect on the image may be off by where the change is carried, as a share of it.
  private static final double CARRIED = 1e-4;

  /// The rounding of two whole images, whose difference is compared with it.
  private static final double ROUNDING = 1e-5;

  private final String site;
  private final int pairs;
  private final Outcome outcome;
  private final PatchRunner runner;
  private final Outcome.Measure measure;
  private final Optional<Carried> carried;
  private final List<Cell> cells = new ArrayList<>();
  private final List<Integer> pairOf = new ArrayList<>();

  /// What is known of unpatched runs where changes are carried.
  ///
  /// @param outcomes of the bases, then the sources
  /// @param tolerance how far an outcome of another image may be off, at most
  private record Carried(Outcome.Along along, double[] outcomes, double tolerance) {}

  /// With the projection on the change that the source brings as the outcome, of whole values.
  PairRunner(final Scene scene, final Pairs pairs, final String site) {
    this(scene, pairs, site, new Outcome.Projection(), 8, false);
  }

  /// @param ranges most ranges of a unit that is interchanged
  /// @param carries whether changes are carried where that can be; else values are computed whole
  PairRunner(
      final Scene scene,
      final Pairs pairs,
      final String site,
      final Outcome outcome,
      final int ranges,
      final boolean carries) {
    this.site = site;
    this.pairs = pairs.size();
    this.outcome = outcome;
    final var graph = VaeGraph.analysis(scene.model().vae(), new Axis("rows"));
    final int rows = 2 * this.pairs;
    final var carrying =
        carries && outcome.isProduct()
            ? PatchRunner.measuring(
                scene.subject(),
                graph,
                Sites.of(graph.graph()).named(site),
                this.pairs,
                new Capacity(rows, rows + 1, CARRIED_CELLS, ranges))
            : Optional.<PatchRunner>empty();
    this.runner =
        carrying.orElseGet(() ->
            new PatchRunner(
                scene.subject(),
                graph,
                List.of(site),
                List.of(),
                List.of(outcome.site()),
                new Capacity(rows, rows + 1, CELLS, ranges)));
    final var images = scene.images(both(pairs));
    runner.bases(images);
    final var activations = runner.prefixValue(site);
    final float[] clean = carrying.isPresent() ? runner.prefixValue(outcome.site()) : new float[0];
    runner.sourceValues(site, withMean(activations, rows));
    this.measure =
        outcome.on(
            new Outcome.Runs(this.pairs, images, carrying.isPresent() ? clean : unpatched(rows)));
    this.carried =
        carrying.isPresent() && measure instanceof final Outcome.Along along
            ? Optional.of(carried(along, clean))
            : Optional.empty();
    carried.ifPresent(of -> runner.directions(of.along().directions()));
  }

  /// @param clean images of the unpatched runs
  private Carried carried(final Outcome.Along along, final float[] clean) {
    final var of = new int[2 * pairs];
    Arrays.setAll(of, i -> i % pairs);
    final int size = along.directions().length / pairs;
    double most = 0;
    for (int pair = 0; pair < pairs; pair++) {
      double change = 0;
      double direction = 0;
      for (int i = pair * size; i < (pair + 1) * size; i++) {
        final double moved = (double) clean[pairs * size + i] - clean[i];
        change += moved * moved;
        direction += (double) along.directions()[i] * along.directions()[i];
      }
      if (along.defined(pair)) {
        final double room = CARRIED * Math.sqrt(change) + ROUNDING;
        most = Math.max(most, room * Math.sqrt(direction) / along.lengths()[pair]);
      }
    }
    return new Carried(along, along.of(clean, of), most);
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

  /// How far the outcome of a patched run may be from that of an unpatched one with the same
  /// values; 0 where both are computed alike.
  double tolerance() {
    return carried.map(Carried::tolerance).orElse(0.0);
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
    final int most = carried.isPresent() ? CARRIED_CELLS : CELLS;
    for (int from = 0; from < result.length; from += most) {
      final int to = Math.min(result.length, from + most);
      final var of = pairOf.subList(from, to).stream().mapToInt(Integer::intValue).toArray();
      final var batch = cells.subList(from, to);
      final var found = carried.map(c -> moved(c, batch, of)).orElseGet(() -> whole(batch, of));
      System.arraycopy(found, 0, result, from, to - from);
    }
    cells.clear();
    pairOf.clear();
    return result;
  }

  private double[] whole(final List<Cell> batch, final int[] of) {
    runner.run(batch);
    return measure.of(runner.value(outcome.site()), of);
  }

  private double[] moved(final Carried known, final List<Cell> batch, final int[] of) {
    final var along = new ArrayList<Cell>();
    for (int i = 0; i < of.length; i++) {
      along.add(batch.get(i).along(of[i]));
    }
    runner.run(along);
    final var products = runner.products();
    final var found = new double[of.length];
    for (int i = 0; i < found.length; i++) {
      if (known.along().defined(of[i])) {
        found[i] =
            known.outcomes()[batch.get(i).base()] + products[i] / known.along().lengths()[of[i]];
      }
    }
    return found;
  }

  @Override
  public void close() {
    runner.close();
  }
}
