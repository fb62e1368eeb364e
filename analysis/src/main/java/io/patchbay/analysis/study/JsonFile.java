package io.patchbay.analysis.study;

import io.patchbay.analysis.report.Estimate;
import io.patchbay.vae.io.BadInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A place of a JSON file that another command wrote, read with one line for whatever is wrong.
///
/// @param place as in `units[3].label`; empty for the whole file
record JsonFile(Path file, String place, JsonNode node) {
  private static final JsonMapper JSON = JsonMapper.shared();

  /// @throws BadInputException when the file cannot be read or is no JSON object
  static JsonFile read(final Path file) {
    final JsonNode root;
    try {
      root = JSON.readTree(Files.readAllBytes(file));
    } catch (final IOException e) {
      throw BadInputException.unreadable(file.toString(), "JSON", e);
    } catch (final JacksonException e) {
      throw new BadInputException(
          file.toString(), "text", e.getOriginalMessage(), "what Patchbay wrote", e);
    }
    final var whole = new JsonFile(file, "", root);
    if (!root.isObject()) {
      throw whole.wrong("an object");
    }
    return whole;
  }

  JsonFile at(final String key) {
    return new JsonFile(file, place.isEmpty() ? key : place + "." + key, node.path(key));
  }

  /// Whether something stands here that is not null.
  boolean there() {
    return !node.isMissingNode() && !node.isNull();
  }

  List<JsonFile> items() {
    if (!node.isArray()) {
      throw wrong("a list");
    }
    final var items = new ArrayList<JsonFile>();
    for (int i = 0; i < node.size(); i++) {
      items.add(new JsonFile(file, place + "[" + i + "]", node.get(i)));
    }
    return items;
  }

  List<String> texts() {
    return items().stream().map(JsonFile::text).toList();
  }

  /// A text, or a number as its digits.
  String text() {
    if (!node.isString() && !node.isNumber()) {
      throw wrong("a text");
    }
    return node.asString();
  }

  double number() {
    if (!node.isNumber()) {
      throw wrong("a number");
    }
    return node.asDouble();
  }

  /// NaN where there is none.
  double numberOrNaN() {
    return there() ? number() : Double.NaN;
  }

  /// `{estimate, low, high, n}`.
  Estimate estimate() {
    return estimate("estimate", at("n").whole());
  }

  /// The estimate under a key, with `low` and `high` beside it.
  Estimate estimate(final String key, final long n) {
    return new Estimate(
        at(key).numberOrNaN(), at("low").numberOrNaN(), at("high").numberOrNaN(), n);
  }

  /// R² of a [io.patchbay.analysis.patch.FactorProbe] on reconstructions held out.
  Estimate probe() {
    return new Estimate(
        at("held_out_r2").number(),
        at("held_out_low").numberOrNaN(),
        at("held_out_high").numberOrNaN(),
        at("held_out_inputs").whole());
  }

  int whole() {
    if (!node.isIntegralNumber() || !node.canConvertToInt()) {
      throw wrong("a whole number");
    }
    return node.asInt();
  }

  boolean flag() {
    if (!node.isBoolean()) {
      throw wrong("true or false");
    }
    return node.asBoolean();
  }

  BadInputException wrong(final String expected) {
    return new BadInputException(
        file,
        place.isEmpty() ? "file" : place,
        node.isMissingNode() ? "nothing" : node.toString(),
        expected);
  }
}
