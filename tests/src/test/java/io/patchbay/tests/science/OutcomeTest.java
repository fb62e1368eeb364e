package io.patchbay.tests.science;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.patchbay.analysis.metric.MediationEffects;
import io.patchbay.analysis.study.MediationStudy;
import io.patchbay.analysis.study.Pairs;
import io.patchbay.analysis.study.Scene;
import io.patchbay.analysis.sweep.Sweep;
import io.patchbay.analysis.sweep.folder.SweepPlan;
import io.patchbay.engine.BackendProvider;
import io.patchbay.engine.BackendProvider.Settings;
import io.patchbay.engine.Backends;
import io.patchbay.vae.data.FactorDataset;
import io.patchbay.vae.io.BadInputException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Mediation's outcomes on a model that is affine from the input to the image, where each follows
/// from the matrices.
class OutcomeTest {
  private static final Settings SETTINGS = new Settings(2, 1L << 28);
  private static final int PIXELS = LinearModel.IMAGE.elements();
  private static final double CLOSE = 1e-5;
  private static final int PAIRS = 19;

  @TempDir private Path folder = Path.of("");

  private final LinearModel linear = LinearModel.random(12);
  private final QuarterImages data = new QuarterImages(LinearModel.IMAGE, 13, 22);

  private static Stream<String> backends() {
    return Backends.providers().stream()
        .filter(p -> p.unavailable().isEmpty())
        .map(BackendProvider::name);
  }

  private interface Asked {
    void of(Scene scene);
  }

  private void with(final String backend, final FactorDataset images, final Asked asked) {
    try (var opened = Backends.open(backend, SETTINGS).backend();
        var model = linear.on(opened)) {
      asked.of(new Scene(model, images, 31));
    }
  }

  private static double[] difference(final FactorDataset images, final Pairs pairs, final int i) {
    final var from = new float[PIXELS];
    final var to = new float[PIXELS];
    images.image(pairs.bases()[i], from, 0);
    images.image(pairs.sources()[i], to, 0);
    final var difference = new double[PIXELS];
    for (int p = 0; p < PIXELS; p++) {
      difference[p] = to[p] - from[p];
    }
    return difference;
  }

  private static void check(
      final MediationEffects found, final double total, final double indirect, final String text) {
    assertEquals(total, found.total().mean().estimate(), CLOSE * (1 + Math.abs(total)), text);
    final double room = CLOSE * (1 + Math.abs(indirect));
    assertEquals(indirect, found.naturalIndirect().mean().estimate(), room, text);
    assertEquals(indirect, found.totalIndirect().mean().estimate(), room, text);
    assertEquals(total - indirect, found.naturalDirect().mean().estimate(), room, text);
  }

  /// Through latent j the image changes by (E d)_j times column j of the decoder, and what is
  /// measured is its mean over the changed pixels, with the signs of d.
  @ParameterizedTest
  @MethodSource("backends")
  void regionIsTheSignedMeanWhereTheInputsDiffer(final String backend) {
    with(
        backend,
        data,
        scene -> {
          final var study = MediationStudy.of(scene, "latent.z", "channels", null, PAIRS, "region");
          assertTrue(study.passed(), () -> study.rows().toString());
          assertEquals("region", study.numbers().get("outcome"));
          final var pairs = Pairs.random(scene, PAIRS);
          final var shares = new double[LinearModel.LATENTS];
          int different = 0;
          for (int i = 0; i < PAIRS; i++) {
            final var d = difference(data, pairs, i);
            final var signs = new double[PIXELS];
            int changed = 0;
            for (int p = 0; p < PIXELS; p++) {
              signs[p] = Math.signum(d[p]);
              changed += d[p] == 0 ? 0 : 1;
            }
            final var codes = LinearModel.times(linear.encode(), d);
            for (int j = 0; j < shares.length && changed > 0; j++) {
              final var column = LinearModel.column(linear.decoder(), j);
              shares[j] += codes[j] * LinearModel.dot(column, signs) / changed;
            }
            different += changed > 0 ? 1 : 0;
          }
          double total = 0;
          for (final double share : shares) {
            total += share / different;
          }
          for (int j = 0; j < shares.length; j++) {
            final var effects = study.rows().get(j).effects();
            assertEquals(different, effects.pairs());
            check(effects, total, shares[j] / different, "latent " + j);
          }
        });
  }

  @ParameterizedTest
  @MethodSource("backends")
  void aMeanIsTheRowOfTheEncoder(final String backend) {
    with(
        backend,
        data,
        scene -> {
          final var pairs = Pairs.random(scene, PAIRS);
          for (int latent = 0; latent < LinearModel.LATENTS; latent++) {
            final var study =
                MediationStudy.of(scene, "input", "rect:1:1:2x3", null, PAIRS, "mu:" + latent);
            double total = 0;
            double inside = 0;
            for (int i = 0; i < PAIRS; i++) {
              final var d = difference(data, pairs, i);
              for (int p = 0; p < PIXELS; p++) {
                final double part = linear.encode()[latent][p] * d[p] / PAIRS;
                total += part;
                inside += p / 4 >= 1 && p / 4 < 3 && p % 4 >= 1 ? part : 0;
              }
            }
            final var row = study.rows().getFirst();
            assertEquals(PAIRS, row.effects().pairs());
            check(row.effects(), total, inside, "latent " + latent);
            assertTrue(study.passed(), () -> row.checks().toString());
          }
        });
  }

