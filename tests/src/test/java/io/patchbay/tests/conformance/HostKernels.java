package io.patchbay.tests.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.patchbay.ffi.cuda.KernelSource;
import io.patchbay.kernels.cuda.EmulatedDevice;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// g++ in the place of NVRTC: what it makes of a kernel's source is linked with the emulator. Each
/// source is compiled once.
final class HostKernels implements EmulatedDevice.HostCompiler {
  /// As `kernels/src/main/cuda/build.sh` has them, but for the speed of what is made.
  private static final List<String> OPTIONS =
      List.of(
          "-O1",
          "-std=c++17",
          "-shared",
          "-fPIC",
          "-fno-exceptions",
          "-fno-rtti",
          "-fvisibility=hidden",
          "-DPB_EMULATOR",
          "-ffp-contract=off",
          "-fno-strict-aliasing",
          "-Wno-unknown-pragmas",
          "-Wno-unused-function");

  private static final Path SOURCES = Path.of("..", "kernels", "src", "main", "cuda");

  private final Path folder;
  private final Map<KernelSource, Path> made = new HashMap<>();

  HostKernels(final Path folder) {
    this.folder = folder;
  }

  /// How many sources were compiled.
  int count() {
    return made.size();
  }

  @Override
  public Path compile(final KernelSource source, final String called) {
    return made.computeIfAbsent(source, s -> make(s, called));
  }

  private Path make(final KernelSource source, final String called) {
    try {
      final var here = Files.createDirectories(folder.resolve(called));
      for (final var header : source.headers().entrySet()) {
        final var file = here.resolve(header.getKey());
        Files.createDirectories(file.getParent());
        Files.writeString(file, header.getValue());
      }
      final var text = here.resolve("source.cpp");
      Files.writeString(
          text,
          "#include \"patchbay.cuh\"\n#include \"mma.cuh\"\nnamespace {\n" + source.text() + "}\n");
      final var library = here.resolve(called + ".so");
      final var command = new ArrayList<String>(List.of("g++"));
      command.addAll(OPTIONS);
      if (System.getProperty("os.arch").equals("amd64")) {
        command.addAll(List.of("-mavx2", "-mfma", "-mf16c"));
      }
      command.addAll(
          List.of(
              "-DPB_SOURCE=\"" + called + "\"",
              "-I" + here,
              "-I" + SOURCES.toAbsolutePath(),
              text.toString(),
              EmulatedDevice.library().toString(),
              "-o",
              library.toString()));
      run(command);
      return library;
    } catch (final IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void run(final List<String> command) throws IOException {
    final var process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    final var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    try {
      assertEquals(0, process.waitFor(), said);
    } catch (final InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }
}
