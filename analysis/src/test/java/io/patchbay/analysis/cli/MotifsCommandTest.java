package io.patchbay.analysis.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Motifs of circuits and their export, from the command line.
class MotifsCommandTest {
  @TempDir Path folder;

  /// @param says what the line must hold
  private record Case(int code, String says, String line) {}

  private static final List<Case> MISTAKES =
      List.of(
          new Case(ExitCode.USAGE, "RUN", "motifs"),
          new Case(ExitCode.USAGE, "a number from 19", "motifs DIR/run --graphs 18"),
          new Case(ExitCode.USAGE, "--seed", "motifs DIR/run --seed x"),
          new Case(ExitCode.INPUT, "no folder circuits", "motifs DIR/none"),
          new Case(ExitCode.INPUT, "no */circuit.json", "motifs DIR/empty"),
          new Case(ExitCode.INPUT, "no */encoder/circuit.json", "motifs DIR/run --encoder"),
          new Case(ExitCode.INPUT, "edges: found nothing", "motifs DIR/broken"),
          new Case(ExitCode.INPUT, "another factor than that of", "motifs DIR/twice"),
          new Case(ExitCode.INPUT, "layer of conv1: found 1, expected 0", "motifs DIR/layers"),
          new Case(ExitCode.INPUT, "units.conv1: found 9, expected 8", "motifs DIR/units"),
          new Case(ExitCode.INPUT, "units of conv1: found 9 in the", "motifs DIR/wide"),
          new Case(ExitCode.INPUT, "no circuit.json", "export DIR/none --format dot"),
          new Case(ExitCode.INPUT, "no finished sweep", "export DIR/none"),
          new Case(ExitCode.INPUT, "no finished sweep", "export DIR/none --json"),
          new Case(ExitCode.USAGE, "csv, json, graphml, dot", "export DIR/none --format svg"),
          new Case(
              ExitCode.USAGE,
              "found 'csv', expected one that a circuit can be exported to: json, graphml, dot",
              "export DIR/run/circuits/x --format csv"),
          new Case(
              ExitCode.USAGE,
              "found 'svg', expected one that a circuit can be exported to: json, graphml, dot",
              "export DIR/run/circuits/x --format svg"),
          new Case(ExitCode.INPUT, "the encoder has some: --encoder", "motifs DIR/encoder"),
          new Case(ExitCode.INPUT, "edges: found nothing", "export DIR/broken/circuits/x"));

  @BeforeEach
  void fill() throws IOException {
    circuit("run/circuits/x", "pos x", 0, 8, 8, 6);
    circuit("run/circuits/y", "pos y", 0, 8, 6, 8);
    circuit("run/circuits/scale", "scale", 0, 8, 2, 2);
    Files.writeString(folder.resolve("run/circuits/notes.txt"), "no circuit");
    Files.createDirectories(folder.resolve("empty/circuits/x"));
    circuit("encoder/circuits/x/encoder", "x", 0, 8, 2, 2);
    circuit("broken/circuits/x", "x", 0, 8, 2, 2);
    Files.writeString(
        folder.resolve("broken/circuits/x/circuit.json"), "{\"factor\": \"x\", \"nodes\": []}");
    circuit("twice/circuits/x", "x", 0, 8, 2, 2);
    circuit("twice/circuits/y", "x", 0, 8, 2, 2);
    circuit("layers/circuits/x", "x", 0, 8, 2, 2);
    circuit("layers/circuits/y", "y", 1, 8, 2, 2);
    circuit("units/circuits/x", "x", 0, 8, 2, 2);
    circuit("units/circuits/y", "y", 0, 9, 2, 2);
    circuit("wide/circuits/x", "x", 0, 8, 8, 2);
    final var text = Files.readString(folder.resolve("wide/circuits/x/circuit.json"));
    Files.createDirectories(folder.resolve("wide/circuits/y"));
    Files.writeString(
        folder.resolve("wide/circuits/y/circuit.json"),
        text.replace("\"x\"", "\"y\"").replace("\"unit\": \"7\"", "\"unit\": \"z\""));
  }

