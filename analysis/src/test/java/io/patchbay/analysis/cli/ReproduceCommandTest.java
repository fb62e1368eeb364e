package io.patchbay.analysis.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/// The reproduction from the command line, on a few pictures whose factors are unknown.
class ReproduceCommandTest {
  @TempDir static Path folder;

  private static final String SMALL =
      " --data DIR/png:size=16 --models vae --seeds 1 --latent 2 --set arch.widths=4"
          + " --set arch.hidden=8 --set batch=4 --device reference";

  /// @param says what the line must hold
  private record Case(int code, String says, String line) {}

  private static final List<Case> MISTAKES =
      List.of(
          new Case(ExitCode.USAGE, "--out", "reproduce"),
          new Case(ExitCode.USAGE, "--paper", "reproduce --quick --paper --out DIR/new"),
          new Case(ExitCode.USAGE, "--seeds: value: found 0", "reproduce --seeds 0 --out DIR/new"),
          new Case(ExitCode.USAGE, "--steps: value: found 0", "reproduce --steps 0 --out DIR/new"),
          new Case(ExitCode.USAGE, "--latent: value", "reproduce --latent 0 --out DIR/new"),
          new Case(ExitCode.USAGE, "numbers from 1", "reproduce --bottlenecks 0 --out DIR/new"),
          new Case(ExitCode.USAGE, "other sizes", "reproduce --bottlenecks 10 --out DIR/new"),
          new Case(ExitCode.USAGE, "expected some of", "reproduce --models vqvae --out DIR/new"),
          new Case(ExitCode.USAGE, "each model once", "reproduce --models vae,vae --out DIR/new"),
          new Case(ExitCode.USAGE, "option --seeds", "reproduce --set seed=1 --out DIR/new"),
          new Case(ExitCode.USAGE, "nonsense", "reproduce --set nonsense=1 --out DIR/new"),
          new Case(ExitCode.USAGE, "beta", "reproduce --set beta-vae:beta=-1 --out DIR/new"),
          new Case(ExitCode.INPUT, "sprites", "reproduce --data sprits --out DIR/new"),
          new Case(ExitCode.INPUT, "files in it", "reproduce --out DIR"));

  @BeforeAll
  static void pictures() {
    final var shell = run("data export pendulum:size=16 --format png --limit 9 --out DIR/png");
    assertEquals(ExitCode.OK, shell.code(), shell::err);
  }

  private static Shell run(final String line) {
    return Shell.run(words(line));
  }

  private static String[] words(final String line) {
    return line.replace("DIR", folder.toString()).split(" ", -1);
  }

  @TestFactory
  Stream<DynamicTest> mistakesAreOneLineAndNothingIsWritten() {
    return MISTAKES.stream().map(c -> dynamicTest("patchbay " + c.line, () -> check(c)));
  }

  private static void check(final Case c) throws IOException {
    final var before = files();
    final var shell = run(c.line + " --device reference");
    assertEquals(c.code, shell.code(), shell::err);
    assertEquals(1, shell.errors().size(), shell::err);
    assertTrue(shell.err().contains(c.says), shell::err);
    assertEquals("", shell.out());
    assertFalse(shell.showsStack());
    assertEquals(before, files(), "files were left");
  }

  private static List<String> files() throws IOException {
    try (var all = Files.walk(folder)) {
      return all.map(Path::toString).sorted().toList();
    }
  }

  @Test
  void theTableAndTheFindingsArePrintedAndTheFileHasThem() throws IOException {
    final var line = "reproduce --out DIR/out --steps 5" + SMALL;
    final var shell = run(line);
    assertEquals(ExitCode.OK, shell.code(), shell::err);
    assertTrue(shell.err().contains("quick: 1 runs of 5 steps"), shell::err);
    assertTrue(shell.err().contains("estimated time: 0:"), shell::err);
    assertTrue(shell.out().startsWith("model  paper's score"), shell::out);
    assertTrue(shell.out().contains("not tested: v3, no variant wins on all data sets, "));
    final var file = Files.readString(folder.resolve("out/reproduce.json"));
    final var again = run(line + " --json");
    assertEquals(ExitCode.OK, again.code(), again::err);
    final var mapper = JsonMapper.shared();
    assertEquals(mapper.readTree(file), mapper.readTree(again.out()));
    assertEquals(file, Files.readString(folder.resolve("out/reproduce.json")));
    final var figures = mapper.readTree(file).path("runs").path(0).path("figures");
    assertTrue(figures.path("dci_disentanglement").isNull(), "factors are unknown");
    assertEquals(128, figures.path("ces").path("n").asInt());

    final var other = run(line.replace("--steps 5", "--steps 6"));
    assertEquals(ExitCode.INPUT, other.code(), other::err);
    assertEquals(1, other.errors().size(), other::err);
    assertTrue(other.err().contains("options.json: steps: found 5"), other::err);
  }

  @Test
  void ctrlCKeepsEverythingAndASecondProcessIsRefused() throws IOException, InterruptedException {
    final var line = "reproduce --out DIR/long --steps 99999999" + SMALL;
    final String text;
    try (var process = MainProcess.start(folder.resolve("err.txt"), words(line))) {
      process.await(folder.resolve("long/vae-1/metrics.jsonl"));
      final var second = run(line);
      assertEquals(ExitCode.INPUT, second.code(), second::err);
      assertEquals(1, second.errors().size(), second::err);
      final var holder = "in use by process " + process.process().pid();
      assertTrue(second.err().contains(holder), second::err);
      final int code = process.interrupt();
      text = process.text();
      assertEquals(ExitCode.INTERRUPTED, code, text);
    }
    assertTrue(text.contains("stopped: the same command goes on"), text);
    assertFalse(text.contains("\tat "), text);
    assertTrue(Files.exists(folder.resolve("long/vae-1/checkpoints/latest")));
    assertFalse(Files.exists(folder.resolve("long/reproduce.json")));
  }
}
