package io.patchbay.tests.science;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.patchbay.analysis.intervention.Operations;
import io.patchbay.analysis.intervention.Site;
import io.patchbay.analysis.intervention.Sites;
import io.patchbay.analysis.patch.Cell;
import io.patchbay.analysis.patch.Cell.Change;
import io.patchbay.analysis.patch.Effect;
import io.patchbay.analysis.patch.PatchRunner;
import io.patchbay.analysis.patch.PatchRunner.Capacity;
import io.patchbay.engine.Axis;
import io.patchbay.engine.BackendProvider.Settings;
import io.patchbay.engine.Backends;
import io.patchbay.engine.random.PhiloxRandom;
import io.patchbay.engine.random.Streams;
import io.patchbay.vae.data.Sprites;
import io.patchbay.vae.model.VaeGraph;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What a cell gives depends on its own intervention and inputs alone, bit for bit: not on how many
/// cells run beside it, nor on how many threads run them, nor on which other bases are in the
/// group.
class IndependenceTest {
  private static final long[] ROWS = {9, 200_000, 400_001, 500_020, 730_000};
  private static final int CELLS = 37;

  private final Sprites data = new Sprites(false);

  @ParameterizedTest
  @ValueSource(strings = {"input", "encoder.conv3", "latent.z", "decoder.fc2", "decoder.convt2"})
  void companyDoesNotMatter(final String name) {
    final var graph = VaeGraph.analysis(Models.CONV4, new Axis("rows"));
    final var site = Sites.of(graph.graph()).named(name);
    final var cells = cells(site);
    final var expected = alone(name, cells);
    assertTrue(moving(expected) > CELLS / 2, "effects that can differ");
    for (int threads = 1; threads <= 3; threads++) {
      // Groups of one cell, of a few, and of all; with all bases, each in its place.
      for (final int group : new int[] {5, CELLS}) {
        assertArrayEquals(
            expected, grouped(name, cells, threads, group, false), "threads=" + threads);
        assertArrayEquals(
            expected, grouped(name, cells, threads, group, true), "turned, threads=" + threads);
      }
    }
  }

  private static int moving(final float[] effects) {
    int count = 0;
    for (final float effect : effects) {
      count += effect > 0 ? 1 : 0;
    }
    return count;
  }

  /// Interventions of three kinds on units and bases drawn at random; half the units are wide.
  private static List<Cell> cells(final Site site) {
    final var random = new PhiloxRandom(3, Streams.FIRST_FREE, 0, 7);
    final var channels = site.channelUnits();
    final var elements = site.elementUnits();
    final var cells = new ArrayList<Cell>();
    for (int i = 0; i < CELLS; i++) {
      final var units = i % 2 == 0 ? channels : elements;
      final var unit = units.get(random.nextInt(units.size()));
      final var numbers =
          switch (i % 3) {
            case 0 -> Operations.INTERCHANGE.with(0);
            case 1 -> Operations.SET.with(1.5);
            default -> Operations.SIGN_FLIP.with(0);
          };
      cells.add(
          new Cell(
              random.nextInt(ROWS.length),
              List.of(new Change(site.name(), unit, numbers, random.nextInt(ROWS.length)))));
    }
    return cells;
  }

  /// Every cell by itself, with its base and its source as the only rows.
  private float[] alone(final String site, final List<Cell> cells) {
    final var effects = new float[cells.size()];
    try (var backend = Backends.open("cpu", new Settings(1, 1L << 29)).backend()) {
      final var subject = Models.subject(Models.CONV4, 5, Map.of(), backend);
      try (var _ = subject.weights();
          var runner =
              new PatchRunner(
                  subject,
                  VaeGraph.analysis(Models.CONV4, new Axis("rows")),
                  List.of(site),
                  List.of(Effect.IMAGE),
                  List.of(),
                  new Capacity(1, 1, 1, 1))) {
        for (int i = 0; i < effects.length; i++) {
          final var change = cells.get(i).changes().getFirst();
          runner.bases(Models.images(data, ROWS[cells.get(i).base()]));
          runner.sources(Models.images(data, ROWS[change.source()]));
          runner.run(
              List.of(Cell.of(0, new Change(site, change.unit(), change.coefficients(), 0))));
          effects[i] = runner.effect(Effect.IMAGE)[0];
        }
      }
    }
    return effects;
  }

  /// `group` cells at a time with all inputs as bases and sources, `turned` in another order.
  private float[] grouped(
      final String site,
      final List<Cell> cells,
      final int threads,
      final int group,
      final boolean turned) {
    final var effects = new float[cells.size()];
    final int shift = turned ? 2 : 0;
    final var rows = new long[ROWS.length];
    for (int i = 0; i < rows.length; i++) {
      rows[(i + shift) % rows.length] = ROWS[i];
    }
    final var images = Models.images(data, rows);
    try (var backend = Backends.open("cpu", new Settings(threads, 1L << 29)).backend()) {
      final var subject = Models.subject(Models.CONV4, 5, Map.of(), backend);
      try (var _ = subject.weights();
          var runner =
              new PatchRunner(
                  subject,
                  VaeGraph.analysis(Models.CONV4, new Axis("rows")),
                  List.of(site),
                  List.of(Effect.IMAGE),
                  List.of(),
                  new Capacity(rows.length, rows.length, CELLS + 4, 1))) {
        runner.bases(images);
        runner.sources(images);
        for (int from = 0; from < cells.size(); from += group) {
          final var batch =
              cells.subList(from, Math.min(cells.size(), from + group)).stream()
                  .map(cell -> moved(cell, shift))
                  .toList();
          runner.run(batch);
          System.arraycopy(runner.effect(Effect.IMAGE), 0, effects, from, batch.size());
        }
      }
    }
    return effects;
  }

  private static Cell moved(final Cell cell, final int shift) {
    final var change = cell.changes().getFirst();
    return Cell.of(
        (cell.base() + shift) % ROWS.length,
        new Change(
            change.site(),
            change.unit(),
            change.coefficients(),
            (change.source() + shift) % ROWS.length));
  }
}
