package io.patchbay.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.patchbay.engine.expression.PatchOp;
import io.patchbay.engine.expression.PatchValue;
import io.patchbay.ffi.NativeException;
import io.patchbay.ffi.cuda.DeviceFacts;
import io.patchbay.ffi.cuda.KernelSource;
import io.patchbay.ffi.cuda.Nvrtc;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The kernels with an op compiled into them are sources that nvcc and NVRTC take, where the
/// machine has either; neither needs a GPU.
class OwnSourceTest {
  /// Every function, every operator, every value.
  private static final PatchOp RICH =
      PatchOp.define(
          "rich-1.0",
          "random < rate ? tanh(clean) + sigmoid(source) * exp(-abs(mean)) - floor(value)"
              + " : clamp(clean, min(source, mean), max(source, mean)) / (1 + log(2 + row^2))"
              + " + sqrt(channel) * (unit >= column) - (clean != source ? 1 : -value)",
          Map.of("rate", 0.3));

  private static final PatchOp WRITTEN =
      PatchOp.handWritten(
          "leak",
          Set.of(PatchValue.VALUE, PatchValue.CLEAN),
          """
          __device__ float step(float x, float rate) { return x - rate * x * x; }
          __device__ float leak(float clean, float value) {
            for (int i = 0; i < 3; i++) clean = step(clean, value);
            return clean;
          }
          """,
          unit -> unit.clean());

  private static boolean has(final String program) {
    return Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
        .anyMatch(place -> Files.isExecutable(Path.of(place).resolve(program)));
  }

  private static DeviceFacts device(final String architecture) {
    return new DeviceFacts("any", architecture, "13.0", 1, 1, 1, 1, 1, 1);
  }

  @ParameterizedTest
  @CsvSource({
    "patch_program, patch_program",
    "patch_values, patch_values",
    "change_site, change_fill",
    "change_region, change_region_down",
    "change_pixels, change_pixels_squares",
    "change_squares, change_squares",
    "tail_channel, tail_channel_sizes",
    "tail_channel, tail_channel_products"
  })
  void nvccTakesIt(final String source, final String kernel, @TempDir final Path folder)
      throws IOException, InterruptedException {
    assumeTrue(has("nvcc"), "no nvcc here");
    final var code = folder.resolve("code.cubin");
    for (final var op : List.of(RICH, WRITTEN)) {
      final var emitted = OwnSource.of(op, source, kernel);
      for (final var header : emitted.headers().entrySet()) {
        final var file = folder.resolve(header.getKey());
        Files.createDirectories(file.getParent());
        Files.writeString(file, header.getValue());
      }
      final var file = folder.resolve("emitted.cu");
      Files.writeString(file, emitted.text());
      final var process =
          new ProcessBuilder(
                  "nvcc",
                  "-std=c++17",
                  "-ftz=true",
                  "-arch=sm_80",
                  "-cubin",
                  "-Werror",
                  "all-warnings",
                  "-I" + folder,
                  "-o",
                  code.toString(),
                  file.toString())
              .redirectErrorStream(true)
              .start();
      process.getOutputStream().close();
      final var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertEquals(0, process.waitFor(), said);
      assertTrue(Files.readString(code, StandardCharsets.ISO_8859_1).contains(kernel));
    }
  }

  private static Nvrtc nvrtc() {
    final var absence = Nvrtc.absence();
    if (!System.getProperty("require", "").contains("nvrtc")) {
      assumeTrue(absence.isEmpty(), () -> absence.orElse(""));
    }
    return Nvrtc.open();
  }

  private static byte[] compiled(final Nvrtc nvrtc, final KernelSource source) {
    return nvrtc.compile(source.name(), source.text(), source.headers(), device("sm_90"));
  }

  @Test
  void nvrtcTakesThemAndKeepsThem() {
    final var nvrtc = nvrtc();
    final var sources =
        Stream.of(RICH, WRITTEN)
            .flatMap(op ->
                Stream.of(
                    OwnSource.of(op, "patch_program", "patch_program"),
                    OwnSource.of(op, "change_site", "change_probe"),
                    OwnSource.of(op, "tail_channel", "tail_channel_products"),
                    OwnSource.of(op, "change_pixels", "change_pixels_squares"),
                    OwnSource.of(op, "change_squares", "change_squares"),
                    OwnSource.of(op, "change_region", "change_region_down")))
            .toList();
    for (final var source : sources) {
      final var code = compiled(nvrtc, source);
      assertTrue(code.length > 1000);
      assertArrayEquals(code, compiled(nvrtc, source));
    }
  }

  @Test
  void whatIsWrongInAFunctionIsSaidWithItsLine() {
    final var nvrtc = nvrtc();
    final var wrong =
        PatchOp.handWritten(
            "wrong",
            Set.of(PatchValue.CLEAN),
            "__device__ float wrong(float clean) {\n  return clear;\n}",
            unit -> unit.clean());
    final var source = OwnSource.of(wrong, "patch_values", "patch_values");
    final var e = assertThrows(NativeException.class, () -> compiled(nvrtc, source));
    assertEquals(
        "CUDA source does not compile: own/wrong.cuh:2: identifier \"clear\" is undefined,"
            + " in: return clear;",
        String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
  }

  /// Only the kernel that is wanted, of those that each take long.
  @Test
  void aLongFileIsTakenInParts() {
    final var source = OwnSource.of(RICH, "change_region", "change_region_up");
    assertTrue(source.text().contains("#define PB_ONE_change_region_up\n"), source::text);
    final var whole = OwnSource.of(RICH, "change_site", "change_fill");
    assertEquals(whole, OwnSource.of(RICH, "change_site", "change_probe"));
    assertTrue(whole.headers().keySet().containsAll(List.of("patchbay.cuh", "philox.cuh")));
  }
}