  /// The probe sees reconstructions that are affine in the factors, so it reads them: the whole
  /// change is that of the factor, and the latents' shares add up to it.
  @ParameterizedTest
  @MethodSource("backends")
  void aFactorIsReadInItsDeviations(final String backend) {
    final var plane = new PlaneImages(LinearModel.IMAGE, 5);
    with(
        backend,
        plane,
        scene -> {
          final var study =
              MediationStudy.of(scene, "latent.z", "channels", "left", PAIRS, "factor:left");
          final var probe = study.outcome().probe().orElseThrow();
          assertTrue(probe.heldOut().estimate() > 0.99, probe::sentence);
          assertFalse(probe.weak(), probe::sentence);
          assertEquals(probe.numbers(), study.numbers().get("probe"));
          final var pairs = Pairs.differingIn(scene, 0, PAIRS);
          final double n = PlaneImages.LEFT;
          final double deviation = Math.sqrt((n * n - 1) / 12) / PlaneImages.STEPS;
          double expected = 0;
          for (int i = 0; i < PAIRS; i++) {
            final int from = plane.factorsOf(pairs.bases()[i])[0];
            final int to = plane.factorsOf(pairs.sources()[i])[0];
            expected += (to - from) / PlaneImages.STEPS / deviation / PAIRS;
          }
          double sum = 0;
          for (final var row : study.rows()) {
            final double total = row.effects().total().mean().estimate();
            assertEquals(expected, total, 0.02 * (1 + Math.abs(expected)));
            sum += row.effects().naturalIndirect().mean().estimate();
          }
          assertTrue(Math.abs(expected) > 0.01, "a change that says something: " + expected);
          assertEquals(
              study.rows().getFirst().effects().total().mean().estimate(), sum, CLOSE * 10);
        });
  }

  /// The image of no light is that of both factors at 0.
  @ParameterizedTest
  @MethodSource("backends")
  void aSweepMeasuresTheChangeOfTheReadOut(final String backend) {
    final var plane = new PlaneImages(LinearModel.IMAGE, 7);
    final double n = PlaneImages.RIGHT;
    final double deviation = Math.sqrt((n * n - 1) / 12) / PlaneImages.STEPS;
    with(
        backend,
        plane,
        scene -> {
          final var plan =
              new SweepPlan("input", "all", "zero", List.of(), 1, 0, 24, "factor:1", 3);
          final var to = folder.resolve("read");
          final var result =
              new Sweep(scene.subject(), plane, plan, to).run(false, (_, _) -> {}, () -> false);
          final var probe = result.probe().orElseThrow();
          assertTrue(probe.heldOut().estimate() > 0.99, probe::sentence);
          assertEquals("right", probe.numbers().get("factor"));
          double sum = 0;
          final var lines = lines(to.resolve("index.csv"));
          for (final var line : lines.subList(1, lines.size())) {
            final var fields = line.split(",", -1);
            final int at = plane.factorsOf(Long.parseLong(fields[0]))[1];
            final double expected = -at / PlaneImages.STEPS / deviation;
            assertEquals(expected, Double.parseDouble(fields[4]), 0.05, line);
            sum += Math.abs(Double.parseDouble(fields[4]));
          }
          assertEquals(24, result.account().computed());
          assertEquals(sum / 24, result.strength().getFirst().model().estimate(), CLOSE);
        });
  }

  @ParameterizedTest
  @MethodSource("backends")
  void aReadOutIsTheSameAfterAStop(final String backend) {
    final var plane = new PlaneImages(LinearModel.IMAGE, 8);
    final var plan =
        new SweepPlan("decoder.fc1", "0-2", "zero", List.of(), 1, 0, 20, "factor:0", 4);
    final var whole = folder.resolve("whole");
    final var parts = folder.resolve("parts");
    with(
        backend,
        plane,
        scene -> {
          new Sweep(scene.subject(), plane, plan, whole).run(false, (_, _) -> {}, () -> false);
          final var polls = new AtomicInteger();
          new Sweep(scene.subject(), plane, plan, parts)
              .run(false, (_, _) -> {}, () -> polls.incrementAndGet() > 17);
          assertFalse(Files.exists(parts.resolve("DONE")));
        });
    with(
        backend,
        plane,
        scene -> {
          final var sweep = new Sweep(scene.subject(), plane, plan, parts);
          sweep.run(true, (_, _) -> {}, () -> false);
          for (final var file : List.of("probe.json", "axes.json", "account.json", "index.csv")) {
            assertEquals(lines(whole.resolve(file)), lines(parts.resolve(file)), file);
          }
          assertTrue(lines(whole.resolve("axes.json")).toString().contains("read-out of 0"));
        });
    final var other = new PlaneImages(LinearModel.IMAGE, 10);
    with(
        backend,
        other,
        scene -> {
          final var e =
              assertThrows(
                  BadInputException.class,
                  () ->
                      new Sweep(scene.subject(), other, plan, parts)
                          .run(true, (_, _) -> {}, () -> false));
          assertTrue(String.valueOf(e.getMessage()).contains("another probe"), e.getMessage());
        });
  }

  private static List<String> lines(final Path file) {
    try {
      return Files.readAllLines(file);
    } catch (final IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void whatCannotBeMeasuredIsRefused(final String backend) {
    with(
        backend,
        new PlaneImages(LinearModel.IMAGE, 6),
        scene -> {
          for (final var wrong :
              List.of("mu:3", "mu:x", "mu:", "area", "factor:round", "factor:middle", "factor:")) {
            final var e =
                assertThrows(
                    BadInputException.class,
                    () -> MediationStudy.of(scene, "latent.z", "all", null, 4, wrong),
                    wrong);
            assertEquals("--outcome", e.file(), wrong);
          }
          final var e =
              assertThrows(
                  BadInputException.class,
                  () -> MediationStudy.of(scene, "decoder.fc1", "all", null, 4, "mu:0"));
          assertTrue(String.valueOf(e.getMessage()).contains("no path to encoder.mu"));
        });
  }
}
