package io.patchbay.ffi.cuda;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.patchbay.ffi.NativeException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What a device asks of its driver, and what it makes of the answers, with a driver that has no
/// device: it tells its calls, works as late as it may, and fails when told to.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CudaDeviceTest {
  private FakeDriver driver;

  @BeforeAll
  void build(@TempDir final Path folder) throws IOException, InterruptedException {
    driver = FakeDriver.build(folder);
  }

  @BeforeEach
  void forget() {
    driver.reset();
  }

  /// Whatever a test did, what it closed has given everything back.
  @AfterEach
  void nothingIsLeft() {
    assertEquals(0, driver.live());
  }

  private static byte[] random(final int count) {
    final var bytes = new byte[count];
    new Random(count).nextBytes(bytes);
    return bytes;
  }

  private static float[] floats(final Device device, final DeviceMemory memory) {
    final var read = new float[(int) (memory.bytes() / Float.BYTES)];
    device.download(MemorySegment.ofArray(read), memory.address());
    return read;
  }

  private static DeviceMemory upload(final Device device, final float... values) {
    final var memory = device.allocate("values", (long) values.length * Float.BYTES);
    device.upload(memory.address(), MemorySegment.ofArray(values));
    return memory;
  }

  private static String message(final Throwable e) {
    return String.valueOf(e.getMessage());
  }

  @Test
  void aDeviceWithoutACompilerSaysSo() {
    final var source = new KernelSource("half.cu", "extern \"C\"", Map.of());
    try (var device = driver.device(0)) {
      assertEquals(new SourceCompiler(false, "the fake driver has no compiler"), device.compiler());
      final var e = assertThrows(NativeException.class, () -> device.kernel(source, "half"));
      assertEquals("the fake driver has no compiler", message(e));
    }
  }

  /// Two sources of one name are two modules, each compiled and loaded once.
  @Test
  void sourcesAreCompiledOnce() {
    final var compiled = new ArrayList<String>();
    final var first = new KernelSource("own", "scale:32", Map.of());
    final var second = new KernelSource("own", "scale:8 idle:8", Map.of());
    try (var device = driver.device(0)) {
      final var modules =
          new CudaModules(
              device.context(),
              device.stream(),
              "sm_90",
              FakeDriver::images,
              source -> {
                compiled.add(source.text());
                return source.text().getBytes(StandardCharsets.US_ASCII);
              });
      final var scale = modules.kernel(first, "scale");
      assertSame(scale, modules.kernel(first, "scale"));
      assertNotSame(scale, modules.kernel(second, "scale"));
      assertEquals("idle", modules.kernel(second, "idle").name());
      assertEquals(List.of(first.text(), second.text()), compiled);
      final var e = assertThrows(NativeException.class, () -> modules.kernel(first, "idle"));
      assertEquals("no such kernel: source=own, name=idle", message(e));
      modules.close();
    }
  }

  @Test
  void blocksAtOnceAreThoseThatSharedMemoryHasRoomFor() {
    try (var device = driver.device(0)) {
      final var facts = device.facts();
      assertEquals(1, facts.blocksAtOnce(227 * 1024));
      assertEquals(2, facts.blocksAtOnce(113 * 1024));
      assertEquals(1, facts.blocksAtOnce(113 * 1024 + 1));
      assertEquals(228, facts.blocksAtOnce(0));
      assertEquals(1, facts.blocksAtOnce(1 << 20));
    }
  }

  @Test
  void factsAreTheDrivers() {
    try (var device = driver.device(1)) {
      assertEquals(
          new DeviceFacts(
              "Fake B", "sm_90", "13.2", 132, 227 * 1024, 228 * 1024, 1024, 50 << 20, 64 << 20),
          device.facts());
    }
    final var calls = driver.calls();
    assertEquals("cuInit 0", calls.getFirst());
    assertTrue(calls.contains("cuDevicePrimaryCtxRetain 1"), calls::toString);
    assertTrue(calls.contains("cuStreamCreate 1"), calls::toString);
    assertEquals("cuDevicePrimaryCtxRelease 1", calls.getLast());
  }

  @ParameterizedTest
  @ValueSource(
      ints = {
        0,
        1,
        4,
        1000,
        Staging.PART - 1,
        Staging.PART,
        Staging.PART + 1,
        2 * Staging.PART,
        3 * Staging.PART + 5
      })
  void whatIsUploadedComesBack(final int size) {
    try (var device = driver.device(0)) {
      final var memory = device.allocate("bytes", size);
      final var sent = random(size);
      final var given = sent.clone();
      device.upload(memory.address(), MemorySegment.ofArray(given));
      Arrays.fill(given, (byte) 0);
      final var back = new byte[size];
      device.download(MemorySegment.ofArray(back), memory.address());
      assertArrayEquals(sent, back);
    }
  }

  /// More than the staging memory ever holds, in pieces that end anywhere, mixed with large ones;
  /// each array is spoilt as soon as its upload returns. The stream of large ones may be late, or
  /// ahead of the other by as much as there is memory for.
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void uploadsDoNotWaitForOneAnotherAndDoNotOverwriteOneAnother(final boolean early) {
    final int[] sizes = {1, 4, 60, 1000, 333_333, 4, Staging.PART + 77, 12};
    final int rounds = 8;
    driver.early(early);
    try (var device = driver.device(0);
        var arena = Arena.ofConfined()) {
      final int total = Arrays.stream(sizes).sum() * rounds;
      final var memory = device.allocate("bytes", total);
      final var sent = random(total);
      final var given = arena.allocate(Staging.PART + 77);
      driver.calls();
      int at = 0;
      for (int i = 0; i < rounds * sizes.length; i++) {
        final int size = sizes[i % sizes.length];
        final var part = given.asSlice(0, size);
        MemorySegment.copy(MemorySegment.ofArray(sent), at, part, 0, size);
        device.upload(memory.address() + at, part);
        part.fill((byte) 0);
        at += size;
      }
      final long waits = driver.calls().stream().filter(c -> c.contains("Synchronize")).count();
      assertTrue(waits >= 1 && waits <= rounds, "waits=" + waits);
      final var back = new byte[total];
      device.download(MemorySegment.ofArray(back), memory.address());
      assertArrayEquals(sent, back);
      final var again = new byte[total];
      device.download(MemorySegment.ofArray(again), memory.address());
      assertArrayEquals(sent, again);
    }
  }

  /// Large uploads take memory of the device on their way; where there is none they go without.
  @Test
  void uploadsNeedNoMemoryBesideTheirOwn() {
    try (var device = driver.device(0)) {
      final int size = 2 * Staging.PART;
      final var memory = device.allocate("bytes", size);
      final var rest = device.allocate("the rest", device.free());
      final var sent = random(size);
      driver.calls();
      device.upload(memory.address(), MemorySegment.ofArray(sent));
      assertTrue(driver.calls().stream().noneMatch(c -> c.contains("DtoD")));
      final var back = new byte[size];
      device.download(MemorySegment.ofArray(back), memory.address());
      assertArrayEquals(sent, back);
      rest.close();
    }
  }

  /// An upload that fails for want of pinned memory disturbs none before it and none after it,
  /// which the device may all have still to do.
  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void anUploadWithoutPinnedMemoryDisturbsNoOther(final int nth) {
    driver.early(false);
    try (var device = driver.device(0)) {
      final int size = 2 * Staging.PART;
      final var first = device.allocate("first", size);
      final var second = device.allocate("second", 2 * size);
      final var third = device.allocate("third", size);
      final var sent = random(size);
      device.upload(first.address(), MemorySegment.ofArray(sent));
      driver.fail("cuMemHostAlloc", nth, 2);
      final var large = MemorySegment.ofArray(new byte[2 * size]);
      assertThrows(NativeException.class, () -> device.upload(second.address(), large));
      final var later = random(size);
      device.upload(third.address(), MemorySegment.ofArray(later));
      final var back = new byte[size];
      device.download(MemorySegment.ofArray(back), first.address());
      assertArrayEquals(sent, back);
      device.download(MemorySegment.ofArray(back), third.address());
      assertArrayEquals(later, back);
    }
  }

  /// What the device does before an upload is not disturbed by it, and what it does afterwards sees
  /// it.
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void largeUploadsTakeTheirTurn(final boolean early) {
    driver.early(early);
    try (var device = driver.device(0)) {
      final int size = Staging.PART;
      final var to = device.allocate("bytes", size);
      final var before = device.allocate("before", size);
      final var after = device.allocate("after", size);
      final var first = random(size);
      device.upload(to.address(), MemorySegment.ofArray(first));
      device.copy(before.address(), to.address(), size);
      final var second = random(size);
      driver.calls();
      device.upload(to.address(), MemorySegment.ofArray(second));
      assertTrue(driver.calls().stream().anyMatch(c -> c.contains("DtoD")));
      device.copy(after.address(), to.address(), size);
      final var back = new byte[size];
      device.download(MemorySegment.ofArray(back), before.address());
      assertArrayEquals(first, back);
      device.download(MemorySegment.ofArray(back), after.address());
      assertArrayEquals(second, back);
    }
  }

  /// Each holds what stood there when it was asked for, in whatever order they are read, and leaves
  /// its memory to the next only when it is closed.
  @Test
  void whatLandsIsWhatStoodThereThen() {
    try (var device = driver.device(0)) {
      final var a = upload(device, 1, 2, 3, 4);
      driver.calls();
      final var first = device.land(a.address(), 16);
      device.fill(a.address(), 16, Float.floatToRawIntBits(0.5f));
      final var second = device.land(a.address() + 4, 8);
      final var none = device.land(a.address(), 0);
      device.fill(a.address(), 16, 0);
      assertTrue(driver.calls().stream().noneMatch(c -> c.contains("Synchronize")));
      final var two = new float[2];
      second.into(MemorySegment.ofArray(two));
      assertArrayEquals(new float[] {0.5f, 0.5f}, two);
      second.close();
      final var third = device.land(a.address(), 8);
      final var four = new float[4];
      first.into(MemorySegment.ofArray(four));
      assertArrayEquals(new float[] {1, 2, 3, 4}, four);
      third.into(MemorySegment.ofArray(two));
      assertArrayEquals(new float[2], two);
      none.into(MemorySegment.ofArray(new float[0]));
      assertThrows(IllegalStateException.class, () -> first.into(MemorySegment.ofArray(two)));
      first.close();
      assertThrows(IllegalStateException.class, () -> first.into(MemorySegment.ofArray(four)));
      assertThrows(IllegalArgumentException.class, () -> device.land(a.address() + 8, 12));
      third.close();
      none.close();
    }
  }

  @Test
  void fillsAndCopiesAreAskedForInOrder() {
    try (var device = driver.device(0)) {
      final var a = upload(device, 1, 2, 3, 4);
      final var b = device.allocate("copy", 16);
      device.fill(b.address(), 16, Float.floatToRawIntBits(0.5f));
      device.copy(b.address() + 4, a.address(), 8);
      device.fill(a.address(), 16, 0);
      assertArrayEquals(new float[] {0.5f, 1, 2, 0.5f}, floats(device, b));
      assertArrayEquals(new float[4], floats(device, a));
      assertThrows(IllegalArgumentException.class, () -> device.fill(a.address() + 2, 4, 0));
      assertThrows(IllegalArgumentException.class, () -> device.fill(a.address(), 6, 0));
    }
  }

  @Test
  void whatIsBeyondAnAllocationIsRefused() {
    try (var device = driver.device(0)) {
      final var a = device.allocate("weights", 16);
      final long at = a.address();
      final var five = MemorySegment.ofArray(new float[5]);
      final var e = assertThrows(IllegalArgumentException.class, () -> device.upload(at, five));
      assertTrue(message(e).contains("upload"), e::getMessage);
      assertTrue(message(e).contains("weights of 16"), e::getMessage);
      assertThrows(IllegalArgumentException.class, () -> device.download(five, at));
      assertThrows(IllegalArgumentException.class, () -> device.copy(at, at + 8, 12));
      assertThrows(IllegalArgumentException.class, () -> device.copy(at + 8, at, 12));
      assertThrows(IllegalArgumentException.class, () -> device.fill(at, -4, 0));
      assertThrows(IllegalArgumentException.class, () -> device.fill(at - 4, 4, 0));
      assertThrows(
          IllegalArgumentException.class,
          () -> device.download(five.asSlice(0, 4).asReadOnly(), at));
      a.close();
      assertThrows(IllegalArgumentException.class, () -> device.fill(at, 4, 0));
    }
  }

  @Test
  void aLaunchPassesItsShapeAndItsStruct() {
    try (var device = driver.device(0)) {
      final var x = upload(device, 1, 2, 3);
      final var y = device.allocate("y", 12);
      final var kernel = device.kernel("scaling", "scale");
      assertEquals("scale", kernel.name());
      assertSame(kernel, device.kernel("scaling", "scale"));
      assertNotSame(kernel, device.kernel("scaling", "wide"));
      driver.calls();
      final long half = Double.doubleToRawLongBits(0.5);
      kernel.launch(new Launch(7, 3, 256, 1024), x.address(), y.address(), 3, half);
      assertEquals(
          List.of(
              "cuLaunchKernel scale 7 3 1 256 1 1 1024 %d,%d,3,%d -"
                  .formatted(x.address(), y.address(), half)),
          driver.calls());
      assertArrayEquals(new float[] {0.5f, 1, 1.5f}, floats(device, y));
      device.kernel("scaling", "idle").launch(Launch.of(1, 1), -1);
      final var e =
          assertThrows(
              IllegalArgumentException.class, () -> kernel.launch(Launch.of(1, 1), 1, 2, 3));
      assertEquals(
          "not the fields of the kernel: kernel=scaling/scale, given=3, its struct=32 bytes",
          e.getMessage());
    }
  }

  /// A launch begins early where it awaits what the launch before it awaited too, and nothing else
  /// was asked for between.
  @Test
  void aLaunchThatAwaitsBeginsEarlyBehindAnother() {
    final var early = Launch.of(2, 32).awaiting();
    final var none = List.of("-", "-", "-", "-", "-", "-", "-", "-");
    assertEquals(List.of("-", "6=1", "6=1", "-", "-", "6=1", "-", "6=1"), attributes(90, early));
    assertEquals(none, attributes(80, early));
    assertEquals(none, attributes(90, Launch.of(2, 32)));
  }

  /// What launches of a shape are given: three, two behind one that does not await, and two behind
  /// a fill.
  private List<String> attributes(final int capability, final Launch shape) {
    driver.capability(0, capability);
    try (var device = driver.device(0)) {
      final var x = upload(device, 1, 2, 3);
      final var idle = device.kernel("scaling", "idle");
      driver.calls();
      for (int i = 0; i < 3; i++) {
        idle.launch(shape, i);
      }
      idle.launch(Launch.of(2, 32), 3);
      idle.launch(shape, 4);
      idle.launch(shape, 5);
      device.fill(x.address(), 4, 0);
      idle.launch(shape, 6);
      idle.launch(shape, 7);
      return driver.calls().stream()
          .filter(c -> c.startsWith("cuLaunchKernel"))
          .map(c -> c.startsWith("cuLaunchKernelEx") ? c.split(" ", -1)[10] : "-")
          .toList();
    } finally {
      driver.capability(0, 90);
    }
  }

  /// Behind a launch that the driver refused stands the one before it.
  @Test
  void aLaunchThatFailedIsNoneToBeginBehind() {
    try (var device = driver.device(0)) {
      final var idle = device.kernel("scaling", "idle");
      final var early = Launch.of(2, 32).awaiting();
      idle.launch(Launch.of(2, 32), 0);
      driver.fail("cuLaunchKernel", 1, 1);
      assertThrows(NativeException.class, () -> idle.launch(early, 1));
      driver.calls();
      idle.launch(early, 2);
      assertTrue(driver.calls().getFirst().startsWith("cuLaunchKernel idle"));
    }
  }

  /// So it is in each lane of a recording, unless a task waits for another lane's.
  @Test
  void tasksThatWaitForAnotherLaneDoNotBeginEarly() {
    try (var device = driver.device(0)) {
      final var idle = device.kernel("scaling", "idle");
      final var early = Launch.of(2, 32).awaiting();
      driver.calls();
      final var tasks = new ArrayList<Task>();
      for (final var after :
          List.of(Set.<Integer>of(), Set.of(0), Set.of(1), Set.of(0), Set.of(2, 3), Set.of(4))) {
        final int i = tasks.size();
        tasks.add(new Task(() -> idle.launch(early, i), after));
      }
      device.record(tasks).close();
      final var begun =
          driver.calls().stream()
              .filter(c -> c.startsWith("cuLaunchKernelEx"))
              .map(c -> c.split(" ", -1)[9])
              .toList();
      assertEquals(List.of("1", "2", "5"), begun);
    }
  }

  /// The leave to use more shared memory is asked for when it is needed first, and not again.
  @Test
  void muchSharedMemoryIsAskedForOnce() {
    try (var device = driver.device(0)) {
      final var kernel = device.kernel("scaling", "idle");
      driver.calls();
      for (final int shared : new int[] {49_152, 100_000, 90_000, 200_000}) {
        kernel.launch(new Launch(1, 1, 32, shared), 0);
      }
      assertEquals(
          List.of("cuFuncSetAttribute idle 8 100000", "cuFuncSetAttribute idle 8 200000"),
          driver.calls().stream().filter(c -> c.startsWith("cuFuncSetAttribute")).toList());
      final var e =
          assertThrows(
              NativeException.class, () -> kernel.launch(new Launch(5, 2, 32, 300_000), 0));
      assertEquals(
          "CUDA call failed: call=cuFuncSetAttribute, code=1 CUDA_ERROR_INVALID_VALUE,"
              + " text=invalid argument, kernel=scaling/idle, blocks=5x2, threads=32,"
              + " shared=300000",
          e.getMessage());
    }
  }

  @Test
  void whatIsNoKernelIsSaid() {
    try (var device = driver.device(0)) {
      final var missing =
          assertThrows(NativeException.class, () -> device.kernel("scaling", "sacle"));
      assertEquals("no such kernel: source=scaling, name=sacle", missing.getMessage());
      final var broken = assertThrows(NativeException.class, () -> device.kernel("other", "scale"));
      assertEquals(
          "CUDA call failed: call=cuModuleLoadDataEx, code=218 CUDA_ERROR_INVALID_PTX,"
              + " text=a PTX JIT compilation failed, source=other, device=sm_90,"
              + " log=ptxas fatal: syntax error near 'this'",
          broken.getMessage());
      assertEquals("scale", device.kernel("scaling", "scale").name());
      final long loads =
          driver.calls().stream().filter(c -> c.startsWith("cuModuleLoadDataEx")).count();
      assertEquals(2, loads);
    }
  }

  @Test
  void tasksOfARecordingWaitForThoseBefore() {
    try (var device = driver.device(0)) {
      final var x = upload(device, 1, 2, 3);
      final var y = upload(device, 0, 0, 0);
      final var z = upload(device, 0, 0, 0);
      final var scale = device.kernel("scaling", "scale");
      driver.calls();
      final var recording =
          device.record(
              List.of(
                  new Task(
                      () -> scale.launch(Launch.of(1, 32), x.address(), y.address(), 3, bits(2)),
                      Set.of()),
                  new Task(
                      () -> scale.launch(Launch.of(1, 32), x.address(), z.address(), 3, bits(3)),
                      Set.of()),
                  new Task(() -> device.copy(x.address(), y.address(), 12), Set.of(0, 1)),
                  new Task(() -> device.fill(y.address(), 4, 0), Set.of(2))));
      final var calls = driver.calls();
      final int second =
          calls.lastIndexOf(
              calls.stream().filter(c -> c.startsWith("cuLaunchKernel")).toList().getLast());
      final int copy = calls.indexOf("cuMemcpyDtoDAsync 12");
      assertTrue(
          second > 0 && calls.subList(second, copy).contains("cuStreamWaitEvent 0"),
          calls::toString);
      assertFalse(
          calls
              .subList(copy, calls.indexOf("cuMemsetD32Async 0 1"))
              .contains("cuStreamWaitEvent 0"),
          calls::toString);
      assertTrue(calls.contains("cuStreamCreateWithPriority 1 -100"), calls::toString);
      recording.replay();
      assertArrayEquals(new float[] {2, 4, 6}, floats(device, x));
      assertArrayEquals(new float[] {0, 4, 6}, floats(device, y));
      assertArrayEquals(new float[] {3, 6, 9}, floats(device, z));
      recording.close();
    }
  }

  @Test
  void aRecordingDoesNothingUntilItIsReplayed() {
    try (var device = driver.device(0)) {
      final var x = upload(device, 1, 2, 3);
      final var y = upload(device, 0, 0, 0);
      final var scale = device.kernel("scaling", "scale");
      driver.calls();
      final var recording =
          device.record(() -> {
            scale.launch(Launch.of(1, 32), x.address(), y.address(), 3, bits(2));
            device.copy(x.address(), y.address(), 12);
            device.fill(y.address(), 4, 0);
          });
      assertEquals(
          List.of(
              "cuStreamBeginCapture 2",
              "cuLaunchKernel",
              "cuMemcpyDtoDAsync 12",
              "cuMemsetD32Async 0 1",
              "cuStreamEndCapture",
              "cuGraphInstantiate 8",
              "cuGraphDestroy"),
          driver.calls().stream()
              .map(c -> c.startsWith("cuLaunchKernel") ? "cuLaunchKernel" : c)
              .toList());
      assertArrayEquals(new float[] {1, 2, 3}, floats(device, x));
      recording.replay();
      recording.replay();
      assertArrayEquals(new float[] {4, 8, 12}, floats(device, x));
      assertArrayEquals(new float[] {0, 8, 12}, floats(device, y));
      assertEquals(2, driver.launches());
      recording.close();
      recording.close();
      assertThrows(IllegalStateException.class, recording::replay);
    }
  }

  private static long bits(final double value) {
    return Double.doubleToRawLongBits(value);
  }

  @Test
  void whatCannotBeRecordedIsRefusedAndTheDeviceGoesOn() {
    try (var device = driver.device(0)) {
      final var x = upload(device, 1, 2, 3);
      final var host = MemorySegment.ofArray(new float[3]);
      for (final Runnable wrong :
          List.<Runnable>of(
              () -> device.upload(x.address(), host),
              () -> device.download(host, x.address()),
              device::synchronize,
              () -> device.milliseconds(() -> {}),
              () -> device.record(() -> {}).close(),
              () -> device.allocate("late", 4).close())) {
        final var e = assertThrows(IllegalStateException.class, () -> device.record(wrong).close());
        assertTrue(message(e).startsWith("only launches"), e::getMessage);
      }
      assertArrayEquals(new float[] {1, 2, 3}, floats(device, x));
      device.record(() -> device.fill(x.address(), 12, 0)).replay();
      assertArrayEquals(new float[3], floats(device, x));
    }
  }

  @Test
  void theTimeOfWorkIsThatBetweenTwoEvents() {
    try (var device = driver.device(0)) {
      final var x = upload(device, 1);
      final var kernel = device.kernel("scaling", "idle");
      assertEquals(
          1.5,
          device.milliseconds(() -> {
            kernel.launch(Launch.of(1, 1), 0);
            kernel.launch(Launch.of(1, 1), 0);
            device.fill(x.address(), 4, 0);
          }));
      assertEquals(0, device.milliseconds(() -> {}));
    }
  }

  @Test
  void memoryThatIsNotThereIsSaidAndTheDeviceGoesOn() {
    try (var device = driver.device(0)) {
      final long all = device.free();
      assertEquals(64 << 20, all);
      final var half = device.allocate("half", all / 2);
      final var e =
          assertThrows(
              OutOfDeviceMemoryException.class, () -> device.allocate("slab", all / 2 + 1).close());
      for (final var part : List.of("owner=slab", "asked=33554433", "free=33554432", "batch")) {
        assertTrue(message(e).contains(part), e::getMessage);
      }
      device.fill(half.address(), 4, 7);
      device.synchronize();
      half.close();
      half.close();
      assertEquals(all, device.free());
      device.allocate("slab", all / 2 + 1).close();
      driver.fail("cuGraphInstantiate", 1, 2);
      assertThrows(OutOfDeviceMemoryException.class, () -> device.record(() -> {}).close());
      device.record(() -> {}).close();
      assertThrows(IllegalArgumentException.class, () -> device.allocate("less", -1).close());
    }
  }

  /// Memory is returned when the work that uses it is done.
  @Test
  void memoryIsNotTakenFromWork() {
    try (var device = driver.device(0)) {
      final var x = upload(device, 1, 2, 3);
      final var y = device.allocate("y", 12);
      device.copy(y.address(), x.address(), 12);
      x.close();
      assertArrayEquals(new float[] {1, 2, 3}, floats(device, y));
    }
  }

  /// A launch that crashes is told by whatever waits for it, and by everything afterwards.
  @Test
  void aDeviceThatCrashedStaysLost() {
    final var device = driver.device(0);
    final var x = upload(device, 1, 2, 3);
    device.kernel("scaling", "idle").launch(new Launch(12, 1, 64, 0), 0);
    driver.fail("cuStreamSynchronize", 1, 700);
    final var first = assertThrows(DeviceLostException.class, device::synchronize);
    assertEquals(
        "CUDA call failed: call=cuStreamSynchronize, code=700 CUDA_ERROR_ILLEGAL_ADDRESS,"
            + " text=an illegal memory access was encountered, last launched=scaling/idle,"
            + " blocks=12x1, threads=64, shared=0;"
            + " CUDA_LAUNCH_BLOCKING=1 tells which launch it was",
        first.getMessage());
    driver.calls();
    for (final Runnable request :
        List.<Runnable>of(
            () -> upload(device, 1),
            () -> floats(device, x),
            device::synchronize,
            () -> device.kernel("scaling", "scale"),
            () -> device.record(() -> {}).close())) {
      final var later = assertThrows(DeviceLostException.class, request::run);
      assertEquals(
          "the device is lost since an earlier call: " + first.getMessage(), later.getMessage());
    }
    x.close();
    assertEquals(List.of(), driver.calls());
    device.close();
    device.close();
    assertEquals(List.of("cuDevicePrimaryCtxRelease 0"), driver.calls());
    assertThrows(IllegalStateException.class, device::synchronize);
    driver.reset();
  }

  /// Each call in turn fails, in each way: it is said by an exception of ours that names the call,
  /// the context is given back, and what is no crash takes nothing along.
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 719, 12_345})
  void everyCallThatFailsIsSaid(final int code) {
    int failures = 0;
    for (int nth = 1; ; nth++) {
      driver.reset();
      driver.fail("", nth, code);
      try {
        useEverything();
        if (driver.calls().size() < 30) {
          throw new AssertionError("not everything was used");
        }
        break;
      } catch (final NativeException
          | OutOfDeviceMemoryException
          | DeviceLostException
          | CudaUnavailableException e) {
        failures++;
        assertTrue(driver.retained() == 0 || isOfTheEnd(e), "the context is held");
        final var text = message(e) + Arrays.toString(e.getSuppressed());
        assertTrue(
            text.contains("code=" + code + " ") || text.contains("owner="),
            () -> "what failed is not said: " + text);
        if (code != 719) {
          assertFalse(e instanceof DeviceLostException, () -> text);
        }
      }
    }
    assertTrue(failures > 40, "failures=" + failures);
    driver.reset();
  }

  /// Where it is the return of the context itself that fails.
  private static boolean isOfTheEnd(final Exception e) {
    return (message(e) + Arrays.toString(e.getSuppressed())).contains("PrimaryCtxRelease");
  }

  private void useEverything() {
    try (var device = driver.device(0)) {
      final var x = upload(device, 1, 2, 3);
      final var y = device.allocate("y", 12);
      final var scale = device.kernel("scaling", "scale");
      try (var recording =
          device.record(() ->
              scale.launch(
                  new Launch(1, 1, 32, 64 * 1024), x.address(), y.address(), 3, bits(2)))) {
        recording.replay();
      }
      device.copy(x.address(), y.address(), 12);
      device.fill(y.address(), 4, 0);
      device.milliseconds(() -> device.fill(y.address(), 8, 0));
      device.upload(x.address(), MemorySegment.ofArray(new float[3]));
      assertTrue(device.free() > 0);
      floats(device, x);
      y.close();
      device.synchronize();
    }
  }

  @Test
  void aDeviceIsUsedFromOneThreadAfterAnother() throws Exception {
    try (var pool = Executors.newSingleThreadExecutor()) {
      final var device = pool.submit(() -> driver.device(0)).get();
      final var x = upload(device, 1, 2, 3);
      pool.submit(() -> device.fill(x.address(), 4, 0)).get();
      assertArrayEquals(new float[] {0, 2, 3}, floats(device, x));
      pool.submit(device::close).get();
    }
  }

  @Test
  void twoDevicesServeOneThreadInTurn() {
    try (var first = driver.device(0);
        var second = driver.device(1)) {
      final var a = upload(first, 1);
      final var b = upload(second, 2);
      first.fill(a.address(), 4, 0);
      assertArrayEquals(new float[] {2}, floats(second, b));
      assertArrayEquals(new float[] {0}, floats(first, a));
      assertEquals(JAVA_FLOAT.byteSize(), a.bytes());
    }
  }
}
