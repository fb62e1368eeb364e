package io.patchbay.analysis.patch;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RampTest {
  private static List<Integer> runs(final int count, final int most) {
    final var ramp = new Ramp();
    return IntStream.range(0, count).mapToObj(_ -> ramp.next(most)).toList();
  }

  @Test
  void runsAreThreeTimesAsLongEachTimeUpToTheMost() {
    assertEquals(List.of(64, 192, 576, 936, 936), runs(5, 936));
  }

  @Test
  void fewAreAllThereAreFromTheFirstOn() {
    assertEquals(List.of(1, 1, 1), runs(3, 1));
    assertEquals(List.of(32, 32), runs(2, 32));
  }

  /// Where there is less memory than was thought.
  @Test
  void theMostMayShrink() {
    final var ramp = new Ramp();
    ramp.next(512);
    ramp.next(512);
    assertEquals(100, ramp.next(100));
    assertEquals(300, ramp.next(512));
  }
}
