package io.patchbay.analysis.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
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

/// The graph of factors from the command line, on a model that has learnt next to nothing.
class GraphCommandTest {
  private static final String ASK = "graph DIR/run";
  private static final String FEW = " --inputs 16 --shuffles 9 --seed 3 --device reference";

  @TempDir static Path folder;

  private static TrainedRuns runs;

  private static final List<Mistake> MISTAKES =
      List.of(
          new Mistake(ExitCode.USAGE, "RUN", "graph"),
          new Mistake(ExitCode.INPUT, "no config.json", "graph DIR/none"),
          new Mistake(ExitCode.INPUT, "whose factors are unknown", "graph DIR/pictures"),
          new Mistake(ExitCode.USAGE, "a number from 8", ASK + " --inputs 7"),
          new Mistake(ExitCode.USAGE, "at most the 731", ASK + " --inputs 732"),
          new Mistake(ExitCode.USAGE, "a number from 0", ASK + " --threshold -0.1"),
          new Mistake(ExitCode.USAGE, "a number from 0", ASK + " --threshold NaN"),
          new Mistake(ExitCode.USAGE, "a rate in (0, 1)", ASK + " --fdr 1"),
          new Mistake(ExitCode.USAGE, "a number from 1", ASK + " --shuffles 0"));

  @BeforeAll
  static void train() {
    runs = new TrainedRuns(folder);
    runs.train("run", "pendulum:size=16");
    runs.trainOnPictures("pictures");
  }

  @TestFactory
  Stream<DynamicTest> mistakesAreOneLineAndNothingIsWritten() {
    return runs.refuse(MISTAKES);
  }

  @Test
  void figuresGoToTheTableAndTheFile() {
    final var shell = runs.succeed(ASK + FEW + " --out DIR/out --json");
    final var json = runs.json("out/graph.json");
    assertEquals(JsonMapper.shared().readTree(shell.out()), json);
    assertTrue(json.path("run").asString().endsWith("run"), json::toString);
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
    assertEquals(16, cell.path("n").asInt(), cell::toString);
    for (final var control : json.path("controls")) {
      assertTrue(control.path("passed").asBoolean(), control::toString);
    }
    // Two latents: at least two of four factors have none.
    assertTrue(shell.err().contains("has no latent"), shell::err);

    final var table = runs.succeed(ASK + FEW);
    assertTrue(table.out().contains("truth: angle -> shadow_length"), table::out);
    assertEquals(json, runs.json("run/graph/graph.json"), "the same seed");
  }
}
