package io.patchbay.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.patchbay.ffi.NativeException;
import io.patchbay.ffi.cuda.Launch;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The emulator runs kernels as a GPU would, whatever the order of threads, and finds what a GPU
/// would do wrong without a word.
@Timeout(120)
class EmulatorTest {
  private static final int ORDERS = 5;

  private static void sameInAllOrders(
      final float[] expected, final float error, final IntFunction<float[]> run) {
    final var first = run.apply(0);
    assertArrayEquals(expected, first, error);
    for (int order = 1; order < ORDERS; order++) {
      assertArrayEquals(bits(first), bits(run.apply(order)), "order " + order);
    }
  }

  private static int[] bits(final float[] values) {
    final var bits = new int[values.length];
    Arrays.setAll(bits, i -> Float.floatToRawIntBits(values[i]));
    return bits;
  }

  @Test
  void sharedMemoryAndShufflesSum() {
    sameInAllOrders(
        Samples.expectedSums(),
        1e-4f,
        order -> {
          try (var device = Samples.device(order)) {
            return Samples.rowSums(device);
          }
        });
  }

  @ParameterizedTest
  @CsvSource({"turn_tiles, 64", "warp_turn, 32"})
  void valuesChangePlaces(final String kernel, final int width) {
    sameInAllOrders(
        Samples.expectedTurned(width),
        0,
        order -> {
          try (var device = Samples.device(order)) {
            return Samples.turned(device, kernel);
          }
        });
  }

  @ParameterizedTest
  @CsvSource({"0, 0.05", "1, 0.005", "2, 0.005"})
  void matrixInstructionsMultiply(final int format, final float error) {
    sameInAllOrders(
        Samples.expectedProduct(),
        error,
        order -> {
          try (var device = Samples.device(order)) {
            return Samples.product(device, format);
          }
        });
  }

  @Test
  void threadsBeyondTheRowsOfARunDoNothing() {
    try (var device = Samples.device(0)) {
      final long x = Samples.upload(device, "x", Samples.X);
      final long y = device.allocate("y", 4L * 1000).address();
      final long rows = device.allocate("rows", 4).address();
      device.upload(rows, MemorySegment.ofArray(new int[] {3}));
      device
          .kernel("samples", "scale")
          .launch(Launch.of(3, 256), x, y, rows, 100, Double.doubleToRawLongBits(2));
      final var result = Samples.download(device, y, 1000);
      for (int i = 0; i < 300; i++) {
        assertEquals(2 * Samples.X[i], result[i]);
      }
      assertTrue(Float.isNaN(result[300]));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "0, writes 4 bytes at byte 256 of y",
    "1, writes 4 bytes at byte 256 of the block's 256 of shared memory",
    "6, to which an asynchronous copy goes on that nobody has waited for",
    "8, address is not aligned",
    "9, an address where the device has no memory",
    "11, with no barrier in between",
    "12, has written to memory before it awaits what was launched before",
  })
  void wrongAccessesAreFoundInForwardOrder(final int kind, final String says) {
    fails(0, kind, says);
  }

  @ParameterizedTest
  @CsvSource({
    "0, has written beside y",
    "1, writes byte 256 of its 256 of shared memory",
    "2, threads wait for others that do not come: 0 to 31 at __syncthreads samples.cu",
    "3, others wait at __syncthreads samples.cu",
    "4, 5 have left",
    "7, address is not aligned",
    "10, reads a lane that takes no part",
  })
  void otherFaultsAreFoundInAnyOrder(final int kind, final String says) {
    for (int order = kind < 2 ? 1 : 0; order < ORDERS; order++) {
      fails(order, kind, says);
    }
  }

  private static void fails(final int order, final int kind, final String says) {
    try (var device = Samples.device(order)) {
      // Memory of its own, which may be damaged.
      final var y = device.allocate("y", 4L * 64);
      device.fill(y.address(), 4L * 64, 0);
      final var fault = device.kernel("samples", "fault");
      final var shape = new Launch(1, 1, 64, 256);
      final var e =
          assertThrows(NativeException.class, () -> fault.launch(shape, y.address(), kind));
      final var message = String.valueOf(e.getMessage());
      assertTrue(message.contains(says), message);
      assertTrue(message.startsWith("kernel samples/fault"), message);
      if (message.contains("has written beside")) {
        assertThrows(NativeException.class, y::close);
      }
    }
  }

  @Test
  void sharedMemoryThatNobodyWroteIsNaN() {
    try (var device = Samples.device(0)) {
      final long y = device.allocate("y", 4L * 64).address();
      device.fill(y, 4L * 64, 0);
      device.kernel("samples", "fault").launch(new Launch(1, 1, 64, 256), y, 5);
      for (final float value : Samples.download(device, y, 64)) {
        assertTrue(Float.isNaN(value));
      }
    }
  }

