package io.patchbay.ffi.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.patchbay.ffi.NativeException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A device of this machine, where it has one; `-Drequire=cuda` makes its absence a failure. Its
/// one kernel is PTX, so that neither nvcc nor NVRTC is needed.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CudaGpuTest {
  /// `scale`: `y[i] = factor x[i]` for the block's and thread's i below count, where the struct is
  /// {x, y, count, bits of factor}. `crash` writes where there is nothing.
  static final String PTX =
      """
      .version 7.0
      .target sm_70
      .address_size 64
      .visible .entry scale(.param .align 8 .b8 p[32])
      {
        .reg .pred %q; .reg .b32 %r<4>; .reg .b64 %l<8>; .reg .f64 %d; .reg .f32 %f<3>;
        ld.param.u64 %l0, [p]; ld.param.u64 %l1, [p+8];
        ld.param.u64 %l2, [p+16]; ld.param.f64 %d, [p+24];
        mov.u32 %r0, %ctaid.x; mov.u32 %r1, %ntid.x; mov.u32 %r2, %tid.x;
        mad.lo.u32 %r3, %r0, %r1, %r2;
        cvt.u64.u32 %l3, %r3;
        setp.ge.u64 %q, %l3, %l2;
        @%q bra DONE;
        shl.b64 %l4, %l3, 2;
        add.u64 %l5, %l0, %l4; add.u64 %l6, %l1, %l4;
        cvt.rn.f32.f64 %f0, %d;
        ld.global.f32 %f1, [%l5];
        mul.f32 %f2, %f0, %f1;
        st.global.f32 [%l6], %f2;
      DONE:
        ret;
      }
      .visible .entry crash(.param .align 8 .b8 p[8])
      {
        .reg .b64 %l; .reg .b32 %r;
        ld.param.u64 %l, [p]; mov.u32 %r, 1;
        st.global.u32 [%l], %r;
        ret;
      }
      """;

  /// What the PTX asks for.
  private static final Capability LEAST = new Capability(7, 0);

  private CudaDevice device;

  private static byte[] images(final String source) {
    return (source.equals("scaling") ? PTX : "no PTX").getBytes(StandardCharsets.US_ASCII);
  }

  @BeforeAll
  void open() {
    if (!List.of(System.getProperty("require", "").split(",")).contains("cuda")) {
      final var absence = CudaDevice.absence(LEAST);
      assumeTrue(absence.isEmpty(), () -> absence.orElse(""));
    }
    device = CudaDevice.open(0, LEAST, CudaGpuTest::images);
  }

  @AfterAll
  void close() {
    if (device != null) {
      device.close();
    }
  }

  private static float[] random(final int count) {
    final var random = new Random(count);
    final var values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = random.nextFloat();
    }
    return values;
  }

  private DeviceMemory upload(final float... values) {
    final var memory = device.allocate("values", (long) values.length * Float.BYTES);
    device.upload(memory.address(), MemorySegment.ofArray(values));
    return memory;
  }

  private float[] download(final DeviceMemory memory) {
    final var values = new float[(int) (memory.bytes() / Float.BYTES)];
    device.download(MemorySegment.ofArray(values), memory.address());
    return values;
  }

  @Test
  void factsAreThoseOfAGpu() {
    final var facts = device.facts();
    assertTrue(facts.architecture().matches("sm_\\d{2,3}"), facts::toString);
    assertTrue(facts.multiprocessors() > 0 && facts.memory() > 1L << 28, facts::toString);
    assertTrue(facts.sharedPerBlock() >= 48 * 1024, facts::toString);
    assertTrue(device.free() > 0 && device.free() <= facts.memory());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 1000, (1 << 20) - 1, 1 << 20, (1 << 20) + 1, (3 << 20) + 5})
  void whatIsUploadedComesBack(final int count) {
    final var sent = random(count);
    final var given = sent.clone();
    try (var memory = device.allocate("floats", 4L * count)) {
      assertEquals(0, memory.address() % 256);
      device.upload(memory.address(), MemorySegment.ofArray(given));
      Arrays.fill(given, 0);
      assertArrayEquals(sent, download(memory));
    }
  }

  /// More than the staging memory, in small pieces, each spoilt as soon as its upload returns.
  @Test
  void manySmallUploadsKeepTheirOrder() {
    final int size = 1003;
    final int pieces = 3 * Staging.PART / (4 * size);
    final var all = random(size * pieces);
    final var piece = new float[size];
    try (var memory = device.allocate("floats", 4L * all.length)) {
      for (int i = 0; i < pieces; i++) {
        System.arraycopy(all, i * size, piece, 0, size);
        device.upload(memory.address() + 4L * i * size, MemorySegment.ofArray(piece));
        Arrays.fill(piece, -1);
      }
      assertArrayEquals(all, download(memory));
    }
  }

  /// Of many that are under way, each holds what stood there when it was asked for.
  @Test
  void whatLandsIsWhatStoodThereThen() {
    final int count = 1 << 18;
    try (var memory = device.allocate("floats", 4L * count)) {
      final var under = new ArrayList<Landing>();
      for (int i = 0; i < 6; i++) {
        device.fill(memory.address(), 4L * count, Float.floatToRawIntBits(i));
        under.add(device.land(memory.address(), 4L * count));
      }
      for (int i = 0; i < 6; i++) {
        final var landed = new float[count];
        under.get(i).into(MemorySegment.ofArray(landed));
        under.get(i).close();
        final var expected = new float[count];
        Arrays.fill(expected, i);
        assertArrayEquals(expected, landed);
      }
    }
  }

  @Test
  void fillsAndCopies() {
    try (var a = upload(1, 2, 3, 4);
        var b = upload(0, 0, 0, 0)) {
      device.fill(b.address(), 16, Float.floatToRawIntBits(0.5f));
      device.copy(b.address() + 4, a.address(), 8);
      assertArrayEquals(new float[] {0.5f, 1, 2, 0.5f}, download(b));
    }
  }

  @Test
  void aRecordingIsReplayed() {
    final int count = 10_000;
    final var values = random(count);
    final var scale = device.kernel("scaling", "scale");
    try (var x = upload(values);
        var y = device.allocate("y", 4L * count);
        var recording =
            device.record(() -> {
              scale.launch(Launch.of(40, 256), x.address(), y.address(), count, bits(0.5));
              device.copy(x.address(), y.address(), 4L * count);
              device.fill(y.address(), 4, 0);
            })) {
      assertArrayEquals(values, download(x));
      for (int i = 0; i < 3; i++) {
        recording.replay();
      }
      final var left = download(x);
      for (int i = 0; i < count; i++) {
        assertEquals(values[i] * 0.125f, left[i], "i=" + i);
      }
      assertEquals(0, download(y)[0]);
    }
  }

  private static long bits(final double value) {
    return Double.doubleToRawLongBits(value);
  }

  @Test
  void muchSharedMemoryIsGranted() {
    final int count = 100;
    final var scale = device.kernel("scaling", "scale");
    try (var x = upload(random(count));
        var y = device.allocate("y", 4L * count)) {
      final var most = device.facts().sharedPerBlock();
      scale.launch(new Launch(1, 1, 128, most), x.address(), y.address(), count, bits(1));
      assertArrayEquals(download(x), download(y));
      final var e =
          assertThrows(
              NativeException.class,
              () ->
                  scale.launch(
                      new Launch(1, 1, 128, most + 1024), x.address(), y.address(), count, 0));
      assertTrue(String.valueOf(e.getMessage()).contains("scaling/scale"), e::getMessage);
    }
  }

  @Test
  void workTakesTime() {
    final int count = 1 << 24;
    final var scale = device.kernel("scaling", "scale");
    try (var x = device.allocate("x", 4L * count)) {
      device.fill(x.address(), x.bytes(), 0);
      final double one =
          device.milliseconds(
              () -> scale.launch(Launch.of(count / 256, 256), x.address(), x.address(), count, 0));
      assertTrue(one > 0.001 && one < 1000, "ms=" + one);
    }
  }

  @Test
  void memoryThatIsNotThereIsSaidAndTheDeviceGoesOn() {
    final long memory = device.facts().memory();
    final var e =
        assertThrows(
            OutOfDeviceMemoryException.class, () -> device.allocate("slab", 2 * memory).close());
    assertTrue(String.valueOf(e.getMessage()).contains("owner=slab"), e::getMessage);
    try (var x = upload(7)) {
      assertArrayEquals(new float[] {7}, download(x));
    }
  }

  @Test
  void whatIsNoKernelIsSaid() {
    final var missing =
        assertThrows(NativeException.class, () -> device.kernel("scaling", "sacle"));
    assertEquals("no such kernel: source=scaling, name=sacle", missing.getMessage());
    assertThrows(NativeException.class, () -> device.kernel("other", "scale"));
    assertThrows(
        IllegalArgumentException.class,
        () -> device.kernel("scaling", "scale").launch(Launch.of(1, 1), 0));
  }

  /// What NVRTC makes is loaded and runs.
  @Test
  void whatNvrtcMakesRuns() {
    assumeTrue(Nvrtc.absence().isEmpty(), () -> Nvrtc.absence().orElse(""));
    final var source =
        """
        struct P { int *at; long long value; };
        extern "C" __global__ void put(P p) { *p.at = (int) p.value; }
        """;
    final var nvrtc = Nvrtc.open();
    try (var other =
            CudaDevice.open(
                0, LEAST, name -> nvrtc.compile(name, source, Map.of(), device.facts()));
        var memory = other.allocate("int", 4)) {
      other.kernel("put.cu", "put").launch(Launch.of(1, 1), memory.address(), 42);
      final var value = new int[1];
      other.download(MemorySegment.ofArray(value), memory.address());
      assertArrayEquals(new int[] {42}, value);
    }
  }

  @Test
  void cublasMultiplies() {
    final int n = 64;
    final var a = random(n * n);
    final var b = random(n * n + 1);
    final Cublas cublas;
    try {
      cublas = Cublas.open(device);
    } catch (final CudaUnavailableException e) {
      assumeTrue(false, e.getMessage());
      throw e;
    }
    try (cublas;
        var left = upload(a);
        var right = upload(b);
        var product = device.allocate("product", 4L * n * n)) {
      cublas.product(
          Cublas.Precision.FP32, left.address(), right.address(), product.address(), n, n, n);
      final var found = download(product);
      for (int i = 0; i < n; i++) {
        for (int j = 0; j < n; j++) {
          double sum = 0;
          for (int k = 0; k < n; k++) {
            sum += (double) a[i * n + k] * b[k * n + j];
          }
          assertEquals(sum, found[i * n + j], 1e-4, "i=" + i + ", j=" + j);
        }
      }
    }
  }

  /// In a process of its own, for its device is lost.
  @Test
  void aCrashIsSaidThenAndEverAfter() throws IOException, InterruptedException {
    final var said = Files.createTempFile("crash", ".txt");
    try {
      final var process =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "--enable-native-access=ALL-UNNAMED",
                  "-cp",
                  System.getProperty("java.class.path"),
                  Crash.class.getName())
              .redirectErrorStream(true)
              .redirectOutput(said.toFile())
              .start();
      assertTrue(process.waitFor(60, TimeUnit.SECONDS), "the crash does not end");
      final var lines = Files.readString(said).lines().toList();
      assertEquals(2, lines.size(), lines::toString);
      for (final var part : List.of("CUDA_ERROR_ILLEGAL_ADDRESS", "scaling/crash", "blocks=3x1")) {
        assertTrue(lines.getFirst().contains(part), lines::toString);
      }
      assertEquals(
          "the device is lost since an earlier call: " + lines.getFirst(), lines.getLast());
      assertEquals(0, process.exitValue());
    } finally {
      Files.deleteIfExists(said);
    }
  }

  /// What the process of the crash runs.
  static final class Crash {
    private Crash() {}

    public static void main(final String[] arguments) {
      try (var device = CudaDevice.open(0, LEAST, CudaGpuTest::images)) {
        device.kernel("scaling", "crash").launch(new Launch(3, 1, 32, 0), 8);
        for (int i = 0; i < 2; i++) {
          try {
            device.synchronize();
          } catch (final DeviceLostException e) {
            System.out.println(e.getMessage());
          }
        }
      }
    }
  }
}
