package io.patchbay.analysis.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/// Mistakes in interventions on a model that is there: one line, 2 or 4, nothing half-written.
class BadSweepTest {
  @TempDir static Path folder;

  private static final List<String> LINES =
      List.of(
          "sweep DIR/none --site latent.z --op zero",
          "sweep DIR/run",
          "sweep DIR/run --site latent.zz --op zero --units all",
          "sweep DIR/run --site latent.z --op zap --units all",
          "sweep DIR/run --site latent.z --op zero --units 0-99",
          "sweep DIR/run --site latent.z --op zero --units -1",
          "sweep DIR/run --site latent.z --op zero --units many",
          "sweep DIR/run --site latent.z --op zero --units rect:0:0:2x2",
          "sweep DIR/run --site input --op zero --units rect:10:10:16x16",
          "sweep DIR/run --site latent.z --op set --values NaN",
          "sweep DIR/run --site latent.z --op set --values one",
          "sweep DIR/run --site encoder.fc1 --op set",
          "sweep DIR/run --site latent.z --op zero --inputs 0",
          "sweep DIR/run --site latent.z --op zero --inputs many",
          "sweep DIR/run --site latent.z --op zero --inputs 99999999",
          "sweep DIR/run --site latent.z --op interchange --sources 0",
          "sweep DIR/run --site latent.z --op zero --draws -1",
          "sweep DIR/run --site latent.z --op zero --metric l3",
          "sweep DIR/run --site latent.z --op zero --metric site:nowhere",
          "sweep DIR/run --site latent.z --op zero --metric factor:colour",
          "sweep DIR/run --site decoder.fc1 --op zero --metric mu",
          "sweep DIR/run --site encoder.logvar --op zero --metric factor:light",
          "sweep DIR/run --site latent.z --op zero --precision fp8",
          "sweep DIR/run --site latent.z --site latent.z --op zero",
          "sweep DIR/run --site latent.z --site decoder.fc1 --op zero --op zero --op zero",
          "sweep DIR/run --site latent.z --site decoder.fc1 --units 0 --units 0 --units 1 --op"
              + " zero",
          "sweep DIR/run --site latent.z --site encoder.logvar --op zero",
          "sweep DIR/run --site latent.z --op hold",
          "sweep DIR/run --site latent.z --op blur --values 1",
          "sweep DIR/run --site input --op blur",
          "sweep DIR/run --site input --op blur --values -1",
          "sweep DIR/run --site input --op rotate --values 999",
          "sweep DIR/run --site input --op factor:colour --values 1",
          "sweep DIR/run --site input --op factor:light --values 300",
          "sweep DIR/run --site input --op do:shadow --values 3",
          "sweep DIR/run --site latent.z --op factor:light --values 100",
          "sweep DIR/run --site input --op factor: --values 1",
          "sweep DIR/run --site latent.z --units 0+9 --op zero",
          "sweep DIR/run --site latent.z --units 0+ --op zero",
          "sweep DIR/run --site latent.z --op set --values ",
          "sweep DIR/run --site latent.z --op set --values 1,,2",
          "sweep DIR/run --site latent.z --op set --values 1e39",
          "sweep DIR/run --site latent.eps --op zero",
          "sweep DIR/run --site latent.eps --op mean --draws 2",
          "sweep DIR/run --site latent.z --op zero --data DIR/none",
          "sweep DIR/run --site latent.z --op zero --data sprites",
          "sweep DIR/run --plan DIR/none.json",
          "sweep DIR/run --plan DIR/run",
          "sweep DIR/run --plan DIR/good.json --site latent.z",
          "sweep DIR/run --plan DIR/good.json --inputs 5",
          "sweep DIR/run --plan DIR/good.json --seed 3",
          "sweep DIR/run --site input --units elements --op zero --inputs 9999999 --draws 99999",
          "mediate DIR/run --site latent.z --random-pairs --pairs 99999999",
          "sweep DIR/run --plan DIR/text.json",
          "sweep DIR/run --plan DIR/list.json",
          "sweep DIR/run --plan DIR/cut.json",
          "sweep DIR/run --plan DIR/unknown.json",
          "sweep DIR/run --plan DIR/missing.json",
          "sweep DIR/run --plan DIR/site.json",
          "sweep DIR/run --plan DIR/units.json",
          "sweep DIR/run --plan DIR/inputs.json",
          "sweep DIR/run --plan DIR/half.json",
          "sweep DIR/run --plan DIR/empty.json",
          "sweep DIR/run --plan DIR/nan.json",
          "sweep DIR/run --plan DIR/values.json",
          "sweep DIR/run --plan DIR/seed.json",
          "sweep DIR/run --plan DIR/precision.json",
          "sweep DIR/run --plan DIR/joint.json",
          "sweep DIR/damaged --site latent.z --op zero",
          "sweep DIR/text.json --site latent.z --op zero",
          "sweep DIR/run --site latent.z --op zero --out DIR/text.json",
          "mediate DIR/run --site latent.z --random-pairs --data sprites",
          "mediate DIR/damaged --site latent.z --random-pairs",
          "mediate DIR/run --site latent.z",
          "mediate DIR/run --site latent.z --random-pairs --factor light",
          "mediate DIR/run --random-pairs",
          "report DIR/run DIR/none",
          "export DIR/half",
          "export DIR/axes",
          "export DIR/shape",
          "export DIR/gone",
          "mediate DIR/none --site latent.z --random-pairs",
          "mediate DIR/run --site latent.zz --random-pairs",
          "mediate DIR/run --site latent.z --units 77 --random-pairs",
          "mediate DIR/run --site latent.z --factor colour",
          "mediate DIR/run --site latent.z --random-pairs --pairs 1",
          "mediate DIR/run --site latent.z --random-pairs --outcome area",
          "mediate DIR/run --site latent.z --random-pairs --outcome mu:2",
          "mediate DIR/run --site latent.z --random-pairs --outcome mu:one",
          "mediate DIR/run --site decoder.fc1 --random-pairs --outcome mu:0",
          "mediate DIR/run --site encoder.logvar --random-pairs",
          "mediate DIR/run --site latent.z --random-pairs --outcome mu:0",
          "sweep DIR/run --site latent.z --op zero --metric mu",
          "mediate DIR/run --site latent.z --random-pairs --outcome factor:colour",
          "mediate DIR/run --site latent.z --random-pairs --outcome factor:9",
          "export DIR/none",
          "export DIR/run");

