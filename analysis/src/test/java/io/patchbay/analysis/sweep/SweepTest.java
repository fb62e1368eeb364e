package io.patchbay.analysis.sweep;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.patchbay.analysis.HostBackend;
import io.patchbay.analysis.patch.GuardRun;
import io.patchbay.analysis.patch.Reach;
import io.patchbay.analysis.patch.Subject;
import io.patchbay.analysis.sweep.folder.Account;
import io.patchbay.analysis.sweep.folder.Place;
import io.patchbay.analysis.sweep.folder.PlanFile;
import io.patchbay.analysis.sweep.folder.SweepPlan;
import io.patchbay.analysis.sweep.folder.SweepTable;
import io.patchbay.engine.Backend;
import io.patchbay.engine.BackendProvider.Settings;
import io.patchbay.vae.data.Sprites;
import io.patchbay.vae.io.BadInputException;
import io.patchbay.vae.train.Environment;
import io.patchbay.vae.train.TrainConfig;
import io.patchbay.vae.train.TrainedVae;
import io.patchbay.vae.train.Variant;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SweepTest {
  private static final List<Double> NONE = List.of();

  private final Sprites data = new Sprites(false);
  private Backend backend;
  private TrainedVae model;

  @TempDir private Path folder;

  @BeforeAll
  void open() {
    backend = HostBackend.open(new Settings(2, 1L << 30));
    final var config =
        TrainConfig.defaults(
            Variant.VAE, "arch.widths=4,4", "arch.hidden=16", "latent=3", "seed=5");
    model = TrainedVae.untrained(config, data.shape(), backend);
  }

  @AfterAll
  void close() {
    model.close();
    backend.close();
  }

  private Subject subject() {
    return new Subject(backend, model.vae(), model.weights());
  }

  private Sweep sweep(final SweepPlan plan, final Path to) {
    return new Sweep(subject(), data, plan, to);
  }

  private static SweepPlan plan(
      final String site, final String units, final String op, final List<Double> values) {
    return new SweepPlan(site, units, op, values, 2, 0, 20, "l2", 9);
  }

  @Test
  void stoppedAndResumedGivesTheSameBytes() throws IOException {
    final var plan = plan("decoder.convt1", "channels", "interchange", NONE);
    final var whole = folder.resolve("whole");
    sweep(plan, whole).run(false, (_, _) -> {}, () -> false);
    final var parts = folder.resolve("parts");
    final var polls = new AtomicInteger();
    final var stopped =
        sweep(plan, parts).run(false, (_, _) -> {}, () -> polls.incrementAndGet() > 17);
    assertTrue(stopped.interrupted());
    assertFalse(Files.exists(parts.resolve("DONE")));
    assertFalse(sweep(plan, parts).run(true, (_, _) -> {}, () -> false).interrupted());
    for (final var file : List.of("effects.npy", "index.csv", "axes.json", "plan.json")) {
      assertArrayEquals(
          Files.readAllBytes(whole.resolve(file)), Files.readAllBytes(parts.resolve(file)), file);
    }
    assertTrue(Files.exists(parts.resolve("DONE")));
    final var environment =
        JsonMapper.shared().readTree(Files.readString(parts.resolve("environment.json")));
    assertEquals(backend.instructions(), environment.path("instructions").stringValue());
    assertEquals(backend.device(), environment.path("device").stringValue());
    assertEquals(Environment.commit(), environment.path("commit").stringValue());
    assertTrue(environment.path("cpu").isString());
    assertEquals(9, environment.path("seed").intValue());
  }

  /// Counts the inputs that are computed.
  private record Counting(InputCells cells, AtomicInteger inputs) implements InputCells {
    @Override
    public Computed run(final long row) {
      inputs.incrementAndGet();
      return cells.run(row);
    }

    @Override
    public int rows() {
      return cells.rows();
    }

    @Override
    public void close() {
      cells.close();
    }
  }

  private int inputsToEnd(final SweepPlan plan, final Path to) {
    final var inputs = new AtomicInteger();
    new Sweep(
            subject(),
            data,
            "sprites",
            plan,
            to,
            Optional.empty(),
            Optional.empty(),
            cells -> new Counting(cells, inputs))
        .run(true, (_, _) -> {}, () -> false);
    return inputs.get();
  }

  @ParameterizedTest
  @CsvSource({"1,16", "1250,16", "1251,15", "2000,10", "10001,1", "20000,1", "2000000000,1"})
  void aShardIsAboutTwentyThousandCells(final int cellsPerInput, final int inputs) {
    assertEquals(inputs, PlanFile.shard(cellsPerInput));
  }

  /// 4,096 cells an input.
  @Test
  void aStopLosesLessThanAShardOfManyCells() throws IOException {
    final var plan = new SweepPlan("input", "elements", "zero", NONE, 1, 0, 6, "l2", 9);
    final var whole = folder.resolve("elements");
    sweep(plan, whole).run(false, (_, _) -> {}, () -> false);
    assertEquals(4, PlanFile.read(whole.resolve("plan.json")).shard());
    final var parts = folder.resolve("elements-in-parts");
    final var polls = new AtomicInteger();
    sweep(plan, parts).run(false, (_, _) -> {}, () -> polls.incrementAndGet() > 5);
    assertEquals(2, inputsToEnd(plan, parts));
    for (final var file : List.of("effects.npy", "axes.json", "plan.json", "account.json")) {
      assertArrayEquals(
          Files.readAllBytes(whole.resolve(file)), Files.readAllBytes(parts.resolve(file)), file);
    }
  }

  @Test
  void aFolderKeepsTheShardsThatItWasStartedWith() throws IOException {
    final var plan = plan("latent.z", "channels", "zero", NONE);
    final var whole = folder.resolve("sixteen");
    sweep(plan, whole).run(false, (_, _) -> {}, () -> false);
    final var old = folder.resolve("old");
    final var polls = new AtomicInteger();
    sweep(plan, old).run(false, (_, _) -> {}, () -> polls.incrementAndGet() > 17);
    final var file = old.resolve("plan.json");
    final var text = Files.readString(file);
    final var without =
        text.replaceAll(",\\s*\"data\" : \"sprites\",\\s*\"inputs_per_shard\" : 16", "");
    assertFalse(without.equals(text));
    Files.writeString(file, without);
    assertEquals(4, inputsToEnd(plan, old), "a folder that does not say it has 16");
    assertTrue(Files.readString(whole.resolve("plan.json")).contains("\"data\" : \"sprites\""));
    final var three = folder.resolve("three");
    sweep(plan, three).run(false, (_, _) -> {}, () -> true);
    Files.writeString(three.resolve("plan.json"), text.replace("shard\" : 16", "shard\" : 3"));
    assertEquals(20, inputsToEnd(plan, three));
    try (var shards = Files.list(three.resolve("shards"))) {
      assertEquals(2 * 7, shards.count());
    }
    for (final var parts : List.of(old, three)) {
      assertArrayEquals(
          Files.readAllBytes(whole.resolve("effects.npy")),
          Files.readAllBytes(parts.resolve("effects.npy")));
    }
  }

  /// A folder says how its ops of one's own were computed, and takes no others.
  @Test
  void opsOfOnesOwnAreComputedInOneWay() throws IOException {
    final var plan = plan("latent.z", "channels", "expr:clean / 2", NONE);
    final var to = folder.resolve("own-ops");
    final var sweep = sweep(plan, to);
    assertEquals("interpreted", sweep.own().orElseThrow().toString());
    assertTrue(sweep.explain().contains("ops of one's own: interpreted\n"));
    assertTrue(sweep(plan("latent.z", "channels", "zero", NONE), to).own().isEmpty());
    sweep.run(false, (_, _) -> {}, () -> true);
    final var file = to.resolve("plan.json");
    final var text = Files.readString(file);
    assertTrue(text.contains("\"own_ops\" : \"interpreted\""), text);
    assertEquals(Optional.of("interpreted"), PlanFile.read(file).own());
    Files.writeString(file, text.replace("interpreted", "compiled by NVRTC 13.0"));
    final var e =
        assertThrows(
            BadInputException.class, () -> sweep(plan, to).run(true, (_, _) -> {}, () -> false));
    assertTrue(String.valueOf(e.getMessage()).contains("compiled by NVRTC 13.0"), e.getMessage());
    Files.writeString(file, text);
    assertEquals(20, inputsToEnd(plan, to));
  }

  @Test
  void aPlanOfSeveralSitesIsReadBack() throws IOException {
    final var places =
        List.of(
            new Place("input", "all", "factor:posX"),
            new Place("latent.z", "0+2,1", "hold"),
            new Place("decoder.fc1", "0-2", "interchange"));
    final var plan = new SweepPlan(places, List.of(0.0, 0.5), 3, 2, 5, "l1", 4);
    final var to = folder.resolve("joint");
    final var result = sweep(plan, to).run(false, (_, _) -> {}, () -> false);
    assertEquals(new Account(360, 360, 0, 0), result.account());
    assertEquals("input[all]+latent.z[0+2]+decoder.fc1[1]", result.units().get(1).name());
    assertEquals(
        new PlanFile(plan, Optional.of("sprites"), 16, Optional.empty(), Optional.empty()),
        PlanFile.read(to.resolve("plan.json")));
    final var text = Files.readString(to.resolve("plan.json"));
    final var wrong = folder.resolve("wrong.json");
    for (final var broken :
        List.of(
            text.replace("\"units\" : \"0-2\",", ""),
            text.replace("\"units\" : \"0-2\"", "\"unit\" : \"0-2\""),
            text.replace("per_shard\" : 16", "per_shard\" : 17"),
            text.replace("per_shard\" : 16", "per_shard\" : 0"),
            text.replace("per_shard\" : 16", "per_shard\" : \"16\""),
            text.replaceAll("(?s)\"joint\" : \\[.*?\\} \\]", "\"joint\" : \"latent.z\""),
            text.replace("\"decoder.fc1\"", "7"))) {
      assertFalse(broken.equals(text));
      Files.writeString(wrong, broken);
      final var e = assertThrows(BadInputException.class, () -> PlanFile.read(wrong), broken);
      assertTrue(String.valueOf(e.getMessage()).contains("wrong.json"), e.getMessage());
    }
  }

  /// What one input gives does not depend on what else the sweep holds.
  @Test
  void aJointSweepIsTheSameAloneAndAmongMore() throws IOException {
    final var places =
        List.of(new Place("encoder.fc1", "0", "noise"), new Place("decoder.fc1", "0,5", "noise"));
    final var one = new SweepPlan(places, List.of(0.5, 2.0), 2, 0, 3, "l2", 4);
    sweep(one, folder.resolve("alone")).run(false, (_, _) -> {}, () -> false);
    final var more = new SweepPlan(places, List.of(0.5, 2.0), 2, 0, 18, "l2", 4);
    sweep(more, folder.resolve("among")).run(false, (_, _) -> {}, () -> false);
    final var all = Files.readAllLines(folder.resolve("among").resolve("index.csv"));
    final var part = Files.readAllLines(folder.resolve("alone").resolve("index.csv"));
    assertEquals(part, all.subList(0, part.size()));
  }

  /// Loses a cell of the `at`-th input that passes.
  private record Losing(InputCells cells, AtomicInteger left) implements InputCells {
    @Override
    public Computed run(final long row) {
      final var all = cells.run(row);
      return left.decrementAndGet() == 0
          ? new Computed(all.effects(), all.cells() - 1, all.deduplicated(), all.provedZero())
          : all;
    }

    @Override
    public int rows() {
      return cells.rows();
    }

    @Override
    public void close() {
      cells.close();
    }
  }

  @Test
  void aLostCellIsFound() {
    final var plan = plan("latent.z", "channels", "zero", NONE);
    final var to = folder.resolve("lost");
    final var losing =
        new Sweep(
            subject(),
            data,
            "sprites",
            plan,
            to,
            Optional.empty(),
            Optional.empty(),
            cells -> new Losing(cells, new AtomicInteger(18)));
    final var e =
        assertThrows(
            IllegalStateException.class, () -> losing.run(false, (_, _) -> {}, () -> false));
    final var text = String.valueOf(e.getMessage());
    assertTrue(text.contains("shard=1, cells=12, computed=11, deduplicated=0"), text);
    assertFalse(Files.exists(to.resolve("DONE")));
    // The shard that lost it was not kept.
    final var account = sweep(plan, to).run(true, (_, _) -> {}, () -> false).account();
    assertEquals(new Account(60, 60, 0, 0), account);
  }

  @Test
  void aShardThatHoldsLessThanItWasAskedForIsFoundOnResuming() throws IOException {
    final var plan = plan("latent.z", "channels", "zero", NONE);
    final var to = folder.resolve("less");
    sweep(plan, to).run(false, (_, _) -> {}, () -> false);
    Files.delete(to.resolve("DONE"));
    final var shard = to.resolve("shards").resolve("000000.json");
    Files.writeString(shard, Files.readString(shard).replace("48", "47"));
    final var e =
        assertThrows(
            IllegalStateException.class,
            () -> sweep(plan, to).run(true, (_, _) -> {}, () -> false));
    assertTrue(String.valueOf(e.getMessage()).contains("sweep="), e.getMessage());
    assertTrue(String.valueOf(e.getMessage()).contains("cells=60, computed=59"), e.getMessage());
    Files.writeString(shard, Files.readString(shard).replace("\"cells\" : 47", "\"cells\" : 48"));
    final var part =
        assertThrows(
            IllegalStateException.class,
            () -> sweep(plan, to).run(true, (_, _) -> {}, () -> false));
    assertTrue(
        String.valueOf(part.getMessage()).contains("cells=48, computed=47"), part.getMessage());
    assertFalse(Files.exists(to.resolve("DONE")));
  }

  @Test
  void aFolderOfAnotherSweepIsRefused() {
    final var first = plan("latent.z", "channels", "zero", NONE);
    final var to = folder.resolve("taken");
    sweep(first, to).run(false, (_, _) -> {}, () -> false);
    assertThrows(
        BadInputException.class, () -> sweep(first, to).run(false, (_, _) -> {}, () -> false));
    final var other = plan("latent.z", "channels", "sign-flip", NONE);
    final var e =
        assertThrows(
            BadInputException.class, () -> sweep(other, to).run(true, (_, _) -> {}, () -> false));
    assertTrue(String.valueOf(e.getMessage()).contains("plan.json"), e.getMessage());
    final var smooth = "sprites:antialias=true";
    final var on =
        assertThrows(
            BadInputException.class,
            () ->
                new Sweep(subject(), new Sprites(true), smooth, first, to)
                    .run(true, (_, _) -> {}, () -> false));
    final var text = String.valueOf(on.getMessage());
    assertTrue(text.contains("plan.json: data: found sprites here, expected " + smooth), text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "zero",
        "sign-flip",
        "mean",
        "marginal-resample",
        "interchange",
        "posterior-resample"
      })
  void everyOperationWithoutValueRuns(final String op) {
    final var result =
        sweep(plan("latent.z", "channels", op, NONE), folder.resolve("op-" + op))
            .run(false, (_, _) -> {}, () -> false);
    final int variations = op.equals("zero") || op.equals("sign-flip") || op.equals("mean") ? 1 : 2;
    assertEquals(20L * 3 * variations, result.cells());
    assertTrue(result.strength().getFirst().model().estimate() > 0);
    assertEquals(2, result.controls().size());
  }

  @ParameterizedTest
  @ValueSource(strings = {"set", "add", "scale", "clamp", "noise"})
  void everyOperationWithValuesRuns(final String op) {
    final var result =
        sweep(
                plan("encoder.conv1.pre", "0,2-3", op, List.of(0.01, 2.0)),
                folder.resolve("op-" + op))
            .run(false, (_, _) -> {}, () -> false);
    assertEquals(20L * 3 * 2 * (op.equals("noise") ? 2 : 1), result.cells());
  }

  @Test
  void noiseIsCoupledByInputAndDraw() throws IOException {
    final var plan = new SweepPlan("latent.z", "0", "add", List.of(1.0), 1, 3, 4, "l2", 9);
    final var to = folder.resolve("draws");
    sweep(plan, to).run(false, (_, _) -> {}, () -> false);
    final var fewer = new SweepPlan("latent.z", "0", "add", List.of(1.0), 1, 2, 2, "l2", 9);
    final var part = folder.resolve("fewer");
    sweep(fewer, part).run(false, (_, _) -> {}, () -> false);
    final var all = Files.readAllLines(to.resolve("index.csv"));
    for (final var line : Files.readAllLines(part.resolve("index.csv"))) {
      assertTrue(all.contains(line), line);
    }
  }

  /// Weights of either sign times the largest numbers are infinities that cancel to NaN; the square
  /// of one is infinite by itself.
  @Test
  void cellsWithoutAFiniteEffectAreNamedAndLeftOut() throws IOException {
    assumeTrue(backend.name().equals("cpu"), "float64 has room for these numbers");
    final var to = folder.resolve("failed");
    final var places =
        List.of(new Place("input", "all", "set"), new Place("encoder.conv1.pre", "all", "add"));
    final var both = new SweepPlan(places, List.of(0.5, 3e38), 1, 0, 20, "l2", 9);
    final var result = sweep(both, to).run(false, (_, _) -> {}, () -> false);
    final var failed = result.failed();
    assertEquals(20, failed.count(), failed::toString);
    assertEquals(List.of(20L), failed.perUnit());
    assertEquals(List.of(), result.strength());
    final var first = failed.first().getFirst();
    assertEquals("value=3.0E38", first.variation());
    assertTrue(first.site().matches("encoder[.]conv[12][.]pre"), failed::toString);
    assertTrue(Files.readString(to.resolve("failed.json")).contains(first.site()));
    assertTrue(Files.exists(to.resolve("DONE")));
    final var square =
        new SweepPlan("decoder.fc1", "0,3", "set", List.of(3e38), 1, 0, 2, "site:decoder.fc1", 9);
    final var large = sweep(square, folder.resolve("large")).run(false, (_, _) -> {}, () -> false);
    assertEquals(List.of(2L, 2L), large.failed().perUnit());
    assertTrue(json(folder.resolve("large")).get(3).path("effect").isNull());
    assertEquals("effect", large.failed().first().getFirst().site());
  }

  /// Every site that `sites` lists, with its control rows: with noise, without, and measured where
  /// it is where the image does not depend on it.
  @Test
  void everySiteIsSwept() {
    for (final int draws : new int[] {0, 2}) {
      final var graph = ShardRunner.graph(subject(), draws > 0).graph();
      for (final var site : graph.sites().keySet()) {
        final var metric = Reach.leads(graph, site, "output") ? "l2" : "site:" + site;
        final var plan = new SweepPlan(site, "0", "add", List.of(0.5), 1, draws, 3, metric, 9);
        final var to = folder.resolve("site-" + site + draws);
        final var result = sweep(plan, to).run(false, (_, _) -> {}, () -> false);
        // The way of the cells has controls of its own.
        final var way = PlanFile.read(to.resolve("plan.json")).route().orElse("whole");
        assertEquals(way.equals("whole") ? 2 : 3, result.controls().size(), site);
        assertEquals(0, result.failed().count(), site);
        final long again = result.controls().getLast().cells();
        assertEquals(3L * Math.max(1, draws), again, site);
        assertTrue(
            result.controls().stream()
                .flatMap(run -> run.controls().stream())
                .allMatch(GuardRun.Control::passed));
      }
    }
  }

  /// A number that was changed on the disk, or on the way there, is not what the dense plan gives.
  @Test
  void aFalseEffectIsFound() {
    final var plan = plan("latent.z", "channels", "zero", NONE);
    final var to = folder.resolve("false");
    final var e =
        assertThrows(
            IllegalStateException.class,
            () ->
                new Sweep(
                        subject(),
                        data,
                        "sprites",
                        plan,
                        to,
                        Optional.empty(),
                        Optional.empty(),
                        Doubling::new)
                    .run(false, (_, _) -> {}, () -> false));
    final var text = String.valueOf(e.getMessage());
    assertTrue(text.contains("recomputed cells") && text.contains("of 32 agree"), text);
    assertFalse(Files.exists(to.resolve("DONE")));
  }

  /// Gives every effect twice as large.
  private record Doubling(InputCells cells) implements InputCells {
    @Override
    public Computed run(final long row) {
      final var all = cells.run(row);
      final var effects = all.effects().clone();
      for (int i = 0; i < effects.length; i++) {
        effects[i] *= 2;
      }
      return new Computed(effects, all.cells(), all.deduplicated(), all.provedZero());
    }

    @Override
    public int rows() {
      return cells.rows();
    }

    @Override
    public void close() {
      cells.close();
    }
  }

  @Test
  void meansOfNoiseAreRefused() {
    final var plan = new SweepPlan("latent.eps", "all", "mean", NONE, 1, 2, 3, "l2", 9);
    final var e = assertThrows(BadInputException.class, () -> sweep(plan, folder.resolve("never")));
    assertTrue(String.valueOf(e.getMessage()).contains("noise alone"), e.getMessage());
  }

  @Test
  void exportIsTheIndex() throws IOException {
    final var to = folder.resolve("export");
    sweep(plan("latent.z", "channels", "set", List.of(-1.0, 1.0)), to)
        .run(false, (_, _) -> {}, () -> false);
    final var text = new StringWriter();
    SweepTable.open(to).write(new PrintWriter(text));
    final var lines = Files.readAllLines(to.resolve("index.csv"));
    assertEquals(lines, text.toString().lines().toList());
    final var rows = new ArrayList<String>(List.of(lines.getFirst()));
    for (final var row : json(to)) {
      assertEquals(
          List.of("input", "unit", "variation", "draw", "effect"),
          List.copyOf(row.propertyNames()));
      assertTrue(row.path("input").isInt() && row.path("draw").isInt(), row::toString);
      rows.add(
          row.path("input").intValue()
              + ","
              + row.path("unit").stringValue()
              + ",\""
              + row.path("variation").stringValue()
              + "\","
              + row.path("draw").intValue()
              + ","
              + row.path("effect").floatValue());
    }
    assertEquals(lines, rows);
  }

  private static JsonNode json(final Path sweep) {
    final var text = new StringWriter();
    SweepTable.open(sweep).writeJson(new PrintWriter(text));
    return JsonMapper.shared().readTree(text.toString());
  }

  record Wrong(String what, Runnable made, String says) {
    @Override
    public String toString() {
      return what;
    }
  }

  Stream<Wrong> wrong() {
    return Stream.of(
        wrong("operation", "latent.z", "all", "intercange", NONE, "interchange"),
        wrong("no values", "latent.z", "all", "set", NONE, "--values"),
        wrong("values not taken", "latent.z", "all", "zero", List.of(1.0), "--values"),
        wrong("NaN", "latent.z", "all", "set", List.of(Double.NaN), "finite"),
        wrong("too large", "latent.z", "all", "set", List.of(1e39), "finite"),
        wrong("infinite", "latent.z", "all", "add", List.of(Double.NEGATIVE_INFINITY), "finite"),
        wrong("site", "latent.x", "all", "zero", NONE, "latent.z"),
        wrong("posterior", "decoder.fc1", "all", "posterior-resample", NONE, "latent.z"),
        wrong("unit out of range", "latent.z", "3", "zero", NONE, "0 to 2"),
        wrong("range backwards", "latent.z", "2-1", "zero", NONE, "0 to 2"),
        wrong("range out of range", "latent.z", "0-7", "zero", NONE, "0 to 2"),
        wrong("empty part", "latent.z", "0,,1", "zero", NONE, "--units"),
        wrong("no units", "latent.z", "", "zero", NONE, "--units"),
        wrong("a word", "latent.z", "chanels", "zero", NONE, "channels"),
        wrong("huge number", "latent.z", "99999999999", "zero", NONE, "--units"),
        wrong("rectangle outside", "input", "rect:60:0:8x8", "zero", NONE, "--units"),
        wrong("rectangle on a flat site", "latent.z", "rect:0:0:1x1", "zero", NONE, "--units"),
        wrong("grid too large", "input", "grid:65x1/1", "zero", NONE, "--units"),
        wrong("grid without step", "input", "grid:8x8/0", "zero", NONE, "--units"),
        of(
            "no sources",
            () -> new SweepPlan("latent.z", "all", "mean", NONE, 0, 0, 1, "l2", 1),
            "--sources"),
        of(
            "no inputs",
            () -> new SweepPlan("latent.z", "all", "zero", NONE, 1, 0, 0, "l2", 1),
            "--inputs"),
        of(
            "draws",
            () -> new SweepPlan("latent.z", "all", "zero", NONE, 1, -1, 1, "l2", 1),
            "--draws"),
        of("metric", () -> run("l3"), "--metric"),
        of("factor", () -> run("factor:colour"), "posX, posY"),
        of("angle", () -> run("factor:orientation"), "an angle"),
        of("metric site", () -> run("site:decoder.fc9"), "decoder.fc1"));
  }

  private void run(final String metric) {
    final var plan = new SweepPlan("latent.z", "all", "zero", NONE, 1, 0, 1, metric, 1);
    sweep(plan, folder.resolve("never")).run(false, (_, _) -> {}, () -> false);
  }

  private Wrong wrong(
      final String what,
      final String site,
      final String units,
      final String op,
      final List<Double> values,
      final String says) {
    return of(what, () -> sweep(plan(site, units, op, values), folder.resolve("never")), says);
  }

  private static Wrong of(final String what, final Runnable made, final String says) {
    return new Wrong(what, made, says);
  }

  @ParameterizedTest
  @MethodSource("wrong")
  void wrongPlansAreRefusedInOneLine(final Wrong wrong) {
    final var e = assertThrows(BadInputException.class, () -> wrong.made().run());
    final var text = String.valueOf(e.getMessage());
    assertTrue(text.contains(wrong.says()), text);
    assertEquals(1, text.lines().count(), text);
  }
}
