package io.patchbay.ffi;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Who may put a library where it will be loaded from.
class LibraryCacheTest {
  private static final byte[] CONTENT = "abc".getBytes(StandardCharsets.US_ASCII);

  /// Of `abc`, as FIPS 180-2 has it.
  private static final String SHA_256 =
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

  @TempDir private Path folder = Path.of("");

  private Path store(final byte[] content) throws IOException {
    return new LibraryCache(folder.resolve("native")).store("patchbay", content);
  }

  private static String mode(final Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  private static Path folder(final Path file) {
    return Objects.requireNonNull(file.getParent());
  }

  @Test
  void theFolderIsNamedByTheContentAndIsTheOwnersAlone() throws IOException {
    final var file = store(CONTENT);
    assertTrue(file.endsWith(Path.of(SHA_256, "libpatchbay.so")), "" + file);
    assertArrayEquals(CONTENT, Files.readAllBytes(file));
    assertEquals("rwx------", mode(folder(file)));
    assertEquals("rwx------", mode(folder.resolve("native")));
    try (var files = Files.list(folder(file))) {
      assertEquals(List.of(file), files.toList(), "nothing half-written is left");
    }
  }

  @Test
  void theSameContentIsExtractedOnce() throws IOException {
    final var file = store(CONTENT);
    final var key = Files.readAttributes(file, "unix:ino").get("ino");
    assertEquals(file, store(CONTENT));
    assertEquals(key, Files.readAttributes(file, "unix:ino").get("ino"));
    assertNotEquals(file, store(new byte[] {1, 2}));
  }

  @Test
  void aFileThatWasChangedIsReplaced() throws IOException {
    final var file = store(CONTENT);
    Files.writeString(file, "abd");
    assertArrayEquals(CONTENT, Files.readAllBytes(store(CONTENT)));
    Files.delete(file);
    assertArrayEquals(CONTENT, Files.readAllBytes(store(CONTENT)));
  }

  @Test
  void aFolderThatWasOpenedToOthersIsClosed() throws IOException {
    final var parent = folder(store(CONTENT));
    Files.setPosixFilePermissions(parent, PosixFilePermissions.fromString("rwxrwxrwx"));
    store(CONTENT);
    assertEquals("rwx------", mode(parent));
  }
}
