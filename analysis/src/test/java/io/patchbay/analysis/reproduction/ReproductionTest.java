package io.patchbay.analysis.reproduction;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.patchbay.engine.Backend;
import io.patchbay.engine.BackendProvider.Settings;
import io.patchbay.engine.Backends;
import io.patchbay.vae.data.Sprites;
import io.patchbay.vae.io.BadInputException;
import io.patchbay.vae.io.RunLock;
import io.patchbay.vae.train.Variant;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// Models of a few steps on tiny images: the whole way, stopped, killed, and refused.
class ReproductionTest {
  private static final Backend BACKEND =
      Backends.open("reference", new Settings(2, 1L << 30)).backend();
  private static final Map<String, String> VERSIONS = Map.of("patchbay", "test");
  private static final Map<Step, Integer> EFFORT = Map.of(Step.LATENTS, 3, Step.SCORES, 2);
  private static final ReproductionPlan PLAN = plan(ReproductionPlan.VARIANTS, 2, 6, List.of(2));

  /// Two runs, for what is done many times.
  private static final ReproductionPlan SHORT =
      plan(List.of(Variant.VAE, Variant.FACTOR_VAE), 1, 6, List.of());

  @TempDir static Path whole;
  @TempDir static Path two;
  @TempDir Path folder;

  private static ReproductionPlan plan(
      final List<Variant> variants,
      final int seeds,
      final long steps,
      final List<Integer> bottlenecks) {
    return new ReproductionPlan(
        "tiny",
        "bars",
        variants,
        seeds,
        steps,
        3,
        bottlenecks,
        List.of(
            "arch.widths=4",
            "arch.hidden=8",
            "batch=4",
            "lr=1e-2",
            "checkpoint_every=4",
            "factor-vae:discriminator.width=8",
            "factor-vae:discriminator.layers=1"),
        HandMade.SMALLEST,
        EFFORT);
  }

  /// Hears everything, and dies at the first line that begins as told, as a killed process would:
  /// nothing is put away.
  private static final class Heard implements Reproduction.Listener {
    private final String dieAt;
    private final List<String> heard = new ArrayList<>();
    private final List<Double> shares = new ArrayList<>();

    Heard() {
      this("never");
    }

    Heard(final String dieAt) {
      this.dieAt = dieAt;
    }

    @Override
    public void begins(final Forecast forecast) {
      heard.add(forecast.runs() + " runs, " + forecast.left() + " left");
    }

    @Override
    public void progress(final double done, final double total, final String what) {
      heard.add(what);
      shares.add(done / total);
      if (what.startsWith(dieAt)) {
        throw new IllegalStateException("killed at: " + what);
      }
    }

    @Override
    public void ends(final String times) {
      heard.add("time: " + times);
    }
  }

  private static Optional<Reproduced> run(
      final Path into, final ReproductionPlan plan, final Heard heard, final BooleanSupplier stop) {
    try (var data = new TwoBars()) {
      return new Reproduction(plan, data, BACKEND, VERSIONS, List.of(), "again", heard, stop)
          .run(into);
    }
  }

  private static Optional<Reproduced> run(final Path into, final Heard heard) {
    return run(into, SHORT, heard, () -> false);
  }

  private static String result(final Path into) throws IOException {
    return Files.readString(into.resolve(Reproduction.RESULT));
  }

  @BeforeAll
  static void once() {
    final var heard = new Heard();
    assertTrue(run(whole, PLAN, heard, () -> false).isPresent());
    assertTrue(run(two, new Heard()).isPresent());
    assertEquals("10 runs, 10 left", heard.heard.getFirst());
    assertEquals(1.0, heard.shares.getLast(), 1e-9);
    for (int i = 1; i < heard.shares.size(); i++) {
      assertTrue(heard.shares.get(i) >= heard.shares.get(i - 1) - 1e-9, "progress goes on");
    }
  }

  @AfterAll
  static void close() {
    BACKEND.close();
  }

