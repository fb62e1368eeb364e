package io.patchbay.analysis.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.patchbay.analysis.circuit.CircuitPart;
import io.patchbay.analysis.study.CircuitAsked;
import io.patchbay.analysis.study.CircuitQuestion;
import io.patchbay.analysis.study.KeptRuns;
import io.patchbay.analysis.study.Scene;
import io.patchbay.engine.BackendProvider.Settings;
import io.patchbay.engine.Backends;
import io.patchbay.vae.data.Datasets;
import io.patchbay.vae.io.JsonText;
import io.patchbay.vae.train.TrainedVae;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Circuits from the command line, on a small model that has learnt little.
class CircuitsCommandTest {
  @TempDir static Path folder;

  private static final String ASK = "circuits DIR/run --factor light";

  /// @param says what the line must hold
  private record Case(int code, String says, String line) {}

  private static final List<Case> MISTAKES =
      List.of(
          new Case(ExitCode.USAGE, "--factor", "circuits DIR/run"),
          new Case(ExitCode.INPUT, "no config.json", ASK.replace("run", "none")),
          new Case(ExitCode.USAGE, "one of light", ASK.replace("light", "lihgt")),
          new Case(ExitCode.USAGE, "--part", ASK + " --part head"),
          new Case(ExitCode.USAGE, "from 4 to 1024", ASK + " --pairs 3"),
          new Case(ExitCode.USAGE, "a share in (0, 1)", ASK + " --threshold 1"),
          new Case(ExitCode.USAGE, "--top", ASK + " --top 0"),
          new Case(ExitCode.USAGE, "--audit", ASK + " --audit 0"),
          new Case(ExitCode.USAGE, "--steps", ASK + " --steps -1"));

  @BeforeAll
  static void train() {
    final var line =
        new ArrayList<>(List.of(Shell.smallTraining(folder.resolve("run"), "--set", "lr=1e-3")));
    line.set(line.indexOf("--batch") + 1, "16");
    line.addAll(List.of("--steps", "200", "--seed", "2"));
    final var shell = Shell.run(line.toArray(String[]::new));
    assertEquals(ExitCode.OK, shell.code(), shell::err);
  }

  private static Shell run(final String line) {
    return Shell.run(
        (line + " --device reference").replace("DIR", folder.toString()).split(" ", -1));
  }

  @TestFactory
  Stream<DynamicTest> mistakesAreOneLineAndNothingIsWritten() {
    return MISTAKES.stream().map(c -> dynamicTest("patchbay " + c.line, () -> check(c)));
  }

