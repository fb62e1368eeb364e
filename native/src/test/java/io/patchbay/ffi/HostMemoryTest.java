package io.patchbay.ffi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;

/// Memory is counted, and refused before its limit is crossed.
class HostMemoryTest {
  @Test
  void whatIsAskedForIsCountedUntilItIsClosed() {
    final var account = new HostMemory(1000);
    final var first = account.allocate("first", 600);
    try (var second = account.allocate("second", 400)) {
      assertEquals(1000, account.used());
      assertEquals(0, first.segment().address() % 64);
      assertEquals(0, second.segment().address() % 64);
      for (long i = 0; i < 400; i++) {
        assertEquals(0, second.segment().get(ValueLayout.JAVA_BYTE, i));
      }
    }
    assertEquals(600, account.used());
    first.close();
    first.close();
    assertEquals(0, account.used());
  }

  @Test
  void theLimitIsNotCrossed() {
    final var account = new HostMemory(1000);
    try (var _ = account.allocate("weights", 900)) {
      final var e =
          assertThrows(OutOfHostMemoryException.class, () -> account.allocate("slab", 101).close());
      final var text = String.valueOf(e.getMessage());
      for (final var part : new String[] {"slab", "101", "900", "1000", "--host-memory"}) {
        assertTrue(text.contains(part), text);
      }
      assertEquals(900, account.used());
      account.allocate("slab", 100).close();
    }
    assertThrows(OutOfHostMemoryException.class, () -> account.allocate("less", -1).close());
    assertEquals(0, account.used());
    assertThrows(IllegalArgumentException.class, () -> new HostMemory(0));
  }

  /// More than the machine has is refused too, whatever the limit.
  @Test
  void whatTheSystemRefusesIsNotCounted() {
    final var account = new HostMemory(Long.MAX_VALUE);
    assertThrows(OutOfHostMemoryException.class, () -> account.allocate("slab", 1L << 60).close());
    assertEquals(0, account.used());
  }
}
