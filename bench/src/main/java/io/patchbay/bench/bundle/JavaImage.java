package io.patchbay.bench.bundle;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.spi.ToolProvider;

/// A Java runtime made by jlink from the JDK that runs this.
final class JavaImage {
  /// What the project and its libraries use of the JDK; no module of anyone else.
  static final List<String> MODULES =
      List.of(
          "java.base",
          "java.desktop",
          "java.logging",
          "java.management",
          "jdk.management",
          "jdk.unsupported");

  private JavaImage() {}

  /// Makes the runtime as a new folder.
  ///
  /// Throws IllegalStateException when this Java has no jlink, or jlink fails.
  static void make(final Path folder) {
    final var jlink =
        ToolProvider.findFirst("jlink")
            .orElseThrow(() ->
                new IllegalStateException(
                    "this Java has no jlink, run the bundle command with a whole JDK: java.home="
                        + System.getProperty("java.home")));
    final var text = new StringWriter();
    final var writer = new PrintWriter(text);
    // The archive compresses better what is not compressed before.
    final int status =
        jlink.run(
            writer,
            writer,
            "--add-modules",
            String.join(",", MODULES),
            "--strip-java-debug-attributes",
            "--no-header-files",
            "--no-man-pages",
            "--compress",
            "zip-0",
            "--output",
            folder.toString());
    if (status != 0) {
      throw new IllegalStateException(
          "jlink failed: status=" + status + ", " + text.toString().strip());
    }
  }
}
