package io.patchbay.analysis.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.patchbay.analysis.HostBackend;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

class EstimateCommandTest {
  @TempDir static Path folder;

  private static TrainedRuns runs;

  @BeforeAll
  static void train() {
    runs = new TrainedRuns(folder);
    runs.train("run", "pendulum:size=16");
  }

  private static String line(final String method) {
    return "estimate DIR/run --site decoder.fc1 --op interchange --inputs 90 --seed 3 --method "
        + method;
  }

  /// What is written is what is printed, twice the same; the table says what the method found.
  @ParameterizedTest
  @CsvSource({
    "control-variate --metric factor:light --sample 20, rho2, exactly on 20 of 90 inputs",
    "screen --metric factor:light --top 2 --audit 16, attribution, missed by the screen: ",
    "stop --precision-target 0.3, exact, units stopped within 0.3 of their mean",
    "race --top 2, top, these are the 2 units of the largest means"
  })
  void theFileHoldsTheEstimate(final String method, final String figure, final String says) {
    final var line = line(method) + " --device " + HostBackend.name();
    final var shell = runs.succeed(line + " --json");
    final var all = runs.json("run/estimate/estimate.json");
    assertEquals(all, JsonMapper.shared().readTree(shell.out()));
    assertEquals(method.substring(0, method.indexOf(' ')), all.path("method").stringValue());
    assertTrue(all.path("approximate").booleanValue());
    assertEquals(3, all.path("seed").intValue());
    for (final var name : List.of("environment", "device", "version", "java", "interval", "data")) {
      assertTrue(all.has(name), name);
    }
    assertEquals(90 * 8, all.path("exact").path("cells_of_the_sweep").intValue());
    assertTrue(all.path("exact").path("cells").intValue() <= 90 * 8);
    assertEquals(8, all.path("units").size());
    assertTrue(all.path("units").get(0).has(figure), shell::out);
    final var table = runs.succeed(line);
    assertTrue(table.out().contains(says), table::out);
    assertTrue(table.out().contains("95 % interval"), table::out);
    assertTrue(table.err().contains("approximate: "), table::err);
    assertEquals(all, runs.json("run/estimate/estimate.json"));
  }

  private static TrainedRuns.Mistake mistake(final String says, final String more) {
    return new TrainedRuns.Mistake(ExitCode.USAGE, says, line(more));
  }

  @TestFactory
  Stream<DynamicTest> mistakesAreOneLine() {
    return runs.refuse(
        List.of(
            mistake("no such method", "guess"),
            mistake("factor:K with screen", "screen"),
            mistake("factor:K with control-variate", "control-variate --metric mu"),
            mistake("--metric factor:K", "stop --signed"),
            mistake("a number from 16", "control-variate --metric factor:light --sample 9"),
            mistake("a number from 16", "screen --metric factor:light --audit 1"),
            mistake("a number from 1", "race --top 0"),
            mistake("fewer than there are", "race --top 8"),
            mistake("up to 1", "stop --precision-target 0"),
            mistake("up to 1", "stop --precision-target NaN"),
            mistake("a number from 0", "screen --metric factor:light --threshold -1"),
            mistake("asymptotic or bounded", "stop --interval tight"),
            mistake("--audit: found beside --method stop, expected with screen", "stop --audit 20"),
            mistake("expected with screen or race", "control-variate --metric factor:sun --top 3"),
            mistake("no such factor", "screen --metric factor:sun"),
            mistake("no path from decoder.fc1", "stop --metric mu"),
            mistake("--units", "stop --units 0-99"),
            mistake("--signed", "race --signed"),
            mistake("of any size", "stop --metric factor:light --interval bounded")));
  }
}
