package io.patchbay.analysis.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.patchbay.vae.io.NpyWriter;
import io.patchbay.vae.io.NumericArray;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Sweeps and mediation from the command line, on a small model.
class SweepCommandTest {
  @TempDir static Path folder;

  @BeforeAll
  static void train() {
    final var shell =
        Shell.run(Shell.smallTraining(folder.resolve("run"), "--steps", "40", "--seed", "1"));
    assertEquals(ExitCode.OK, shell.code(), shell::err);
  }

  private static Shell run(final String command, final String out, final String line) {
    final var words = new ArrayList<>(List.of(command, folder.resolve("run").toString()));
    words.addAll(List.of("--device", "reference", "--seed", "3"));
    words.addAll(List.of("--out", folder.resolve(out).toString()));
    words.addAll(List.of(line.split(" ", -1)));
    final var shell = Shell.run(words.toArray(String[]::new));
    assertEquals(ExitCode.OK, shell.code(), shell::err);
    return shell;
  }

  private static JsonNode json(final Shell shell) {
    return JsonMapper.shared().readTree(shell.out());
  }

  @Test
  void aFactorIsSetAndAnotherReadOut() {
    final var shell =
        run(
            "sweep",
            "do",
            "--site input --units all --op do:light --values 70,90,130 --inputs 6"
                + " --metric factor:shadow_position --json");
    final var all = json(shell);
    assertEquals(18, all.path("cells").intValue());
    assertEquals(18, all.path("computed").intValue());
    assertEquals("shadow_position", all.path("probe").path("factor").stringValue());
    assertTrue(all.path("mean_effect").doubleValue() > 0);
    assertTrue(shell.err().contains("probe of shadow_position"), shell::err);
    assertTrue(shell.err().contains("cells: 18 = 18 computed + 0 dedup"), shell::err);
    assertTrue(Files.exists(folder.resolve("do").resolve("probe.json")));
  }

  @Test
  void severalSitesAreOneIntervention() {
    final var shell =
        run(
            "sweep",
            "joint",
            "--site latent.z --units 0+1,1 --op set --values 2 --site decoder.fc1 --units all --op"
                + " hold --inputs 3 --json");
    final var units = json(shell).path("units");
    assertEquals(2, units.size());
    assertEquals("latent.z[0+1]+decoder.fc1[all]", units.get(0).path("unit").stringValue());
    // The table of held values is float32, the reference backend computes in float64.
    assertEquals(0, units.get(0).path("effect").doubleValue(), 1e-5);
    final var free =
        run("sweep", "free", "--site latent.z --units 0+1 --op set --values 2 --inputs 3 --json");
    assertTrue(json(free).path("units").get(0).path("effect").doubleValue() > 1e-3);
  }

  private static double effect(final Shell shell, final int unit) {
    return json(shell).path("units").get(unit).path("effect").doubleValue();
  }

  /// Of all units: the same bits where both went the same way, which the clock chooses; else to
  /// what two ways may be apart.
  private void assertSameEffects(
      final String one, final Shell effectsOfOne, final String other, final Shell effectsOfOther)
      throws IOException {
    final var effects = json(effectsOfOne).path("units");
    final var others = json(effectsOfOther).path("units");
    assertTrue(effects.size() > 0, effectsOfOne::out);
    if (route(one).equals(route(other))) {
      assertEquals(effects, others);
      return;
    }
    assertEquals(effects.size(), others.size());
    for (int u = 0; u < effects.size(); u++) {
      final double effect = effects.get(u).path("effect").doubleValue();
      assertEquals(effect, others.get(u).path("effect").doubleValue(), 1e-5 * effect, "unit " + u);
    }
  }

  private String route(final String sweep) throws IOException {
    final var plan = Files.readString(folder.resolve(sweep).resolve("plan.json"));
    final var route = JsonMapper.shared().readTree(plan).path("route").stringValue();
    assertFalse(route.isEmpty(), plan);
    return route;
  }

