package io.patchbay.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.Iterator;
import java.util.function.DoubleSupplier;
import org.junit.jupiter.api.Test;

final class PairsTest {
  @Test
  void pairsAcrossAMovedCeilingAreDroppedAndMadeAgain() {
    // The second pair loses a tenth of the ceiling, the third starts from there.
    final var pairs =
        Pairs.measure(2, of(10, 20, 30), of(5, 5, 5), () -> Double.NaN, of(100, 101, 90, 91));
    assertEquals(1, pairs.dropped());
    assertEquals(2, pairs.kept().size());
    assertEquals(new Pairs.Spread(4, 2, 6), pairs.ratio());
    assertEquals(100.5, pairs.kept().getFirst().peak());
  }

  @Test
  void measuringEndsWhenTheMachineNeverRests() {
    final double[] peak = {100};
    final var pairs = Pairs.measure(4, () -> 1, () -> 1, () -> 1, () -> peak[0] *= 1.2);
    assertEquals(24, pairs.dropped());
    assertEquals(0, pairs.kept().size());
    assertEquals(Double.NaN, pairs.ratio().median());
  }

  @Test
  void theShareCountsOperationsAgainstTheCeilingOfItsOwnPair() {
    final var pairs = Pairs.measure(1, () -> 5e6, () -> 1, () -> 2.5e6, () -> 100);
    assertEquals(0.5, pairs.fraction(1e4).median(), 1e-12);
    assertEquals(2, pairs.scaling().median(), 1e-12);
  }

  @Test
  void theMedianOfAnEvenCountLiesBetween() {
    assertEquals(new Pairs.Spread(2.5, 1, 4), Pairs.Spread.of(new double[] {4, 1, 3, 2}));
  }

  private static DoubleSupplier of(final double... values) {
    final Iterator<Double> next = Arrays.stream(values).boxed().iterator();
    return next::next;
  }
}
