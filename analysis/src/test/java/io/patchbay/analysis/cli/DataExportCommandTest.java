package io.patchbay.analysis.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.patchbay.vae.data.Datasets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Data sets written from the command line.
class DataExportCommandTest {
  @TempDir Path folder;

  @Test
  void picturesComeWithTheirFactors() throws IOException {
    final var out = folder.resolve("pictures");
    final var shell =
        Shell.run(
            "data",
            "export",
            "pendulum:size=16",
            "--format",
            "png",
            "--limit",
            "7",
            "--out",
            out.toString());
    assertEquals(ExitCode.OK, shell.code(), shell::err);
    assertEquals(out + System.lineSeparator(), shell.out());
    assertTrue(shell.err().startsWith("7 of "), shell::err);
    try (var files = Files.list(out)) {
      assertEquals(8, files.count());
    }
    assertEquals(8, Files.readAllLines(out.resolve("factors.csv")).size());
    try (var left = Files.list(folder)) {
      assertEquals(1, left.count(), "a part was left");
    }
  }

  @Test
  void anNpzIsReadAgainAsTheSameImages() {
    final var out = folder.resolve("sprites.npz");
    final var shell =
        Shell.run(
            "data",
            "export",
            "sprites",
            "--format",
            "dsprites-npz",
            "--stride",
            "16",
            "--out",
            out.toString());
    assertEquals(ExitCode.OK, shell.code(), shell::err);
    final var home = Map.of("PATCHBAY_HOME", folder.resolve("home").toString());
    final var catalogue = Datasets.of(home);
    try (var written = catalogue.open(out.toString());
        var sprites = catalogue.open("sprites")) {
      final var expected = new float[64 * 64];
      final var found = new float[64 * 64];
      for (long row = 0; row < written.size(); row++) {
        final var indices = written.factorsOf(row);
        for (int k = 0; k < indices.length; k++) {
          indices[k] *= 16;
        }
        written.image(row, found, 0);
        sprites.image(sprites.rowOf(indices), expected, 0);
        assertArrayEquals(expected, found);
      }
      assertEquals(1 * 1 * 3 * 2 * 2, written.size());
    }
  }
}