  /// An op of one's own that says what a built-in one does has its effects; in a plan file too.
  @Test
  void anOwnOpIsAnExpression() throws IOException {
    final var site = "--site decoder.fc1 --units channels --inputs 4 --sources 2 --json --op ";
    final var built = run("sweep", "interchange", site + "interchange");
    final var own = run("sweep", "own-source", site + "expr:source");
    assertSameEffects("interchange", built, "own-source", own);
    final var half = run("sweep", "half", site + "expr:blend(a=0.5)=clean+a*(source-clean)");
    assertTrue(effect(half, 1) > 1e-3 && effect(half, 1) < effect(built, 1), half::out);
    final var plan = folder.resolve("half/plan.json");
    assertTrue(
        Files.readString(plan).contains("\"op\" : \"expr:blend(a=0.5)=clean+a*(source-clean)\""));
    assertEquals(Files.readString(plan), planOf("again", "--plan", plan.toString()));
    assertEquals(
        json(Shell.run("export", folder.resolve("half").toString(), "--json")),
        json(Shell.run("export", folder.resolve("again").toString(), "--json")));
  }

  /// Values, means, places and random numbers reach an op; draws differ, and repeat with the seed.
  @Test
  void anOwnOpReadsWhatItNames() throws IOException {
    final var site = "--site encoder.conv1 --units 0,1 --inputs 3 --json --op ";
    final var mean = run("sweep", "mean", site + "mean");
    assertSameEffects("mean", mean, "own-mean", run("sweep", "own-mean", site + "expr:mean"));
    final var scale = run("sweep", "scale", site + "scale --values 0,2");
    final var own = run("sweep", "own-scale", site + "expr:clean*value --values 0,2");
    assertEquals(effect(scale, 1), effect(own, 1), 1e-6 * effect(scale, 1));
    final var line = site + "expr:random<0.5?0:clean --sources 3";
    final var drawn = run("sweep", "drawn", line);
    assertEquals(drawn.out(), run("sweep", "drawn-again", line).out());
    assertEquals(18, json(drawn).path("cells").intValue());
    final var rows = json(Shell.run("export", folder.resolve("drawn").toString(), "--json"));
    assertFalse(rows.get(0).path("effect").equals(rows.get(1).path("effect")));
    final var joint =
        run(
            "sweep",
            "own-joint",
            "--site encoder.conv1 --op expr:channel+0.1*row-0.2*column --site latent.z"
                + " --units 0 --op expr:clean+random-0.5 --units 0 --inputs 3 --draws 2 --json");
    assertTrue(effect(joint, 0) > 0);
  }

  /// All directions together are the whole site; the folder keeps those that it was started with.
  @Test
  void aSubspaceIsInterchanged() throws IOException {
    final var site = "--site latent.z --inputs 5 --sources 2 --json ";
    final var whole = run("sweep", "whole", site + "--units all --op interchange");
    final var all = run("sweep", "rotated", site + "--units all --op subspace:pca:2");
    assertEquals(effect(whole, 0), effect(all, 0), 1e-5 * effect(whole, 0));
    final var each = run("sweep", "each", site + "--op subspace:pca:2");
    assertEquals(2, json(each).path("units").size());
    assertTrue(effect(each, 0) > 0 && effect(each, 1) > 0);
    final var file = folder.resolve("each/directions-latent.z.npy");
    final var given = run("sweep", "given", site + "--op subspace:" + file);
    assertEquals(json(each).path("units"), json(given).path("units"));
    Files.copy(file, folder.resolve("kept.npy"));
    NpyWriter.write(file, NumericArray.ofFloats(new float[] {1, 0, 0, 1}, 2, 2));
    Files.delete(folder.resolve("each/DONE"));
    final var words = new ArrayList<>(List.of("sweep", folder.resolve("run").toString()));
    words.addAll(List.of("--device", "reference", "--seed", "3", "--resume"));
    words.addAll(List.of("--out", folder.resolve("each").toString()));
    words.addAll(List.of((site + "--op subspace:pca:2").split(" ", -1)));
    final var other = Shell.run(words.toArray(String[]::new));
    assertEquals(ExitCode.INPUT, other.code(), other::err);
    assertTrue(other.err().contains("found another set of directions"), other::err);
  }

