package io.patchbay.analysis.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/// The meaning of units, from the command line, on a model that has learnt next to nothing.
class UnitsCommandTest {
  @TempDir static Path folder;

  private static final String ASK = "units DIR/run --seed 3";

  /// @param says what the line must hold
  private record Case(int code, String says, String line) {}

  private static final List<Case> MISTAKES =
      List.of(
          new Case(ExitCode.USAGE, "RUN", "units"),
          new Case(ExitCode.INPUT, "no config.json", ASK.replace("run", "none")),
          new Case(ExitCode.USAGE, "no such site", ASK + " --site encoder.conv9"),
          new Case(ExitCode.USAGE, "no path to the image", ASK + " --site encoder.logvar"),
          new Case(ExitCode.USAGE, "all beside others", ASK + " --site all,latent.z"),
          new Case(ExitCode.USAGE, "one of light", ASK + " --factor lihgt"),
          new Case(ExitCode.USAGE, "a number from 8", ASK + " --inputs 7"),
          new Case(ExitCode.USAGE, "a number from 1", ASK + " --pairs 0"),
          new Case(ExitCode.USAGE, "a number from 8", ASK + " --oracle-inputs 0"),
          new Case(ExitCode.USAGE, "--permutations", ASK + " --permutations 0"),
          new Case(ExitCode.USAGE, "a share in (0, 1)", ASK + " --fdr 1"),
          new Case(ExitCode.USAGE, "a number from 0", ASK + " --tau -0.1"),
          new Case(ExitCode.USAGE, "--estimator", ASK + " --estimator guess"),
          new Case(ExitCode.USAGE, "expected 3x16x16 images", ASK + " --data sprites"));

  @BeforeAll
  static void train() {
    final var line = Shell.smallTraining(folder.resolve("run"), "--steps", "20", "--seed", "1");
    final var shell = Shell.run(line);
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
    final var shell = run(c.line);
    assertEquals(c.code, shell.code(), shell::err);
    assertEquals(1, shell.errors().size(), shell::err);
    assertTrue(shell.err().contains(c.says), shell::err);
    assertEquals("", shell.out());
    assertFalse(shell.showsStack());
    assertEquals(before, files(), "files were left");
  }

  private static Set<String> files() throws IOException {
    try (var all = Files.walk(folder)) {
      return Set.copyOf(all.map(Path::toString).toList());
    }
  }

  /// Without a probe that reads anything the labels are the oracle's, and that is said.
  @Test
  void everyUnitHasARowAndTheProfileEverySite() throws IOException {
    final var rest =
        " --factor light,angle --inputs 8 --oracle-inputs 8 --permutations 99 --profile --json"
            + " --out DIR/out";
    final var shell = run(ASK + rest);
    assertEquals(ExitCode.OK, shell.code(), shell::err);
    final var text = Files.readString(folder.resolve("out/units.json"));
    final var json = JsonMapper.shared().readTree(text);
    assertEquals(JsonMapper.shared().readTree(shell.out()), json);
    assertEquals("oracle", json.path("labels_by").asString());
    assertEquals(2, json.path("weak_probes").size(), shell::err);
    assertFalse(json.path("weak_probes").path(0).path("used").asBoolean(true));
    assertTrue(shell.err().contains("not used"), shell::err);
    assertTrue(shell.err().contains("labels of half the inputs that stay"), shell::err);
    int units = 0;
    for (final var layer : json.path("layers")) {
      int labels = 0;
      for (final var label : List.of("monosemantic", "polysemantic", "inactive", "undecided")) {
        labels += layer.path(label).asInt();
      }
      assertEquals(layer.path("units").asInt(), labels, layer::toString);
      units += labels;
    }
    assertTrue(units > 10);
    assertEquals(units, json.path("units").size());
    for (final var unit : json.path("units")) {
      assertEquals(2, unit.path("effects").size());
      for (final var effect : unit.path("effects")) {
        assertTrue(effect.path("low").asDouble() <= effect.path("high").asDouble());
        assertTrue(effect.path("p").asDouble() <= effect.path("q").asDouble() + 1e-12);
      }
    }
    final var profile =
        JsonMapper.shared().readTree(Files.readString(folder.resolve("out/profile.json")));
    assertEquals(json.path("layers").size() + 2, profile.path("sites").size());
    assertEquals(2, profile.path("factors").size());
    for (final var factor : profile.path("factors")) {
      assertEquals(profile.path("sites").size(), factor.path("readable").size());
      assertEquals(0, factor.path("effective").size());
    }
  }

  @Test
  void theTableCountsLabelsBySite() {
    final var shell =
        run(
            ASK
                + " --site latent.z,decoder.fc1 --factor light --estimator oracle"
                + " --oracle-inputs 8 --permutations 99 --out DIR/out2");
    assertEquals(ExitCode.OK, shell.code(), shell::err);
    final var lines = shell.out().lines().toList();
    assertTrue(lines.get(0).startsWith("site"), shell::out);
    assertTrue(lines.get(1).startsWith("latent.z"), shell::out);
    assertTrue(lines.get(3).startsWith("all"), shell::out);
    assertEquals(6 + 2 + 8, lines.size(), shell::out);
  }
}