  @Test
  void everyRunIsARunFolderAndHasEveryFigure() throws IOException {
    final var json = Json.read(whole.resolve(Reproduction.RESULT));
    final var runs = new ArrayList<String>();
    for (final var run : json.path("runs")) {
      runs.add(run.path("run").asString());
      final var path = whole.resolve(runs.getLast());
      for (final var file : List.of("config.json", "model.safetensors", "DONE", "measures.json")) {
        assertTrue(Files.exists(path.resolve(file)), () -> path + ": " + file);
      }
      final var figures = run.path("figures");
      assertEquals(Measure.ALL.size(), figures.size());
      for (final var id : List.of("ces", "ces_untrained", "dci_disentanglement", "mig", "elbo")) {
        assertTrue(figures.path(id).path("value").isNumber(), () -> path + ": " + id);
      }
      final var ces = figures.path("ces");
      assertTrue(ces.path("low").asDouble() <= ces.path("value").asDouble(), ces::toString);
      assertEquals(6, ces.path("n").asInt());
      assertEquals(4, figures.path("controls").path("value").asInt());
      assertTrue(run.path("controls_passed").asBoolean());
      for (final var id :
          List.of("beta_vae", "factor_vae", "sap", "modularity", "explicitness", "irs")) {
        assertTrue(figures.path(id).path("value").isNumber(), () -> path + ": " + id);
      }
      // Two seeds of each model rank one another.
      assertTrue(figures.path("udr_lasso").path("value").isNumber(), figures::toString);
      assertTrue(Files.exists(path.resolve("scores/scores.json")), path::toString);
    }
    assertEquals(
        List.of(
            "vae-1",
            "beta-vae-1",
            "factor-vae-1",
            "vae-2",
            "beta-vae-2",
            "factor-vae-2",
            "vae-d2-1",
            "beta-vae-d2-1",
            "vae-d2-2",
            "beta-vae-d2-2"),
        runs);
    assertFalse(Files.exists(whole.resolve(".timing")));
  }

  @Test
  void theTableHasTheRunsMeans() {
    final var json = Json.read(whole.resolve(Reproduction.RESULT));
    final var row = json.path("table").path(1);
    assertEquals("beta-vae", row.path("model").asString());
    final double mean = (strength(json, 1) + strength(json, 4)) / 2;
    assertEquals(mean, row.path("figures").path("ces").path("value").asDouble(), 1e-12);
    assertEquals(5, json.path("table").size());
    for (final var finding : json.path("findings")) {
      final var id = finding.path("id").asString();
      final boolean tested =
          id.endsWith("order")
              || id.contains("order_")
              || List.of("trade_off", "bottleneck").contains(id);
      assertEquals(tested, !finding.path("status").asString().equals("not_tested"), id);
      // Six steps are too few for a latent to carry anything.
      if (List.of("unit_kinds", "circuits").contains(id)) {
        final var sentence = finding.path("sentence").asString();
        assertTrue(sentence.contains("vae-1: no latent carries 0.1 nats"), sentence);
      }
    }
  }

  private static double strength(final JsonNode json, final int run) {
    return json.path("runs").path(run).path("figures").path("ces").path("value").asDouble();
  }

