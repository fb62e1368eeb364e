package io.patchbay.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SlabTest {
  private record Placed(long offset, long bytes, int first, int last) {
    boolean livesWith(final Placed other) {
      return first <= other.last && other.first <= last;
    }

    boolean sharesBytesWith(final Placed other) {
      return offset < other.offset + other.bytes && other.offset < offset + bytes;
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 17, 80, 200})
  void whatLivesTogetherNeverSharesBytes(final int buffers) {
    for (int seed = 0; seed < 60; seed++) {
      final var random = new SplittableRandom(1000L * buffers + seed);
      final var slab = new Slab();
      final var placed = new ArrayList<Placed>();
      long sum = 0;
      for (int i = 0; i < buffers; i++) {
        final long bytes = random.nextInt(4) == 0 ? random.nextInt(65) : random.nextInt(100_000);
        final int first = random.nextInt(60);
        final int last = first + random.nextInt(20);
        final var next = new Placed(slab.place(bytes, first, last), bytes, first, last);
        assertEquals(0, next.offset % Slab.ALIGNMENT);
        assertTrue(next.offset + bytes <= slab.size());
        for (final var other : placed) {
          assertTrue(!next.livesWith(other) || !next.sharesBytesWith(other), next + " " + other);
        }
        placed.add(next);
        sum += Math.max(1, (bytes + 63) / 64) * 64;
      }
      assertTrue(slab.size() <= sum);
    }
  }

  @Test
  void aChainNeedsTwoBuffersWhateverItsLength() {
    final var slab = new Slab();
    for (int step = 0; step < 50; step++) {
      slab.place(1000, step, step + 1);
    }
    assertEquals(2 * 1024, slab.size());
  }

  @Test
  void takesTheLowestGapThatIsLargeEnough() {
    final var slab = new Slab();
    slab.place(64, 0, 9);
    slab.place(128, 0, 1);
    slab.place(64, 0, 9);
    assertEquals(64, slab.place(64, 2, 3));
    assertEquals(128, slab.place(64, 2, 3));
    assertEquals(256, slab.place(64, 2, 3));
  }

  @Test
  void refusesWhatCannotLive() {
    final var slab = new Slab();
    assertThrows(IllegalArgumentException.class, () -> slab.place(-1, 0, 1));
    assertThrows(IllegalArgumentException.class, () -> slab.place(1, 2, 1));
    assertEquals(0, slab.size());
  }
}
