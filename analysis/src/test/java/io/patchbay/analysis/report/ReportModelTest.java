package io.patchbay.analysis.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.patchbay.analysis.patch.GuardRun;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class ReportModelTest {

  private static final Picture DOT = Picture.of(1, 1, 1, new byte[1]);

  @Test
  void refusesIntervalsThatAreNone() {
    assertThrows(IllegalArgumentException.class, () -> new Estimate(1, 2, 1, 3));
    assertThrows(IllegalArgumentException.class, () -> new Estimate(1, Double.NaN, 1, 3));
    assertThrows(IllegalArgumentException.class, () -> new Estimate(1, 0, 1, -1));
    assertFalse(Estimate.undefined(3).defined());
    assertFalse(Estimate.exact(1, 3).hasInterval());
  }

  @Test
  void refusesTwoVariantsOfOneName() {
    VariantReport variant = SyntheticReport.bare("vae", Map.of());
    Provenance made = new Provenance(1, "", "", Map.of(), Map.of());

    assertThrows(
        IllegalArgumentException.class,
        () ->
            new ReportModel(
                "", "", Instant.EPOCH, made, List.of(variant, variant), List.of(), List.of()));
  }

  @Test
  void refusesShapesThatDiffer() {
    Grid grid = Grid.of(2, 2, new double[4]);
    List<String> two = List.of("a", "b");
    assertThrows(IllegalArgumentException.class, () -> Grid.of(2, 2, new double[3]));
    assertThrows(IllegalArgumentException.class, () -> Grid.of(new double[][] {{1, 2}, {3}}));
    assertThrows(
        IllegalArgumentException.class,
        () -> new FactorMap(FactorMap.Kind.ORACLE, two, List.of("k"), grid, null, null, null, 1));
    assertThrows(
        IllegalArgumentException.class,
        () -> new FactorMap(FactorMap.Kind.ORACLE, two, two, grid, grid, null, null, 1));
    assertThrows(
        IllegalArgumentException.class,
        () ->
            new PlaceMaps(
                "",
                "",
                List.of(
                    new PlaceMaps.PlaceMap("a", grid),
                    new PlaceMaps.PlaceMap("b", Grid.of(1, 2, new double[2]))),
                1));
    assertThrows(
        IllegalArgumentException.class,
        () ->
            new Traversal(
                "", List.of(1.0, 2.0), List.of(new Traversal.Row("z0", 1, List.of(DOT)))));
    assertThrows(
        IllegalArgumentException.class,
        () ->
            new Training.Curve(
                "", "", List.of(new Training.Point(2, 1), new Training.Point(1, 1))));
  }

  @Test
  void aSweepIsBalancedWhenItsCellsAddUp() {
    assertTrue(new GuardRun("", 6, 1, 2, 3, List.of()).balanced());
    assertFalse(new GuardRun("", 7, 1, 2, 3, List.of()).balanced());
  }

  @Test
  void gridsKeepTheirOwnNumbers() {
    double[] values = {1, 2, 3, 4, 5, 6};
    Grid grid = Grid.of(2, 3, values);
    values[4] = 0;

    assertEquals(5, grid.at(1, 1));
    assertEquals(Grid.of(new double[][] {{1, 2, 3}, {4, 5, 6}}), grid);
    assertEquals(Grid.of(2, 3, new float[] {1, 2, 3, 4, 5, 6}), grid);
  }
}
