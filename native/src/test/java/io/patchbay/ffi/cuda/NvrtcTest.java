package io.patchbay.ffi.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.patchbay.ffi.NativeException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// Sources are compiled where NVRTC is installed; it needs no device. `-Drequire=nvrtc` makes its
/// absence a failure.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class NvrtcTest {
  private static final Map<String, String> HEADERS =
      Map.of("params.cuh", "struct Params { float *x; long long count; };\n");

  private static final String HALVE =
      """
      #include "params.cuh"
      extern "C" __global__ void halve(const __grid_constant__ Params p) {
        const long long i = blockIdx.x * (long long) blockDim.x + threadIdx.x;
        if (i < p.count) p.x[i] *= 0.5f;
      }
      """;

  private static final byte[] ELF = {0x7f, 'E', 'L', 'F'};

  private Nvrtc nvrtc;

  static DeviceFacts device(final String architecture) {
    return new DeviceFacts("any", architecture, "13.0", 1, 1, 1, 1, 1, 1);
  }

  @BeforeAll
  void open() {
    final var absence = Nvrtc.absence();
    if (!System.getProperty("require", "").contains("nvrtc")) {
      assumeTrue(absence.isEmpty(), () -> absence.orElse(""));
    }
    nvrtc = Nvrtc.open();
  }

  @Test
  void aSourceBecomesCodeOfOneArchitecture() {
    final var code = nvrtc.compile("halve.cu", HALVE, HEADERS, device("sm_90"));
    assertArrayEquals(ELF, Arrays.copyOf(code, ELF.length));
    assertTrue(new String(code, StandardCharsets.ISO_8859_1).contains("halve"));
    assertArrayEquals(code, nvrtc.compile("halve.cu", HALVE, HEADERS, device("sm_90")));
    final var other = nvrtc.compile("halve.cu", HALVE, HEADERS, device("sm_80"));
    assertFalse(Arrays.equals(code, other));
    assertNotEquals("", nvrtc.version());
  }

  @Test
  void whatIsWrongIsSaidWithItsLine() {
    final var wrong = HALVE.replace("p.x[i] *=", "p.y[i] *=");
    final var e =
        assertThrows(
            NativeException.class,
            () -> nvrtc.compile("halve.cu", wrong, HEADERS, device("sm_90")));
    final var first = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    assertEquals(
        "CUDA source does not compile: halve.cu:4: class \"Params\" has no member \"y\","
            + " in: if (i < p.count) p.y[i] *= 0.5f;",
        first);
    final var header =
        assertThrows(
            NativeException.class,
            () -> nvrtc.compile("halve.cu", HALVE, Map.of(), device("sm_90")));
    assertTrue(String.valueOf(header.getMessage()).contains("params.cuh"), header::getMessage);
    final var unknown =
        assertThrows(
            NativeException.class, () -> nvrtc.compile("h.cu", HALVE, HEADERS, device("sm_12")));
    assertTrue(String.valueOf(unknown.getMessage()).contains("architecture"), unknown::getMessage);
  }
}
