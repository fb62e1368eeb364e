package io.patchbay.tests.science;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.patchbay.analysis.intervention.Directions;
import io.patchbay.analysis.intervention.Operation;
import io.patchbay.analysis.intervention.Operations;
import io.patchbay.analysis.intervention.Site;
import io.patchbay.analysis.intervention.Sites;
import io.patchbay.analysis.intervention.Unit;
import io.patchbay.analysis.intervention.UnitRange;
import io.patchbay.analysis.patch.Cell;
import io.patchbay.analysis.patch.Cell.Change;
import io.patchbay.analysis.patch.Effect;
import io.patchbay.analysis.patch.PatchRunner;
import io.patchbay.analysis.patch.PatchRunner.Capacity;
import io.patchbay.analysis.patch.SitePatch;
import io.patchbay.engine.Axis;
import io.patchbay.engine.BackendProvider.Settings;
import io.patchbay.engine.Backends;
import io.patchbay.engine.expression.PatchOp;
import io.patchbay.engine.expression.PatchUnits;
import io.patchbay.engine.random.PhiloxRandom;
import io.patchbay.engine.random.Streams;
import io.patchbay.vae.model.Vae;
import io.patchbay.vae.model.VaeGraph;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Patch ops of one's own and interchanges of subspaces through a model: beside the built-in ops,
/// beside plain arithmetic in float64 on the activations, and the same bits in any company.
class OwnPatchTest {
  private static final Settings SETTINGS = new Settings(1, 1L << 28);
  private static final int INPUTS = 4;
  private static final long SEED = 23;
  private static final long[] IDS = {7, 1L << 33, 12, 5};

  /// Reads all there is.
  private static final PatchOp RICH =
      PatchOp.define(
          "rich",
          "random < rate ? mean + value * (source - clean) : clean * (1 + 0.1 * channel) - 0.01"
              + " * unit + 0.02 * row * column",
          Map.of("rate", 0.4));

  /// What one runner made of some cells.
  ///
  /// @param values of the patched site
  private record Ran(float[] effects, float[] values, float[] bases, float[] sources) {}

  private static float[] images(final Vae vae) {
    final var random = new PhiloxRandom(2, Streams.FIRST_FREE, 0, 0);
    final var images = new float[INPUTS * vae.image().elements()];
    for (int i = 0; i < images.length; i++) {
      images[i] = random.nextFloat();
    }
    return images;
  }

  private static Site site(final Vae vae, final String name) {
    return Sites.of(VaeGraph.analysis(vae, new Axis("rows")).graph()).named(name);
  }

  private static float[] mean(final Site site) {
    final var mean = new float[site.size()];
    for (int i = 0; i < mean.length; i++) {
      mean[i] = (i % 7 - 3) / 5f;
    }
    return mean;
  }

  /// @param which of the inputs are the bases; all are sources
  private static Ran run(
      final String backendName,
      final int threads,
      final Site site,
      final SitePatch patch,
      final List<Cell> cells,
      final int... which) {
    final var vae = Models.TINY;
    final int size = vae.image().elements();
    final var all = images(vae);
    final var images = new float[which.length * size];
    final var ids = new long[which.length];
    for (int i = 0; i < which.length; i++) {
      System.arraycopy(all, which[i] * size, images, i * size, size);
      ids[i] = IDS[which[i]];
    }
    try (var backend = Backends.open(backendName, new Settings(threads, 1L << 28)).backend()) {
      final var subject = Models.subject(vae, 5, Map.of(), backend);
      try (var _ = subject.weights();
          var runner =
              new PatchRunner(
                  subject,
                  VaeGraph.analysis(vae, new Axis("rows")),
                  Map.of(site.name(), patch),
                  List.of(Effect.IMAGE),
                  List.of(site.name()),
                  new Capacity(which.length, INPUTS, cells.size(), site.channels()))) {
        runner.bases(images);
        final var bases = runner.prefixValue(site.name());
        runner.sources(all);
        final var sources = runner.prefixValue(site.name());
        runner.mean(site.name(), mean(site));
        runner.keys(SEED, ids, 6);
        runner.run(cells);
        return new Ran(runner.effect(Effect.IMAGE), runner.value(site.name()), bases, sources);
      }
    }
  }

