package io.patchbay.ffi.cuda;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.patchbay.ffi.NativeException;
import java.io.IOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/// Which product is asked for, with a library that multiplies on the host.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CublasTest {
  private FakeDriver driver;
  private SymbolLookup library;

  @BeforeAll
  void build(@TempDir final Path folder) throws IOException, InterruptedException {
    driver = FakeDriver.build(folder);
    final var file = folder.resolve("libcublas.so");
    Compiler.run(
        List.of(
            "-shared",
            "-fPIC",
            Path.of("src/test/cpp/fake_cublas.cpp").toAbsolutePath().toString(),
            "-o",
            file.toString()));
    library = CudaLibraries.load(file).orElseThrow();
  }

  @SuppressWarnings("restricted") // a function of the library
  private int compute() {
    final var address = library.find("fake_compute").orElseThrow();
    try {
      return (int)
          Linker.nativeLinker()
              .downcallHandle(address, FunctionDescriptor.of(JAVA_INT))
              .invokeExact();
    } catch (final Throwable e) {
      throw new AssertionError(e);
    }
  }

  private static DeviceMemory upload(final Device device, final MemorySegment values) {
    final var memory = device.allocate("matrix", values.byteSize());
    device.upload(memory.address(), values);
    return memory;
  }

  /// (2, 3) times (3, 4), in numbers that bf16 holds.
  @Test
  void aProductIsThatOfTheRows() {
    final float[] a = {1, 2, 3, 4, 5, 6};
    final float[] b = {1, 0, 2, -1, 3, 1, 0, 2, -2, 1, 1, 4};
    final float[] expected = {1, 5, 5, 15, 7, 11, 14, 30};
    final Map<Cublas.Precision, Integer> computes =
        Map.of(Cublas.Precision.FP32, 68, Cublas.Precision.TF32, 77, Cublas.Precision.BF16, 68);
    try (var device = driver.device(0);
        var cublas = new Cublas(library, device)) {
      for (final var precision : Cublas.Precision.values()) {
        final boolean half = precision == Cublas.Precision.BF16;
        final var left = upload(device, half ? bf16(a) : MemorySegment.ofArray(a));
        final var right = upload(device, half ? bf16(b) : MemorySegment.ofArray(b));
        final var product = device.allocate("product", 32);
        device.synchronize();
        cublas.product(precision, left.address(), right.address(), product.address(), 2, 3, 4);
        final var found = new float[8];
        device.download(MemorySegment.ofArray(found), product.address());
        assertArrayEquals(expected, found, precision::toString);
        assertEquals(computes.get(precision), compute(), precision::toString);
      }
      assertThrows(
          IllegalArgumentException.class,
          () -> cublas.product(Cublas.Precision.FP32, 0, 0, 0, 1, 0, 1));
    }
    assertEquals(0, driver.live());
  }

  private static MemorySegment bf16(final float... values) {
    final var halves = new short[values.length];
    for (int i = 0; i < values.length; i++) {
      halves[i] = (short) (Float.floatToRawIntBits(values[i]) >>> 16);
    }
    return MemorySegment.ofArray(halves);
  }

  @Test
  void aRefusalIsSaid() {
    try (var device = driver.device(0)) {
      final SymbolLookup less =
          name -> name.startsWith("cublasSet") ? Optional.empty() : library.find(name);
      final var missing =
          assertThrows(CudaUnavailableException.class, () -> new Cublas(less, device).close());
      assertEquals("no such symbol: library=cuBLAS, name=cublasSetStream_v2", missing.getMessage());
      final SymbolLookup refusing =
          name -> library.find(name.equals("cublasCreate_v2") ? "cublasDestroy_v2" : name);
      final var refused =
          assertThrows(NativeException.class, () -> new Cublas(refusing, device).close());
      assertEquals("cuBLAS call failed: call=cublasCreate, code=1", refused.getMessage());
    }
  }
}
