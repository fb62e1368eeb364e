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

/// Reading a variable out of reconstructions, from the command line, on a model that has learnt
/// next to nothing.
class ReadOutCommandTest {
  @TempDir static Path folder;

  private static final String ASK = "readout DIR/run --set light --read shadow_position";

  /// @param says what the line must hold
  private record Case(int code, String says, String line) {}

  private static final List<Case> MISTAKES =
      List.of(
          new Case(ExitCode.USAGE, "--set", "readout DIR/run --read shadow_position"),
          new Case(ExitCode.USAGE, "--read", "readout DIR/run --set light"),
          new Case(ExitCode.INPUT, "no config.json", ASK.replace("run", "none")),
          new Case(ExitCode.USAGE, "expected one of light", ASK.replace("light", "lihgt")),
          new Case(ExitCode.USAGE, "no effect of light", ASK.replace("shadow_position", "angle")),
          new Case(ExitCode.USAGE, "no such variable", ASK + " --hold shadow"),
          new Case(ExitCode.USAGE, "which is read out", ASK + " --hold shadow_length"),
          new Case(ExitCode.USAGE, "a number from 2", ASK + " --inputs 1"),
          new Case(ExitCode.USAGE, "a number from 8", ASK + " --probe-inputs 0"),
          new Case(ExitCode.USAGE, "--inputs: value: found 9999", ASK + " --inputs 9999"),
          new Case(ExitCode.USAGE, "--probe-inputs: value", ASK + " --probe-inputs 9999"),
          new Case(ExitCode.USAGE, "a share in (0, 1)", ASK + " --tolerance 1"),
          new Case(ExitCode.INPUT, "a generator", ASK.replace("run", "pictures")),
          new Case(ExitCode.INPUT, "held_out", ASK.replace("run", "all")));

  @BeforeAll
  static void train() throws IOException {
    train("run", "pendulum:size=16,free=2");
    train("all", "pendulum:size=16", "--set", "held_out=0");
    final var shell = run("data export pendulum:size=16 --format png --limit 9 --out DIR/png");
    assertEquals(ExitCode.OK, shell.code(), shell::err);
    train("pictures", folder.resolve("png") + ":size=16");
  }

  private static void train(final String name, final String data, final String... more) {
    final var line = new ArrayList<>(List.of(Shell.smallTraining(folder.resolve(name), more)));
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
    final var rest = " --inputs 40 --probe-inputs 160 --seed 3 --device reference";
    final var shell = run(ASK + rest + " --out DIR/out --json");
    assertEquals(ExitCode.OK, shell.code(), shell::err);
    final var file = Files.readString(folder.resolve("out/readout.json"));
    assertEquals(JsonMapper.shared().readTree(shell.out()), JsonMapper.shared().readTree(file));
    final var json = JsonMapper.shared().readTree(file);
    assertEquals("pendulum:free=2", json.path("data").asString());
    assertEquals(40, json.path("probe_r2").path("n").asInt());
    for (final var name : List.of("true_change", "following", "held", "held_over_following")) {
      final var interval = json.path(name);
      assertEquals(40, interval.path("n").asInt(), name);
      assertTrue(interval.path("low").asDouble() <= interval.path("high").asDouble(), name);
    }
    assertTrue(json.path("true_change").path("low").asDouble() > 0.3);
    // Twenty steps teach it nothing.
    assertFalse(json.path("readable").asBoolean(true));
    assertFalse(json.path("tells_apart").asBoolean(true));

    final var table = run(ASK + rest + " --out DIR/out2");
    assertEquals(ExitCode.OK, table.code(), table::err);
    assertTrue(table.out().contains("probe reads it: NO"), table::out);
    assertEquals(9, table.out().lines().count(), table::out);
    assertEquals(file, Files.readString(folder.resolve("out2/readout.json")), "the same seed");
  }

  @Test
  void theRunSaysThatShadowsWereFree() throws IOException {
    final var config = Files.readString(folder.resolve("run/config.json"));
    assertEquals(
        "pendulum:size=16,free=2", JsonMapper.shared().readTree(config).path("data").asString());
  }
}
