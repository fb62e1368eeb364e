package io.patchbay.analysis.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// No room: a limit on the size of a file stands for a full disk, as a write fails half-way then
/// too. The limit is a process's own, so each case has one.
class FullDiskTest {
  @TempDir Path folder;

  /// Runs a command line that can write no file of more than 4 KiB (8 where a block is 1 KiB).
  private static Shell cramped(final String... args) throws IOException, InterruptedException {
    final var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    final var command =
        new ArrayList<>(
            List.of(
                "sh",
                "-c",
                "ulimit -f 8; exec \"$0\" \"$@\"",
                java,
                "-XX:TieredStopAtLevel=1",
                "-XX:-UsePerfData",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
    command.addAll(List.of(args));
    final var process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    final var text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Shell(process.waitFor(), "", text);
  }

  private static void check(final Shell shell, final String file) {
    assertEquals(ExitCode.INPUT, shell.code(), shell::err);
    final var wrong =
        shell.errors().stream().filter(line -> line.startsWith("patchbay: ")).toList();
    assertEquals(1, wrong.size(), shell::err);
    assertTrue(wrong.getFirst().contains(file), shell::err);
    assertTrue(wrong.getFirst().contains("expected a writable folder with room"), shell::err);
    assertFalse(shell.showsStack(), shell::err);
  }

  private List<String> parts() throws IOException {
    try (var files = Files.walk(folder)) {
      return files.map(Path::toString).filter(name -> name.endsWith(".part")).toList();
    }
  }

  @Test
  void aDataSetIsNotHalfWritten() throws IOException, InterruptedException {
    final var out = folder.resolve("sprites.npz");
    final var shell =
        cramped(
            "data",
            "export",
            "sprites",
            "--format",
            "dsprites-npz",
            "--stride",
            "3",
            "--out",
            out.toString());
    check(shell, "sprites.npz");
    try (var files = Files.list(folder)) {
      assertEquals(List.of(), files.toList());
    }
  }

  @Test
  void aCheckpointIsNotHalfWritten() throws IOException, InterruptedException {
    final var run = folder.resolve("run");
    final var shell =
        cramped(Shell.smallTraining(run, "--steps", "2", "--seed", "1", "--set", "arch.hidden=64"));
    check(shell, "step-00000002");
    assertFalse(Files.exists(run.resolve("DONE")));
    assertFalse(Files.exists(run.resolve("checkpoints/latest")));
    assertEquals(List.of(), parts());
  }
}
