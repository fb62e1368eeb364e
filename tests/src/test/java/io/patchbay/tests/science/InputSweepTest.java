package io.patchbay.tests.science;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.patchbay.analysis.intervention.ImageTransform;
import io.patchbay.analysis.study.Scene;
import io.patchbay.analysis.sweep.Sweep;
import io.patchbay.analysis.sweep.folder.Place;
import io.patchbay.analysis.sweep.folder.SweepPlan;
import io.patchbay.engine.BackendProvider;
import io.patchbay.engine.BackendProvider.Settings;
import io.patchbay.engine.Backends;
import io.patchbay.vae.data.FactorDataset;
import io.patchbay.vae.io.BadInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Changed inputs and joint interventions on a model that is affine from the input to the image,
/// where every effect follows from the matrices.
class InputSweepTest {
  private static final Settings SETTINGS = new Settings(2, 1L << 28);
  private static final int PIXELS = LinearModel.IMAGE.elements();
  private static final int INPUTS = 10;

  @TempDir private Path folder = Path.of("");

  private final LinearModel linear = LinearModel.random(16);
  private final PlaneImages plane = new PlaneImages(LinearModel.IMAGE, 9);
  private final QuarterImages quarters = new QuarterImages(LinearModel.IMAGE, 17, 23);

  private static Stream<String> backends() {
    return Backends.providers().stream()
        .filter(p -> p.unavailable().isEmpty())
        .map(BackendProvider::name);
  }

  /// What the intervention does to what is measured.
  private interface Expected {
    double[] change(long row, int unit, double value);
  }

  /// Runs a sweep and compares every cell.
  private void check(
      final String backend,
      final FactorDataset data,
      final SweepPlan plan,
      final int units,
      final Expected expected)
      throws IOException {
    try (var opened = Backends.open(backend, SETTINGS).backend();
        var model = linear.on(opened)) {
      final var scene = new Scene(model, data, 3);
      final var to = Files.createTempDirectory(folder, "sweep").resolve("out");
      final var result =
          new Sweep(scene.subject(), data, plan, to).run(false, (_, _) -> {}, () -> false);
      final int values = Math.max(1, plan.values().size());
      final var account = result.account();
      assertEquals(0, account.provedZero());
      assertEquals(
          (long) plan.inputs() * units * values, account.computed() + account.deduplicated());
      final var lines = Files.readAllLines(to.resolve("index.csv"));
      double largest = 0;
      for (int i = 0; i + 1 < lines.size(); i++) {
        final var fields = lines.get(i + 1).split(",", -1);
        final int unit = i / values % units;
        assertEquals(result.units().get(unit).name(), fields[1]);
        final double value = plan.values().isEmpty() ? 0 : plan.values().get(i % values);
        final var change = expected.change(Long.parseLong(fields[0]), unit, value);
        final double norm = Math.sqrt(LinearModel.dot(change, change));
        assertEquals(norm, Double.parseDouble(fields[4]), 2e-4 * (1 + norm), lines.get(i + 1));
        largest = Math.max(largest, norm);
      }
      assertTrue(largest > 0.01, "effects that say something");
    }
  }

  private static SweepPlan input(
      final String units, final String op, final String metric, final Double... values) {
    return new SweepPlan("input", units, op, List.of(values), 1, 0, INPUTS, metric, 5);
  }

  private static float[] image(final FactorDataset data, final long row) {
    final var image = new float[PIXELS];
    data.image(row, image, 0);
    return image;
  }

  /// The change of the codes when the pixels of columns 1 to 3 in rows 1 and 2 change.
  private double[] codes(final float[] from, final float[] to) {
    final var difference = new double[PIXELS];
    for (int p = 0; p < PIXELS; p++) {
      final boolean inside = p / 4 >= 1 && p / 4 < 3 && p % 4 >= 1;
      difference[p] = inside ? (double) to[p] - from[p] : 0;
    }
    return LinearModel.times(linear.encode(), difference);
  }

