package io.patchbay.analysis.reproduction;

import io.patchbay.analysis.statistics.Interval;
import io.patchbay.vae.io.BadInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The files of a reproduction.
final class Json {
  private Json() {}

  /// As it would be read from a file.
  static JsonNode tree(final Object value) {
    return JsonMapper.shared().readTree(JsonMapper.shared().writeValueAsString(value));
  }

  /// @throws BadInputException when the file cannot be read or is not an object
  static JsonNode read(final Path file) {
    try {
      final var node = JsonMapper.shared().readTree(Files.readString(file));
      if (node.isObject()) {
        return node;
      }
    } catch (final JacksonException e) {
      throw new BadInputException(file.toString(), "text", "no JSON", "a JSON object", e);
    } catch (final IOException e) {
      throw BadInputException.unreadable(file.toString(), "text", e);
    }
    throw new BadInputException(file, "text", "another value", "a JSON object");
  }

  /// The figures of a file, `figures`: value, low, high, n by id, null where one is undefined.
  ///
  /// @throws BadInputException when one is something else
  static Map<String, Interval> intervals(final Path file, final JsonNode node) {
    final var intervals = new LinkedHashMap<String, Interval>();
    for (final var figure : node.path("figures").properties()) {
      if (!figure.getValue().isNull()) {
        intervals.put(figure.getKey(), interval(file, figure.getKey(), figure.getValue()));
      }
    }
    return intervals;
  }

  private static Interval interval(final Path file, final String place, final JsonNode node) {
    if (!node.path("value").isNumber() || !node.path("n").isIntegralNumber()) {
      throw new BadInputException(file, "figures." + place, node.toString(), "value, low, high, n");
    }
    final double value = node.path("value").asDouble();
    final int n = node.path("n").asInt();
    return node.path("low").isNumber() && node.path("high").isNumber()
        ? new Interval(value, node.path("low").asDouble(), node.path("high").asDouble(), n)
        : Interval.unbounded(value, n);
  }

  /// The notes of a file, `notes`: texts by name.
  static Map<String, String> notes(final JsonNode node) {
    final var notes = new LinkedHashMap<String, String>();
    node.path("notes")
        .properties()
        .forEach(note -> notes.put(note.getKey(), note.getValue().asString("")));
    return notes;
  }

  /// Bounds that are infinite are left empty.
  static Map<String, @Nullable Object> interval(final Interval interval) {
    final var map = new LinkedHashMap<String, @Nullable Object>();
    map.put("value", interval.estimate());
    map.put("low", interval.bounded() ? interval.low() : null);
    map.put("high", interval.bounded() ? interval.high() : null);
    map.put("n", interval.n());
    return map;
  }
}
