package io.patchbay.vae.train;

import io.patchbay.vae.io.BadInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.dataformat.yaml.YAMLMapper;

/// Configurations as JSON and YAML text: nested names are written with dots, values are texts or
/// lists of texts.
final class ConfigText {
  private static final long LARGEST_FILE = 1 << 20;
  private static final ObjectMapper JSON =
      JsonMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();
  private static final ObjectMapper YAML =
      YAMLMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  private ConfigText() {}

  /// Reads a file into `settings`: JSON where its name ends in `.json`, else YAML.
  static void read(final Path file, final Settings settings) {
    final String text;
    try {
      if (Files.isRegularFile(file) && Files.size(file) > LARGEST_FILE) {
        throw new BadInputException(
            file, "size", Files.size(file) + " bytes", "a configuration of at most 1 MiB");
      }
      text = Files.readString(file);
    } catch (IOException e) {
      throw BadInputException.unreadable(file.toString(), "configuration", e);
    }
    parse(file.toString(), text, settings);
  }

  /// Reads text; `source` names it in messages and says by its ending what it is.
  static void parse(final String source, final String text, final Settings settings) {
    final boolean json = source.endsWith(".json");
    final JsonNode root;
    try {
      root = (json ? JSON : YAML).readTree(text);
    } catch (JacksonException e) {
      final var at = e.getLocation();
      final var place =
          at == null ? "text" : "line " + at.getLineNr() + ", column " + at.getColumnNr();
      throw new BadInputException(
          source, place, firstLine(e.getOriginalMessage()), json ? "JSON" : "YAML", e);
    }
    if (root == null || root.isMissingNode() || root.isNull()) {
      throw new BadInputException(source, "text", "nothing", "names with values");
    }
    if (!root.isObject()) {
      throw new BadInputException(source, "text", "no names", "names with values");
    }
    flatten(source, "", root, settings);
  }

  private static void flatten(
      final String source, final String prefix, final JsonNode node, final Settings settings) {
    for (final var entry : node.properties()) {
      final var name = prefix + entry.getKey();
      final var value = entry.getValue();
      if (value.isObject()) {
        flatten(source, name + ".", value, settings);
      } else if (value.isArray()) {
        final var items = new ArrayList<String>();
        for (final var item : value) {
          items.add(scalar(source, name, item));
        }
        settings.put(source, name, items);
      } else {
        settings.put(source, name, scalar(source, name, value));
      }
    }
  }

  private static String scalar(final String source, final String name, final JsonNode value) {
    if (!value.isValueNode() || value.isNull()) {
      throw new BadInputException(
          source, name, value.isNull() ? "null" : "a nested value", "a number or a text");
    }
    return value.asString();
  }

  /// Puts `name=value` texts.
  static void override(final List<String> assignments, final Settings settings) {
    for (final var assignment : assignments) {
      final int equals = assignment.indexOf('=');
      if (equals < 1) {
        throw new BadInputException("--set", assignment, "no name and value", "name=value");
      }
      settings.put(
          "--set", assignment.substring(0, equals).strip(), assignment.substring(equals + 1));
    }
  }

  static String json(final Map<String, ?> values) {
    return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(values) + "\n";
  }

  static String jsonLine(final Map<String, ?> values) {
    return JSON.writeValueAsString(values);
  }

  /// Block style for names, flow style for lists; texts are quoted as in JSON, which YAML reads.
  static String yaml(final Map<String, ?> values) {
    final var text = new StringBuilder();
    yaml(values, "", text);
    return text.toString();
  }

  private static void yaml(final Map<?, ?> values, final String indent, final StringBuilder text) {
    values.forEach((name, value) -> {
      text.append(indent).append(name).append(':');
      if (value instanceof final Map<?, ?> nested) {
        text.append('\n');
        yaml(nested, indent + "  ", text);
      } else {
        text.append(' ').append(JSON.writeValueAsString(value)).append('\n');
      }
    });
  }

  /// One object of JSON text.
  static JsonNode object(final Path file, final String text) {
    try {
      final var node = JSON.readTree(text);
      if (node != null && node.isObject()) {
        return node;
      }
    } catch (JacksonException e) {
      throw new BadInputException(
          file.toString(), "text", firstLine(e.getOriginalMessage()), "a JSON object", e);
    }
    throw new BadInputException(file, "text", "another value", "a JSON object");
  }

  private static String firstLine(final String text) {
    return text.lines().findFirst().orElse("no text");
  }
}
