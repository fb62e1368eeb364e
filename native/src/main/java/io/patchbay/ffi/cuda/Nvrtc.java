package io.patchbay.ffi.cuda;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.bytedeco.cuda.global.nvrtc.NVRTC_ERROR_COMPILATION;
import static org.bytedeco.cuda.global.nvrtc.NVRTC_SUCCESS;

import io.patchbay.ffi.CompiledCache;
import io.patchbay.ffi.NativeException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;

/// NVIDIA's compiler for CUDA C++ in a library, for sources that are known only when a program
/// runs, and for machines without nvcc. It makes code for one architecture, not PTX: a driver may
/// be older than this library, and then refuses its PTX.
///
/// Bound like the driver: through the presets it would need the driver and `libcudart.so.13` to
/// load, which compiling needs not.
public final class Nvrtc {
  static final String LIBRARY = "libnvrtc.so.13";

  private static final String BUILTINS = "libnvrtc-builtins.so.";

  private static final List<String> OPTIONS = List.of("--std=c++17", "--ftz=true", "--fmad=true");

  private static final Pattern ERROR =
      Pattern.compile("(?m)^(?<file>.*)\\((?<line>\\d+)\\): (?:catastrophic )?error: (?<text>.*)$");

  private final NvrtcCalls calls;
  private final CompiledCache cache;
  private final String version;

  Nvrtc(final CudaLibraries libraries, final CompiledCache cache) {
    final var library =
        libraries
            .load(LIBRARY)
            .orElseThrow(() -> new CudaUnavailableException(libraries.absence(LIBRARY)));
    CudaLibraries.loaded(LIBRARY).ifPresent(file -> loadBeside(file.resolveSibling("")));
    this.calls = new NvrtcCalls(library);
    this.cache = cache;
    try (var arena = Arena.ofConfined()) {
      final var major = arena.allocate(JAVA_INT);
      final var minor = arena.allocate(JAVA_INT);
      calls.version(major, minor);
      this.version = major.get(JAVA_INT, 0) + "." + minor.get(JAVA_INT, 0);
    }
  }

  /// @throws CudaUnavailableException when the library is not there
  public static Nvrtc open() {
    return new Nvrtc(CudaLibraries.standard(), CompiledCache.standard());
  }

  /// Why there is no such compiler here, in one line, if there is none.
  public static Optional<String> absence() {
    try {
      open();
      return Optional.empty();
    } catch (final CudaUnavailableException e) {
      return Optional.ofNullable(e.getMessage());
    }
  }

  /// The compiler asks the loader for its other half, which may not look where the first was found.
  private static void loadBeside(final Path folder) {
    try (var files = Files.list(folder)) {
      files
          .filter(file -> file.getFileName().toString().startsWith(BUILTINS))
          .sorted()
          .forEach(CudaLibraries::load);
    } catch (final IOException e) {
      // The loader's own folders may have it.
    }
  }

  /// Such as `13.0`.
  public String version() {
    return version;
  }

  /// The code of a source for a device, from the cache where it was compiled before.
  ///
  /// @param name of the source, for messages, such as `halve.cu`
  /// @param headers that it may include, by the names it includes them by
  /// @throws NativeException when it does not compile: what is wrong first, that line, and the
  ///   compiler's whole log on the lines after it
  public byte[] compile(
      final String name,
      final String source,
      final Map<String, String> headers,
      final DeviceFacts device) {
    final var options = new ArrayList<>(OPTIONS);
    options.add("--gpu-architecture=" + device.architecture());
    final var sorted = new TreeMap<>(headers);
    final var key = new ArrayList<>(options);
    key.addAll(List.of("nvrtc", version, "driver", device.driver(), name, source));
    sorted.forEach((header, text) -> key.addAll(List.of(header, text)));
    return cache.get(key, () -> compile(name, source, sorted, options));
  }

  private byte[] compile(
      final String name,
      final String source,
      final Map<String, String> headers,
      final List<String> options) {
    try (var arena = Arena.ofConfined()) {
      final var program = arena.allocate(ADDRESS);
      calls.create(
          program,
          arena.allocateFrom(source),
          arena.allocateFrom(name),
          headers.size(),
          strings(arena, headers.values()),
          strings(arena, headers.keySet()));
      final long handle = program.get(JAVA_LONG, 0);
      try {
        final int status = calls.compile(handle, options.size(), strings(arena, options));
        if (status == NVRTC_ERROR_COMPILATION) {
          throw new NativeException(refusal(name, source, headers, log(arena, handle)));
        }
        if (status != NVRTC_SUCCESS) {
          throw calls.failure(
              "nvrtcCompileProgram", status, ", name=" + name + "\n" + log(arena, handle));
        }
        final var size = arena.allocate(JAVA_LONG);
        calls.cubinSize(handle, size);
        final var cubin = arena.allocate(size.get(JAVA_LONG, 0));
        calls.cubin(handle, cubin);
        return cubin.toArray(JAVA_BYTE);
      } finally {
        calls.destroy(program);
      }
    }
  }

  private static MemorySegment strings(final Arena arena, final Collection<String> texts) {
    final var array = arena.allocate(ADDRESS, Math.max(1, texts.size()));
    int i = 0;
    for (final var text : texts) {
      array.setAtIndex(ADDRESS, i++, arena.allocateFrom(text));
    }
    return array;
  }

  private String log(final Arena arena, final long handle) {
    final var size = arena.allocate(JAVA_LONG);
    calls.logSize(handle, size);
    final var text = arena.allocate(Math.max(1, size.get(JAVA_LONG, 0)));
    calls.log(handle, text);
    return text.getString(0).strip();
  }

  private static String refusal(
      final String name, final String source, final Map<String, String> headers, final String log) {
    final var error = ERROR.matcher(log);
    if (!error.find()) {
      return "CUDA source does not compile: name=" + name + "\n" + log;
    }
    final int line = Integer.parseInt(error.group("line"));
    final var file = error.group("file");
    final var lines =
        (file.equals(name) ? source : headers.getOrDefault(file, "")).lines().toList();
    final boolean own = line >= 1 && line <= lines.size();
    return "CUDA source does not compile: "
        + file
        + ":"
        + line
        + ": "
        + error.group("text")
        + (own ? ", in: " + lines.get(line - 1).strip() : "")
        + "\n"
        + log;
  }
}
