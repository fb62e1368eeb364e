package io.patchbay.analysis.reproduction;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.patchbay.vae.train.Variant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What becomes of findings where the figures are known.
class FindingsTest {
  private static final Variant VAE = Variant.VAE;
  private static final Variant BETA = Variant.BETA_VAE;
  private static final Variant FACTOR = Variant.FACTOR_VAE;

  private static HandMade three(
      final String measure, final double[] factor, final double[] vae, final double[] beta) {
    return new HandMade()
        .with(VAE, measure, vae)
        .with(BETA, measure, beta)
        .with(FACTOR, measure, factor);
  }

  private static double[] of(final double... values) {
    return values;
  }

  @ParameterizedTest
  @ValueSource(strings = {"strength_order/ces", "disentanglement_order_dci/dci_disentanglement"})
  void anOrderThatIsClearHolds(final String what) {
    final var names = what.split("/", -1);
    final var finding =
        three(names[1], of(4.5, 4.6, 4.7), of(4.0, 3.9, 4.1), of(3.4, 3.5, 3.3)).finding(names[0]);
    assertEquals(Status.HELD, finding.status(), finding::sentence);
    assertEquals(3, finding.seedsHeld());
    assertEquals(3, finding.seeds());
    assertTrue(finding.sentence().startsWith("held: v1, "), finding::sentence);
    assertTrue(finding.sentence().contains(": on 3 of 3 seeds; "), finding::sentence);
    // Differences 0.5, 0.7, 0.6: half width 4.303 * 0.1 / sqrt(3).
    final var first = "factor-vae - vae = 0.60 [0.35, 0.85], vae - beta-vae = 0.60 [";
    assertTrue(finding.sentence().contains(first), finding::sentence);
  }

  @Test
  void anOrderThatIsClearlyAnotherDoesNotHold() {
    final var finding =
        three(Measure.STRENGTH, of(4.5, 4.6, 4.4), of(5.8, 5.9, 5.7), of(4.9, 5.0, 4.8))
            .finding("strength_order");
    assertEquals(Status.NOT_HELD, finding.status(), finding::sentence);
    assertEquals(0, finding.seedsHeld());
  }

  @Test
  void anOrderWithinTheNoiseIsUndecided() {
    final var finding =
        three(Measure.STRENGTH, of(4.5, 4.1, 4.9), of(4.0, 4.3, 4.4), of(3.4, 3.5, 3.3))
            .finding("strength_order");
    assertEquals(Status.UNDECIDED, finding.status(), finding::sentence);
    assertEquals(2, finding.seedsHeld());
  }

  @Test
  void oneSeedDecidesNothing() {
    final var finding = three(Measure.STRENGTH, of(9), of(4), of(1)).finding("strength_order");
    assertEquals(Status.UNDECIDED, finding.status());
    assertEquals(1, finding.seedsHeld());
    assertFalse(finding.sentence().contains("Infinity"), finding::sentence);
  }

  @Test
  void anOrderWithoutOneOfItsModelsIsNotTested() {
    final var finding =
        new HandMade()
            .with(VAE, Measure.STRENGTH, 1, 2)
            .with(BETA, Measure.STRENGTH, 1, 2)
            .finding("strength_order");
    assertEquals(Status.NOT_TESTED, finding.status());
    assertTrue(finding.reason().contains("factor-vae"), finding::reason);
  }

  @Test
  void differencesAreTakenSeedBySeed() {
    // Seeds differ by far more than variants, which differ alike on each seed.
    final var finding =
        three(Measure.STRENGTH, of(12.1, 22.2, 32.0), of(11, 21, 31), of(10, 20.1, 30))
            .finding("strength_order");
    assertEquals(Status.HELD, finding.status(), finding::sentence);
  }

  private static HandMade tradeOff(final double sign) {
    final var made = new HandMade();
    final double[][] strength = {{5.0, 5.1, 5.3}, {4.0, 4.1, 4.2}, {3.0, 3.3, 3.1}};
    final Variant[] variants = {VAE, BETA, FACTOR};
    for (int v = 0; v < 3; v++) {
      final var scores = new double[3];
      for (int s = 0; s < 3; s++) {
        scores[s] = 0.5 + sign * strength[v][s] / 20 + 0.001 * s;
      }
      made.with(variants[v], Measure.STRENGTH, strength[v]);
      made.with(variants[v], Measure.DISENTANGLEMENT, scores);
    }
    return made;
  }

