package io.patchbay.ffi;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What was made is found again under what it was made from, and only while it is whole.
class CompiledCacheTest {
  private final AtomicInteger made = new AtomicInteger();

  @TempDir private Path folder = Path.of("");

  private byte[] get(final Path root, final String... key) {
    return new CompiledCache(root)
        .get(
            List.of(key),
            () -> {
              made.incrementAndGet();
              return String.join("+", key).getBytes(StandardCharsets.US_ASCII);
            });
  }

  private Path root() {
    return folder.resolve("compiled");
  }

  @Test
  void theSameIsMadeOnce() {
    assertArrayEquals(get(root(), "a", "bc"), get(root(), "a", "bc"));
    assertEquals(1, made.get());
    get(root(), "ab", "c");
    get(root(), "a", "bc", "");
    assertEquals(3, made.get());
  }

  @Test
  void whatWasDamagedIsMadeAgain() throws IOException {
    final var first = get(root(), "a");
    final Path file;
    try (var files = Files.list(root())) {
      final var all = files.toList();
      assertEquals(1, all.size(), "nothing half-written is left");
      file = all.getFirst();
    }
    assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(root())));
    final var bytes = Files.readAllBytes(file);
    bytes[bytes.length - 1]++;
    Files.write(file, bytes);
    assertArrayEquals(first, get(root(), "a"));
    Files.write(file, new byte[3]);
    assertArrayEquals(first, get(root(), "a"));
    assertEquals(3, made.get());
    assertArrayEquals(first, get(root(), "a"));
    assertEquals(3, made.get());
  }

  @Test
  void whereNothingCanBeKeptEverythingIsMade() throws IOException {
    final var file = Files.createFile(folder.resolve("file"));
    assertArrayEquals(get(file.resolve("sub"), "a"), get(file.resolve("sub"), "a"));
    assertEquals(2, made.get());
  }
}
