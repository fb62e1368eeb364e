package io.patchbay.analysis.study;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.patchbay.engine.random.PhiloxRandom;
import io.patchbay.engine.random.Streams;
import io.patchbay.vae.data.Factor;
import io.patchbay.vae.data.GenerativeDataset;
import io.patchbay.vae.data.ImageShape;
import io.patchbay.vae.data.Pendulum;
import io.patchbay.vae.data.Sprites;
import io.patchbay.vae.data.Variable;
import io.patchbay.vae.io.BadInputException;
import io.patchbay.vae.train.TrainConfig;
import io.patchbay.vae.train.Variant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// The study where the answer is known: reconstructions that are the images themselves, that are
/// noise, and that put the shadow where the light casts it, whatever the image shows.
class ReadOutStudyTest {
  private static final int SIDE = 32;
  private static final int PROBE = 700;
  private static final int INPUTS = 120;

  private final Pendulum free = new Pendulum(SIDE, 3);
  private final Pendulum cast = new Pendulum(SIDE);

  private static ReadOutQuestion question(final String... held) {
    // The place of a sharp line is not linear in its pixels: a probe of them reads it roughly.
    return new ReadOutQuestion("light", "shadow_position", List.of(held), PROBE, INPUTS, 0.4);
  }

  private static double[][] scenes(final GenerativeDataset data, final int count, final int key) {
    final var random = new PhiloxRandom(5, Streams.FIRST_FREE, key, 0);
    final var scenes = new double[count][];
    for (int i = 0; i < count; i++) {
      scenes[i] = data.variablesOf((long) (random.nextDouble() * data.size()));
    }
    return scenes;
  }

  private ReadOutStudy study(
      final Reconstructions reconstructions, final ReadOutQuestion question) {
    final var scenes = new HeldOut(scenes(cast, INPUTS, 2), scenes(free, PROBE, 1));
    return ReadOutStudy.of(reconstructions, free, scenes, question, 11);
  }

  @Test
  void aPerfectReconstructionFollowsAndStays() {
    final var study = study((images, _) -> images, question("shadow_position"));
    assertTrue(study.tellsApart(), () -> "" + study.numbers());
    assertTrue(study.truth().estimate() > 0.5, () -> "" + study.truth());
    assertEquals(INPUTS, study.held().mean().n());
    assertEquals(PROBE / 4, study.rSquared().n());
    assertTrue(study.rSquared().low() > 0.8, () -> "" + study.rSquared());
    assertTrue(study.followingShare().estimate() > 0.65, () -> "" + study.followingShare());
    assertTrue(study.heldShare().high() < 0.25, () -> "" + study.heldShare());
  }

  @Test
  void whatIsHeldWholeDoesNotMoveAtAll() {
    final var study = study((images, _) -> images, question("shadow_length", "shadow_position"));
    assertEquals(0, study.held().size().estimate());
    assertEquals(0, study.held().mean().high());
    assertTrue(study.tellsApart());
  }

  @Test
  void aShadowDrawnByTheLightMovesAlsoWhenItIsHeld() {
    final var seen = new Seen(cast, new ArrayList<>());
    final Reconstructions drawn =
        (images, count) -> {
          final var result = new float[images.length];
          final int size = images.length / count;
          for (int i = 0; i < count; i++) {
            final var scene = seen.scenes().get(seen.scenes().size() - count + i);
            cast.render(cast.intervene(scene, Map.of("light", scene[1]), true), result, i * size);
          }
          return result;
        };
    // Such a model has met cast shadows only, and so has its probe.
    final var scenes = new HeldOut(scenes(cast, INPUTS, 2), scenes(cast, PROBE, 1));
    final var study = ReadOutStudy.of(drawn, seen, scenes, question("shadow_position"), 11);
    assertTrue(study.readable(), () -> "" + study.rSquared());
    assertTrue(study.follows(), () -> "" + study.followingShare());
    assertFalse(study.stays());
    assertFalse(study.tellsApart());
    assertEquals(
        study.following().mean().estimate(), study.held().mean().estimate(), 1e-9, "moves as much");
    assertEquals(1, study.heldShare().estimate(), 1e-9);
  }

  @Test
  void noiseIsNotReadable() {
    final var random = new PhiloxRandom(6, Streams.FIRST_FREE, 0, 0);
    final var study =
        study(
            (images, _) -> {
              final var noise = new float[images.length];
              for (int i = 0; i < noise.length; i++) {
                noise[i] = random.nextFloat();
              }
              return noise;
            },
            question("shadow_position"));
    assertFalse(study.readable(), () -> "" + study.rSquared());
    assertFalse(study.follows(), () -> "" + study.followingShare());
    assertFalse(study.tellsApart());
  }

  @Test
  void theSameSeedGivesTheSameFigures() {
    final var one = study((images, _) -> images, question("shadow_position"));
    final var two = study((images, _) -> images, question("shadow_position"));
    assertEquals(one, two);
  }