  /// In training before and after a checkpoint, within steps of measuring and between them, in a
  /// later run, at the end.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "vae-1 step 2 ",
        "vae-1 step 6 ",
        "vae-1: interventions on latents, latent grid",
        "vae-1: disentanglement scores",
        "vae-1: disentanglement scores, DCI",
        "vae-1: done",
        "factor-vae-1 step 5 ",
        "factor-vae-1: what latents mean",
        "factor-vae-1: done"
      })
  void aKilledReproductionEndsAsOneThatWasNot(final String line) throws IOException {
    final var dies = new Heard(line);
    final var killed = assertThrows(IllegalStateException.class, () -> run(folder, dies));
    assertTrue(String.valueOf(killed.getMessage()).startsWith("killed at: "), killed::toString);
    assertFalse(Files.exists(folder.resolve(Reproduction.RESULT)));
    assertTrue(run(folder, new Heard()).isPresent());
    assertEquals(result(two), result(folder));
  }

  @Test
  void whatWasStoppedIsKeptAndNotDoneAgain() throws IOException {
    final var first = new Heard();
    final BooleanSupplier stop = () -> first.heard.contains("factor-vae-1: disentanglement scores");
    assertTrue(run(folder, SHORT, first, stop).isEmpty());
    assertTrue(Files.exists(folder.resolve("vae-1/measures.json")));
    assertTrue(Files.exists(folder.resolve("factor-vae-1/DONE")));
    assertFalse(Files.exists(folder.resolve("factor-vae-1/measures.json")));
    final var second = new Heard();
    assertTrue(run(folder, second).isPresent());
    assertEquals("2 runs, 1 left", second.heard.getFirst());
    assertFalse(second.heard.stream().anyMatch(h -> h.startsWith("vae-1")), second.heard::toString);
    assertFalse(second.heard.stream().anyMatch(h -> h.startsWith("factor-vae-1 step")));
    assertEquals(result(two), result(folder));
    // Its latents were measured before it was stopped.
    assertFalse(second.heard.stream().anyMatch(h -> h.startsWith("factor-vae-1: interventions")));
    final var third = new Heard();
    assertTrue(run(folder, third).isPresent());
    assertEquals("2 runs, 0 left", third.heard.getFirst());
    assertEquals(2, third.heard.size(), third.heard::toString);
    assertEquals(result(two), result(folder));
  }

  @Test
  void aRunThatDiedBeforeItsConfigurationIsBegunAnew() throws IOException {
    Files.createDirectories(folder.resolve("vae-1"));
    Files.writeString(
        folder.resolve("options.json"), Files.readString(two.resolve("options.json")));
    Files.writeString(folder.resolve("vae-1/config.yaml"), "model: vae\n");
    Files.writeString(folder.resolve("vae-1/.config.json.1.part"), "{");
    assertTrue(run(folder, new Heard()).isPresent());
    assertEquals(result(two), result(folder));
  }

  @Test
  void otherOptionsAreRefusedInOneLine() throws IOException {
    final var before = files(two);
    final var more =
        assertThrows(
            BadInputException.class,
            () -> run(two, plan(SHORT.variants(), 2, 6, List.of()), new Heard(), () -> false));
    assertEquals("seeds", more.place());
    final var longer =
        assertThrows(
            BadInputException.class,
            () -> run(two, plan(SHORT.variants(), 1, 7, List.of()), new Heard(), () -> false));
    assertEquals("steps", longer.place());
    final var line = String.valueOf(longer.getMessage());
    assertEquals(1, line.lines().count());
    assertTrue(line.contains("found 6, expected the value of this call, 7"), line);
    assertEquals(before, files(two));
  }

  @Test
  void aFolderOfSomethingElseIsRefusedAndLeftAsItWas() throws IOException {
    Files.writeString(folder.resolve("letter.txt"), "keep me");
    final var refused = assertThrows(BadInputException.class, () -> run(folder, new Heard()));
    assertTrue(String.valueOf(refused.getMessage()).contains("files in it"), refused::toString);
    assertEquals(
        List.of(folder.toString(), folder.resolve("letter.txt").toString()), files(folder));
  }

  private BadInputException refused(final Path beside) {
    try (var data = new TwoBars()) {
      final var reproduction =
          new Reproduction(
              SHORT, data, BACKEND, VERSIONS, List.of(beside), "again", new Heard(), () -> false);
      return assertThrows(BadInputException.class, () -> reproduction.run(folder.resolve("new")));
    }
  }

  @Test
  void whatStandsBesideMustBeDoneAndOfOtherData() throws IOException {
    assertEquals("data", refused(two).place());
    assertTrue(String.valueOf(refused(folder).getMessage()).contains("no such file"));
    Files.writeString(folder.resolve(Reproduction.RESULT), "{}");
    assertEquals("options", refused(folder).place());
    Files.writeString(
        folder.resolve(Reproduction.RESULT), result(two).replace("\"bars\"", "\"others\""));
    assertFalse(Files.exists(folder.resolve("new")));
    final var other = OtherData.read(folder);
    assertEquals("others", other.data());
    assertEquals(2, other.evidence().runs().size());
    Files.writeString(folder.resolve(Reproduction.RESULT), result(two).replace("\"vae\"", "\"x\""));
    assertEquals(
        "model", assertThrows(BadInputException.class, () -> OtherData.read(folder)).place());
  }

  @Test
  void aFolderInUseIsRefused() {
    try (var _ = RunLock.acquire(folder)) {
      final var refused = assertThrows(BadInputException.class, () -> run(folder, new Heard()));
      assertEquals("lock", refused.place());
    }
  }

  @Test
  void aBrokenFileOfFiguresIsNamed() throws IOException {
    assertTrue(
        run(folder, SHORT, new Heard(), () -> Files.exists(folder.resolve("vae-1/measures.json")))
            .isEmpty());
    Files.writeString(folder.resolve("vae-1/measures.json"), "{ \"of\": ");
    final var broken = assertThrows(BadInputException.class, () -> run(folder, new Heard()));
    assertTrue(broken.file().endsWith("measures.json"), broken::toString);
  }

  @Test
  void figuresOfAnotherConfigurationAreMeasuredAgain() throws IOException {
    final var file = folder.resolve("vae-1/measures.json");
    assertTrue(run(folder, SHORT, new Heard(), () -> Files.exists(file)).isEmpty());
    final var text = Files.readString(file);
    Files.writeString(file, text.replaceAll("\"config_hash\" : \"..", "\"config_hash\" : \"xx"));
    final var heard = new Heard();
    assertTrue(run(folder, heard).isPresent());
    assertEquals("2 runs, 2 left", heard.heard.getFirst());
    assertEquals(text, Files.readString(file));
  }

  @Test
  void settingsOfOneModelAndWrongOnes() {
    try (var data = new TwoBars()) {
      final var runs = PLAN.runs(data);
      assertEquals(Variant.FACTOR_VAE, runs.get(2).variant());
      assertTrue(runs.get(2).config().toJson().contains("\"width\" : 8"));
    }
    for (final var wrong : List.of("seed=3", "latent=2", "annealed-vae:gamma=3", "vae:steps=1")) {
      final var refused =
          assertThrows(BadInputException.class, () -> with(List.of(wrong), 3), wrong);
      assertEquals("--set", refused.file());
    }
    assertEquals(
        "--bottlenecks", assertThrows(BadInputException.class, () -> with(List.of(), 2)).file());
  }

  @Test
  void thePaperPresetTrainsBottlenecksToo() {
    try (var sprites = new Sprites(false)) {
      final var paper = ReproductionPlan.of(Preset.PAPER, "sprites", sprites, 3);
      assertEquals(List.of(5, 7), paper.bottlenecks());
      final var runs = paper.runs(sprites);
      assertEquals(9 + 12, runs.size());
      assertEquals("beta-vae-d7-3", runs.getLast().name());
      assertEquals(300_000, runs.getLast().config().steps());
      assertEquals(7, runs.getLast().config().latent());
      final var quick = ReproductionPlan.of(Preset.QUICK, "sprites", sprites, 2);
      assertEquals(6, quick.runs(sprites).size());
    }
  }

  private static ReproductionPlan with(final List<String> settings, final int latent) {
    return new ReproductionPlan(
        "tiny",
        "bars",
        ReproductionPlan.VARIANTS,
        1,
        1,
        latent,
        List.of(2),
        settings,
        PLAN.sizes(),
        EFFORT);
  }

  private static List<String> files(final Path folder) throws IOException {
    try (var files = Files.walk(folder)) {
      return files.map(Path::toString).sorted().toList();
    }
  }
}
