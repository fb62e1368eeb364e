package io.patchbay.analysis.sweep.route;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.patchbay.analysis.intervention.Operation.Coefficients;
import io.patchbay.analysis.intervention.Sites;
import io.patchbay.analysis.intervention.Unit;
import io.patchbay.analysis.patch.Cell;
import io.patchbay.analysis.patch.Cell.Change;
import io.patchbay.analysis.patch.PatchRunner;
import io.patchbay.analysis.patch.PatchRunner.Capacity;
import io.patchbay.analysis.patch.SitePatch;
import io.patchbay.analysis.patch.Subject;
import io.patchbay.engine.Axis;
import io.patchbay.engine.BackendProvider.Settings;
import io.patchbay.engine.Backends;
import io.patchbay.engine.random.PhiloxRandom;
import io.patchbay.engine.random.Streams;
import io.patchbay.vae.data.Sprites;
import io.patchbay.vae.model.VaeGraph;
import io.patchbay.vae.train.TrainConfig;
import io.patchbay.vae.train.TrainedVae;
import io.patchbay.vae.train.Variant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The product of a cell's change of the image with its own direction is that of the image itself,
/// on every way that the change can go.
class OwnDirectionTest {
  private static final long[] ROWS = {31_415, 270_000, 500_123};
  private static final int DIRECTIONS = 5;

  /// Of the length of a direction; an image's changes are of about that size.
  private static final double ROUNDING = 2e-6;

  @ParameterizedTest
  @ValueSource(strings = {"latent.z", "decoder.convt1", "decoder.convt2", "decoder.convt3"})
  void isThatOfTheImage(final String name) {
    final var data = new Sprites(false);
    final int size = data.shape().elements();
    final var directions = directions(size);
    try (var backend = Backends.open("auto", new Settings(2, 1L << 30)).backend();
        var model =
            TrainedVae.untrained(
                TrainConfig.defaults(Variant.VAE, "seed=5"), data.shape(), backend)) {
      final var subject = new Subject(backend, model.vae(), model.weights());
      final var graph = VaeGraph.analysis(model.vae(), new Axis("rows"));
      final var site = Sites.of(graph.graph()).named(name);
      final var units = site.channelUnits().subList(0, 4);
      final var cells = cells(name, units);
      final var images = images(data, size);
      final var expected = new double[cells.size()];
      try (var runner =
          new PatchRunner(
              subject,
              graph,
              List.of(name),
              List.of(),
              List.of("output"),
              new Capacity(ROWS.length, ROWS.length, cells.size(), 1))) {
        runner.bases(images);
        runner.sources(images);
        runner.run(cells);
        final var patched = runner.value("output");
        final var clean = runner.prefixValue("output");
        for (int i = 0; i < expected.length; i++) {
          final var cell = cells.get(i);
          for (int p = 0; p < size; p++) {
            final double change = patched[i * size + p] - clean[cell.base() * size + p];
            expected[i] += change * directions[cell.direction() * size + p];
          }
        }
      }
      double largest = 0;
      for (final var way : Routes.mixed(graph.graph(), site, "output").ways(units, false)) {
        final var products = products(subject, graph, name, way, cells, images, directions);
        for (int i = 0; i < expected.length; i++) {
          assertEquals(
              expected[i],
              products[i],
              ROUNDING * Math.sqrt(size) + 1e-5 * Math.abs(expected[i]),
              way.name() + ", cell " + i);
          largest = Math.max(largest, Math.abs(expected[i]));
        }
      }
      assertTrue(largest > 1e-3, name + ": a change that says something: " + largest);
    }
  }

  private static float[] products(
      final Subject subject,
      final VaeGraph graph,
      final String site,
      final Way way,
      final List<Cell> cells,
      final float[] images,
      final float[] directions) {
    try (var runner =
        new PatchRunner(
            subject,
            graph,
            SitePatch.mixed(List.of(site)),
            List.of(),
            List.of(),
            DIRECTIONS,
            true,
            new Capacity(ROWS.length, Capacity.AMONG_BASES, cells.size(), 1, ROWS.length),
            way.route())) {
      runner.directions(directions);
      runner.bases(images);
      runner.run(cells);
      return runner.products();
    }
  }

  /// Directions between clean images are the differences of those images, to the bit, and so are
  /// the products with them.
  @Test
  void betweenBasesIsTheDifferenceOfTheirImages() {
    final var data = new Sprites(false);
    final int size = data.shape().elements();
    final int[] of = {0, 2, 1, 0, 1};
    final int[] towards = {1, 0, 2, 2, 1};
    try (var backend = Backends.open("auto", new Settings(2, 1L << 30)).backend();
        var model =
            TrainedVae.untrained(
                TrainConfig.defaults(Variant.VAE, "seed=5"), data.shape(), backend)) {
      final var subject = new Subject(backend, model.vae(), model.weights());
      final var graph = VaeGraph.analysis(model.vae(), new Axis("rows"));
      final var site = Sites.of(graph.graph()).named("decoder.convt2");
      final var cells = cells(site.name(), site.channelUnits().subList(0, 4));
      try (var runner =
          OwnDirections.measuring(
                  subject,
                  graph,
                  site,
                  DIRECTIONS,
                  new Capacity(ROWS.length, Capacity.AMONG_BASES, cells.size(), 1, ROWS.length))
              .orElseThrow()) {
        runner.bases(images(data, size));
        final var clean = runner.prefixValue("output");
        final var squares = runner.directions(of, towards);
        runner.run(cells);
        final var products = runner.products();
        final var directions = new float[DIRECTIONS * size];
        final var sums = new double[DIRECTIONS];
        for (int i = 0; i < directions.length; i++) {
          final int d = i / size;
          directions[i] = clean[towards[d] * size + i % size] - clean[of[d] * size + i % size];
          sums[d] += (double) directions[i] * directions[i];
        }
        for (int d = 0; d < DIRECTIONS; d++) {
          assertEquals(sums[d], squares.get()[d], 1e-5 * sums[d], "direction " + d);
        }
        assertTrue(sums[0] > 0 && sums[4] == 0);
        runner.directions(directions);
        runner.run(cells);
        assertArrayEquals(products, runner.products());
      }
    }
  }

  /// Every unit of every base moved by 2 and the next base's, each cell with the next direction;
  /// and one cell that changes nothing.
  private static List<Cell> cells(final String site, final List<Unit> units) {
    final var cells = new ArrayList<Cell>();
    for (int base = 0; base < ROWS.length; base++) {
      for (final var unit : units) {
        final var numbers = Coefficients.of(1, 2, 1);
        final var change = new Change(site, unit, numbers, (base + 1) % ROWS.length);
        cells.add(Cell.of(base, change).along(cells.size() % DIRECTIONS));
      }
    }
    cells.add(new Cell(1, List.of()).along(3));
    return cells;
  }

  private static float[] images(final Sprites data, final int size) {
    final var images = new float[ROWS.length * size];
    for (int i = 0; i < ROWS.length; i++) {
      data.image(ROWS[i], images, i * size);
    }
    return images;
  }

  private static float[] directions(final int size) {
    final var random = new PhiloxRandom(2, Streams.FIRST_FREE, 0, 0);
    final var directions = new float[DIRECTIONS * size];
    for (int i = 0; i < directions.length; i++) {
      directions[i] = random.nextFloat() - 0.5f;
    }
    return directions;
  }
}
