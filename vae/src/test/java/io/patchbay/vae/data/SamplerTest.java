package io.patchbay.vae.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class SamplerTest {
  private final Sprites sprites = new Sprites(false);

  @Test
  void aStepDrawsTheSameRowsInAnyOrderOfSteps() {
    final Sampler sampler = new Sampler(sprites, RowSet.all(sprites.size()), 77);
    final Sampler resumed = new Sampler(sprites, RowSet.all(sprites.size()), 77);
    final long[] a = new long[64];
    final long[] b = new long[64];
    for (long step : new long[] {0, 1, 5, 300_000}) {
      sampler.rows(step, 0, a);
      resumed.rows(step, 0, b);
      assertArrayEquals(a, b);
    }
    sampler.rows(5, 1, b);
    sampler.rows(5, 0, a);
    assertFalse(Arrays.equals(a, b));
    new Sampler(sprites, RowSet.all(sprites.size()), 78).rows(5, 0, b);
    assertFalse(Arrays.equals(a, b));
  }

  @Test
  void rowsAreUniform() {
    final Sampler sampler = new Sampler(sprites, RowSet.all(20), 3);
    final int[] counts = new int[20];
    final long[] rows = new long[50];
    for (int step = 0; step < 400; step++) {
      sampler.rows(step, 0, rows);
      for (long row : rows) {
        counts[(int) row]++;
      }
    }
    double chiSquare = 0;
    for (int count : counts) {
      chiSquare += (count - 1000.0) * (count - 1000.0) / 1000;
    }
    // 19 degrees of freedom: the 0.1 % and 99.9 % points.
    assertTrue(chiSquare > 5.4 && chiSquare < 43.8, "chi square " + chiSquare);
  }

  @Test
  void imagesAreThoseOfTheRows() {
    final Split split = Split.of(sprites.size(), 1000, 4);
    final Sampler sampler = new Sampler(sprites, split.train(), 5);
    final long[] rows = new long[3];
    final float[] images = new float[3 * 4096];
    final float[] image = new float[4096];
    sampler.images(9, 0, rows, images);
    for (int i = 0; i < 3; i++) {
      sprites.image(rows[i], image, 0);
      assertArrayEquals(image, Arrays.copyOfRange(images, i * 4096, (i + 1) * 4096));
    }
  }

  @Test
  void aSplitDividesTheRows() {
    final Split split = Split.of(1000, 300, 6);
    final Set<Long> all = new HashSet<>();
    for (long i = 0; i < 300; i++) {
      all.add(split.heldOut().row(i));
    }
    assertEquals(300, all.size());
    for (long i = 0; i < 700; i++) {
      assertTrue(all.add(split.train().row(i)));
    }
    assertEquals(1000, all.size());
    assertEquals(999L, all.stream().mapToLong(Long::longValue).max().orElseThrow());
    final Set<Long> wider = new HashSet<>();
    final RowSet more = Split.of(1000, 400, 6).heldOut();
    for (long i = 0; i < 400; i++) {
      wider.add(more.row(i));
    }
    for (long i = 0; i < 300; i++) {
      assertTrue(wider.contains(split.heldOut().row(i)));
    }
    assertThrows(IllegalArgumentException.class, () -> split.train().row(700));
    assertThrows(IllegalArgumentException.class, () -> Split.of(10, 10, 1));
    assertThrows(IllegalArgumentException.class, () -> Split.of(10, 0, 1));
    assertThrows(IllegalArgumentException.class, () -> RowSet.all(0));
  }
}
