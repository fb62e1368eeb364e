package io.patchbay.analysis.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.patchbay.analysis.reproduction.MeasureSizes;
import io.patchbay.analysis.reproduction.MechanismSizes;
import io.patchbay.analysis.reproduction.Preset;
import io.patchbay.analysis.study.FigureSize;
import io.patchbay.analysis.study.ScoreSizes;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import tools.jackson.databind.json.JsonMapper;

/// The paper's plan from its option to its page, with fewer steps and inputs.
class ReproducePaperTest {
  /// As the paper's, but for how much.
  private static final Preset LITTLE =
      new Preset(
          Preset.PAPER.id(),
          200,
          List.of("lr=1e-2", "arch.widths=4", "arch.hidden=32", "batch=16", "checkpoint_every=10"),
          Preset.PAPER.aboveFactors(),
          new MeasureSizes(
              new FigureSize(6, 4, 40),
              new ScoreSizes(100, 50, 4, 100, 20),
              new MechanismSizes(24, 8, 19, 4, 3, 2, 4, 19, 16, 8, 3)),
          Preset.PAPER.effort());

  @TempDir Path folder;

  private Shell run(final String... more) {
    final var words =
        new ArrayList<>(
            List.of(
                "--paper",
                "--data",
                "pendulum:size=16",
                "--models",
                "vae,beta-vae",
                "--seeds",
                "2",
                "--out",
                folder.resolve("out").toString()));
    words.addAll(List.of(more));
    final var out = new StringWriter();
    final var err = new StringWriter();
    final int code =
        new CommandLine(new ReproduceCommand(Preset.QUICK, LITTLE))
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(err, true))
            .execute(words.toArray(String[]::new));
    return new Shell(code, out.toString(), err.toString());
  }

  @Test
  void thePapersPlanIsToldTrainedMeasuredAndJudged() throws IOException {
    final var shell = run();
    assertEquals(ExitCode.OK, shell.code(), shell::err);
    // Two factors are free: bottlenecks of two and four latents.
    assertTrue(shell.err().contains("paper: 12 runs of 200 steps on pendulum:size=16"), shell::err);
    for (final var line :
        List.of(
            "train vae, 200 steps +6 x ",
            "train beta-vae, 200 steps +6 x ",
            "interventions on latents +12 x ",
            "circuits +4 x ",
            "layer profile +2 x ",
            "factor graph +4 x ")) {
      assertTrue(
          shell.errors().stream().anyMatch(l -> l.matches(" *" + line + ".*")),
          () -> line + ": " + shell.err());
    }
    assertTrue(shell.err().contains("estimated time: "), shell::err);
    assertTrue(shell.err().contains("time: train "), shell::err);
    assertTrue(shell.out().contains("vae, 2 latents"), shell::out);

    final var file = folder.resolve("out/reproduce.json");
    final var json = JsonMapper.shared().readTree(Files.readString(file));
    assertEquals("[2,4]", json.path("options").path("bottlenecks").toString());
    assertEquals(12, json.path("runs").size());
    assertEquals(6, json.path("table").size());
    for (final var finding : json.path("findings")) {
      if (finding.path("id").asString().equals("bottleneck")) {
        // So few steps may leave it untested, but not for want of models.
        assertFalse(
            finding.path("sentence").asString().contains("--bottlenecks"), finding::toString);
      }
    }
    int labelled = 0;
    for (final var run : json.path("runs")) {
      final var figures = run.path("figures");
      assertTrue(figures.path("udr_lasso").isObject(), run::toString);
      if (run.path("latent").asInt() == 10) {
        labelled += figures.path("monosemantic").isObject() ? 1 : 0;
      } else {
        assertTrue(figures.path("monosemantic").isNull(), run::toString);
      }
    }
    assertTrue(labelled > 0, "no model learned anything: " + shell.out());
    final var page = Files.readString(folder.resolve("out/report/index.html"));
    assertTrue(page.contains("The paper's table"), "page");
    assertTrue(
        page.contains("--paper --seeds 2 --data pendulum:size=16 --models vae,beta-vae"),
        "command");

    final var again = run("--quiet");
    assertEquals(ExitCode.OK, again.code(), again::err);
    assertEquals(shell.out(), again.out());
    assertFalse(again.err().contains("train"), again::err);
  }
}
