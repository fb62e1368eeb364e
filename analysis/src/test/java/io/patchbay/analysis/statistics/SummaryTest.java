package io.patchbay.analysis.statistics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class SummaryTest {
  @Test
  void smallNumbersOnALargeOffset() {
    Summary summary = new Summary();
    for (double value : new double[] {4, 7, 13, 16}) {
      summary.add(1e9 + value);
    }
    assertEquals(1e9 + 10, summary.mean());
    assertEquals(30, summary.variance());
    assertEquals(22.5, summary.populationVariance());
    assertEquals(Math.sqrt(30), summary.deviation());
    assertEquals(1e9 + 4, summary.min());
    assertEquals(1e9 + 16, summary.max());
  }

  @Test
  void refusesWhatItCannotAnswer() {
    Summary summary = new Summary();
    assertThrows(IllegalStateException.class, summary::mean);
    summary.add(1);
    assertThrows(IllegalStateException.class, summary::variance);
    assertThrows(IllegalArgumentException.class, () -> summary.add(Double.NaN));
    assertEquals(1, summary.count());
  }
}