  @BeforeAll
  static void train() throws IOException {
    final var shell =
        Shell.run(Shell.smallTraining(folder.resolve("run"), "--steps", "1", "--seed", "1"));
    assertEquals(ExitCode.OK, shell.code(), shell::err);
    plans();
    damage();
    sweeps();
  }

  private static void plans() throws IOException {
    final var good =
        """
        {"site": "latent.z", "units": "channels", "op": "set", "values": [1.0, 2.0], "sources": 1,
         "draws": 0, "inputs": 4, "metric": "l2", "seed": 7, "precision": "fp32"}
        """;
    write("good.json", good);
    write("text.json", "latent.z");
    write("list.json", "[" + good + "]");
    write("cut.json", good.substring(0, good.length() / 2));
    write("unknown.json", good.replace("{", "{\"unit\": 3, "));
    write("missing.json", good.replace("\"draws\": 0,", ""));
    write("site.json", good.replace("\"latent.z\"", "7"));
    write("units.json", good.replace("\"channels\"", "\"0-9\""));
    write("inputs.json", good.replace("\"inputs\": 4", "\"inputs\": \"four\""));
    write("half.json", good.replace("\"inputs\": 4", "\"inputs\": 4.5"));
    write("empty.json", good.replace("[1.0, 2.0]", "[]"));
    write("nan.json", good.replace("[1.0, 2.0]", "[NaN]"));
    write("values.json", good.replace("[1.0, 2.0]", "1.0"));
    write("seed.json", good.replace("7", "7777777777777777777777"));
    write("precision.json", good.replace("fp32", "fp8"));
    write("joint.json", good.replace("{", "{\"joint\": [{\"site\": \"decoder.fc1\"}], "));
  }

  private static void write(final String name, final String text) throws IOException {
    Files.writeString(folder.resolve(name), text);
  }

  /// A run whose weights lack their end.
  private static void damage() throws IOException {
    final var to = Files.createDirectory(folder.resolve("damaged"));
    Files.copy(folder.resolve("run/config.json"), to.resolve("config.json"));
    final var weights = Files.readAllBytes(folder.resolve("run/model.safetensors"));
    Files.write(to.resolve("model.safetensors"), Arrays.copyOf(weights, weights.length - 4));
  }

  /// Sweeps that are no longer what was written.
  private static void sweeps() throws IOException {
    for (final var name : List.of("half", "axes", "shape", "gone")) {
      final var sweep = folder.resolve(name);
      final var line = "sweep DIR/run --plan DIR/good.json --device reference --out DIR/" + name;
      final var shell = Shell.run(line.replace("DIR", folder.toString()).split(" ", -1));
      assertEquals(ExitCode.OK, shell.code(), shell::err);
      final var axes = sweep.resolve("axes.json");
      switch (name) {
        case "half" -> Files.delete(sweep.resolve("DONE"));
        case "axes" -> Files.writeString(axes, "{\"input\": [");
        case "shape" -> Files.writeString(axes, "{\"input\": [1]}");
        default -> Files.delete(sweep.resolve("effects.npy"));
      }
    }
  }

  @TestFactory
  Stream<DynamicTest> oneLineAndNothingWritten() {
    return LINES.stream().map(line -> dynamicTest("patchbay " + line, () -> check(line)));
  }

  private static void check(final String text) throws IOException {
    final var before = files();
    final var device = text.startsWith("export") ? "" : " --device reference";
    final var shell = Shell.run((text.replace("DIR", folder.toString()) + device).split(" ", -1));
    assertTrue(
        shell.code() == ExitCode.USAGE || shell.code() == ExitCode.INPUT,
        () -> shell.code() + ": " + shell.err());
    assertEquals(1, shell.errors().size(), shell::err);
    assertTrue(shell.err().startsWith("patchbay: "), shell::err);
    assertEquals("", shell.out());
    assertFalse(shell.showsStack());
    assertEquals(before, files(), "files were left");
  }

  private static List<String> files() throws IOException {
    try (var all = Files.walk(folder)) {
      return all.map(Path::toString).sorted().toList();
    }
  }
}
