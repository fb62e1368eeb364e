package io.patchbay.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.patchbay.ffi.NativeException;
import io.patchbay.ffi.cuda.OutOfDeviceMemoryException;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;

class EmulatedMemoryTest {
  @Test
  void memoryIsAccountedAndReturned() {
    try (var device = Samples.device(0)) {
      final long all = device.free();
      assertEquals(device.facts().memory(), all);
      final var first = device.allocate("first", 1000);
      assertEquals(1000, first.bytes());
      assertEquals(0, first.address() % 256);
      assertEquals(all - 1000, device.free());
      final long more = device.free() + 1;
      final var e =
          assertThrows(OutOfDeviceMemoryException.class, () -> device.allocate("second", more));
      assertTrue(String.valueOf(e.getMessage()).contains("owner=second"), e.getMessage());
      first.close();
      assertEquals(all, device.free());
      first.close();
      assertEquals(all, device.free());
    }
  }

  @Test
  void newMemoryIsNaN() {
    try (var device = Samples.device(0)) {
      final long address = device.allocate("x", 400).address();
      for (final float value : Samples.download(device, address, 100)) {
        assertTrue(Float.isNaN(value));
      }
    }
  }

  @Test
  void valuesAreCopiedAndFilled() {
    try (var device = Samples.device(0)) {
      final long from = Samples.upload(device, "from", 1, 2, 3, 4);
      final long to = device.allocate("to", 16).address();
      device.copy(to, from + 4, 12);
      device.fill(to + 12, 4, Float.floatToRawIntBits(9));
      assertArrayEquals(new float[] {2, 3, 4, 9}, Samples.download(device, to, 4));
      assertThrows(IllegalArgumentException.class, () -> device.fill(to, 6, 0));
    }
  }

  @Test
  void nothingIsReadOrWrittenBesideAnAllocation() {
    try (var device = Samples.device(0)) {
      final long x = Samples.upload(device, "x", 1, 2, 3, 4);
      final var five = MemorySegment.ofArray(new float[5]);
      assertThrows(NativeException.class, () -> device.upload(x, five));
      assertThrows(NativeException.class, () -> device.download(five, x));
      assertThrows(NativeException.class, () -> device.fill(x - 4, 4, 0));
      assertThrows(NativeException.class, () -> device.copy(x, x + 8, 12));
      device.fill(x, 16, 0);
    }
    try (var device = Samples.device(0)) {
      final var closed = device.allocate("x", 16);
      closed.close();
      assertThrows(NativeException.class, () -> device.fill(closed.address(), 16, 0));
    }
  }
}
