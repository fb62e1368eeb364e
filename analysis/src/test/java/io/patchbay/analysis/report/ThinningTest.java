package io.patchbay.analysis.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ThinningTest {

  @Test
  void aShortCurveStaysAsItIs() {
    List<Training.Point> points = points(Thinning.MOST_POINTS, 1);

    assertSame(points, Thinning.of(points));
  }

  @ParameterizedTest
  @ValueSource(ints = {1001, 1999, 12_345, 100_000})
  void endsAndExtremesStayAndStepsStayInOrder(int count) {
    List<Training.Point> points = points(count, count);
    points.set(count / 3, new Training.Point(count / 3, 99));
    points.set(count / 2, new Training.Point(count / 2, -99));
    points.set(count / 4, new Training.Point(count / 4, Double.NaN));

    List<Training.Point> thin = Thinning.of(points);

    assertTrue(thin.size() <= Thinning.MOST_POINTS, "points=" + thin.size());
    assertTrue(thin.size() > Thinning.MOST_POINTS / 3, "points=" + thin.size());
    assertEquals(points.getFirst(), thin.getFirst());
    assertEquals(points.getLast(), thin.getLast());
    assertTrue(thin.contains(points.get(count / 3)), "the peak");
    assertTrue(thin.contains(points.get(count / 2)), "the dip");
    assertTrue(thin.contains(points.get(count / 4)), "the gap");
    for (int i = 1; i < thin.size(); i++) {
      assertTrue(thin.get(i).step() > thin.get(i - 1).step());
    }
  }

  private static List<Training.Point> points(int count, long seed) {
    Random random = new Random(seed);
    List<Training.Point> points = new ArrayList<>();
    for (int step = 0; step < count; step++) {
      points.add(new Training.Point(step, random.nextGaussian()));
    }
    return points;
  }
}