  private static List<Cell> cells(final Site site, final Operation.Coefficients numbers) {
    final var cells = new ArrayList<Cell>();
    final var units = new ArrayList<>(site.channelUnits());
    units.add(site.whole());
    for (int u = 0; u < units.size(); u++) {
      cells.add(
          Cell.of(u % INPUTS, new Change(site.name(), units.get(u), numbers, (u + 1) % INPUTS)));
    }
    cells.add(new Cell(0, List.of()));
    return cells;
  }

  /// What is written as a built-in op does it has its effects, bit for bit.
  @ParameterizedTest
  @CsvSource({
    "source, interchange",
    "value, set",
    "clean + value, add",
    "clean * value, scale",
    "'clamp(clean, -value, value)', clamp",
    "-clean, sign-flip",
    "0, zero"
  })
  void saysWhatABuiltInOpDoes(final String expression, final String builtIn) {
    final var own = new SitePatch.Custom(PatchOp.define("own", expression));
    final var numbers = Operations.named(builtIn).with(0.1);
    int moving = 0;
    for (final var name : List.of("input", "encoder.conv1", "latent.z", "decoder.fc1")) {
      final var site = site(Models.TINY, name);
      final var expected =
          run("cpu", 1, site, new SitePatch.Mixed(), cells(site, numbers), 0, 1, 2, 3);
      final var value = Operation.Coefficients.of(0, 0.1, 0);
      final var found = run("cpu", 1, site, own, cells(site, value), 0, 1, 2, 3);
      assertArrayEquals(expected.effects(), found.effects(), name);
      for (final float effect : found.effects()) {
        moving += effect > 0 ? 1 : 0;
      }
    }
    assertTrue(moving > 5, "effects that can differ");
  }

  /// Every element of the patched site, by the Java form on the activations; what is beside a unit
  /// keeps every bit.
  @ParameterizedTest
  @ValueSource(strings = {"cpu", "reference"})
  void theSiteHoldsWhatTheExpressionSays(final String backend) {
    for (final var name : List.of("input", "encoder.conv2", "latent.z", "decoder.convt1")) {
      final var site = site(Models.TINY, name);
      final var cells = cells(site, Operation.Coefficients.of(0, -0.5, 0));
      final var ran = run(backend, 1, site, new SitePatch.Custom(RICH), cells, 0, 1, 2, 3);
      final int size = site.size();
      for (int i = 0; i < cells.size(); i++) {
        final var cell = cells.get(i);
        final var clean = row(ran.bases(), cell.base(), size);
        final var expected = clean.clone();
        for (final var change : cell.changes()) {
          final var shape = site.shape();
          final int width = shape.rank() == 3 ? shape.dim(2) : 1;
          final int plane = shape.rank() == 3 ? shape.dim(1) * width : 1;
          final int draw = 6 + change.source();
          final var patched =
              RICH.values(
                  new PatchUnits(
                      clean,
                      row(ran.sources(), change.source(), size),
                      mean(site),
                      -0.5f,
                      PatchUnits.random(SEED, IDS[cell.base()], draw, 0, size),
                      0,
                      plane,
                      width));
          for (final var range : change.unit().ranges()) {
            System.arraycopy(patched, range.begin(), expected, range.begin(), range.length());
          }
        }
        assertArrayEquals(expected, row(ran.values(), i, size), 4e-6f, name + ", cell " + i);
        if (cell.changes().isEmpty()) {
          assertArrayEquals(clean, row(ran.values(), i, size));
        }
      }
    }
  }

  private static float[] row(final float[] rows, final int row, final int size) {
    return Arrays.copyOfRange(rows, row * size, (row + 1) * size);
  }

  /// Alone or among others, with any number of threads, its base first or last.
  @ParameterizedTest
  @ValueSource(strings = {"input", "encoder.conv1", "latent.z", "decoder.convt1"})
  void companyDoesNotMatter(final String name) {
    final var site = site(Models.TINY, name);
    final var patch = new SitePatch.Custom(RICH);
    final var cells = cells(site, Operation.Coefficients.of(0, 1.25, 0));
    final var together = run("cpu", 1, site, patch, cells, 0, 1, 2, 3).effects();
    for (int threads = 2; threads <= 3; threads++) {
      assertArrayEquals(together, run("cpu", threads, site, patch, cells, 0, 1, 2, 3).effects());
    }
    for (int i = 0; i < cells.size(); i++) {
      final var alone = List.of(new Cell(0, cells.get(i).changes()));
      final var effect = run("cpu", 2, site, patch, alone, cells.get(i).base()).effects()[0];
      assertEquals(together[i], effect, name + ", cell " + i);
    }
  }