  private static void check(final Case c) throws IOException {
    final var before = files();
    final var shell = run(c.line);
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

  private static JsonNode json(final String text) {
    return JsonMapper.shared().readTree(text);
  }

  @Test
  void theCircuitGoesToTheTableAndTheFile() throws IOException {
    final var rest = " --pairs 6 --top 20 --audit 10 --seed 3";
    final var shell = run(ASK + rest + " --json");
    assertEquals(ExitCode.OK, shell.code(), shell::err);
    final var file = Files.readString(folder.resolve("run/circuits/light/circuit.json"));
    assertEquals(json(shell.out()), json(file));
    checkFile(json(file), "decoder", "latent.z", "output");

    final var table = run(ASK + rest + " --out DIR/again");
    assertEquals(ExitCode.OK, table.code(), table::err);
    assertTrue(table.out().contains("faithfulness"), table::out);
    assertEquals(file, Files.readString(folder.resolve("again/circuit.json")), "the same seed");
  }

  /// Stopped again and again, at places that are not the same as those where files end.
  @Test
  void aSearchThatWasStoppedGoesOnToTheSameBytes() throws IOException {
    final var ask = "circuits DIR/run --factor angle --pairs 6 --top 20 --audit 10 --seed 3";
    final var whole = run(ask + " --out DIR/whole");
    assertEquals(ExitCode.OK, whole.code(), whole::err);
    final var parts = folder.resolve("parts");
    final var unfinished = parts.resolve("unfinished");
    final int all = stopped(unfinished, 0, Integer.MAX_VALUE);
    int done = 0;
    for (final int more : new int[] {1, 10, 3, all - 40}) {
      assertEquals(more, stopped(unfinished, done, more));
      done += more;
      assertTrue(Files.exists(unfinished.resolve("asked.json")));
    }
    final var refused = run(ask + " --out DIR/parts");
    assertEquals(ExitCode.INPUT, refused.code(), refused::err);
    assertTrue(refused.err().contains("a search that was stopped"), refused::err);
    final var other = run(ask.replace("--top 20", "--top 21") + " --out DIR/parts --resume");
    assertEquals(ExitCode.INPUT, other.code(), other::err);
    assertTrue(other.err().contains("another one than that asked now"), other::err);

    final var resumed = run(ask + " --out DIR/parts --resume");
    assertEquals(ExitCode.OK, resumed.code(), resumed::err);
    final var file = parts.resolve("circuit.json");
    assertArrayEquals(
        Files.readAllBytes(folder.resolve("whole/circuit.json")), Files.readAllBytes(file));
    assertEquals(whole.out(), resumed.out());
    assertFalse(Files.exists(unfinished), "its runs are left");

    final var time = Files.getLastModifiedTime(file);
    final var again = run(ask + " --out DIR/parts --resume");
    assertEquals(ExitCode.OK, again.code(), again::err);
    assertTrue(again.err().contains("finished before"), again::err);
    assertEquals(whole.out(), again.out());
    assertEquals(time, Files.getLastModifiedTime(file), "made again");
    final var anew = run(ask.replace("--top 20", "--top 21") + " --out DIR/parts --resume --json");
    assertEquals(ExitCode.OK, anew.code(), anew::err);
    assertEquals(21, json(anew.out()).path("top").asInt(), "another question is another search");
  }

  /// Begins the search of the test above, or goes on with it, as the command does.
  ///
  /// @return runs that were run
  private static int stopped(final Path unfinished, final int done, final int most) {
    final var question = new CircuitQuestion("angle", CircuitPart.DECODER, 6, 0.9, 20, 10, 5);
    final var count = new int[1];
    try (var backend = Backends.open("reference", new Settings(2, 1L << 28)).backend();
        var model = TrainedVae.open(folder.resolve("run"), backend);
        var images = Datasets.of(Map.of()).open(model.data())) {
      final var asked = CircuitAsked.of(new Scene(model, images, 3), question);
      try (var runs =
          KeptRuns.open(
              unfinished,
              JsonText.of(CircuitsCommand.key(asked)),
              done > 0,
              () -> count[0] == most)) {
        asked.answer(
            (_, _, _) -> {},
            run ->
                runs.next(() -> {
                  count[0]++;
                  return run.get();
                }));
        runs.discard();
      } catch (final CancellationException e) {
        assertEquals(most, count[0]);
      }
    }
    return count[0];
  }

  @Test
  void anEncoderAndAVariableThatTheGridLacks() throws IOException {
    final var ask = "circuits DIR/run --factor shadow_position --part encoder";
    final var shell = run(ask + " --pairs 6 --top 20 --audit 10 --seed 4 --threshold 0.8");
    assertEquals(ExitCode.OK, shell.code(), shell::err);
    final var path = folder.resolve("run/circuits/shadow_position/encoder/circuit.json");
    checkFile(json(Files.readString(path)), "encoder", "input", "encoder.mu");
  }

  private static void checkFile(
      final JsonNode json, final String part, final String from, final String to) {
    assertEquals(part, json.path("part").asString());
    for (final var name : List.of("faithfulness", "completeness")) {
      final var interval = json.path(name);
      assertTrue(interval.path("low").asDouble() <= interval.path("high").asDouble(), name);
      assertEquals(json.path("pairs").asInt(), interval.path("n").asInt(), name);
    }
    final double least = json.path("threshold").asDouble();
    final double found = json.path("found_on").path("faithfulness").asDouble();
    assertTrue(found >= least && found <= 2 - least, () -> "faithfulness=" + found);
    assertEquals(6, json.path("pairs").asInt() + json.path("dropped_pairs").asInt());
    assertTrue(json.path("screen").path("kept").asInt() >= 20);
    assertEquals(20, json.path("screen").path("exact").asInt());
    final var missed = json.path("screen").path("missed_mass").path("estimate").asDouble();
    assertTrue(missed >= 0 && missed < 1);
    final var nodes = json.path("nodes");
    final var edges = json.path("edges");
    assertTrue(edges.size() > 0);
    assertEquals(from, nodes.path(0).path("site").asString());
    assertEquals(to, nodes.path(nodes.size() - 1).path("site").asString());
    for (final var edge : edges) {
      final var start = nodes.path(edge.path("from").asInt()).path("layer").asInt();
      final var end = nodes.path(edge.path("to").asInt()).path("layer").asInt();
      assertEquals(start + 1, end);
    }
    for (final var name : List.of("seed", "device", "java", "version", "probe", "minimality")) {
      assertTrue(json.has(name), name);
    }
  }
}
