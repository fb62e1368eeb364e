package io.patchbay.analysis.reproduction;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.patchbay.engine.BackendProvider.Settings;
import io.patchbay.engine.Backends;
import io.patchbay.vae.data.Factor;
import io.patchbay.vae.data.FactorDataset;
import io.patchbay.vae.data.ImageShape;
import io.patchbay.vae.train.Variant;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// What is said of the parts of a model that reads its images, and of one that has one output for
/// all inputs, which does not end the work.
class MeaningRunTest {
  /// Bars, all in one place.
  private static final class OneImage implements FactorDataset {
    private final TwoBars bars = new TwoBars();

    @Override
    public String name() {
      return "one";
    }

    @Override
    public ImageShape shape() {
      return bars.shape();
    }

    @Override
    public List<Factor> factors() {
      return bars.factors();
    }

    @Override
    public long size() {
      return bars.size();
    }

    @Override
    public void image(final long row, final float[] target, final int offset) {
      bars.image(0, target, offset);
    }

    @Override
    public int[] factorsOf(final long row) {
      return bars.factorsOf(row);
    }

    @Override
    public long rowOf(final int[] factorIndices) {
      return bars.rowOf(factorIndices);
    }

    @Override
    public void close() {}
  }

  /// Hears everything, and dies at the first line that begins as told, as a killed process would.
  private static final class Heard implements Reproduction.Listener {
    private final String dieAt;
    private final List<String> heard = new ArrayList<>();

    Heard(final String dieAt) {
      this.dieAt = dieAt;
    }

    @Override
    public void begins(final Forecast forecast) {}

    @Override
    public void progress(final double done, final double total, final String what) {
      heard.add(what);
      if (what.startsWith(dieAt)) {
        throw new IllegalStateException("killed at: " + what);
      }
    }

    @Override
    public void ends(final String times) {}
  }

  private static Reproduced run(final Path folder, final FactorDataset images, final int steps) {
    return run(folder, images, steps, new Heard("never"));
  }

  private static Reproduced run(
      final Path folder, final FactorDataset images, final int steps, final Heard heard) {
    final var plan =
        new ReproductionPlan(
            "tiny",
            images.name(),
            List.of(Variant.VAE),
            2,
            steps,
            3,
            List.of(),
            List.of("arch.widths=4", "arch.hidden=8", "batch=16", "lr=1e-2"),
            HandMade.SMALLEST,
            Map.of());
    try (var backend = Backends.open("reference", new Settings(2, 1L << 30)).backend();
        var data = images) {
      return new Reproduction(plan, data, backend, Map.of(), List.of(), "again", heard, () -> false)
          .run(folder)
          .orElseThrow();
    }
  }

  @Test
  void itsFiguresAreKeptAndSayNothingOfTheFindings(@TempDir final Path folder) {
    final var result = run(folder, new OneImage(), 3);
    final var json = Json.read(folder.resolve(Reproduction.RESULT));
    final var run = json.path("runs").path(0);
    assertFalse(run.path("controls_passed").asBoolean(true));
    assertTrue(run.path("figures").path("ces").path("value").isNumber(), run::toString);
    assertTrue(run.path("figures").path("elbo").path("value").isNumber(), run::toString);
    assertTrue(run.path("figures").path("monosemantic").isNull(), run::toString);
    for (final var finding : json.path("findings")) {
      assertEquals("not_tested", finding.path("status").asString(), finding::toString);
    }
    assertEquals(2, json.path("left_out").size());
    final var sentence = json.path("left_out").path(0).asString();
    assertTrue(sentence.startsWith("left out of the findings: vae-1, "), sentence);
    assertTrue(result.text().contains(sentence), result::text);
    assertEquals(Json.tree(result.toMap()), Json.tree(run(folder, new OneImage(), 3).toMap()));
  }

  /// The files that the commands which ask one thing each leave in a run.
  private static List<String> files(final JsonNode run) {
    final var factor = run.path("notes").path(CircuitStep.FACTORS).asString();
    assertTrue(List.of("row", "column").contains(factor), run::toString);
    return List.of(
        "scores/scores.json",
        "units/units.json",
        "attribution/" + factor + "/attribution.json",
        "circuits/" + factor + "/encoder/circuit.json",
        "circuits/motifs-encoder.json");
  }

  @Test
  void everythingIsAskedAndAKillCostsTheStepAlone(
      @TempDir final Path folder, @TempDir final Path killed) throws IOException {
    run(folder, new TwoBars(), 400);
    final var json = Json.read(folder.resolve(Reproduction.RESULT));
    for (final var run : json.path("runs")) {
      final var figures = run.path("figures");
      final double kinds =
          List.of("monosemantic", "polysemantic", "undecided").stream()
              .mapToDouble(k -> figures.path(k).path("value").asDouble())
              .sum();
      assertTrue(kinds > 0 && kinds <= 3, run::toString);
      assertTrue(figures.path("graph_shd").isNull(), run::toString);
      final double edges = figures.path("circuit_edges").path("value").asDouble();
      final double all = figures.path("circuit_all_edges").path("value").asDouble();
      assertTrue(edges > 0 && edges <= all, run::toString);
      assertEquals(edges / all, figures.path("circuit_share").path("value").asDouble(), 1e-12);
      assertTrue(figures.path("attribution_missed").path("value").isNumber(), run::toString);
      assertTrue(figures.path("newman_q").path("value").isNumber(), run::toString);
      final boolean first = run.path("seed").asInt() == 1;
      assertEquals(!first, figures.path("readable_code").isNull(), run::toString);
      final var path = folder.resolve(run.path("run").asString());
      files(run).forEach(f -> assertTrue(Files.exists(path.resolve(f)), () -> path + ": " + f));
      assertEquals(first, Files.exists(path.resolve("profile/profile.json")), path::toString);
    }
    assertTrue(json.path("left_out").isEmpty());
    assertTrue(Files.exists(folder.resolve("report/index.html")));

    // Each call begins with the step that the one before died in.
    var next = "vae-1: interventions on latents";
    for (final var step :
        List.of(
            "vae-1: what latents mean",
            "vae-1: attribution patching",
            "vae-1: circuits",
            "vae-1: motifs",
            "vae-1: layer profile")) {
      final var dies = new Heard(step + ", ");
      final var died =
          assertThrows(IllegalStateException.class, () -> run(killed, new TwoBars(), 400, dies));
      assertTrue(String.valueOf(died.getMessage()).startsWith("killed at: " + step), step);
      assertEquals(
          next, dies.heard.stream().filter(h -> h.startsWith("vae-1: ")).findFirst().orElseThrow());
      next = step;
    }
    run(killed, new TwoBars(), 400);
    assertEquals(
        Files.readString(folder.resolve(Reproduction.RESULT)),
        Files.readString(killed.resolve(Reproduction.RESULT)));
    final var times = Json.read(killed.resolve("times.json")).path("vae-1");
    for (final var step : List.of("train", "latents", "scores", "circuits", "profile")) {
      assertTrue(times.path(step).asDouble(-1) >= 0, times::toString);
    }
  }
}