  @ParameterizedTest
  @MethodSource("backends")
  void theRectangleTakesThePixelsOfTheChangedImage(final String backend) throws IOException {
    for (final var transform : ImageTransform.values()) {
      check(
          backend,
          quarters,
          input("rect:1:1:2x3", transform.label(), "mu", 0.5, 1.0, 2.75),
          1,
          (row, _, value) -> {
            final var clean = image(quarters, row);
            return codes(clean, transform.apply(LinearModel.IMAGE, clean, value));
          });
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void brightnessIsAddedAndLimited(final String backend) throws IOException {
    check(
        backend,
        quarters,
        input("rect:1:1:2x3", "brightness", "mu", -0.5, 0.25, 2.0),
        1,
        (row, _, value) -> {
          final var clean = image(quarters, row);
          final var bright = clean.clone();
          for (int p = 0; p < PIXELS; p++) {
            bright[p] = (float) Math.min(1, Math.max(0, bright[p] + value));
          }
          return codes(clean, bright);
        });
  }

  @ParameterizedTest
  @MethodSource("backends")
  void aFactorOfTheGridIsSetAndTheOtherHeld(final String backend) throws IOException {
    check(
        backend,
        plane,
        input("all", "factor:right", "l2", 0.0, 0.25, 0.75),
        1,
        (row, _, value) -> {
          final var at = plane.factorsOf(row);
          at[1] = (int) Math.round(value * PlaneImages.STEPS);
          final var clean = image(plane, row);
          final var moved = image(plane, plane.rowOf(at));
          final var difference = new double[PIXELS];
          for (int p = 0; p < PIXELS; p++) {
            difference[p] = (double) moved[p] - clean[p];
          }
          final var codes = LinearModel.times(linear.encode(), difference);
          return LinearModel.times(linear.decoder(), codes);
        });
  }

  private static SweepPlan joint(final List<Place> places, final Double... values) {
    return new SweepPlan(places, List.of(values), 1, 0, INPUTS, "l2", 5);
  }

  /// Latent 0 moves the first hidden layer; all of it but one unit is held.
  @ParameterizedTest
  @MethodSource("backends")
  void whatIsHeldDoesNotCarryTheChange(final String backend) throws IOException {
    final var behind = LinearModel.product(linear.last(), linear.second());
    check(
        backend,
        quarters,
        joint(
            List.of(new Place("latent.z", "0,2", "add"), new Place("decoder.fc1", "0-2+4", "hold")),
            1.5,
            -2.0),
        2,
        (_, unit, value) -> {
          final var change = LinearModel.column(behind, 3);
          for (int p = 0; p < change.length; p++) {
            change[p] *= value * linear.first()[3][2 * unit];
          }
          return change;
        });
  }

  /// Two changes at once, of every pair of units; a group of latents moves as one.
  @ParameterizedTest
  @MethodSource("backends")
  void jointChangesAddUp(final String backend) throws IOException {
    final var behind = LinearModel.product(linear.last(), linear.second());
    final var plan =
        joint(
            List.of(
                new Place("latent.z", "0+2,1", "add"), new Place("decoder.fc1", "1,4,0", "add")),
            0.75,
            2.0);
    check(
        backend,
        quarters,
        plan,
        6,
        (_, unit, value) -> {
          final var direction = new double[LinearModel.LATENTS];
          direction[0] = unit < 3 ? value : 0;
          direction[1] = unit < 3 ? 0 : value;
          direction[2] = direction[0];
          final var change = LinearModel.times(linear.decoder(), direction);
          final var second = LinearModel.column(behind, List.of(1, 4, 0).get(unit % 3));
          for (int p = 0; p < change.length; p++) {
            change[p] += value * second[p];
          }
          return change;
        });
  }

  @ParameterizedTest
  @MethodSource("backends")
  void aChangedInputWithEverythingBehindItHeldDoesNothing(final String backend) {
    final var places =
        List.of(new Place("input", "all", "blur"), new Place("decoder.fc2", "all", "hold"));
    try (var opened = Backends.open(backend, SETTINGS).backend();
        var model = linear.on(opened)) {
      final var scene = new Scene(model, quarters, 3);
      final var sweep =
          new Sweep(scene.subject(), quarters, joint(places, 1.0, 2.0), folder.resolve("held"));
      final var result = sweep.run(false, (_, _) -> {}, () -> false);
      assertEquals("input[all]+decoder.fc2[all]", result.units().getFirst().name());
      assertEquals(0, result.strength().getFirst().model().estimate(), 1e-6);
      assertEquals(3, result.controls().size());
    }
  }

  /// A plan and what its refusal says.
  private record Wrong(FactorDataset data, String says, List<Place> places, Double... values) {}

  @ParameterizedTest
  @MethodSource("backends")
  void whatCannotBeIsRefused(final String backend) {
    final var latent = new Place("latent.z", "all", "zero");
    final var wrongs =
        List.of(
            new Wrong(plane, "no such value", in("factor:left"), 0.001),
            new Wrong(plane, "no generator", in("do:left"), 0.0),
            new Wrong(plane, "no such factor", in("factor:middle"), 0.0),
            new Wrong(quarters, "factors are unknown", in("factor:left"), 0.0),
            new Wrong(quarters, "low=0.0", in("blur"), -1.0),
            new Wrong(quarters, "value twice", List.of(latent, latent)),
            new Wrong(
                quarters, "value twice", List.of(latent, new Place("encoder.mu", "0", "zero"))),
            new Wrong(
                quarters, "no path", List.of(latent, new Place("encoder.logvar", "0", "zero"))));
    try (var opened = Backends.open(backend, SETTINGS).backend();
        var model = linear.on(opened)) {
      for (final var wrong : wrongs) {
        final var scene = new Scene(model, wrong.data(), 3);
        final var to = folder.resolve("never");
        final var e =
            assertThrows(
                BadInputException.class,
                () ->
                    new Sweep(
                        scene.subject(), wrong.data(), joint(wrong.places(), wrong.values()), to),
                wrong.says());
        assertTrue(String.valueOf(e.getMessage()).contains(wrong.says()), e.getMessage());
      }
    }
    assertThrows(BadInputException.class, () -> new Place("latent.z", "all", "blur"));
    assertThrows(BadInputException.class, () -> joint(List.of(new Place("input", "all", "hold"))));
    assertThrows(BadInputException.class, () -> joint(List.of()));
  }

  private static List<Place> in(final String op) {
    return List.of(new Place("input", "all", op));
  }
}
