package io.patchbay.analysis.reproduction;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.patchbay.analysis.study.FigureSize;
import io.patchbay.analysis.study.MeaningSize;
import io.patchbay.engine.BackendProvider.Settings;
import io.patchbay.engine.Backends;
import io.patchbay.vae.data.Factor;
import io.patchbay.vae.data.FactorDataset;
import io.patchbay.vae.data.ImageShape;
import io.patchbay.vae.train.Variant;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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

  private static final class Deaf implements Reproduction.Listener {
    @Override
    public void begins(final int runs, final int left, final Optional<Duration> remaining) {}

    @Override
    public void progress(final double done, final double total, final String what) {}
  }

  private static Reproduced run(final Path folder, final FactorDataset images, final int steps) {
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
            new FigureSize(6, 4, 40, 30, 10, new MeaningSize(16, 8, 19, 4, 4, 8, 3)),
            5);
    try (var backend = Backends.open("reference", new Settings(2, 1L << 30)).backend();
        var data = images) {
      return new Reproduction(plan, data, backend, Map.of(), new Deaf(), () -> false)
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

  @Test
  void theFirstSeedHasACircuitAndAllHaveLabels(@TempDir final Path folder) {
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
    }
    final var first = json.path("runs").path(0);
    final double edges = first.path("figures").path("circuit_edges").path("value").asDouble();
    final double all = first.path("figures").path("circuit_all_edges").path("value").asDouble();
    assertTrue(edges > 0 && edges <= all, first::toString);
    assertTrue(
        List.of("row", "column").contains(first.path("notes").path(RunFigures.FACTOR).asString()),
        first::toString);
    final var second = json.path("runs").path(1);
    assertTrue(second.path("figures").path("circuit_edges").isNull(), second::toString);
    assertTrue(json.path("left_out").isEmpty());
  }
}
