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

/// A model that has one output for all inputs does not end the work.
class BlindRunTest {
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

  private static Reproduced run(final Path folder) {
    final var plan =
        new ReproductionPlan(
            "tiny",
            "one",
            List.of(Variant.VAE),
            1,
            3,
            3,
            List.of(),
            List.of("arch.widths=4", "arch.hidden=8", "batch=4"),
            new FigureSize(6, 4, 40, 30, 10, new MeaningSize(16, 8, 19, 4, 4, 8, 3)),
            5);
    try (var backend = Backends.open("reference", new Settings(2, 1L << 30)).backend();
        var data = new OneImage()) {
      return new Reproduction(plan, data, backend, Map.of(), new Deaf(), () -> false)
          .run(folder)
          .orElseThrow();
    }
  }

  @Test
  void itsFiguresAreKeptAndSayNothingOfTheFindings(@TempDir final Path folder) {
    final var result = run(folder);
    final var json = Json.read(folder.resolve(Reproduction.RESULT));
    final var run = json.path("runs").path(0);
    assertFalse(run.path("controls_passed").asBoolean(true));
    assertTrue(run.path("figures").path("ces").path("value").isNumber(), run::toString);
    assertTrue(run.path("figures").path("elbo").path("value").isNumber(), run::toString);
    assertTrue(run.path("figures").path("monosemantic").isNull(), run::toString);
    for (final var finding : json.path("findings")) {
      assertEquals("not_tested", finding.path("status").asString(), finding::toString);
    }
    assertEquals(1, json.path("left_out").size());
    final var sentence = json.path("left_out").path(0).asString();
    assertTrue(sentence.startsWith("left out of the findings: vae-1, "), sentence);
    assertTrue(result.text().contains(sentence), result::text);
    assertEquals(Json.tree(result.toMap()), Json.tree(run(folder).toMap()));
  }
}
