package io.patchbay.tests.layout;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/// The files of the repository.
final class Sources {
  private static final List<String> MODULES =
      List.of("native", "engine", "kernels", "vae", "analysis", "bench", "tests");

  private Sources() {}

  /// The repository's root: the nearest folder upwards with the parent's `pom.xml` and its modules.
  static Path root() {
    Path folder = Path.of("").toAbsolutePath();
    while (!isRoot(folder)) {
      final var parent = folder.getParent();
      if (parent == null) {
        throw new IllegalStateException("no repository around " + Path.of("").toAbsolutePath());
      }
      folder = parent;
    }
    return folder;
  }

  private static boolean isRoot(final Path folder) {
    return MODULES.stream().allMatch(m -> Files.exists(folder.resolve(m).resolve("pom.xml")));
  }

  /// Files under the modules' `src` folders that `wanted` accepts, sorted.
  static List<Path> find(final Predicate<Path> wanted) {
    return MODULES.stream().flatMap(m -> walk(root().resolve(m).resolve("src"), wanted)).toList();
  }

  static List<Path> java() {
    return find(path -> path.toString().endsWith(".java"));
  }

  static String text(final Path path) {
    try {
      return Files.readString(path);
    } catch (final IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Stream<Path> walk(final Path folder, final Predicate<Path> wanted) {
    if (!Files.isDirectory(folder)) {
      return Stream.empty();
    }
    try (var paths = Files.walk(folder)) {
      return paths.filter(Files::isRegularFile).filter(wanted).sorted().toList().stream();
    } catch (final IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