  /// Edges from the first units of a site to those of another, save every fifth, and from there to
  /// half as many of a third, to every second of them if they are several.
  private void circuit(
      final String where,
      final String factor,
      final int layer,
      final int units,
      final int first,
      final int second)
      throws IOException {
    final var nodes = new StringBuilder();
    final int third = second / 2;
    for (int i = 0; i < first + second + third; i++) {
      final int site = i < first ? 0 : i < first + second ? 1 : 2;
      final int unit = i < first ? i : i < first + second ? i - first : i - first - second;
      nodes.append(
          "%s{\"site\": \"conv%d\", \"unit\": \"%d\", \"layer\": %d}"
              .formatted(i == 0 ? "" : ",\n", site + 1, unit, site + layer));
    }
    final var edges = new StringBuilder();
    for (int e = 0; e < first * second; e++) {
      if (e % 5 != 4) {
        edges.append(edge(edges.isEmpty(), e / second, first + e % second, 1.0 / (1 + e)));
      }
    }
    for (int v = 0; v < second; v++) {
      for (int x = 0; x < third; x++) {
        if (third == 1 || (v + x) % 2 == 0) {
          edges.append(edge(false, first + v, first + second + x, -1));
        }
      }
    }
    Files.createDirectories(folder.resolve(where));
    Files.writeString(
        folder.resolve(where).resolve("circuit.json"),
        "{\"factor\": \"%s\", \"units\": {\"conv1\": %d},%n \"nodes\": [%s],%n \"edges\": [%s]}"
            .formatted(factor, units, nodes, edges));
  }

  private static String edge(
      final boolean isFirst, final int from, final int to, final double weight) {
    return "%s{\"from\": %d, \"to\": %d, \"weight\": %s}"
        .formatted(isFirst ? "" : ",\n", from, to, weight);
  }

  private Shell run(final String line) {
    return Shell.run(line.replace("DIR", folder.toString()).split(" ", -1));
  }

  @TestFactory
  Stream<DynamicTest> mistakesAreOneLineAndNothingIsWritten() {
    return MISTAKES.stream().map(c -> dynamicTest("patchbay " + c.line, () -> check(c)));
  }

  private void check(final Case c) throws IOException {
    final var before = files();
    final var shell = run(c.line);
    assertEquals(c.code, shell.code(), shell::err);
    assertEquals(1, shell.errors().size(), shell::err);
    assertTrue(shell.err().contains(c.says), shell::err);
    assertEquals("", shell.out());
    assertFalse(shell.showsStack());
    assertEquals(before, files(), "files were left");
  }

  private List<String> files() throws IOException {
    try (var all = Files.walk(folder)) {
      return all.map(Path::toString).sorted().toList();
    }
  }

  private static JsonNode json(final String text) {
    return JsonMapper.shared().readTree(text);
  }

