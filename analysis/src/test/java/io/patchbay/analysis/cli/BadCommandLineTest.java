package io.patchbay.analysis.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.patchbay.vae.io.RunLock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/// Whatever is wrong with a command line: one line that says what was expected, the right exit
/// code, nothing half-written.
class BadCommandLineTest {
  private static final int USAGE = ExitCode.USAGE;
  private static final int INPUT = ExitCode.INPUT;
  private static final int MISSING = ExitCode.MISSING;

  @TempDir Path folder;

  /// @param says what the line must hold
  /// @param line words with single spaces; `DIR` stands for the folder of the test
  private record Case(int code, String says, String line) {}

  private static final List<Case> CASES =
      List.of(
          new Case(USAGE, "no command given", ""),
          new Case(USAGE, "--no", "--no"),
          new Case(USAGE, "nearest: ", "tarin"),
          new Case(USAGE, "export", "help exprot"),
          new Case(USAGE, "nearest: --batch", "train --bach 3"),
          new Case(USAGE, "--batch", "train --batch x"),
          new Case(USAGE, "--batch: value: found '0'", "train --batch 0"),
          new Case(USAGE, "whole number from 1", "train --batch -5"),
          new Case(USAGE, "--batch", "train --batch 99999999999"),
          new Case(USAGE, "--batch", "train --batch"),
          new Case(USAGE, "--steps: value", "train --steps 0"),
          new Case(USAGE, "--latent: value", "train --latent 0"),
          new Case(USAGE, "one of vae, beta-vae", "train --model vee"),
          new Case(USAGE, "conv4, locatello, burgess", "train --arch conv5"),
          new Case(USAGE, "nonsense", "train --set nonsense=1"),
          new Case(USAGE, "name=value", "train --set lr"),
          new Case(USAGE, "lr", "train --set lr=NaN"),
          new Case(USAGE, "lr", "train --set lr=fast"),
          new Case(USAGE, "beta", "train --model beta-vae --set beta=-1"),
          new Case(USAGE, "arch.kernels", "train --set arch.kernels=4,4,4"),
          new Case(USAGE, "batch", "train --batch 4 --set batch=none"),
          new Case(USAGE, "--seed", "train --seed 1.5"),
          new Case(USAGE, "512M", "train --host-memory lots"),
          new Case(USAGE, "512M", "train --host-memory 0"),
          new Case(USAGE, "512M", "train --host-memory -1G"),
          new Case(USAGE, "--threads", "train --threads 0 --out DIR/new"),
          new Case(USAGE, "--threads", "doctor --threads -1"),
          new Case(MISSING, "name=cuda:9999", "train --device cuda:9999 --out DIR/new"),
          new Case(MISSING, "expected one of auto", "doctor --device gpu"),
          new Case(
              USAGE, "sweep alone takes several", "train --device cuda:0,cuda:1 --out DIR/new"),
          new Case(USAGE, "sweep alone takes several", "doctor --device cuda:all"),
          new Case(
              MISSING,
              "name=cuda:9998",
              "sweep DIR --site input --op zero --device cuda:9998,cuda:9999"),
          new Case(
              USAGE,
              "each device once",
              "sweep DIR --site input --op zero --device reference,reference"),
          new Case(INPUT, "sprites", "train --data sprits --out DIR/new"),
          new Case(INPUT, "an npz file or a folder", "train --data DIR/text.txt --out DIR/new"),
          new Case(INPUT, "option size", "train --data pendulum:size=1 --out DIR/new"),
          new Case(INPUT, "option colour", "train --data pendulum:colour=red --out DIR/new"),
          new Case(INPUT, "no such file", "train --config DIR/none.yaml --seed 1"),
          new Case(INPUT, "line", "train --config DIR/broken.json --seed 1"),
          new Case(INPUT, "stepz", "train --config DIR/unknown.yaml"),
          new Case(INPUT, "names with values", "train --config DIR/list.yaml --seed 1"),
          new Case(USAGE, "--resume needs --out", "train --resume"),
          new Case(USAGE, "not --config", "train --resume --out DIR --config DIR/unknown.yaml"),
          new Case(INPUT, "no config.json", "train --resume --out DIR/none"),
          new Case(
              INPUT, "a new or empty folder", "train --data pendulum --out DIR --device reference"),
          new Case(
              INPUT,
              "convolutions that fit",
              "train --data pendulum:size=16 --set arch.widths=1,1,1,1,1,1 --out DIR/new"),
          new Case(USAGE, "RUN", "sites"),
          new Case(USAGE, "", "sites DIR --arch conv4"),
          new Case(USAGE, "--arch", "sites --arch lenet"),
          new Case(INPUT, "no config.json", "sites DIR/none"),
          new Case(INPUT, "config.json", "sites DIR/run"),
          new Case(USAGE, "expected export", "data"),
          new Case(USAGE, "--format", "data export sprites --out DIR/new"),
          new Case(USAGE, "dsprites-npz or png", "data export sprites --format gif --out DIR/new"),
          new Case(
              USAGE,
              "--stride",
              "data export sprites --format dsprites-npz --stride 0 --out DIR/new"),
          new Case(USAGE, "--limit", "data export sprites --format png --limit 0 --out DIR/new"),
          new Case(USAGE, "--out", "data export sprites --format png --out /"),
          new Case(
              INPUT, "a name that is free", "data export sprites --format png --out DIR/text.txt"),
          new Case(
              INPUT,
              "DIR/text.txt",
              "data export pendulum:size=16 --format png --out DIR/text.txt/new"),
          new Case(INPUT, "pendulum", "data export pendulun --format png --out DIR/new"),
          new Case(USAGE, "RUN", "report"),
          new Case(INPUT, "no config.json", "report DIR/none"),
          new Case(USAGE, "--seed", "demo --seed one"),
          new Case(INPUT, "text.txt", "demo --device reference --out DIR/text.txt"));

