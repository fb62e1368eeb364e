package io.patchbay.tests.science;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.patchbay.analysis.intervention.Sites;
import io.patchbay.analysis.patch.Cell;
import io.patchbay.analysis.patch.Cell.Change;
import io.patchbay.analysis.patch.Effect;
import io.patchbay.analysis.patch.PatchRunner;
import io.patchbay.analysis.patch.PatchRunner.Capacity;
import io.patchbay.engine.Axis;
import io.patchbay.engine.BackendProvider;
import io.patchbay.engine.BackendProvider.Settings;
import io.patchbay.engine.Backends;
import io.patchbay.engine.random.PhiloxRandom;
import io.patchbay.engine.random.Streams;
import io.patchbay.vae.data.ImageShape;
import io.patchbay.vae.model.Vae;
import io.patchbay.vae.model.VaeGraph;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The products of a change of the image with directions, taken where the image is, are those of
/// the images themselves, on images of several channels.
class ProjectionTest {
  private static final Vae COLOUR =
      new Vae(Models.TINY.architecture(), new ImageShape(3, 16, 16), 3, Models.TINY.likelihood());

  private static final int INPUTS = 3;
  private static final int DIRECTIONS = 5;

  private static Stream<String> backends() {
    return Backends.providers().stream()
        .filter(p -> p.unavailable().isEmpty())
        .map(BackendProvider::name);
  }

  @ParameterizedTest
  @MethodSource("backends")
  void areTheProductsOfTheImages(final String name) {
    final var data = new QuarterImages(COLOUR.image(), 2 * INPUTS, 9);
    final int size = COLOUR.image().elements();
    final var random = new PhiloxRandom(2, Streams.FIRST_FREE, 0, 0);
    final var directions = new float[DIRECTIONS * size];
    for (int i = 0; i < directions.length; i++) {
      directions[i] = random.nextFloat() - 0.5f;
    }
    try (var backend = Backends.open(name, new Settings(2, 1L << 28)).backend()) {
      final var subject = Models.subject(COLOUR, 6, Map.of(), backend);
      try (var _ = subject.weights()) {
        final var graph = VaeGraph.analysis(COLOUR, new Axis("rows"));
        for (final var site : List.of("encoder.conv1", "latent.z", "decoder.convt1")) {
          final var units = Sites.of(graph.graph()).named(site).channelUnits();
          final var cells = new ArrayList<Cell>();
          for (int input = 0; input < INPUTS; input++) {
            cells.add(new Cell(input, List.of()));
            for (final var unit : units) {
              cells.add(Cell.of(input, Change.interchange(site, unit, input)));
            }
          }
          try (var runner =
              new PatchRunner(
                  subject,
                  graph,
                  List.of(site),
                  List.of(Effect.IMAGE),
                  List.of("output"),
                  DIRECTIONS,
                  new Capacity(INPUTS, INPUTS, cells.size(), 1))) {
            runner.directions(directions);
            runner.bases(Models.images(data, 0, 1, 2));
            runner.sources(Models.images(data, 3, 4, 5));
            runner.run(cells);
            final var images = runner.value("output");
            final var products = runner.products();
            final var norms = runner.effect(Effect.IMAGE);
            assertEquals(cells.size() * DIRECTIONS, products.length);
            double largest = 0;
            for (int i = 0; i < cells.size(); i++) {
              final int base = i - i % (units.size() + 1);
              for (int d = 0; d < DIRECTIONS; d++) {
                double expected = 0;
                for (int p = 0; p < size; p++) {
                  final double change = images[i * size + p] - images[base * size + p];
                  expected += change * directions[d * size + p];
                }
                final var text = site + ", cell " + i + ", direction " + d;
                assertEquals(expected, products[i * DIRECTIONS + d], 3e-6, text);
                assertTrue(Math.abs(expected) <= norms[i] * Math.sqrt(size) / 2 + 1e-5, text);
                largest = Math.max(largest, Math.abs(expected));
              }
            }
            assertTrue(largest > 1e-3, site + ": a change that says something: " + largest);
          }
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void withoutDirectionsThereAreNone(final String name) {
    try (var backend = Backends.open(name, new Settings(1, 1L << 28)).backend()) {
      final var subject = Models.subject(COLOUR, 6, Map.of(), backend);
      try (var _ = subject.weights();
          var runner =
              new PatchRunner(
                  subject,
                  VaeGraph.analysis(COLOUR, new Axis("rows")),
                  List.of("latent.z"),
                  List.of(Effect.IMAGE),
                  List.of(),
                  new Capacity(1, 1, 1, 1))) {
        assertThrows(IllegalStateException.class, runner::products);
        assertThrows(IllegalStateException.class, () -> runner.directions(new float[768]));
      }
    }
  }
}
