package io.patchbay.analysis.semantics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.patchbay.analysis.metric.FactorEffect;
import io.patchbay.analysis.statistics.Bootstrap;
import io.patchbay.analysis.statistics.Matrix;
import io.patchbay.analysis.statistics.PermutationTest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CarriedEffectsTest {
  private static final Bootstrap BOOTSTRAP = new Bootstrap(500, 0.95, 2);
  private static final PermutationTest TEST = new PermutationTest(1999, 3);
  private static final LabelRule RULE = new LabelRule(0.05, 0.1);

  /// Slopes of six units on two factors. The fifth disturbs the image without regard to the source,
  /// and draws the read-out to its mean; the last does nothing.
  private static final double[][] SLOPES = {
    {0.5, 0}, {0, -0.3}, {0.4, 0.25}, {0.03, 0.02}, {0, 0}, {0, 0}
  };

  private static final double[] NOISE = {0.1, 0.1, 0.1, 0.02, 0.5, 0};
  private static final double[] BLUR = {0, 0, 0, 0, 0.8, 0};
  private static final double[] SHIFT = {0, 0.7, 0, 0, 2, 0};

  private static FactorChanges changes(int factor, int pairs, Random random) {
    double[] bases = new double[pairs];
    double[] sources = new double[pairs];
    for (int i = 0; i < pairs; i++) {
      int value = random.nextInt(4);
      bases[i] = value - 1;
      sources[i] = (value + 1 + random.nextInt(3)) % 4 - 1;
    }
    double[][] rows = new double[pairs][SLOPES.length];
    for (int i = 0; i < pairs; i++) {
      for (int u = 0; u < SLOPES.length; u++) {
        rows[i][u] =
            SHIFT[u]
                + SLOPES[u][factor] * (sources[i] - bases[i])
                - BLUR[u] * bases[i]
                + NOISE[u] * random.nextGaussian();
      }
    }
    int[] inputs = IntStream.range(0, pairs).map(i -> 2 * i + factor).toArray();
    return new FactorChanges("factor" + factor, inputs, bases, sources, Matrix.ofRows(rows));
  }

  private static List<FactorChanges> both(int pairs, Random random) {
    return List.of(changes(0, pairs, random), changes(1, pairs, random));
  }

  private static final boolean[] MOVES = {true, true, true, true, true, false};

  @Test
  void slopesAreThoseThatWerePlanted() {
    FactorEffect effects = CarriedEffects.of(both(80, new Random(11)), BOOTSTRAP, TEST);
    for (int u = 0; u < SLOPES.length; u++) {
      for (int k = 0; k < 2; k++) {
        FactorEffect.Cell cell = effects.at(u, k);
        double error = 5 * NOISE[u] / Math.sqrt(80);
        assertEquals(SLOPES[u][k], cell.effect().estimate(), error + 1e-12, "unit " + u);
        assertTrue(cell.effect().low() <= cell.effect().estimate() + 1e-12);
        assertTrue(cell.effect().high() >= cell.effect().estimate() - 1e-12);
        assertTrue(cell.effect().high() - cell.effect().low() <= 2 * error + 1e-12);
        assertEquals(80, cell.effect().n());
      }
    }
    assertTrue(effects.at(4, 0).p() > 0.05, "a shift and noise are no effect");
    assertEquals(1, effects.at(5, 1).p());
    assertTrue(effects.at(3, 0).adjusted() < 0.05, "small, and yet not by chance");
  }

  @Test
  void intervalsCoverTheSlope() {
    Random random = new Random(12);
    int covered = 0;
    int sets = 400;
    for (int set = 0; set < sets; set++) {
      FactorChanges changes = changes(0, 60, random);
      covered +=
          CarriedEffects.intervals(changes, new Bootstrap(300, 0.95, set)).get(2).contains(0.4)
              ? 1
              : 0;
    }
    assertEquals(0.95, (double) covered / sets, 0.035);
  }

  @Test
  void labelsFollow() {
    List<FactorChanges> changes = both(80, new Random(13));
    List<UnitLabel> expected =
        List.of(
            UnitLabel.MONOSEMANTIC,
            UnitLabel.MONOSEMANTIC,
            UnitLabel.POLYSEMANTIC,
            UnitLabel.UNDECIDED,
            UnitLabel.UNDECIDED,
            UnitLabel.INACTIVE);
    assertEquals(expected, RULE.labels(CarriedEffects.of(changes, BOOTSTRAP, TEST), MOVES));
    FactorEffect estimates = CarriedEffects.estimates(changes, TEST);
    assertEquals(expected, RULE.labels(estimates, MOVES));
    assertFalse(estimates.at(0, 0).effect().bounded());
    // With no least effect the small one counts.
    assertEquals(UnitLabel.POLYSEMANTIC, new LabelRule(0.05, 0).labels(estimates, MOVES).get(3));
  }

  @Test
  void underPermutedLabelsAtMostTheNominalShareIsLabelled() {
    Random random = new Random(14);
    int labelled = 0;
    int all = 0;
    for (int set = 0; set < 300; set++) {
      List<FactorChanges> permuted = new ArrayList<>();
      for (FactorChanges changes : both(40, random)) {
        List<Integer> order = new ArrayList<>(IntStream.range(0, 40).boxed().toList());
        Collections.shuffle(order, random);
        permuted.add(changes.relabelled(order.stream().mapToInt(Integer::intValue).toArray()));
      }
      FactorEffect effects = CarriedEffects.estimates(permuted, new PermutationTest(399, set));
      for (UnitLabel label : new LabelRule(0.05, 0).labels(effects, MOVES)) {
        labelled += label == UnitLabel.UNDECIDED || label == UnitLabel.INACTIVE ? 0 : 1;
        all++;
      }
    }
    assertTrue(labelled <= 0.05 * all, labelled + " of " + all);
    assertTrue(labelled > 0, "a test that can fail");
  }

  @Test
  void partsOfTheInputs() {
    FactorChanges changes = changes(1, 30, new Random(15));
    FactorChanges part = changes.within(11, 21);
    assertEquals(5, part.pairs());
    assertEquals(11, part.inputs()[0]);
    assertEquals(changes.sources()[5], part.sources()[0]);
    assertEquals(changes.bases()[9], part.bases()[4]);
    assertEquals(changes.changes().at(9, 2), part.changes().at(4, 2));
    assertTrue(CarriedEffects.identified(changes));
    assertFalse(CarriedEffects.identified(changes.within(11, 12)));
  }

  @Test
  void stabilityCountsWhatStays() {
    List<UnitLabel> fewer =
        List.of(
            UnitLabel.MONOSEMANTIC,
            UnitLabel.UNDECIDED,
            UnitLabel.INACTIVE,
            UnitLabel.UNDECIDED,
            UnitLabel.POLYSEMANTIC);
    List<UnitLabel> all =
        List.of(
            UnitLabel.MONOSEMANTIC,
            UnitLabel.MONOSEMANTIC,
            UnitLabel.INACTIVE,
            UnitLabel.UNDECIDED,
            UnitLabel.MONOSEMANTIC);
    LabelStability stability = LabelStability.of(fewer, all);
    assertEquals(new LabelStability(5, 3, 3, 1), stability);
    assertEquals(0.6, stability.share());
    assertEquals(1 / 3.0, stability.namedShare());
    assertThrows(IllegalArgumentException.class, () -> LabelStability.of(fewer, all.subList(0, 2)));
  }

  @Test
  void refusesWhatIsNoQuestion() {
    Matrix two = Matrix.ofRows(new double[2][1]);
    assertThrows(
        IllegalArgumentException.class,
        () -> new FactorChanges("k", new int[] {3, 3}, new double[2], new double[2], two));
    assertThrows(
        IllegalArgumentException.class,
        () -> new FactorChanges("k", new int[] {1, 3}, new double[2], new double[1], two));
    // Where the source's value follows from the base's, nothing can be told.
    FactorChanges alike =
        new FactorChanges("k", new int[] {1, 3}, new double[] {0, 1}, new double[] {1, 0}, two);
    assertThrows(
        IllegalArgumentException.class, () -> CarriedEffects.of(List.of(alike), BOOTSTRAP, TEST));
    assertThrows(IllegalArgumentException.class, () -> new LabelRule(0, 0.1));
    assertThrows(IllegalArgumentException.class, () -> new LabelRule(0.05, -1));
    assertThrows(
        IllegalArgumentException.class,
        () -> RULE.labels(CarriedEffects.estimates(both(20, new Random(1)), TEST), new boolean[2]));
  }
}
