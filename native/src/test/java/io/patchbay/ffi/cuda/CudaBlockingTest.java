package io.patchbay.ffi.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/// What is said of a kernel that crashes within a program: which program, where its launches are
/// recorded; which launch, for which of its steps, where a device waits for each. Both ways give
/// the same bits.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CudaBlockingTest {
  private static final String CRASHED =
      "CUDA call failed: call=cuStreamSynchronize, code=700 CUDA_ERROR_ILLEGAL_ADDRESS,"
          + " text=an illegal memory access was encountered";

  private FakeDriver driver;

  @BeforeAll
  void build(@TempDir final Path folder) throws IOException, InterruptedException {
    driver = FakeDriver.build(folder);
  }

  @BeforeEach
  void forget() {
    driver.reset();
  }

  private static DeviceMemory upload(final Device device, final float... values) {
    final var memory = device.allocate("values", (long) values.length * Float.BYTES);
    device.upload(memory.address(), MemorySegment.ofArray(values));
    return memory;
  }

  private static float[] three(final Device device, final DeviceMemory memory) {
    final var read = new float[3];
    device.download(MemorySegment.ofArray(read), memory.address());
    return read;
  }

  private static Task scale(
      final Device device,
      final String what,
      final long from,
      final long to,
      final double factor,
      final Integer... after) {
    final var kernel = device.kernel("scaling", "scale");
    final long bits = Double.doubleToRawLongBits(factor);
    return new Task(what, () -> kernel.launch(Launch.of(1, 32), from, to, 3, bits), Set.of(after));
  }

  /// Three steps, of which the second writes where there is no memory.
  private static List<Task> crashing(final Device device) {
    final long x = upload(device, 1, 2, 3).address();
    final long y = upload(device, 0, 0, 0).address();
    return List.of(
        scale(device, "linear %3 (site code)", x, y, 2),
        scale(device, "conv_up %7 (site features)", y, 4096, 2, 0),
        scale(device, "expression %9 (site output)", x, y, 2, 0));
  }

  @Test
  void aRecordedProgramThatCrashesIsSaid() {
    try (var device = driver.device(0)) {
      device.record(crashing(device)).replay();
      final var e = assertThrows(DeviceLostException.class, device::synchronize);
      assertEquals(
          CRASHED
              + ", last launched=recording, steps=3, first=linear %3 (site code),"
              + " last=expression %9 (site output);"
              + " CUDA_LAUNCH_BLOCKING=1 tells which launch it was",
          e.getMessage());
    }
  }

  @Test
  void aDeviceThatWaitsNamesTheLaunchThatCrashes() {
    try (var device = driver.blocking()) {
      final var program = device.record(crashing(device));
      final var e = assertThrows(DeviceLostException.class, program::replay);
      assertEquals(
          CRASHED
              + ", kernel=scaling/scale, blocks=1x1, threads=32, shared=0,"
              + " step=conv_up %7 (site features)",
          e.getMessage());
      assertEquals(2, driver.launches(), "the launch after it is not asked for");
    }
  }

  @Test
  void theUserAsksForItInTheEnvironment() {
    assertTrue(CudaDevice.isBlocking(Map.of("CUDA_LAUNCH_BLOCKING", "1")));
    assertFalse(CudaDevice.isBlocking(Map.of("CUDA_LAUNCH_BLOCKING", "0")));
    assertFalse(CudaDevice.isBlocking(Map.of()));
  }

  /// What fails later is no launch's fault, each of which was waited for.
  @Test
  void aDeviceThatWaitsBlamesNoLaunchThatWentWell() {
    try (var device = driver.blocking()) {
      final var x = upload(device, 1, 2, 3);
      device.run(scale(device, "linear", x.address(), x.address(), 2));
      driver.fail("cuStreamSynchronize", 1, 719);
      final var e = assertThrows(DeviceLostException.class, device::synchronize);
      assertFalse(String.valueOf(e.getMessage()).contains("kernel"), e::getMessage);
    }
  }

  /// A task that is asked for by itself is named where its launch is refused, and no longer after
  /// it.
  @Test
  void aTaskByItselfIsNamedAsLongAsItRuns() {
    try (var device = driver.device(0)) {
      final var x = upload(device, 1, 2, 3);
      driver.fail("cuLaunchKernel", 1, 1);
      final var task = scale(device, "linear", x.address(), x.address(), 2);
      final var named = assertThrows(RuntimeException.class, () -> device.run(task));
      assertTrue(String.valueOf(named.getMessage()).endsWith(", step=linear"), named::getMessage);
      driver.fail("cuLaunchKernel", 1, 1);
      final var plain = assertThrows(RuntimeException.class, task.work()::run);
      assertTrue(String.valueOf(plain.getMessage()).endsWith(", shared=0"), plain::getMessage);
    }
  }

  private static float[] chain(final Device device, final DeviceMemory to) {
    final var x = upload(device, 1, 2, 3);
    final var y = upload(device, 0, 0, 0);
    final var copied = new Task(() -> device.copy(x.address(), to.address(), 12), Set.of(1));
    try (var program =
        device.record(
            List.of(
                scale(device, "a", x.address(), y.address(), 3),
                scale(device, "b", y.address(), to.address(), 0.1, 0),
                copied))) {
      program.replay();
      device.upload(y.address(), MemorySegment.ofArray(new float[3]));
      program.replay();
      return three(device, x);
    }
  }

  @Test
  void bothWaysGiveTheSameBits() {
    try (var recording = driver.device(0);
        var waiting = driver.blocking()) {
      final var expected = chain(recording, upload(recording, 0, 0, 0));
      driver.calls();
      assertArrayEquals(expected, chain(waiting, upload(waiting, 0, 0, 0)));
      final var calls = driver.calls();
      assertFalse(calls.stream().anyMatch(c -> c.startsWith("cuGraph")), calls::toString);
      for (int i = 0; i < calls.size(); i++) {
        if (calls.get(i).startsWith("cuLaunchKernel")) {
          assertEquals("cuStreamSynchronize", calls.get(i + 1));
        }
      }
    }
  }

  @Test
  void whatCannotBeRecordedIsRefusedWhereNothingIsRecorded() {
    try (var device = driver.blocking()) {
      final var x = upload(device, 1, 2, 3);
      final var wrong = device.record(() -> upload(device, 1));
      final var e = assertThrows(IllegalStateException.class, wrong::replay);
      assertTrue(String.valueOf(e.getMessage()).startsWith("only launches"), e::getMessage);
      assertArrayEquals(new float[] {1, 2, 3}, three(device, x));
      wrong.close();
      assertThrows(IllegalStateException.class, wrong::replay);
    }
  }
}
