package io.patchbay.analysis.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.patchbay.analysis.cli.TrainedRuns.Mistake;
import io.patchbay.analysis.semantics.LabelRule;
import io.patchbay.analysis.study.Scene;
import io.patchbay.analysis.study.UnitParts;
import io.patchbay.analysis.study.UnitQuestion;
import io.patchbay.analysis.study.UnitQuestion.Estimator;
import io.patchbay.analysis.study.UnitStudy;
import io.patchbay.engine.BackendProvider.Settings;
import io.patchbay.engine.Backends;
import io.patchbay.vae.data.Pendulum;
import io.patchbay.vae.train.TrainedVae;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
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

  private static TrainedRuns runs;

  private static final String ASK = "units DIR/run --seed 3";

  private static final List<Mistake> MISTAKES =
      List.of(
          new Mistake(ExitCode.USAGE, "RUN", "units"),
          new Mistake(ExitCode.INPUT, "no config.json", ASK.replace("run", "none")),
          new Mistake(ExitCode.USAGE, "no such site", ASK + " --site encoder.conv9"),
          new Mistake(ExitCode.USAGE, "no path to the image", ASK + " --site encoder.logvar"),
          new Mistake(ExitCode.USAGE, "all beside others", ASK + " --site all,latent.z"),
          new Mistake(ExitCode.USAGE, "one of light", ASK + " --factor lihgt"),
          new Mistake(ExitCode.USAGE, "a number from 8", ASK + " --inputs 7"),
          new Mistake(ExitCode.USAGE, "a number from 1", ASK + " --pairs 0"),
          new Mistake(ExitCode.USAGE, "a number from 8", ASK + " --oracle-inputs 0"),
          new Mistake(ExitCode.USAGE, "--permutations", ASK + " --permutations 0"),
          new Mistake(ExitCode.USAGE, "a share in (0, 1)", ASK + " --fdr 1"),
          new Mistake(ExitCode.USAGE, "a number from 0", ASK + " --tau -0.1"),
          new Mistake(ExitCode.USAGE, "--estimator", ASK + " --estimator guess"),
          new Mistake(ExitCode.USAGE, "expected 3x16x16 images", ASK + " --data sprites"));

  @BeforeAll
  static void train() {
    runs = new TrainedRuns(folder);
    runs.train("run", "pendulum:size=16");
  }

  @TestFactory
  Stream<DynamicTest> mistakesAreOneLineAndNothingIsWritten() {
    return runs.refuse(MISTAKES);
  }

  /// Without a probe that reads anything the labels are the oracle's, and that is said.
  @Test
  void everyUnitHasARowAndTheProfileEverySite() {
    final var rest =
        " --factor light,angle --inputs 8 --oracle-inputs 8 --permutations 99 --profile --json"
            + " --out DIR/out";
    final var shell = runs.succeed(ASK + rest);
    final var json = runs.json("out/units.json");
    assertEquals(JsonMapper.shared().readTree(shell.out()), json);
    assertFalse(Files.exists(folder.resolve("out/parts")));
    // In this order in every process, so that files can be compared.
    assertTrue(runs.text("out/units.json").contains("\"left_out\":[{\"site\":"));
    for (final var name : List.of("run", "data", "seed", "device", "version", "java")) {
      assertTrue(json.has(name), name);
    }
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
      assertTrue(unit.path("image_low").asDouble() <= unit.path("image_effect").asDouble());
      for (final var effect : unit.path("effects")) {
        assertTrue(effect.path("low").asDouble() <= effect.path("high").asDouble());
        assertTrue(effect.path("size_low").asDouble() <= effect.path("size_high").asDouble());
        assertEquals(8, effect.path("n").asInt());
        assertTrue(effect.path("p").asDouble() <= effect.path("q").asDouble() + 1e-12);
      }
    }
    final var profile = runs.json("out/profile.json");
    assertEquals(Release.VERSION, profile.path("version").asString());
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
        runs.succeed(
            ASK
                + " --site latent.z,decoder.fc1 --factor light --estimator oracle"
                + " --oracle-inputs 8 --permutations 99 --out DIR/out2");
    final var lines = shell.out().lines().toList();
    assertTrue(lines.get(0).startsWith("site"), shell::out);
    assertTrue(lines.get(1).startsWith("latent.z"), shell::out);
    assertTrue(lines.get(3).startsWith("all"), shell::out);
    assertEquals(6 + 2 + 8, lines.size(), shell::out);
  }

  /// Stopped after two parts, as by Ctrl-C; the seed is that of the parts.
  @Test
  void aStudyThatWasStoppedGoesOn() {
    final var rest = " --site latent.z,decoder.fc1 --inputs 8 --oracle-inputs 8 --permutations 99";
    runs.succeed(ASK + rest + " --out DIR/whole");
    final var question =
        new UnitQuestion(
            List.of("latent.z", "decoder.fc1"),
            List.of(),
            8,
            2,
            8,
            Estimator.BOTH,
            new LabelRule(0.05, 0.1),
            99);
    final var left = new AtomicInteger(2);
    final var backend = Backends.open("auto", new Settings(2, 1L << 28)).backend();
    try (backend;
        var model = TrainedVae.open(folder.resolve("run"), backend);
        var data = new Pendulum(16);
        var parts =
            UnitParts.in(folder.resolve("stopped"), false, () -> left.getAndDecrement() <= 0)) {
      assertTrue(UnitStudy.of(new Scene(model, data, 3), question, parts, new Silent()).isEmpty());
    }
    final var ask = "units DIR/run" + rest + " --out DIR/stopped";
    final var refused = runs.run(ask);
    assertEquals(ExitCode.INPUT, refused.code(), refused::err);
    assertEquals(1, refused.errors().size(), refused::err);
    runs.succeed(ask + " --resume");
    assertEquals(runs.text("whole/units.json"), runs.text("stopped/units.json"));
    assertFalse(Files.exists(folder.resolve("stopped/parts")));
  }

  private static final class Silent implements UnitStudy.Listener {
    @Override
    public void doing(final String what) {}

    @Override
    public void cells(final long done, final long all) {}
  }
}
