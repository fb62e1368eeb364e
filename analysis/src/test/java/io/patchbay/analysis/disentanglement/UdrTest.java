package io.patchbay.analysis.disentanglement;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.patchbay.analysis.disentanglement.Udr.Measure;
import io.patchbay.analysis.disentanglement.Udr.Model;
import io.patchbay.analysis.statistics.MedianInterval;
import io.patchbay.analysis.statistics.TInterval;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class UdrTest {
  private static final int[] SIZES = {5, 5, 5};

  private static Model model(final Function<int[], double[]> code, final double... kl) {
    final var codes = Worlds.grid(SIZES, 1, code).codes();
    final double[] all = kl.length > 0 ? kl : new double[codes.columns()];
    if (kl.length == 0) {
      Arrays.fill(all, 1);
    }
    return new Model(codes, all);
  }

  /// Standardised codes that are the same but for order and sign: the lasso's weight is 1 - 0.1,
  /// and its square over itself 0.9.
  @Test
  void theSameCodesInAnotherOrder() {
    final var models =
        List.of(model(Worlds.IDENTITY), model(v -> new double[] {-3 * v[2], v[0] - 9, 0.1 * v[1]}));
    final var lasso = Udr.of(models, Measure.LASSO);
    assertEquals(0.9, lasso.scores().get(0).estimate(), 1e-9);
    assertEquals(0.9, lasso.scores().get(1).estimate(), 1e-9);
    assertEquals(0, lasso.pairs()[0][0]);
    assertEquals(1, Udr.of(models, Measure.SPEARMAN).scores().get(0).estimate(), 1e-12);
  }

  /// By hand for R = [0.6 0.2; 0 0.5].
  @Test
  void theStrengthOfARelation() {
    final double rows = (0.36 / 0.8 + 0.25 / 0.5) / 2;
    final double columns = (0.36 / 0.6 + 0.25 / 0.7) / 2;
    assertEquals((rows + columns) / 2, Udr.strength(new double[][] {{0.6, 0.2}, {0, 0.5}}), 1e-12);
    assertEquals(0, Udr.strength(new double[][] {{0, 0}, {0, 0}}));
    assertEquals(0, Udr.strength(new double[0][0]));
  }

  /// Two factors turned by 45 degrees: the lasso splits each between both codes, sqrt(1/2) - 0.1.
  @Test
  void aRotationMatchesLess() {
    final var models = List.of(model(Worlds.IDENTITY), model(Worlds.ROTATED));
    final double half = Math.sqrt(0.5) - 0.1;
    final double expected = (2 * half / 2 + 0.9) / 3;
    assertEquals(expected, Udr.of(models, Measure.LASSO).scores().get(0).estimate(), 1e-9);
    assertEquals(expected, Udr.of(models, Measure.LASSO).scores().get(1).estimate(), 1e-9);
  }

  @Test
  void codesNearThePriorDoNotCount() {
    final var whole = model(v -> new double[] {v[0], v[1]});
    final var more = model(Worlds.IDENTITY, 1, 2, 0.005);
    assertEquals(0.9, Udr.of(List.of(whole, more), Measure.LASSO).scores().get(0).estimate(), 1e-9);
    final var none = model(Worlds.IDENTITY, 0, 0, 0);
    for (final var measure : Measure.values()) {
      assertEquals(0, Udr.of(List.of(whole, none), measure).scores().get(0).estimate());
    }
    final var constant = model(v -> new double[] {v[0], 4});
    assertEquals(
        0.5,
        Udr.of(List.of(constant, constant), Measure.SPEARMAN).scores().get(0).estimate(),
        1e-12);
  }

  @Test
  void aModelScoresTheMedianOverTheOthers() {
    final var models =
        List.of(
            model(Worlds.IDENTITY),
            model(Worlds.PERMUTED),
            model(Worlds.ROTATED),
            model(Worlds.ZERO));
    final var udr = Udr.of(models, Measure.LASSO);
    final double[] mine = {udr.pairs()[1][0], udr.pairs()[2][0], udr.pairs()[3][0]};
    Arrays.sort(mine);
    assertEquals(mine[1], udr.scores().get(0).estimate());
    assertEquals(0, mine[0]);
    assertEquals(
        (udr.pairs()[0][1] + udr.pairs()[2][1]) / 2,
        Udr.of(models.subList(0, 3), Measure.LASSO).scores().get(1).estimate(),
        1e-12);
  }

  @Test
  void oneModelOrOtherInputs() {
    final var model = model(Worlds.IDENTITY);
    assertThrows(IllegalArgumentException.class, () -> Udr.of(List.of(model), Measure.LASSO));
    final var other =
        new Model(Worlds.grid(SIZES, 2, Worlds.IDENTITY).codes(), new double[] {1, 1, 1});
    assertThrows(
        IllegalArgumentException.class, () -> Udr.of(List.of(model, other), Measure.LASSO));
    assertThrows(IllegalArgumentException.class, () -> model(Worlds.IDENTITY, 1, 2));
  }

  /// Other models are the observations: none for one other, Student's of two to five, ranks of six.
  @Test
  void intervalsAreOverTheOtherModels() {
    final var models = new ArrayList<Model>();
    for (int i = 0; i < 7; i++) {
      final double mixed = 0.1 * i;
      models.add(model(v -> new double[] {v[0] + mixed * v[1], v[1] - mixed * v[2], v[2]}));
    }
    assertFalse(Udr.of(models.subList(0, 2), Measure.LASSO).scores().get(0).bounded());
    final var few = Udr.of(models.subList(0, 4), Measure.LASSO);
    final double[] three = {few.pairs()[1][0], few.pairs()[2][0], few.pairs()[3][0]};
    assertEquals(TInterval.of(three).high(), few.scores().get(0).high());
    assertEquals(Math.max(0, TInterval.of(three).low()), few.scores().get(0).low());
    assertEquals(3, few.scores().get(0).n());
    final var all = Udr.of(models, Measure.SPEARMAN);
    final double[] six = IntStream.range(1, 7).mapToDouble(i -> all.pairs()[i][0]).toArray();
    assertEquals(MedianInterval.of(six), all.scores().get(0));
    assertTrue(all.scores().get(0).low() < all.scores().get(0).high());
  }
}
