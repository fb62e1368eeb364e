package io.patchbay.engine.random;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/// The block function against the published known answers, and the counter layout.
final class PhiloxTest {
  private static int[] block(int c0, int c1, int c2, int c3, int k0, int k1) {
    final int[] words = new int[Philox.WORDS];
    Philox.block(c0, c1, c2, c3, k0, k1, words);
    return words;
  }

  @Test
  void zeroCounterAndKey() {
    assertArrayEquals(
        new int[] {0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8}, block(0, 0, 0, 0, 0, 0));
  }

  @Test
  void allOnes() {
    assertArrayEquals(
        new int[] {0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD}, block(-1, -1, -1, -1, -1, -1));
  }

  @Test
  void digitsOfPi() {
    assertArrayEquals(
        new int[] {0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1},
        block(0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344, 0xA4093822, 0x299F31D0));
  }

  @Test
  void layoutPlacesEveryField() {
    final long seed = 0x0123_4567_89AB_CDEFL;
    final long id = 0xBEEF_1234_5678L;
    final int[] words = new int[Philox.WORDS];
    Philox.block(seed, 0x4321, id, -7, 99, words);
    assertArrayEquals(block(99, -7, 0x1234_5678, 0xBEEF_4321, 0x89AB_CDEF, 0x0123_4567), words);
  }

  @Test
  void keysOutOfRangeAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> Philox.lastCounter(-1, 0));
    assertThrows(IllegalArgumentException.class, () -> Philox.lastCounter(1 << 16, 0));
    assertThrows(IllegalArgumentException.class, () -> Philox.lastCounter(1, -1));
    assertThrows(IllegalArgumentException.class, () -> Philox.lastCounter(1, 1L << 48));
    assertEquals(0xFFFF_FFFF, Philox.lastCounter(0xFFFF, (1L << 48) - 1));
  }

  @Test
  void everyCounterBitFlipsHalfOfTheOutput() {
    final int[] base = block(17, 5, 1234, 1, 42, 0);
    for (int bit = 0; bit < 128; bit++) {
      final int flip = 1 << (bit & 31);
      final int word = bit >> 5;
      final int[] other =
          block(
              word == 0 ? 17 ^ flip : 17,
              word == 1 ? 5 ^ flip : 5,
              word == 2 ? 1234 ^ flip : 1234,
              word == 3 ? 1 ^ flip : 1,
              42,
              0);
      int changed = 0;
      for (int i = 0; i < Philox.WORDS; i++) {
        changed += Integer.bitCount(base[i] ^ other[i]);
      }
      assertTrue(changed > 36 && changed < 92, "bit=" + bit + ", changed=" + changed);
    }
  }
}