  @Test
  void theProbeSeesTheRowsOfTheShadowAlone() {
    for (final int side : new int[] {16, 20, 64, 96}) {
      final var rows = PixelRows.showing(new Pendulum(side), "shadow_position", 1);
      // The line on the ground is 0.5 below it and 22 / 24 wide; the bob ends at 1.
      final double unit = side / 22.0;
      assertEquals((int) ((21.5 - 0.5 * 22 / 24) * unit), rows.rows().getFirst(), "side=" + side);
      assertEquals(side - 1, rows.rows().getLast());
      assertEquals(rows, PixelRows.showing(new Pendulum(side, 1), "shadow_length", 2));
    }
    assertEquals("61-63", PixelRows.showing(new Pendulum(64), "shadow_position", 3).toString());
    assertEquals("1, 5", new PixelRows(List.of(1, 5)).toString());
    assertEquals("7", new PixelRows(List.of(7)).toString());
  }

  @Test
  void basesObeyTheMechanismsAndAreNoneOfTheProbes() {
    final var config = TrainConfig.defaults(Variant.VAE, "held_out=0.2", "seed=4");
    final var asked = new ReadOutQuestion("light", "b", List.of("b"), 3000, 700, 0.2);
    final var scenes = HeldOut.of(config, free, asked, 1);
    final var trained = new HashSet<List<Double>>();
    final var rows = config.trainRows(free);
    for (long i = 0; i < rows.size(); i++) {
      trained.add(list(free.variablesOf(rows.row(i))));
    }
    final var seen = new HashSet<List<Double>>();
    int obedient = 0;
    for (final var base : scenes.bases()) {
      assertArrayEquals(base, free.intervene(base, Map.of("angle", base[0]), true));
      assertTrue(seen.add(list(base)));
    }
    for (final var other : scenes.others()) {
      assertTrue(seen.add(list(other)));
      obedient += HeldOut.obeys(free, other) ? 1 : 0;
    }
    assertEquals(3700, seen.size());
    assertTrue(obedient > 600 && obedient < 900, "obedient=" + obedient);
    seen.retainAll(trained);
    assertEquals(0, seen.size(), "trained on");
    refused("--inputs", () -> HeldOut.of(config, free, ask(10, 3000), 1));
    refused("--probe-inputs", () -> HeldOut.of(config, free, ask(7000, 10), 1));
    refused(
        "run",
        () -> HeldOut.of(TrainConfig.defaults(Variant.VAE, "held_out=0"), free, ask(9, 9), 1));
  }

  private static List<Double> list(final double[] values) {
    return Arrays.stream(values).boxed().toList();
  }

  private static ReadOutQuestion ask(final int probe, final int inputs) {
    return new ReadOutQuestion("light", "b", List.of("b"), probe, inputs, 0.2);
  }

  @Test
  void mistakenQuestionsAreRefused() {
    final var sprites = new Sprites(false);
    refused("--set", () -> ask("lamp", "shadow_position", "shadow_position").check(cast));
    refused("--read", () -> ask("light", "shadow", "shadow").check(cast));
    refused("--read", () -> ask("light", "angle", "angle").check(cast));
    refused("--read", () -> ask("light", "light", "light").check(cast));
    refused("--read", () -> ask("shadow_length", "shadow_position", "shadow_position").check(cast));
    refused("--hold", () -> ask("light", "shadow_position", "shadow_length").check(cast));
    refused(
        "--hold", () -> ask("light", "shadow_position", "shadow_position", "angle").check(cast));
    refused("--hold", () -> ask("light", "shadow_position", "shadow_position", "x").check(cast));
    refused("--set", () -> question("shadow_position").check(sprites));
    refused("--inputs", () -> new ReadOutQuestion("light", "b", List.of("b"), 8, 1, 0.2));
    refused("--probe-inputs", () -> new ReadOutQuestion("light", "b", List.of("b"), 7, 2, 0.2));
    refused("--tolerance", () -> new ReadOutQuestion("light", "b", List.of("b"), 8, 2, 1));
    refused("--tolerance", () -> new ReadOutQuestion("light", "b", List.of("b"), 8, 2, Double.NaN));
    question("shadow_position", "shadow_length").check(free);
  }

  private static ReadOutQuestion ask(
      final String cause, final String effect, final String... held) {
    return new ReadOutQuestion(cause, effect, List.of(held), PROBE, INPUTS, 0.2);
  }

  private static void refused(final String option, final Runnable action) {
    assertEquals(option, assertThrows(BadInputException.class, action::run).file());
  }

  /// A pendulum that keeps the variables of every picture that it drew.
  private record Seen(Pendulum pendulum, List<double[]> scenes) implements GenerativeDataset {
    @Override
    public void render(final double[] variables, final float[] target, final int offset) {
      scenes.add(variables.clone());
      pendulum.render(variables, target, offset);
    }

    @Override
    public List<Variable> variables() {
      return pendulum.variables();
    }

    @Override
    public double[] variablesOf(final long row) {
      return pendulum.variablesOf(row);
    }

    @Override
    public double[] intervene(
        final double[] variables, final Map<String, Double> set, final boolean propagate) {
      return pendulum.intervene(variables, set, propagate);
    }

    @Override
    public String name() {
      return "seen";
    }

    @Override
    public ImageShape shape() {
      return pendulum.shape();
    }

    @Override
    public List<Factor> factors() {
      return pendulum.factors();
    }

    @Override
    public long size() {
      return pendulum.size();
    }

    @Override
    public void image(final long row, final float[] target, final int offset) {
      pendulum.image(row, target, offset);
    }

    @Override
    public int[] factorsOf(final long row) {
      return pendulum.factorsOf(row);
    }

    @Override
    public long rowOf(final int[] factorIndices) {
      return pendulum.rowOf(factorIndices);
    }

    @Override
    public void close() {}
  }
}