  @Test
  void aLaunchThatAwaitsIsOfThreadsThatAllDo() {
    try (var device = Samples.device(0)) {
      final long y = device.allocate("y", 4L * 64).address();
      device.fill(y, 4L * 64, 0);
      final var fault = device.kernel("samples", "fault");
      final var shape = new Launch(2, 1, 64, 256).awaiting();
      final var e = assertThrows(NativeException.class, () -> fault.launch(shape, y, 13));
      final var message = String.valueOf(e.getMessage());
      assertTrue(
          message.startsWith(
              "kernel samples/fault: a thread leaves without awaiting what was launched before"),
          message);
      fault.launch(new Launch(2, 1, 64, 256), y, 13);
      fault.launch(shape, y, 14);
      final var twice = new float[64];
      Arrays.fill(twice, 4);
      assertArrayEquals(twice, Samples.download(device, y, 64));
    }
  }

  @Test
  void launchesThatNoDeviceTakesAreRefused() {
    try (var device = Samples.device(0)) {
      final long y = device.allocate("y", 4L * 64).address();
      final var fault = device.kernel("samples", "fault");
      final var wide = new Launch(1, 1, 96, 0);
      final var large = new Launch(1, 1, 64, 227 * 1024 + 1);
      final var shape = Launch.of(1, 64);
      assertThrows(NativeException.class, () -> fault.launch(wide, y, 99));
      assertThrows(NativeException.class, () -> fault.launch(large, y, 99));
      assertThrows(IllegalArgumentException.class, () -> fault.launch(shape, y));
      assertThrows(NativeException.class, () -> device.kernel("samples", "none"));
      fault.launch(shape, y, 99);
      assertArrayEquals(new float[64], Samples.download(device, y, 64));
    }
  }

  /// Each barrier of the samples is needed: without it some run is wrong or ends with an error.
  @Test
  void aBarrierThatIsLeftOutIsFound() {
    final List<String> barriers;
    try (var device = Samples.device(0)) {
      device.barriers();
      assertTrue(everythingIsRight(0));
      barriers = List.copyOf(device.barriers().keySet());
    }
    assertEquals(7, barriers.size(), barriers.toString());
    for (final var barrier : barriers) {
      try (var device = Samples.device(0)) {
        device.leaveOut(barrier);
        assertFalse(everythingIsRight(0), "without " + barrier);
      } finally {
        try (var device = Samples.device(0)) {
          device.leaveOut("");
        }
      }
    }
  }

  private static boolean everythingIsRight(final int order) {
    try (var device = Samples.device(order)) {
      return close(Samples.expectedSums(), Samples.rowSums(device), 1e-4)
          && close(Samples.expectedTurned(64), Samples.turned(device, "turn_tiles"), 0)
          && close(Samples.expectedTurned(32), Samples.turned(device, "warp_turn"), 0)
          && Stream.of(0, 1, 2)
              .allMatch(f -> close(Samples.expectedProduct(), Samples.product(device, f), 0.05));
    } catch (final NativeException e) {
      return false;
    }
  }

  private static boolean close(final float[] expected, final float[] actual, final double error) {
    for (int i = 0; i < expected.length; i++) {
      if (!(Math.abs(expected[i] - actual[i]) <= error)) {
        return false;
      }
    }
    return true;
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 7})
  void recordingsRunAgain(final int order) {
    try (var device = Samples.device(order)) {
      final long x = Samples.upload(device, "x", Samples.normal(5, 64));
      final long y = device.allocate("y", 4L * 64).address();
      final long rows = device.allocate("rows", 4).address();
      final var scale = device.kernel("samples", "scale");
      final long factor = Double.doubleToRawLongBits(3);
      try (var recording =
          device.record(() -> {
            device.fill(y, 4L * 64, 0);
            scale.launch(Launch.of(1, 256), x, y, rows, 8, factor);
            assertThrows(IllegalStateException.class, () -> Samples.download(device, y, 1));
          })) {
        for (int run = 0; run < 3; run++) {
          final var values = Samples.normal(run, 64);
          device.upload(x, MemorySegment.ofArray(values));
          device.upload(rows, MemorySegment.ofArray(new int[] {run + 1}));
          recording.replay();
          final var result = Samples.download(device, y, 64);
          for (int i = 0; i < 64; i++) {
            assertEquals(i < 8 * (run + 1) ? 3 * values[i] : 0, result[i]);
          }
        }
      }
    }
  }
}
