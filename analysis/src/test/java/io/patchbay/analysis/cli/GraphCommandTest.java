package io.patchbay.analysis.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/// The graph of factors from the command line, on a model that has learnt next to nothing.
class GraphCommandTest {
  private static final String ASK = "graph DIR/run";
  private static final String FEW = " --inputs 16 --shuffles 9 --seed 3 --device reference";

  @TempDir static Path folder;

  /// @param says what the line must hold
  private record Case(int code, String says, String line) {}

  private static final List<Case> MISTAKES =
      List.of(
          new Case(ExitCode.USAGE, "RUN", "graph"),
          new Case(ExitCode.INPUT, "no config.json", "graph DIR/none"),
          new Case(ExitCode.INPUT, "whose factors are unknown", "graph DIR/pictures"),
          new Case(ExitCode.USAGE, "a number from 8", ASK + " --inputs 7"),
          new Case(ExitCode.USAGE, "at most the 731", ASK + " --inputs 732"),
          new Case(ExitCode.USAGE, "a number from 0", ASK + " --threshold -0.1"),
          new Case(ExitCode.USAGE, "a number from 0", ASK + " --threshold NaN"),
          new Case(ExitCode.USAGE, "a rate in (0, 1)", ASK + " --fdr 1"),
          new Case(ExitCode.USAGE, "a number from 1", ASK + " --shuffles 0"));

  @BeforeAll
  static void train() throws IOException {
    train("run", "pendulum:size=16");
    final var shell = run("data export pendulum:size=16 --format png --limit 9 --out DIR/png");
    assertEquals(ExitCode.OK, shell.code(), shell::err);
    train("pictures", folder.resolve("png") + ":size=16");
  }

  private static void train(final String name, final String data) {
    final var line = new ArrayList<>(List.of(Shell.smallTraining(folder.resolve(name))));
    line.set(line.indexOf("--data") + 1, data);
    line.addAll(List.of("--steps", "20", "--seed", "1"));
    final var shell = Shell.run(line.toArray(String[]::new));
    assertEquals(ExitCode.OK, shell.code(), shell::err);
  }

  private static Shell run(final String line) {
    return Shell.run(line.replace("DIR", folder.toString()).split(" ", -1));
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
  void figuresGoToTheTableAndTheFile() throws IOException {
    final var shell = run(ASK + FEW + " --out DIR/out --json");
    assertEquals(ExitCode.OK, shell.code(), shell::err);
    final var file = Files.readString(folder.resolve("out/graph.json"));
    assertEquals(JsonMapper.shared().readTree(shell.out()), JsonMapper.shared().readTree(file));
    final var json = JsonMapper.shared().readTree(file);
    assertEquals("pendulum", json.path("data").asString());
    assertEquals(4, json.path("factors").size());
    assertEquals(2, json.path("latents").asInt());
    assertEquals(4, json.path("g").size());
    assertEquals(2, json.path("g").path(0).size());
    final var cell = json.path("g").path(0).path(1);
    assertTrue(cell.path("low").asDouble() <= cell.path("high").asDouble(), cell::toString);
    assertTrue(cell.path("estimate").asDouble() > 0, cell::toString);
    assertEquals(2, json.path("assignment").size());
    assertEquals(4, json.path("probes").size());
    assertEquals(4, json.path("a").size());
    assertEquals(4, json.path("a").path(3).size());
    assertEquals(4, json.path("truth").size());
    assertEquals("angle", json.path("truth").path(0).path(0).asString());
    assertEquals(3, json.path("seed").asLong());
    assertEquals(Release.VERSION, json.path("version").asString());
    assertTrue(json.path("cells").asLong() > 0);
    for (final var control : json.path("controls")) {
      assertTrue(control.path("passed").asBoolean(), control::toString);
    }
    // Two latents: at least two of four factors have none.
    assertTrue(shell.err().contains("has no latent"), shell::err);

    final var table = run(ASK + FEW);
    assertEquals(ExitCode.OK, table.code(), table::err);
    assertTrue(table.out().contains("truth: angle -> shadow_length"), table::out);
    final var again = JsonMapper.shared().readTree(folder.resolve("run/graph/graph.json").toFile());
    assertEquals(json, again, "the same seed");
  }
}