  @Test
  void exportWritesRowsAsJson() {
    run("sweep", "rows", "--site latent.z --op set --values 1,2 --inputs 3");
    final var sweep = folder.resolve("rows").toString();
    final var shell = Shell.run("export", sweep, "--json");
    assertEquals(ExitCode.OK, shell.code(), shell::err);
    assertEquals(3 * 2 * 2, json(shell).size());
    assertEquals("value=2.0", json(shell).get(3).path("variation").stringValue());
    assertEquals(shell, Shell.run("export", sweep, "--format", "json"));
    final var csv = Shell.run("export", sweep);
    assertEquals("input,unit,variation,draw,effect", csv.out().lines().findFirst().orElse(""));
    final var both = Shell.run("export", sweep, "--json", "--format", "csv");
    assertEquals(ExitCode.USAGE, both.code());
    assertTrue(both.err().contains("--json: found --format csv beside it"), both::err);
  }

  @Test
  void mediationFollowsTheChosenOutcome() {
    for (final var outcome : List.of("projection", "region", "mu:1", "factor:angle")) {
      final var shell =
          run(
              "mediate",
              "mediate-" + outcome.replace(':', '-'),
              "--site encoder.fc1 --factor light --pairs 5 --json --outcome " + outcome);
      assertEquals(outcome, json(shell).path("outcome").stringValue());
      assertEquals(outcome.startsWith("factor"), json(shell).has("probe"));
      assertEquals(1, json(shell).path("rows").size());
    }
  }

  /// A plan file is run on the data that it names, an option overrules it.
  @Test
  void thePlanSaysWhichData() throws IOException {
    run("sweep", "own", "--site latent.z --op zero --inputs 3");
    final var own = folder.resolve("own/plan.json");
    assertTrue(Files.readString(own).contains("\"data\" : \"pendulum:size=16\""));
    final var text = Files.readString(own).replace("pendulum:size=16", "pendulum:size=16,free=1");
    final var plan = folder.resolve("free.json");
    Files.writeString(plan, text);
    assertEquals(text, planOf("on-plan", "--plan", plan.toString()));
    assertEquals(
        Files.readString(own),
        planOf("on-option", "--plan", plan.toString(), "--data", "pendulum:size=16"));
    final var rows = json(Shell.run("export", folder.resolve("on-plan").toString(), "--json"));
    final var before = json(Shell.run("export", folder.resolve("own").toString(), "--json"));
    assertFalse(rows.equals(before));
    final var mediation =
        run("mediate", "named", "--site latent.z --random-pairs --pairs 4 --json");
    assertEquals("pendulum", json(mediation).path("data").stringValue());
  }

  private static String planOf(final String out, final String... options) throws IOException {
    final var to = folder.resolve(out).toString();
    final var words = new ArrayList<>(List.of("sweep", folder.resolve("run").toString()));
    words.addAll(List.of("--device", "reference", "--out", to));
    words.addAll(List.of(options));
    final var shell = Shell.run(words.toArray(String[]::new));
    assertEquals(ExitCode.OK, shell.code(), shell::err);
    return Files.readString(folder.resolve(out).resolve("plan.json"));
  }

  /// The table says what the JSON does.
  @Test
  void mediationIsATableWithIntervals() {
    final var line = "--site latent.z --units 0,1 --random-pairs --pairs 6";
    final var rows = json(run("mediate", "table-json", line + " --json")).path("rows");
    final var expected = new ArrayList<String>();
    for (final var row : rows) {
      for (final var name : List.of("te", "nde", "nie", "cde", "tie")) {
        final var effect = name.equals("cde") ? row.path(name).get(0) : row.path(name);
        expected.add(
            String.format(
                Locale.ROOT,
                "%s %s %.4f [%.4f, %.4f] %.4f",
                row.path("mediators").stringValue(),
                name.toUpperCase(Locale.ROOT),
                effect.path("mean").doubleValue(),
                effect.path("low").doubleValue(),
                effect.path("high").doubleValue(),
                effect.path("p").doubleValue()));
      }
    }
    assertEquals(10, expected.size());
    final var table = run("mediate", "table", line).out();
    assertEquals("mediators effect mean 95 % interval p", words(table.lines().toList().getFirst()));
    assertEquals(expected, table.lines().skip(1).map(SweepCommandTest::words).toList());
  }

  private static String words(final String line) {
    return line.strip().replaceAll(" +", " ");
  }
}