  @Test
  void everythingIsInTheFile() throws IOException {
    final var shell = run("motifs DIR/run --seed 3 --graphs 200 --json");
    assertEquals(ExitCode.OK, shell.code(), shell::err);
    final var file = folder.resolve("run/circuits/motifs.json");
    final var written = Files.readString(file);
    final var all = json(written);
    assertEquals(json(shell.out()), all);
    assertEquals(3, all.path("seed").asInt());
    assertEquals(200, all.path("random_graphs").asInt());
    assertEquals(Release.VERSION, all.path("version").asString());
    final var graphs = all.path("graphs");
    assertEquals(
        List.of("scale", "pos x", "pos y", ""),
        graphs.valueStream().map(g -> g.path("factor").asString("")).toList());
    assertTrue(graphs.get(3).path("factor").isNull());
    for (final var graph : graphs) {
      final boolean small = graph.path("edges").asInt() < 20;
      assertEquals(small, graph.path("too_small").asBoolean());
      assertEquals(
          List.of("chain", "fan-in", "fan-out", "parallel", "bottleneck"),
          graph.path("motifs").valueStream().map(m -> m.path("motif").asString()).toList());
      for (final var motif : graph.path("motifs")) {
        for (final var kind : List.of("degrees", "density")) {
          final var comparison = motif.path(kind);
          assertEquals(small, comparison.isNull());
          if (!small) {
            final double p = comparison.path("p").asDouble();
            assertTrue(p >= 1 / 201.0 && p <= 1, written);
            final boolean fixed = comparison.path("fixed").asBoolean();
            assertEquals(fixed, comparison.path("q").isNull(), written);
            assertTrue(fixed || comparison.path("q").asDouble() >= p, written);
          }
        }
        final boolean decided = !motif.path("motif").asString().equals("parallel");
        assertEquals(decided && !small, motif.path("degrees").path("fixed").asBoolean(false));
      }
      assertTrue(graph.path("modularity").path("q").isNumber(), written);
    }
    // 2 x 2 edges save none of the first four, and two to the end.
    assertEquals(6, graphs.get(0).path("edges").asInt());
    assertEquals(4, graphs.get(0).path("motifs").get(0).path("count").asInt());
    assertEquals(2, graphs.get(0).path("motifs").get(3).path("count").asInt());
    final var overlaps = all.path("overlaps");
    assertEquals(3, overlaps.size());
    assertEquals(List.of("pos x", "pos y"), names(overlaps.get(2).path("factors")));
    // 6 of 8 units of conv1, 6 of 8 of conv2, 3 of 4 of conv3.
    assertEquals(15, overlaps.get(2).path("nodes").path("both").asInt());
    assertEquals(20, overlaps.get(2).path("nodes").path("either").asInt());
    assertEquals(0.75, overlaps.get(2).path("nodes").path("jaccard").asDouble());
    assertEquals(0.05, all.path("shared_hubs").path("top_share").asDouble());
    assertEquals(List.of("conv2", "conv3"), names(all.path("sites_without_units")));

    final var again = run("motifs DIR/run --seed 3 --graphs 200");
    assertEquals(ExitCode.OK, again.code(), again::err);
    assertEquals(written, Files.readString(file), "the same seed");
    for (final var says :
        List.of("always the same", "too small: 6 edges", "(together)", "pos x, pos y", "hubs:")) {
      assertTrue(again.out().contains(says), again::out);
    }
    assertTrue(again.err().contains("units not counted at conv2, conv3"), again::err);
  }

  private static List<String> names(final JsonNode list) {
    return list.valueStream().map(n -> n.asString()).toList();
  }

  @Test
  void oneFactorIsStudiedAlone() throws IOException {
    circuit("one/circuits/x/encoder", "x", 0, 8, 6, 6);
    final var shell = run("motifs DIR/one --encoder --seed 1 --graphs 19 --json");
    assertEquals(ExitCode.OK, shell.code(), shell::err);
    final var all = json(Files.readString(folder.resolve("one/circuits/motifs-encoder.json")));
    assertEquals(1, all.path("graphs").size());
    assertEquals(0, all.path("overlaps").size());
    assertTrue(all.path("shared_hubs").isNull());
    assertEquals("", shell.err());
  }

  @Test
  void circuitsAreExported() {
    final var plain = run("export DIR/run/circuits/scale");
    assertEquals(ExitCode.OK, plain.code(), plain::err);
    assertEquals("scale", json(plain.out()).path("factor").asString());
    assertEquals(6, json(plain.out()).path("edges").size());
    assertEquals(plain, run("export DIR/run/circuits/scale --format json"));
    assertEquals(plain, run("export DIR/run/circuits/scale --json"));
    final var graph = run("export DIR/run/circuits/scale --format graphml");
    assertTrue(graph.out().startsWith("<?xml"), graph::out);
    assertEquals(6, graph.out().lines().filter(l -> l.contains("<edge ")).count());
    final var dot = run("export DIR/run/circuits/scale --format dot");
    assertTrue(dot.out().startsWith("digraph circuit {\n"), dot::out);
    assertEquals(6, dot.out().lines().filter(l -> l.contains(" -> ")).count());
  }
}
