package io.patchbay.analysis.study;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.patchbay.analysis.disentanglement.Mode;
import io.patchbay.analysis.statistics.Matrix;
import io.patchbay.analysis.study.ScoreProgress.Part;
import io.patchbay.engine.BackendProvider.Settings;
import io.patchbay.engine.Backends;
import io.patchbay.vae.data.Pendulum;
import io.patchbay.vae.train.Representation;
import io.patchbay.vae.train.TrainConfig;
import io.patchbay.vae.train.TrainedVae;
import io.patchbay.vae.train.Variant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class ScoreStudyTest {
  private static final ScoreSizes SMALL = new ScoreSizes(100, 50, 8, 100, 50);
  private static final TrainConfig CONFIG =
      TrainConfig.defaults(Variant.VAE, "seed=31", "latent=3", "arch.widths=4", "arch.hidden=8");

  private final Pendulum data = new Pendulum(16);

  private <T> T with(final int threads, final Function<Scene, T> question) {
    try (var backend = Backends.open("auto", new Settings(threads, 1L << 28)).backend();
        var model = TrainedVae.untrained(CONFIG, data.shape(), backend)) {
      return question.apply(new Scene(model, data, 7));
    }
  }

  private static Matrix encoded(final Scene scene, final int capacity, final int[][] factors) {
    try (var representation = new Representation(scene.model(), capacity)) {
      final var told = new ArrayList<Long>();
      final var grid = new EncodedGrid(representation, scene.data(), 3, told::add);
      final var first = grid.of(factors);
      assertEquals(2, grid.encoded(), "each input once");
      final var again = grid.of(new int[][] {factors[2], factors[0]});
      assertEquals(2, grid.encoded());
      assertEquals(5, grid.asked());
      assertEquals(List.of(3L, 5L), told);
      for (int j = 0; j < 3; j++) {
        assertEquals(first.at(2, j), again.at(0, j));
        assertEquals(first.at(0, j), first.at(1, j), "the same factors");
        assertEquals(first.at(0, j), again.at(1, j));
      }
      return first;
    }
  }

  @Test
  void keptCodesAreThoseOfTheModel() {
    with(
        2,
        scene -> {
          final int[][] factors = {{83, 86}, {83, 86}, {0, 5}};
          final var codes = encoded(scene, 1, factors);
          final var larger = encoded(scene, 64, factors);
          try (var representation = new Representation(scene.model())) {
            final long[] rows = {data.rowOf(factors[0]), data.rowOf(factors[2])};
            final var direct = representation.encode(data, rows);
            for (int j = 0; j < 3; j++) {
              assertEquals(direct.mu(0, j), codes.at(0, j));
              assertEquals(direct.mu(1, j), codes.at(2, j));
              assertEquals(codes.at(2, j), larger.at(2, j));
            }
          }
          return true;
        });
  }

  @Test
  void threadsDoNotChangeAFigure() {
    final var heard = new Heard();
    final var one = with(1, scene -> ScoreStudy.of(scene, SMALL, Mode.CORRECTED, heard));
    final long codes = 150 * 8 * 3 + 250;
    assertEquals(
        Map.of(Part.CODES, List.of(codes, codes), Part.SCORES, List.of(8L, 8L)), heard.last);
    final var two =
        with(2, scene -> ScoreStudy.of(scene, SMALL, Mode.CORRECTED, (_, _, _, _) -> {}));
    assertEquals(one.scores(), two.scores());
    assertEquals(25, one.scores().size(), one.scores()::toString);
    for (final var score : one.scores()) {
      final boolean count = score.name().endsWith("_active");
      assertEquals(
          score.interval().isPresent(), score.value().isPresent() && !count, score::toString);
      assertTrue(score.note().contains(count ? "no interval" : "interval: "), score::toString);
    }

    assertTrue(one.score("mig").orElseThrow().interval().isPresent());
    assertTrue(one.score("nothing").isEmpty());
    final var ranked =
        ScoreStudy.ranked(
            List.of(
                with(1, scene -> ScoreStudy.model(scene, SMALL)),
                with(2, scene -> ScoreStudy.model(scene, SMALL))));
    // A model beside itself: standardised codes, whose ranks agree.
    assertEquals(ranked.get(0), ranked.get(1));
    assertEquals(one.scores().size() + 2, one.with(ranked.get(0)).scores().size());
  }

  /// Hears that a study goes forward and to its end.
  private static final class Heard implements ScoreProgress {
    private final Map<Part, List<Long>> last = new EnumMap<>(Part.class);

    @Override
    public void update(final Part part, final long done, final long total, final String what) {
      final long before = last.getOrDefault(part, List.of(0L, total)).getFirst();
      assertTrue(done >= before && done <= total, () -> part + " " + done + " of " + total);
      last.put(part, List.of(done, total));
    }
  }

  @Test
  void tooFewSamplesAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> ScoreSizes.of(99));
    assertThrows(IllegalArgumentException.class, () -> new ScoreSizes(100, 50, 1, 100, 50));
    assertEquals(5_000, ScoreSizes.STANDARD.test());
    assertEquals(1_000, ScoreSizes.STANDARD.ranked());
  }
}
