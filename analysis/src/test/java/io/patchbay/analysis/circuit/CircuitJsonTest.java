package io.patchbay.analysis.circuit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.patchbay.vae.io.BadInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/// Files that are circuits, and files that are not.
class CircuitJsonTest {
  @TempDir Path folder;

  private static final String GOOD =
      """
      {"factor": "scale", "faithfulness": {"estimate": 0.9}, "units": {"a": 8},
       "nodes": [{"site": "a", "unit": "0", "layer": 0}, {"site": "b", "unit": 3, "layer": 1}],
       "edges": [{"from": 0, "to": 1, "weight": -0.5, "loss": 0.1}]}
      """;

  /// @param place what the message says after the file's name
  private record Case(String old, String now, String place) {}

  private static final List<Case> CASES =
      List.of(
          new Case("{\"factor\"", "\"factor\"", "line 1, column"),
          new Case("]}\n", "]", "line"),
          new Case("\"factor\": \"scale\", ", "", "factor: found nothing, expected a name"),
          new Case("\"scale\"", "\" \"", "factor: found \" \""),
          new Case("\"scale\"", "\"a\\u0007\"", "factor: found"),
          new Case("\"scale\"", "\"a\\ud800\"", ""),
          new Case("\"scale\"", "[]", "factor: found []"),
          new Case("\"nodes\"", "\"noodles\"", "nodes: found nothing, expected a list"),
          new Case("{\"site\": \"a\", \"unit\": \"0\", \"layer\": 0}", "7", "nodes[0]: found 7"),
          new Case("\"site\": \"b\", ", "", "nodes[1].site: found nothing"),
          new Case("\"unit\": 3", "\"unit\": 3.5", "nodes[1].unit: found 3.5"),
          new Case("\"layer\": 1", "\"layer\": \"1\"", "nodes[1].layer: found \"1\""),
          new Case("\"layer\": 1", "\"layer\": 1.5", "nodes[1].layer: found 1.5"),
          new Case("\"layer\": 1", "\"layer\": 99999999999", "nodes[1].layer"),
          new Case("\"layer\": 1", "\"layer\": -1", "nodes[1].layer: found -1"),
          new Case(
              "\"site\": \"b\"", "\"site\": \"a\"", "nodes[1].layer: found 1, expected 0, as of a"),
          new Case(
              "{\"site\": \"b\", \"unit\": 3, \"layer\": 1}",
              "{\"site\": \"a\", \"unit\": 0, \"layer\": 0}",
              "nodes[1]: found a/0 again"),
          new Case("\"edges\": [", "\"edges\": 1, \"more\": [", "edges: found 1"),
          new Case("\"from\": 0", "\"from\": 2", "edges[0].from: found 2"),
          new Case("\"to\": 1", "\"to\": -1", "edges[0].to: found -1"),
          new Case("\"to\": 1", "\"to\": \"b/3\"", "edges[0].to: found \"b/3\""),
          new Case("\"to\": 1", "\"to\": 0", "edges[0]: found a/0 to a/0, expected an edge from"),
          new Case("\"from\": 0, \"to\": 1", "\"from\": 1, \"to\": 0", "edges[0]: found b/3 to"),
          new Case("\"weight\": -0.5, ", "", "edges[0].weight: found nothing"),
          new Case("-0.5", "null", "edges[0].weight: found null"),
          new Case("-0.5", "1e999", "edges[0].weight"),
          new Case("-0.5", "NaN", "line 3"),
          new Case(
              "\"edges\": [",
              "\"edges\": [{\"from\": 0, \"to\": 1, \"weight\": 1}, ",
              "edges[1]: found a/0 to b/3 again"),
          new Case("\"a\": 8", "\"a\": 0", "units.a: found 0, expected at least the 1"),
          new Case("\"a\": 8", "\"a\": \"many\"", "units.a: found \"many\""),
          new Case("{\"a\": 8}", "8", "units: found 8"),
          new Case("\"factor\": \"scale\"", "\"factor\": \"scale\", \"factor\": \"x\"", "line 1"));

  @Test
  void aCircuitWithMoreInItIsRead() throws IOException {
    final var file = folder.resolve("circuit.json");
    Files.writeString(file, GOOD);
    final var circuit = CircuitJson.read(file);
    assertEquals("scale", circuit.factor());
    assertEquals(Map.of("a", 8), circuit.units());
    assertEquals(
        List.of(new CircuitNode("a", "0", 0), new CircuitNode("b", "3", 1)),
        circuit.graph().nodes());
    assertEquals(List.of(new CircuitEdge(0, 1, -0.5)), circuit.graph().edges());
  }

  @TestFactory
  Stream<DynamicTest> oneLineSaysWhatIsWrong() {
    return CASES.stream().map(c -> dynamicTest(c.now + " for " + c.old, () -> check(c)));
  }

  private void check(final Case c) throws IOException {
    final var file = folder.resolve("circuit.json");
    assertTrue(GOOD.contains(c.old), "the case changes nothing");
    Files.writeString(file, GOOD.replace(c.old, c.now));
    refused(file, c.place);
  }

  private static void refused(final Path file, final String place) {
    final var e = assertThrows(BadInputException.class, () -> CircuitJson.read(file));
    final var message = String.valueOf(e.getMessage());
    assertTrue(message.startsWith(file + ": " + place), message);
    assertTrue(message.contains(", expected "), message);
    assertEquals(1, message.lines().count(), message);
  }

  @Test
  void otherFilesAreRefused() throws IOException {
    refused(folder.resolve("none.json"), "circuit: found no such file");
    final var file = folder.resolve("circuit.json");
    Files.writeString(file, "");
    refused(file, "");
    Files.writeString(file, "[1]");
    refused(file, "circuit: found [1], expected an object");
    Files.createDirectory(folder.resolve("dir"));
    refused(folder.resolve("dir"), "circuit: found");
  }
}