  @Test
  void aTradeOffIsSeenByItsSign() {
    final var falling = tradeOff(-1).finding("trade_off");
    assertEquals(Status.HELD, falling.status(), falling::sentence);
    assertEquals(3, falling.seedsHeld());
    assertEquals(9, falling.numbers().get("runs"));
    final var rising = tradeOff(1).finding("trade_off");
    assertEquals(Status.NOT_HELD, rising.status(), rising::sentence);
    assertEquals(0, rising.seedsHeld());
  }

  @Test
  void aTradeOffThatChanceGivesIsUndecided() {
    final var finding =
        three(Measure.STRENGTH, of(1, 2, 3), of(2, 3, 1), of(3, 1, 2))
            .with(FACTOR, Measure.DISENTANGLEMENT, 0.1, 0.3, 0.2)
            .with(VAE, Measure.DISENTANGLEMENT, 0.3, 0.1, 0.2)
            .with(BETA, Measure.DISENTANGLEMENT, 0.2, 0.1, 0.3)
            .finding("trade_off");
    assertEquals(Status.UNDECIDED, finding.status(), finding::sentence);
  }

  @Test
  void aTradeOffOfEqualFiguresIsNotTested() {
    final var finding =
        three(Measure.STRENGTH, of(1, 1, 1), of(1, 1, 1), of(1, 1, 1))
            .with(FACTOR, Measure.DISENTANGLEMENT, 0.1, 0.3, 0.2)
            .with(VAE, Measure.DISENTANGLEMENT, 0.3, 0.1, 0.2)
            .finding("trade_off");
    assertEquals(Status.NOT_TESTED, finding.status(), finding::sentence);
  }

  private static Finding bottleneck(final double[] betaSmall, final double[] betaLarge) {
    return bottleneck(betaSmall, betaLarge, 3, 3, 4);
  }

  /// @param active latents of the small beta-VAEs
  private static Finding bottleneck(
      final double[] betaSmall, final double[] betaLarge, final double... active) {
    return new HandMade()
        .with(VAE, Measure.DISENTANGLEMENT, 0.50, 0.52, 0.51)
        .with(BETA, Measure.DISENTANGLEMENT, betaLarge)
        .with(VAE, 5, Measure.DISENTANGLEMENT, 0.50, 0.51, 0.52)
        .with(BETA, 5, Measure.DISENTANGLEMENT, betaSmall)
        .with(VAE, 5, Measure.USED, 5, 5, 5)
        .with(BETA, 5, Measure.USED, active)
        .with(VAE, 7, Measure.DISENTANGLEMENT, 0.1, 0.2, 0.3)
        .with(BETA, 7, Measure.DISENTANGLEMENT, 0.1, 0.2, 0.3)
        .finding("bottleneck", 7, 5);
  }

  @Test
  void aBottleneckCostsAtTheSmallestSizeAndMoreThanAtTheTables() {
    final var held = bottleneck(of(0.30, 0.32, 0.31), of(0.55, 0.56, 0.57));
    assertEquals(Status.HELD, held.status(), held::sentence);
    assertEquals(3, held.seedsHeld());
    final var alike = bottleneck(of(0.30, 0.32, 0.31), of(0.29, 0.32, 0.30));
    assertEquals(Status.UNDECIDED, alike.status(), alike::sentence);
    final var gain = bottleneck(of(0.70, 0.72, 0.71), of(0.40, 0.41, 0.42));
    assertEquals(Status.NOT_HELD, gain.status(), gain::sentence);
    assertEquals(0, gain.seedsHeld());
    // It costs, but not by leaving latents unused: that is no bottleneck.
    final var wide = bottleneck(of(0.30, 0.32, 0.31), of(0.55, 0.56, 0.57), 5, 5, 5);
    assertEquals(Status.UNDECIDED, wide.status(), wide::sentence);
    assertEquals(0, wide.seedsHeld());
  }