  @TestFactory
  Stream<DynamicTest> oneLineAndNothingWritten() {
    return CASES.stream().map(c -> dynamicTest("patchbay " + c.line, () -> check(c)));
  }

  private void check(final Case c) throws IOException {
    fill();
    final var before = files();
    final var line = c.line.replace("DIR", folder.toString());
    final var shell = Shell.run(line.isEmpty() ? new String[0] : line.split(" ", -1));
    assertEquals(c.code, shell.code(), shell::err);
    assertEquals(1, shell.errors().size(), shell::err);
    assertTrue(shell.err().startsWith("patchbay: "), shell::err);
    assertTrue(shell.err().contains(c.says.replace("DIR", folder.toString())), shell::err);
    assertEquals("", shell.out());
    assertFalse(shell.err().contains("internal error"), shell::err);
    assertFalse(shell.showsStack());
    assertEquals(before, files(), "files were left");
  }

  private void fill() throws IOException {
    Files.writeString(folder.resolve("text.txt"), "text");
    Files.writeString(folder.resolve("broken.json"), "{\"steps\": 3,");
    Files.writeString(folder.resolve("unknown.yaml"), "seed: 1\nstepz: 3\n");
    Files.writeString(folder.resolve("list.yaml"), "- 1\n- 2\n");
    Files.createDirectories(folder.resolve("run"));
    Files.writeString(folder.resolve("run/config.json"), "{\"model\": ");
  }

  private List<String> files() throws IOException {
    try (var all = Files.walk(folder)) {
      return all.map(Path::toString).sorted().toList();
    }
  }

  @Test
  void aRunInUseIsRefused() {
    final var run = folder.resolve("busy");
    try (var _ = RunLock.acquire(run)) {
      final var shell = Shell.run(Shell.smallTraining(run, "--steps", "2"));
      assertEquals(INPUT, shell.code());
      assertEquals(1, shell.errors().size(), shell::err);
      assertTrue(shell.err().contains("in use by"), shell::err);
    }
  }

  @Test
  void tooLittleMemoryIsOneLine() {
    final var shell = Shell.run(Shell.smallTraining(folder.resolve("run2"), "--host-memory", "1K"));
    assertEquals(ExitCode.FAILED, shell.code());
    assertEquals(1, shell.errors().size(), shell::err);
    assertTrue(shell.err().contains("--host-memory"), shell::err);
  }

  @Test
  void controlCharactersOfANameAreNotShown() {
    final var shell = Shell.run("sites", "a\u001b[31mb\nc");
    assertEquals(INPUT, shell.code());
    assertEquals(1, shell.errors().size(), shell::err);
    assertFalse(shell.err().contains("\u001b"));
  }
}
