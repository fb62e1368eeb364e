package io.patchbay.kernels.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BlocksTest {
  @ParameterizedTest
  @CsvSource({
    "64,6,2", "64,6,1", "1,6,2", "0,6,2", "12,6,2", "13,6,2", "7,36,4", "257,6,3", "5,1,8"
  })
  void everyRowIsInOneBlock(final int rows, final int most, final int threads) {
    final var blocks = Blocks.of(rows, most, threads);
    int next = 0;
    for (int block = 0; block < blocks.count(); block++) {
      assertEquals(next, blocks.first(block));
      next = blocks.first(block + 1);
      assertTrue(next > blocks.first(block) && next - blocks.first(block) <= most);
    }
    assertEquals(rows, next);
  }

  @ParameterizedTest
  @CsvSource({"64,6,2", "62,6,2", "25,6,2", "256,6,2", "100,6,4"})
  void workersThatTakeTurnsGetTheSame(final int rows, final int most, final int threads) {
    final var blocks = Blocks.of(rows, most, threads);
    final var taken = new int[threads];
    for (int block = 0; block < blocks.count(); block++) {
      taken[block % threads] += blocks.first(block + 1) - blocks.first(block);
    }
    final var all = IntStream.of(taken).summaryStatistics();
    assertTrue(all.getMax() - all.getMin() < threads, all::toString);
  }
}
