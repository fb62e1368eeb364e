package io.patchbay.analysis.circuit;

import io.patchbay.vae.io.BadInputException;
import io.patchbay.vae.io.JsonText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A factor's circuit as JSON:
///
/// ```json
/// {"factor": "scale", "units": {"encoder.conv1": 32, "encoder.conv2": 32},
///  "nodes": [{"site": "encoder.conv1", "unit": "3", "layer": 0},
///            {"site": "encoder.conv2", "unit": "7", "layer": 1}],
///  "edges": [{"from": 0, "to": 1, "weight": -0.25}]}
/// ```
///
/// `units`, how many units a circuit could have had at a site, may be absent or name some sites
/// only. Other fields are skipped. `from` and `to` are places in `nodes`, from 0.
public final class CircuitJson {
  /// The file's name in a circuit's folder.
  public static final String FILE = "circuit.json";

  private static final long LARGEST_FILE = 1L << 28;
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private CircuitJson() {}

  /// The graph's part of a file, for one that holds more.
  public static Map<String, Object> fields(final FactorCircuit circuit) {
    final var all = new LinkedHashMap<String, Object>();
    all.put("factor", circuit.factor());
    all.put("units", circuit.units());
    all.put("nodes", circuit.graph().nodes().stream().map(CircuitJson::node).toList());
    all.put("edges", circuit.graph().edges().stream().map(CircuitJson::edge).toList());
    return all;
  }

  private static Map<String, Object> node(final CircuitNode node) {
    final var map = new LinkedHashMap<String, Object>();
    map.put("site", node.site());
    map.put("unit", node.unit());
    map.put("layer", node.layer());
    return map;
  }

  private static Map<String, Object> edge(final CircuitEdge edge) {
    CircuitFormat.number(edge.weight());
    final var map = new LinkedHashMap<String, Object>();
    map.put("from", edge.from());
    map.put("to", edge.to());
    map.put("weight", edge.weight());
    return map;
  }

  /// @throws IllegalArgumentException for a weight that is not finite
  static String text(final FactorCircuit circuit) {
    return JsonText.of(fields(circuit));
  }

  /// @throws BadInputException when the file cannot be read or is not a circuit
  public static FactorCircuit read(final Path file) {
    final JsonNode root;
    try {
      final long size = Files.size(file);
      if (size > LARGEST_FILE) {
        throw new BadInputException(
            file, "size", size + " bytes", "a circuit of at most " + (LARGEST_FILE >> 20) + " MiB");
      }
      root = JSON.readTree(Files.readAllBytes(file));
    } catch (final IOException e) {
      throw BadInputException.unreadable(file.toString(), "circuit", e);
    } catch (final JacksonException e) {
      final var at = e.getLocation();
      final var place =
          at == null ? "text" : "line " + at.getLineNr() + ", column " + at.getColumnNr();
      final var found = e.getOriginalMessage().lines().findFirst().orElse("no JSON");
      throw new BadInputException(file.toString(), place, found, "a circuit as JSON", e);
    }
    return new CircuitFields(file, root).circuit();
  }
}