  @Test
  void withoutSmallModelsTheBottleneckIsNotTested() {
    final var finding =
        three(Measure.DISENTANGLEMENT, of(1, 2), of(1, 2), of(1, 2)).finding("bottleneck");
    assertEquals(Status.NOT_TESTED, finding.status());
    assertTrue(finding.reason().contains("--bottlenecks"), finding::reason);
  }

  private static Finding kinds(final double[] mono, final double[] poly, final double[] none) {
    return new HandMade()
        .with(VAE, Measure.MONOSEMANTIC, mono)
        .with(VAE, Measure.POLYSEMANTIC, poly)
        .with(VAE, Measure.UNDECIDED, none)
        .finding("unit_kinds");
  }

  @Test
  void kindsOfUnitsAreToldApartWhereMostAreOneOrTheOther() {
    assertEquals(Status.HELD, kinds(of(4, 5, 4), of(3, 3, 4), of(1, 1, 1)).status());
    assertEquals(Status.NOT_HELD, kinds(of(1, 1, 1), of(1, 1, 1), of(8, 8, 7)).status());
    // One kind alone: nothing says that the other would be told from it.
    assertEquals(Status.UNDECIDED, kinds(of(9, 9, 9), of(0, 0, 0), of(1, 1, 1)).status());
    final var mixed = kinds(of(4, 4, 4), of(3, 0, 3), of(3, 6, 1));
    assertEquals(Status.UNDECIDED, mixed.status(), mixed::sentence);
    assertEquals(2, mixed.seedsHeld());
    assertEquals(Status.NOT_TESTED, kinds(of(0), of(0), of(0)).status());
  }

  /// DCI of a VAE and a FactorVAE on sprites and, beside it, on other data.
  private static Finding winners(
      final double[] vae, final double[] factor, final double[] otherVae, final double[] other) {
    final var beside =
        new HandMade()
            .with(VAE, Measure.DISENTANGLEMENT, otherVae)
            .with(FACTOR, Measure.DISENTANGLEMENT, other);
    return new HandMade()
        .with(VAE, Measure.DISENTANGLEMENT, vae)
        .with(FACTOR, Measure.DISENTANGLEMENT, factor)
        .finding("no_winner", List.of(new OtherData("flow", HandMade.LATENT, beside.evidence())));
  }

  @Test
  void noVariantWinsWhereEachIsBeatenSomewhere() {
    final var low = of(0.10, 0.11, 0.12);
    final var high = of(0.30, 0.31, 0.33);
    final var held = winners(low, high, high, low);
    assertEquals(Status.HELD, held.status(), held::sentence);
    assertEquals(3, held.seedsHeld());
    assertTrue(held.reason().contains("flow, vae 0.313 ["), held::reason);
    final var one = winners(low, high, low, high);
    assertEquals(Status.NOT_HELD, one.status(), one::sentence);
    assertEquals(0, one.seedsHeld());
    final var open = winners(low, high, low, of(0.05, 0.12, 0.19));
    assertEquals(Status.UNDECIDED, open.status(), open::sentence);
    assertEquals(1, open.seedsHeld());
    final var none = winners(low, high, of(), high);
    assertEquals(Status.NOT_TESTED, none.status(), none::sentence);
  }

  @Test
  void whatCannotBeTestedSaysWhy() {
    final var all = Findings.of(new HandMade().evidence(), HandMade.plan(), 5, List.of());
    assertEquals(11, all.size());
    assertEquals(11, all.stream().map(Finding::id).distinct().count());
    for (final var finding : all) {
      assertEquals(Status.NOT_TESTED, finding.status(), finding::sentence);
      assertFalse(finding.reason().isBlank(), finding::id);
      assertTrue(finding.claim().rule().length() > 20, finding::id);
      assertTrue(finding.sentence().startsWith("not tested: v"), finding::sentence);
    }
  }

  @Test
  void statusesAreNamedForFiles() {
    assertEquals(
        List.of("held", "not_held", "undecided", "not_tested"),
        List.of(Status.values()).stream().map(Status::id).toList());
    assertEquals("not held", Status.NOT_HELD.words());
  }
}
