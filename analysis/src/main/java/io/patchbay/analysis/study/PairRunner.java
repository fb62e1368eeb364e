package io.patchbay.analysis.study;

import io.patchbay.analysis.intervention.Site;
import io.patchbay.analysis.intervention.Sites;
import io.patchbay.analysis.intervention.Unit;
import io.patchbay.analysis.patch.CellQueue;
import io.patchbay.analysis.patch.CellQueue.Ran;
import io.patchbay.analysis.patch.PatchRunner;
import io.patchbay.analysis.patch.PatchRunner.Capacity;
import io.patchbay.analysis.patch.Together;
import io.patchbay.analysis.sweep.route.OwnDirections;
import io.patchbay.engine.Axis;
import io.patchbay.engine.Backend;
import io.patchbay.vae.model.VaeGraph;
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
  /// Cells at a time on the host's cores.
  private static final int CELLS = 256;

  private static final int CARRIED_CELLS = 2048;

  /// Outcomes that there is room for at first.
  private static final int ROOM = 1024;

  /// What an effect on the image may be off by where the change is carried, as a share of it.
  private static final double CARRIED = 1e-4;

  /// The rounding of two whole images, whose difference is compared with it.
  private static final double ROUNDING = 1e-5;

  private final int pairs;
  private final PatchRunner runner;
  private final Outcome.Measure measure;
  private final Optional<Carried> carried;
  private final CellQueue cells;
  private double[] found = new double[ROOM];
  private int count;

  /// What is known of unpatched runs where changes are carried.
  ///
  /// @param outcomes of the bases, then the sources
  /// @param tolerance how far an outcome of another image may be off, at most
  private record Carried(Outcome.Along along, double[] outcomes, double tolerance) {}

  /// With the projection on the change that the source brings as the outcome, of whole values.
  ///
  /// @param ranges as below
  /// @param asked as below
  PairRunner(
      final Scene scene, final Pairs pairs, final String site, final int ranges, final long asked) {
    this(scene, pairs, site, new Outcome.Projection(), ranges, false, asked);
  }

  /// @param ranges most ranges of a unit that is interchanged
  /// @param carries whether changes are carried where that can be; else values are computed whole
  /// @param asked cells that are queued before their outcomes are asked for, about: more than that
  ///   are not run at a time
  PairRunner(
      final Scene scene,
      final Pairs pairs,
      final String site,
      final Outcome outcome,
      final int ranges,
      final boolean carries,
      final long asked) {
    this.pairs = pairs.size();
    final var backend = scene.model().backend();
    final var graph = VaeGraph.analysis(scene.model().vae(), new Axis("rows"));
    final int rows = 2 * this.pairs;
    final var carrying =
        carries && outcome.isProduct()
            ? OwnDirections.measuring(
                scene.subject(),
                graph,
                Sites.of(graph.graph()).named(site),
                this.pairs,
                new Capacity(
                    rows,
                    rows + 1,
                    Together.cells(backend, CARRIED_CELLS, asked, ranges, 1),
                    ranges))
            : Optional.<PatchRunner>empty();
    final var measured = Sites.of(graph.graph()).named(outcome.site());
    this.runner = carrying.orElseGet(() -> whole(scene, graph, site, measured, ranges, asked));
    final var images = scene.images(both(pairs));
    runner.bases(images);
    final var activations = runner.prefixValue(site);
    final float[] clean = carrying.isPresent() ? runner.prefixValue(outcome.site()) : new float[0];
    runner.sourceValues(site, withMean(activations, rows));
    this.measure =
        outcome.on(
            new Outcome.Runs(
                this.pairs,
                images,
                carrying.isPresent() ? clean : unpatched(backend, measured, rows)));
    this.carried =
        carrying.isPresent() && measure instanceof final Outcome.Along along
            ? Optional.of(carried(along, clean))
            : Optional.empty();
    carried.ifPresent(of -> runner.directions(of.along().directions()));
    this.cells =
        carried
            .map(of -> CellQueue.products(runner, backend, ran -> keep(moved(of, ran))))
            .orElseGet(() ->
                CellQueue.values(
                    runner,
                    backend,
                    measured.name(),
                    ran -> keep(measure.of(ran.values(), ran.directions()))));
  }

  private PatchRunner whole(
      final Scene scene,
      final VaeGraph graph,
      final String site,
      final Site measured,
      final int ranges,
      final long asked) {
    final int rows = 2 * pairs;
    final long wanted = Math.max(rows, asked);
    final int most =
        Together.cells(scene.model().backend(), CELLS, wanted, ranges, measured.size());
    return new PatchRunner(
        scene.subject(),
        graph,
        List.of(site),
        List.of(),
        List.of(measured.name()),
        new Capacity(rows, rows + 1, most, ranges));
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
  private float[] unpatched(final Backend backend, final Site measured, final int rows) {
    final int width = measured.size();
    final var all = new float[Math.multiplyExact(rows, width)];
    final var queue =
        CellQueue.values(
            runner,
            backend,
            measured.name(),
            ran ->
                System.arraycopy(
                    ran.values(), 0, all, ran.bases()[0] * width, ran.values().length));
    for (int i = 0; i < rows; i++) {
      queue.unchanged(i, i % pairs);
    }
    queue.finish();
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
    cells.unchanged(sourceRun ? pairs + pair : pair, pair);
  }

  private void queue(final int pair, final int base, final Unit unit, final int source) {
    cells.interchange(base, unit, source, pair);
  }

  /// Cells that run at a time, at most.
  int atOnce() {
    return cells.atOnce();
  }

  /// Runs what is left of what is queued.
  ///
  /// @return the outcome of each run, in the order of queueing
  double[] outcomes() {
    cells.finish();
    final var result = Arrays.copyOf(found, count);
    count = 0;
    return result;
  }

  private void keep(final double[] more) {
    if (found.length - count < more.length) {
      found = Arrays.copyOf(found, Math.max(2 * found.length, count + more.length));
    }
    System.arraycopy(more, 0, found, count, more.length);
    count += more.length;
  }

  private static double[] moved(final Carried known, final Ran ran) {
    final var along = known.along();
    final var outcomes = new double[ran.values().length];
    for (int i = 0; i < outcomes.length; i++) {
      final int pair = ran.directions()[i];
      if (along.defined(pair)) {
        outcomes[i] = known.outcomes()[ran.bases()[i]] + ran.values()[i] / along.lengths()[pair];
      }
    }
    return outcomes;
  }

  @Override
  public void close() {
    runner.close();
  }
}
