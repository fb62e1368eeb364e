package io.patchbay.analysis.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.patchbay.vae.io.NpyWriter;
import io.patchbay.vae.io.NumericArray;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/// Mistakes in interventions on a model that is there: one line, 2 or 4, nothing half-written.
class BadSweepTest {
  @TempDir static Path folder;

  /// A command line, the exit code, and the line that says what is wrong, where a `…` stands for
  /// any text.
  private record Case(String line, int code, String says) {
    Pattern pattern() {
      final var pieces = Arrays.stream(says.split("…", -1)).map(Pattern::quote);
      return Pattern.compile(pieces.collect(Collectors.joining(".*")));
    }
  }

  /// Two lines for each case, the second indented.
  private static List<Case> cases() throws IOException {
    final var name = "bad-sweeps.txt";
    try (var stream = Objects.requireNonNull(BadSweepTest.class.getResourceAsStream(name), name)) {
      final var text = new String(stream.readAllBytes(), StandardCharsets.UTF_8);
      final var lines = text.lines().toList();
      final var cases = new ArrayList<Case>();
      for (int i = 0; i < lines.size(); i += 2) {
        final var expected = lines.get(i + 1).strip().split(" ", 2);
        cases.add(new Case(lines.get(i), Integer.parseInt(expected[0]), expected[1]));
      }
      return cases;
    }
  }

  @BeforeAll
  static void train() throws IOException {
    final var shell =
        Shell.run(Shell.smallTraining(folder.resolve("run"), "--steps", "1", "--seed", "1"));
    assertEquals(ExitCode.OK, shell.code(), shell::err);
    plans();
    directions();
    damage();
    sweeps();
  }

  private static void directions() {
    directions("skew.npy", 2, 1, 0, 3, 4);
    directions("nothing.npy", 2, 1, 0, 0, 0);
    directions("one.npy", 1, 1, 1);
  }

  private static void directions(final String name, final int count, final float... values) {
    final var array = NumericArray.ofFloats(values, count, values.length / count);
    NpyWriter.write(folder.resolve(name), array);
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
    write("data.json", good.replace("{", "{\"data\": 7, "));
    write("elsewhere.json", good.replace("{", "{\"data\": \"nowhere\", "));
    write("shard.json", good.replace("{", "{\"inputs_per_shard\": 17, "));
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
    for (final var name : List.of("half", "axes", "shape", "words", "gone")) {
      final var sweep = folder.resolve(name);
      final var line = "sweep DIR/run --plan DIR/good.json --device reference --out DIR/" + name;
      final var shell = Shell.run(line.replace("DIR", folder.toString()).split(" ", -1));
      assertEquals(ExitCode.OK, shell.code(), shell::err);
      final var axes = sweep.resolve("axes.json");
      switch (name) {
        case "half" -> Files.delete(sweep.resolve("DONE"));
        case "axes" -> Files.writeString(axes, "{\"input\": [");
        case "words" -> Files.writeString(axes, "{\"input\": [\"one\"]}");
        case "shape" -> Files.writeString(axes, "{\"input\": [1]}");
        default -> Files.delete(sweep.resolve("effects.npy"));
      }
    }
  }

  @TestFactory
  Stream<DynamicTest> oneLineAndNothingWritten() throws IOException {
    return cases().stream().map(c -> dynamicTest("patchbay " + c.line(), () -> check(c)));
  }

  private static void check(final Case wrong) throws IOException {
    final var before = files();
    final var device = wrong.line().startsWith("export") ? "" : " --device reference";
    final var line = wrong.line().replace("DIR", folder.toString()) + device;
    final var shell = Shell.run(line.split(" ", -1));
    assertEquals(wrong.code(), shell.code(), shell::err);
    assertEquals(1, shell.errors().size(), shell::err);
    assertTrue(shell.err().startsWith("patchbay: "), shell::err);
    final var says = shell.err().substring("patchbay: ".length()).strip();
    assertTrue(
        wrong.pattern().matcher(says.replace(folder.toString(), "DIR")).matches(),
        () -> "expected: " + wrong.says() + System.lineSeparator() + "found: " + says);
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
