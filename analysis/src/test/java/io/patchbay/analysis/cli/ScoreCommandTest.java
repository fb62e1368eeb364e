package io.patchbay.analysis.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.patchbay.analysis.cli.TrainedRuns.Mistake;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Disentanglement scores from the command line, of models that have learnt next to nothing.
class ScoreCommandTest {
  private static final String REST = " --samples 100 --seed 3 --device reference";

  /// Scores that lie between 0 and 1 by their definition.
  private static final List<String> SHARES =
      List.of(
          "beta_vae",
          "beta_vae_train",
          "factor_vae",
          "factor_vae_train",
          "mig",
          "mig_unbiased",
          "posterior_mig",
          "posterior_aam",
          "sap",
          "sap_continuous",
          "modularity",
          "modularity_unbiased",
          "explicitness",
          "explicitness_train",
          "irs",
          "dci_disentanglement",
          "dci_completeness",
          "dci_informativeness",
          "dci_informativeness_train");

  private static final List<String> UNSUPERVISED =
      List.of(
          "gaussian_total_correlation",
          "wasserstein_correlation",
          "wasserstein_correlation_norm",
          "mutual_information");

  @TempDir static Path folder;

  private static TrainedRuns runs;

  private static final List<Mistake> MISTAKES =
      List.of(
          new Mistake(ExitCode.USAGE, "RUN", "score"),
          new Mistake(ExitCode.INPUT, "no config.json", "score DIR/run DIR/none"),
          new Mistake(ExitCode.USAGE, "a number from 100", "score DIR/run --samples 99"),
          new Mistake(ExitCode.USAGE, "one of them", "score DIR/run --samples 500 --quick"),
          new Mistake(
              ExitCode.USAGE, "corrected or as-published", "score DIR/run --mode published"),
          new Mistake(ExitCode.USAGE, "different runs", "score DIR/run DIR/other/../run"));

  @BeforeAll
  static void train() {
    runs = new TrainedRuns(folder);
    runs.train("run", "pendulum:size=16");
    runs.train("other", "pendulum:size=16", "--seed", "2");
    runs.trainOnPictures("pictures");
  }

  @TestFactory
  Stream<DynamicTest> mistakesAreOneLineAndNothingIsWritten() {
    return runs.refuse(MISTAKES);
  }

  private static JsonNode file(final String run) {
    return runs.json(run + "/scores/scores.json");
  }

  private static JsonNode score(final JsonNode scores, final String name) {
    for (final var score : scores.path("scores")) {
      if (score.path("name").asString().equals(name)) {
        return score;
      }
    }
    throw new AssertionError("no " + name + " in " + scores);
  }

  @Test
  void everyScoreIsInTheFileAndTheTable() {
    final var shell = runs.succeed("score DIR/run --json" + REST);
    final var json = JsonMapper.shared().readTree(shell.out());
    assertEquals(file("run"), json);
    assertEquals("vae", json.path("model").asString());
    assertEquals("pendulum:size=16", json.path("data").asString());
    assertEquals("corrected", json.path("mode").asString());
    assertEquals(3, json.path("seed").asInt());
    assertEquals(Release.VERSION, json.path("version").asString());
    assertEquals(100, json.path("counts").path("training").asInt());
    final int known = json.path("counts").path("test_known").asInt(-1);
    assertTrue(known >= 0 && known < 10, () -> "test inputs learnt from: " + known);
    // 100 + 50 points of two batches of 64, as many votes of one, 100 for variances, 150 inputs.
    assertEquals(150 * 64 * 3 + 250, json.path("counts").path("codes").asInt());
    final int images = json.path("counts").path("images").asInt();
    assertTrue(images > 5000 && images <= 7308 + 150, () -> "images=" + images);
    for (final var name : SHARES) {
      final var score = score(json, name);
      final double value = score.path("value").asDouble();
      assertTrue(value >= -1e-9 && value <= 1 + 1e-9, score::toString);
      assertFalse(score.path("note").asString().isEmpty(), score::toString);
      assertTrue(score.path("n").asInt() == 100 || score.path("n").asInt() == 50);
    }
    final var names = new HashSet<String>();
    for (final var score : json.path("scores")) {
      assertTrue(names.add(score.path("name").asString()), "twice: " + score);
      if (!score.path("low").isNull()) {
        assertTrue(score.path("low").asDouble() <= score.path("high").asDouble());
      }
    }
    assertTrue(names.containsAll(UNSUPERVISED), names::toString);

    final var table = runs.succeed("score DIR/run" + REST);
    assertEquals(2 + names.size(), table.out().lines().count(), table::out);
    names.forEach(name -> assertTrue(table.out().contains(name), name));
    assertEquals(json, file("run"), "the same seed");
  }

  @Test
  void publishedDefectsAreAMode() {
    runs.succeed("score DIR/other --json --mode as-published" + REST);
    final var published = file("other");
    assertEquals("as-published", published.path("mode").asString());
    runs.succeed("score DIR/other" + REST);
    final var corrected = file("other");
    for (final var name : List.of("factor_vae", "mig", "irs", "dci_completeness")) {
      assertEquals(score(corrected, name), score(published, name));
    }
    for (final var name : List.of("irs_active", "posterior_mig")) {
      assertTrue(
          score(corrected, name).path("value").asDouble()
              != score(published, name).path("value").asDouble(),
          name);
    }
    assertEquals(2, score(corrected, "irs_active").path("value").asInt());
  }

  @Test
  void runsThatDifferInTheirSeedAreRanked() {
    final var shell = runs.succeed("score DIR/run DIR/pictures DIR/other --json" + REST);
    final var runs = JsonMapper.shared().readTree(shell.out()).path("runs");
    assertEquals(3, runs.size());
    assertEquals(file("run"), runs.get(0));
    for (final var name : List.of("run", "other")) {
      for (final var udr : List.of("udr_lasso", "udr_spearman")) {
        final var score = score(file(name), udr);
        assertTrue(score.path("value").asDouble() >= 0, score::toString);
        assertTrue(score.path("note").asString().contains("1 other model"), score::toString);
        assertTrue(score.path("note").asString().contains("100 inputs"), score::toString);
        assertEquals(1, score.path("n").asInt());
      }
    }
    // Without factors, and without another of its kind.
    final var pictures = file("pictures");
    assertEquals(UNSUPERVISED.size(), pictures.path("scores").size(), pictures::toString);
    UNSUPERVISED.forEach(name -> score(pictures, name));
    assertTrue(shell.err().contains("the data has no factors"), shell::err);
    assertTrue(pictures.path("note").asString().contains("no factors"));
  }
}
