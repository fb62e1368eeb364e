package io.patchbay.analysis.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.patchbay.analysis.cli.TrainedRuns.Mistake;
import java.nio.file.Path;
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

  private static TrainedRuns runs;

  private static final String ASK = "readout DIR/run --set light --read shadow_position";

  private static final List<Mistake> MISTAKES =
      List.of(
          new Mistake(ExitCode.USAGE, "--set", "readout DIR/run --read shadow_position"),
          new Mistake(ExitCode.USAGE, "--read", "readout DIR/run --set light"),
          new Mistake(ExitCode.INPUT, "no config.json", ASK.replace("run", "none")),
          new Mistake(ExitCode.USAGE, "expected one of light", ASK.replace("light", "lihgt")),
          new Mistake(
              ExitCode.USAGE, "no effect of light", ASK.replace("shadow_position", "angle")),
          new Mistake(ExitCode.USAGE, "no such variable", ASK + " --hold shadow"),
          new Mistake(ExitCode.USAGE, "which is read out", ASK + " --hold shadow_length"),
          new Mistake(ExitCode.USAGE, "a number from 2", ASK + " --inputs 1"),
          new Mistake(ExitCode.USAGE, "a number from 8", ASK + " --probe-inputs 0"),
          new Mistake(ExitCode.USAGE, "--inputs: value: found 9999", ASK + " --inputs 9999"),
          new Mistake(ExitCode.USAGE, "--probe-inputs: value", ASK + " --probe-inputs 9999"),
          new Mistake(ExitCode.USAGE, "a share in (0, 1)", ASK + " --tolerance 1"),
          new Mistake(ExitCode.INPUT, "a generator", ASK.replace("run", "pictures")),
          new Mistake(ExitCode.INPUT, "held_out", ASK.replace("run", "all")));

  @BeforeAll
  static void train() {
    runs = new TrainedRuns(folder);
    runs.train("run", "pendulum:size=16,free=2");
    runs.train("all", "pendulum:size=16", "--set", "held_out=0");
    runs.trainOnPictures("pictures");
  }

  @TestFactory
  Stream<DynamicTest> mistakesAreOneLineAndNothingIsWritten() {
    return runs.refuse(MISTAKES);
  }

  @Test
  void figuresGoToTheTableAndTheFile() {
    final var rest = " --inputs 40 --probe-inputs 160 --seed 3 --device reference";
    final var shell = runs.succeed(ASK + rest + " --out DIR/out --json");
    final var json = runs.json("out/readout.json");
    assertEquals(JsonMapper.shared().readTree(shell.out()), json);
    assertEquals(Release.VERSION, json.path("version").asString());
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

    final var table = runs.succeed(ASK + rest + " --out DIR/out2");
    assertTrue(table.out().contains("probe reads it: NO"), table::out);
    assertEquals(9, table.out().lines().count(), table::out);
    assertEquals(runs.text("out/readout.json"), runs.text("out2/readout.json"), "the same seed");
  }

  @Test
  void theRunSaysThatShadowsWereFree() {
    assertEquals("pendulum:size=16,free=2", runs.json("run/config.json").path("data").asString());
  }
}
