package io.patchbay.vae.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class AtomicFilesTest {
  @TempDir Path folder;

  @Test
  void aFileIsReplacedAsAWhole() throws IOException {
    final Path file = folder.resolve("a").resolve("b.txt");
    AtomicFiles.write(file, "first \u00e4\n");
    AtomicFiles.write(file, "second");
    assertEquals("second", Files.readString(file));
    assertEquals(List.of("b.txt"), names(folder.resolve("a")));
  }

  @Test
  void anUnfinishedFileLeavesTheOldOne() throws IOException {
    final Path file = folder.resolve("keep");
    AtomicFiles.write(file, "old");
    try (PendingFile pending = PendingFile.create(file)) {
      pending.append(ByteBuffer.wrap(new byte[1000]));
      assertEquals("old", Files.readString(file));
      assertEquals(2, names(folder).size());
    }
    assertEquals("old", Files.readString(file));
    assertEquals(List.of("keep"), names(folder));
  }

  @Test
  void aFailedWriteSaysWhereInOneLineAndLeavesNothing() throws IOException {
    final Path blocked = folder.resolve("file");
    Files.writeString(blocked, "");
    assertFails(blocked.resolve("child"));
    final Path full = folder.resolve("full");
    Files.createDirectory(full);
    Files.createDirectory(full.resolve("target"));
    Files.writeString(full.resolve("target").resolve("inside"), "");
    // The move cannot replace a folder that is not empty: the last step fails.
    assertFails(full.resolve("target"));
    assertEquals(List.of("target"), names(full));
    final Path tensors = full.resolve("target");
    assertThrows(
        UncheckedIOException.class,
        () ->
            SafetensorsWriter.write(
                tensors, Map.of(), Map.of("w", NumericArray.ofFloats(new float[] {1}, 1))));
    assertEquals(List.of("target"), names(full));
  }

  @Test
  void aDiskWithoutRoomIsToldInOneLine() {
    // Every write to this device fails as on a full disk; systems without it have no such case.
    final Path device = Path.of("/dev/full");
    if (Files.exists(device)) {
      final IOException cause =
          assertThrows(IOException.class, () -> Files.write(device, new byte[1]));
      final UncheckedIOException e = PendingFile.failed(folder.resolve("x"), cause);
      assertEquals(
          folder.resolve("x")
              + ": write: found No space left on device,"
              + " expected a writable folder with room for the file",
          e.getMessage());
    }
  }

  private static void assertFails(Path target) {
    final UncheckedIOException e =
        assertThrows(UncheckedIOException.class, () -> AtomicFiles.write(target, "x"));
    final String message = String.valueOf(e.getMessage());
    assertTrue(message.startsWith(target + ": write: found "), message);
    assertTrue(message.contains(", expected a writable folder"), message);
    assertEquals(1, message.lines().count(), message);
  }

  private static List<String> names(Path of) throws IOException {
    try (Stream<Path> files = Files.list(of)) {
      return files.map(file -> String.valueOf(file.getFileName())).sorted().toList();
    }
  }
}
