package io.patchbay.ffi.cuda;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Where NVIDIA's own libraries lie on this machine. None of them travels with the program.
///
/// The loader is asked first (the system's folders and `LD_LIBRARY_PATH`). Then, in this order, the
/// folders of `PATCHBAY_CUDA_LIBRARIES` (such as the `nvidia` folder of Python's wheels), of
/// `LD_LIBRARY_PATH`, of `CUDA_HOME` and `CUDA_PATH`, of toolkits under `/usr/local`, the newest
/// first, and those in which drivers are installed. A library that was loaded by its path serves
/// every later one that needs it by its name.
public final class CudaLibraries {
  private static final String OWN = "PATCHBAY_CUDA_LIBRARIES";

  private static final List<String> TOOLKITS = List.of("CUDA_HOME", "CUDA_PATH");

  private static final Path INSTALLED = Path.of("/usr/local");

  private static final List<Path> SYSTEM =
      Stream.of(
              "/usr/lib/x86_64-linux-gnu",
              "/usr/lib64",
              "/usr/lib/wsl/lib",
              "/usr/local/nvidia/lib64",
              "/usr/lib/x86_64-linux-gnu/nvidia/current")
          .map(Path::of)
          .toList();

  private static final Pattern DIGITS = Pattern.compile("\\d+");

  private final Map<String, String> environment;
  private final Path installed;
  private final List<Path> system;

  CudaLibraries(
      final Map<String, String> environment, final Path installed, final List<Path> system) {
    this.environment = environment;
    this.installed = installed;
    this.system = system;
  }

  public static CudaLibraries standard() {
    return new CudaLibraries(System.getenv(), INSTALLED, SYSTEM);
  }

  /// Loads a library for the life of the process.
  ///
  /// @param name such as `libnvrtc.so.13`
  /// @return nothing when there is none that the loader takes
  @SuppressWarnings("restricted") // loading C code is what this class is for
  Optional<SymbolLookup> load(final String name) {
    try {
      return Optional.of(SymbolLookup.libraryLookup(name, Arena.global()));
    } catch (final IllegalArgumentException e) {
      return files(name).stream().flatMap(file -> load(file).stream()).findFirst();
    }
  }

  @SuppressWarnings("restricted") // loading C code is what this class is for
  static Optional<SymbolLookup> load(final Path file) {
    try {
      return Optional.of(SymbolLookup.libraryLookup(file, Arena.global()));
    } catch (final IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /// What is missing, and where it was looked for.
  String absence(final String name) {
    final var files = files(name);
    return files.isEmpty()
        ? name
            + " not found: it is in none of the loader's folders, nor in "
            + folders().stream().map(Path::toString).reduce((a, b) -> a + ", " + b).orElse("others")
            + "; "
            + OWN
            + " may name its folder"
        : name + " does not load: " + files.getFirst();
  }

  /// The files of that name in the folders, the one to try first in front.
  List<Path> files(final String name) {
    return folders().stream().map(f -> f.resolve(name)).filter(Files::isRegularFile).toList();
  }

  /// The file from which a library of that name was loaded into this process, if it was.
  public static Optional<Path> loaded(final String name) {
    try (var lines = Files.lines(Path.of("/proc/self/maps"))) {
      return lines
          .filter(line -> line.contains("/" + name))
          .map(line -> Path.of(line.substring(line.indexOf('/'))))
          .findFirst();
    } catch (final IOException e) {
      return Optional.empty();
    }
  }

  /// Folders that exist, each once.
  private Set<Path> folders() {
    final var all = new ArrayList<Path>();
    for (final var named : list(OWN)) {
      all.add(named);
      all.add(named.resolve("lib"));
      all.add(named.resolve("lib64"));
      children(named).forEach(child -> all.add(child.resolve("lib")));
    }
    all.addAll(list("LD_LIBRARY_PATH"));
    for (final var toolkit : TOOLKITS) {
      list(toolkit).forEach(home -> addToolkit(home, all));
    }
    addToolkit(installed.resolve("cuda"), all);
    children(installed).stream()
        .filter(child -> child.getFileName().toString().startsWith("cuda-"))
        .sorted(Comparator.comparingLong(CudaLibraries::version).reversed())
        .forEach(home -> addToolkit(home, all));
    all.addAll(system);
    final var folders = new LinkedHashSet<Path>();
    all.stream().filter(Files::isDirectory).forEach(folders::add);
    return folders;
  }

  private static void addToolkit(final Path home, final List<Path> all) {
    all.add(home.resolve("lib64"));
    all.add(home.resolve("targets/x86_64-linux/lib"));
    all.add(home.resolve("compat"));
  }

  private List<Path> list(final String variable) {
    return Stream.of(environment.getOrDefault(variable, "").split(":", -1))
        .filter(part -> !part.isBlank())
        .map(Path::of)
        .toList();
  }

  private static List<Path> children(final Path folder) {
    try (var children = Files.list(folder)) {
      return children.filter(Files::isDirectory).sorted().toList();
    } catch (final IOException e) {
      return List.of();
    }
  }

  /// `cuda-13.1` is 13001.
  private static long version(final Path home) {
    return DIGITS
        .matcher(home.getFileName().toString())
        .results()
        .limit(2)
        .mapToLong(part -> Long.parseLong(part.group()))
        .reduce(0, (major, minor) -> major * 1000 + minor);
  }
}
