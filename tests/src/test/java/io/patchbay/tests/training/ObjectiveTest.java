package io.patchbay.tests.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.patchbay.engine.Node;
import io.patchbay.engine.Op;
import io.patchbay.engine.random.Normals;
import io.patchbay.engine.random.Streams;
import io.patchbay.vae.data.ImageShape;
import io.patchbay.vae.objective.AnnealedVae;
import io.patchbay.vae.objective.TrainingGraph.Group;
import io.patchbay.vae.train.TrainConfig;
import io.patchbay.vae.train.Variant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ObjectiveTest {
  private static final ImageShape SHAPE = new ImageShape(1, 8, 8);
  private static final int LATENTS = 3;

  private static TrainConfig tiny(final Variant variant, final String... more) {
    final var settings = new ArrayList<>(List.of("arch.widths=3,4", "arch.hidden=5", "latent=3"));
    settings.addAll(Arrays.asList(more));
    return TrainConfig.defaults(variant, settings.toArray(String[]::new)).on(SHAPE);
  }

  private static TrainConfig factor(final String batches) {
    return tiny(
        Variant.FACTOR_VAE,
        "batches=" + batches,
        "discriminator.layers=2",
        "discriminator.width=6");
  }

  /// Reconstruction and divergence per latent, means over the batch, by hand.
  private static double[][] byHand(
      final Step step, final boolean bernoulli, final double variance) {
    final var hand = new HandVae(step.graph.model().vae(), step.parameters());
    double misfit = 0;
    final var kl = new double[LATENTS];
    for (int i = 0; i < Step.ROWS; i++) {
      final var image = Arrays.copyOfRange(step.images, i * 64, i * 64 + 64);
      final var posterior = hand.encode(image);
      final var z = new double[LATENTS];
      for (int j = 0; j < LATENTS; j++) {
        final double mu = posterior[0][j];
        final double s = posterior[1][j];
        final double eps = Normals.one(Step.SEED, Streams.EPS, step.ids[i], Step.DRAW, j);
        z[j] = mu + Math.exp(s / 2) * eps;
        kl[j] += (mu * mu + Math.exp(s) - s - 1) / 2 / Step.ROWS;
      }
      final var logits = hand.decode(z);
      for (int p = 0; p < 64; p++) {
        final double mean = 1 / (1 + Math.exp(-logits[p]));
        misfit +=
            (bernoulli
                    ? -image[p] * Math.log(mean) - (1 - image[p]) * Math.log(1 - mean)
                    : Math.pow(image[p] - mean, 2) / 2 / variance
                        + Math.log(2 * Math.PI * variance) / 2)
                / Step.ROWS;
      }
    }
    return new double[][] {{misfit}, kl};
  }

  @Test
  void termsOfTheBoundByHand() {
    try (var step = new Step(tiny(Variant.BETA_VAE, "beta=2.5"), false)) {
      step.run();
      final var expected = byHand(step, true, 0);
      final double kl = Arrays.stream(expected[1]).sum();
      assertEquals(expected[0][0], step.term("reconstruction"), 1e-10);
      assertArrayEquals(expected[1], step.read(step.graph.klPerLatent()), 1e-11);
      assertEquals(kl, step.term("kl"), 1e-11);
      assertEquals(-expected[0][0] - kl, step.term("elbo"), 1e-10);
      assertEquals(expected[0][0] + 2.5 * kl, step.term("loss"), 1e-10);
    }
  }

  @Test
  void gaussianLikelihoodByHand() {
    final var config = tiny(Variant.VAE, "likelihood=gaussian", "variance=0.3");
    try (var step = new Step(config, false)) {
      step.run();
      final var expected = byHand(step, false, 0.3);
      assertEquals(expected[0][0], step.term("reconstruction"), 1e-10);
      assertEquals(-step.term("elbo"), step.term("loss"), 1e-12);
    }
  }

  @Test
  void annealingPullsTheDivergenceToItsCapacity() {
    try (var step = new Step(tiny(Variant.ANNEALED_VAE, "gamma=30"), false)) {
      step.run();
      assertEquals(2.5, step.term("capacity"), 0);
      final double gap = Math.abs(step.term("kl") - 2.5);
      assertEquals(step.term("reconstruction") + 30 * gap, step.term("loss"), 1e-10);
    }
    final var schedule = new AnnealedVae(1000, 25, 200);
    assertEquals(0, schedule.capacityAt(0), 0);
    assertEquals(12.5, schedule.capacityAt(100), 0);
    assertEquals(25, schedule.capacityAt(200), 0);
    assertEquals(25, schedule.capacityAt(1_000_000), 0);
  }

  /// Every seventh number of every parameter: central differences of the group's own loss.
  private static void expectGradients(final Step step, final Group group, final String loss) {
    step.run();
    final var gradients = new ArrayList<double[]>();
    group.gradients().forEach(node -> gradients.add(step.read(node)));
    double largest = 0;
    for (int i = 0; i < gradients.size(); i++) {
      final var name = ((Op.State) group.parameters().get(i).op()).name();
      final var values = step.parameter(name);
      for (int e = i % 7; e < values.length; e += 7) {
        final var moved = values.clone();
        final double h = 1e-5;
        moved[e] = values[e] + h;
        step.parameter(name, moved);
        step.run();
        final double above = step.term(loss);
        moved[e] = values[e] - h;
        step.parameter(name, moved);
        step.run();
        final double difference = (above - step.term(loss)) / (2 * h);
        assertEquals(
            difference,
            gradients.get(i)[e],
            1e-6 * Math.max(1, Math.abs(difference)),
            name + "[" + e + "]");
        largest = Math.max(largest, Math.abs(difference));
      }
      step.parameter(name, values);
    }
    assertTrue(largest > 1e-2, "gradients that are not all zero: " + largest);
  }

  @ParameterizedTest
  @ValueSource(strings = {"vae", "beta-vae", "annealed-vae"})
  void gradientOfAWholeModel(final String variant) {
    try (var step = new Step(tiny(Variant.named(variant)), false)) {
      assertEquals(1, step.graph.groups().size());
      expectGradients(step, step.graph.groups().get(0), "loss");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"one", "two"})
  void eachGroupFollowsItsOwnLossAlone(final String batches) {
    try (var step = new Step(factor(batches), false)) {
      final var groups = step.graph.groups();
      assertEquals(List.of("vae", "discriminator"), groups.stream().map(Group::name).toList());
      // A gradient of the other group's loss, added to either, would show as a difference.
      expectGradients(step, groups.get(0), "loss");
      expectGradients(step, groups.get(1), "discriminator_loss");
      assertTrue(names(groups.get(1)).stream().allMatch(n -> n.startsWith("discriminator.")));
      assertFalse(names(groups.get(0)).stream().anyMatch(n -> n.startsWith("discriminator.")));
    }
  }

  private static List<String> names(final Group group) {
    return group.parameters().stream().map(Node::op).map(o -> ((Op.State) o).name()).toList();
  }

  @ParameterizedTest
  @ValueSource(strings = {"one", "two"})
  void theDiscriminatorsRateDoesNotReachTheEncoder(final String batches) {
    final var after = new ArrayList<double[]>();
    final var discriminators = new ArrayList<double[]>();
    for (final double rate : new double[] {0, 1e-3, 1}) {
      try (var step = new Step(factor(batches), true)) {
        step.run(1e-2, rate);
        after.add(step.parameter("encoder.conv1.weight"));
        discriminators.add(step.parameter("discriminator.fc1.weight"));
      }
    }
    assertArrayEquals(after.get(0), after.get(1));
    assertArrayEquals(after.get(0), after.get(2));
    assertFalse(Arrays.equals(discriminators.get(0), discriminators.get(1)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"one", "two"})
  void totalCorrelationAndDiscriminatorByHand(final String batches) {
    try (var step = new Step(factor(batches), false)) {
      step.run();
      final var values = step.parameters();
      final var hand = new HandVae(step.graph.model().vae(), values);
      final var z = new double[Step.ROWS][];
      final var source = new double[Step.ROWS][];
      for (int i = 0; i < Step.ROWS; i++) {
        z[i] = sample(hand, step.images, step.ids[i], i, Step.DRAW);
        source[i] =
            batches.equals("one") ? z[i] : sample(hand, step.others, step.ids[i], i, Step.DRAW + 1);
      }
      double tc = 0;
      double cross = 0;
      double right = 0;
      for (int i = 0; i < Step.ROWS; i++) {
        final var permuted = new double[LATENTS];
        for (int j = 0; j < LATENTS; j++) {
          permuted[j] = source[step.order[i * LATENTS + j]][j];
        }
        final double real = HandDiscriminator.evidence(values, z[i], 0.2);
        final double fake = HandDiscriminator.evidence(values, permuted, 0.2);
        tc += real / Step.ROWS;
        cross += (Math.log1p(Math.exp(-real)) + Math.log1p(Math.exp(fake))) / 2 / Step.ROWS;
        right += ((real > 0 ? 1 : 0) + (fake < 0 ? 1 : 0)) / 2.0 / Step.ROWS;
      }
      assertEquals(tc, step.term("tc"), 1e-12);
      assertEquals(cross, step.term("discriminator_loss"), 1e-12);
      assertEquals(right, step.term("discriminator_accuracy"), 1e-12);
      assertEquals(-step.term("elbo") + 10 * tc, step.term("loss"), 1e-10);
    }
  }

  private static double[] sample(
      final HandVae hand, final double[] images, final long id, final int row, final int draw) {
    final var posterior = hand.encode(Arrays.copyOfRange(images, row * 64, row * 64 + 64));
    final var z = new double[LATENTS];
    for (int j = 0; j < LATENTS; j++) {
      final double eps = Normals.one(Step.SEED, Streams.EPS, id, draw, j);
      z[j] = posterior[0][j] + Math.exp(posterior[1][j] / 2) * eps;
    }
    return z;
  }
}