  @Test
  void whatAnOpReadsHasToBeGiven() {
    final var site = site(Models.TINY, "latent.z");
    try (var backend = Backends.open("reference", SETTINGS).backend()) {
      final var subject = Models.subject(Models.TINY, 5, Map.of(), backend);
      try (var _ = subject.weights();
          var runner =
              new PatchRunner(
                  subject,
                  VaeGraph.analysis(Models.TINY, new Axis("rows")),
                  Map.of(site.name(), new SitePatch.Custom(RICH)),
                  List.of(Effect.IMAGE),
                  List.of(),
                  new Capacity(1, 1, 1, 1))) {
        runner.bases(Arrays.copyOf(images(Models.TINY), Models.TINY.image().elements()));
        final var e =
            assertThrows(
                IllegalStateException.class, () -> runner.run(List.of(new Cell(0, List.of()))));
        assertTrue(String.valueOf(e.getMessage()).contains("latent.z: its mean"), e::getMessage);
      }
    }
  }

  /// A rotation of the whole site, drawn.
  private static Directions rotation(final int size) {
    final var random = new PhiloxRandom(9, Streams.FIRST_FREE, 1, 0);
    final var rows = new double[size][size];
    for (int k = 0; k < size; k++) {
      Arrays.setAll(rows[k], _ -> random.nextDouble() - 0.5);
      for (int twice = 0; twice < 2; twice++) {
        for (int j = 0; j < k; j++) {
          final double shared = dot(rows[k], rows[j]);
          for (int e = 0; e < size; e++) {
            rows[k][e] -= shared * rows[j][e];
          }
        }
        final double length = Math.sqrt(dot(rows[k], rows[k]));
        for (int e = 0; e < size; e++) {
          rows[k][e] /= length;
        }
      }
    }
    return Directions.of(rows);
  }

  private static double dot(final double[] a, final double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  /// Single directions and several as float64 has them; all of them are the source; none changes
  /// nothing.
  @ParameterizedTest
  @CsvSource({
    "cpu, latent.z",
    "cpu, decoder.fc1",
    "cpu, decoder.convt1",
    "reference, decoder.convt1"
  })
  void aSubspaceComesFromTheSource(final String backend, final String name) {
    final var site = site(Models.TINY, name);
    final int size = site.size();
    final var directions = rotation(size);
    final var units =
        List.of(
            new Unit("0", List.of(new UnitRange(0, 1))),
            new Unit("last", List.of(new UnitRange(size - 1, size))),
            new Unit("two", List.of(new UnitRange(0, 1), new UnitRange(2, 3))),
            new Unit("all", List.of(new UnitRange(0, size))));
    final var cells = new ArrayList<Cell>();
    for (int u = 0; u < units.size(); u++) {
      cells.add(Cell.of(u, Change.interchange(site.name(), units.get(u), (u + 1) % INPUTS)));
    }
    cells.add(Cell.of(2, Change.interchange(site.name(), units.getLast(), 2)));
    cells.add(new Cell(3, List.of()));
    final var patch = new SitePatch.Subspace(directions);
    final var ran = run(backend, 1, site, patch, cells, 0, 1, 2, 3);
    for (int i = 0; i < cells.size(); i++) {
      final var cell = cells.get(i);
      final var clean = row(ran.bases(), cell.base(), size);
      final var found = row(ran.values(), i, size);
      if (cell.changes().isEmpty() || cell.changes().getFirst().source() == cell.base()) {
        assertArrayEquals(clean, found, "nothing changes, cell " + i);
        // The tables of the reference backend are float32, its sums float64.
        assertEquals(0, ran.effects()[i], backend.equals("cpu") ? 0 : 1e-6);
        continue;
      }
      final var change = cell.changes().getFirst();
      final var source = row(ran.sources(), change.source(), size);
      final var expected = directions.interchanged(clean, source, change.unit());
      assertArrayEquals(expected, found, 3e-6f, change.unit().name());
      if (change.unit().name().equals("all")) {
        assertArrayEquals(source, found, 3e-6f);
      }
      assertTrue(ran.effects()[i] > 0);
    }
  }
}
