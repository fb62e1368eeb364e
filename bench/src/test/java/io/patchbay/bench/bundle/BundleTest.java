package io.patchbay.bench.bundle;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class BundleTest {
  /// Longer than a tar header's name field.
  private static final String LONG = "legal/" + "a".repeat(60) + "/" + "b".repeat(60);

  @TempDir private Path folder = Path.of("replaced");

  private Path classes = Path.of("made before each test");
  private Path runtime = Path.of("made before each test");

  @BeforeEach
  void makeFiles() throws IOException {
    classes = folder.resolve("classes");
    write(classes.resolve("some/Thing.class"), "bytes");
    runtime = folder.resolve("java");
    final var java = runtime.resolve("bin/java");
    write(java, "#!/bin/sh\nprintf '%s\\n' \"$@\"\n");
    assertTrue(java.toFile().setExecutable(true));
    write(runtime.resolve(LONG), "licence");
    Files.createSymbolicLink(runtime.resolve("legal/same"), Path.of("a"));
    for (final var jar :
        List.of(
            "picocli-4.jar",
            "jackson-core-3.jar",
            "openblas-1.jar",
            "openblas-1-linux-x86_64.jar",
            "pytorch-2-linux-x86_64.jar",
            "patchbay-engine-1.jar",
            "strange-1.jar")) {
      try (var out = new JarOutputStream(Files.newOutputStream(folder.resolve(jar)))) {
        out.putNextEntry(new JarEntry("name"));
        out.write(jar.getBytes(StandardCharsets.UTF_8));
      }
    }
  }

  private static void write(final Path file, final String text) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  private Bundle bundle(final String... jars) {
    final var entries =
        Stream.concat(
                Stream.of(jars).map(jar -> folder.resolve(jar).toString()),
                Stream.of(classes.toString()))
            .toList();
    return Bundle.of(String.join(":", entries) + ":");
  }

  @Test
  void classesComeFirstAndTheJarsByNameWithoutLibrariesThatAreLeftOut() {
    final var bundle =
        bundle(
            "picocli-4.jar",
            "openblas-1-linux-x86_64.jar",
            "openblas-1.jar",
            "pytorch-2-linux-x86_64.jar",
            "jackson-core-3.jar",
            "not-there.jar");
    assertEquals(List.of("classes-1.jar", "jackson-core-3.jar", "picocli-4.jar"), bundle.jars());
  }

  @Test
  void aJarWithoutALicenceIsRefused() {
    assertDoesNotThrow(() -> bundle("picocli-4.jar", "patchbay-engine-1.jar").checkLicences());
    final var refused =
        assertThrows(
            IllegalStateException.class,
            () -> bundle("picocli-4.jar", "strange-1.jar").checkLicences());
    assertEquals("no licence is noted for a jar: name=strange-1.jar", refused.getMessage());
  }

  @Test
  void kernelsOfCudaAreFoundInJarsAndInFolders() throws IOException {
    final var bundle = bundle("picocli-4.jar");
    assertFalse(bundle.hasCudaKernels());
    final var kernel = classes.resolve("some/expression.fatbin");
    write(kernel, "code");
    assertTrue(bundle.hasCudaKernels());
    Files.delete(kernel);
    try (var out =
        new JarOutputStream(Files.newOutputStream(folder.resolve("patchbay-kernels-1.jar")))) {
      out.putNextEntry(new JarEntry("some/expression.fatbin"));
    }
    assertTrue(bundle("picocli-4.jar", "patchbay-kernels-1.jar").hasCudaKernels());
  }

  @Test
  void anArchiveThatIsTooLargeIsSaidToBe() {
    assertEquals("45.0 MB", BundleCommand.size(44_999_999));
    assertEquals("45.0 MB (not under 45)", BundleCommand.size(45_000_000));
    assertEquals("51.2 MB (not under 45)", BundleCommand.size(51_234_567));
  }

  @Test
  void theSameFilesGiveTheSameBytes() throws IOException {
    assertArrayEquals(archive(), archive());
  }

  @Test
  void itStartsFromAnyFolderAndThroughALink() throws IOException, InterruptedException {
    final var out = Files.createDirectories(folder.resolve("a place"));
    Files.write(folder.resolve("bundle.tar"), archive());
    assertEquals(
        List.of(), run(out, "tar", "-xf", folder.resolve("bundle.tar").toString()), "no complaint");
    final var home = out.resolve("patchbay");
    assertEquals("licence", Files.readString(home.resolve("runtime").resolve(LONG)));
    assertEquals(Path.of("a"), Files.readSymbolicLink(home.resolve("runtime/legal/same")));
    assertTrue(Files.readString(home.resolve("LICENSE")).contains("Apache License"));
    try (var jar = new JarFile(home.resolve("lib/classes-1.jar").toFile())) {
      assertEquals(1, jar.stream().filter(e -> e.getName().equals("some/Thing.class")).count());
    }
    try (var jar = new JarFile(home.resolve("lib/picocli-4.jar").toFile())) {
      final var entry = jar.getJarEntry("name");
      assertEquals(JarEntry.STORED, entry.getMethod());
      assertArrayEquals(
          "picocli-4.jar".getBytes(StandardCharsets.UTF_8),
          jar.getInputStream(entry).readAllBytes());
    }
    final var direct = run(home, "./patchbay", "doctor", "two words");
    final var lib = home.toRealPath().resolve("lib");
    assertEquals(lib + "/classes-1.jar:" + lib + "/picocli-4.jar", after(direct, "-cp"));
    assertEquals(
        List.of("io.patchbay.analysis.cli.Main", "doctor", "two words"),
        direct.subList(direct.size() - 3, direct.size()));
    final var link = Files.createSymbolicLink(folder.resolve("pb"), home.resolve("patchbay"));
    assertEquals(direct, run(folder, link.toString(), "doctor", "two words"));
    Files.delete(home.resolve("runtime/bin/java"));
    assertEquals(
        List.of(
            "patchbay: no Java runtime beside this file: expected="
                + home.toRealPath()
                + "/runtime/bin/java"),
        run(folder, link.toString()));
  }

  private byte[] archive() throws IOException {
    final var bytes = new ByteArrayOutputStream();
    try (var tar = new TarWriter(bytes)) {
      bundle("picocli-4.jar").contents(tar, runtime);
    }
    return bytes.toByteArray();
  }

  private static String after(final List<String> arguments, final String option) {
    return arguments.get(arguments.indexOf(option) + 1);
  }

  /// The lines of a program, of both streams.
  private static List<String> run(final Path in, final String... command)
      throws IOException, InterruptedException {
    final var builder =
        new ProcessBuilder(command).directory(in.toFile()).redirectErrorStream(true);
    builder.environment().remove("PATCHBAY_JAVA_OPTS");
    final var process = builder.start();
    process.getOutputStream().close();
    final var text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    return new ArrayList<>(text.lines().toList());
  }
}
