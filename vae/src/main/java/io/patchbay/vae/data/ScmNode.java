package io.patchbay.vae.data;

import io.patchbay.vae.io.BadInputException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// A value of a YAML file with its path, so that what is wrong with it can be said of its place.
record ScmNode(String file, String path, JsonNode value) {
  /// Refuses what is no map, and keys that nobody reads.
  ScmNode keys(String... known) {
    if (!value.isObject()) {
      throw wrong(found(), "names with values");
    }
    for (Map.Entry<String, JsonNode> entry : value.properties()) {
      if (!List.of(known).contains(entry.getKey())) {
        throw new BadInputException(
            file,
            inner(entry.getKey()),
            "an unknown key",
            "one of " + String.join(", ", Nearest.of(entry.getKey(), List.of(known))));
      }
    }
    return this;
  }

  boolean has(String key) {
    return value.has(key);
  }

  Optional<ScmNode> find(String key) {
    return value.has(key)
        ? Optional.of(new ScmNode(file, inner(key), value.path(key)))
        : Optional.empty();
  }

  /// @param expected what it is, for the message where it is missing
  ScmNode get(String key, String expected) {
    return find(key)
        .orElseThrow(() -> new BadInputException(file, inner(key), "nothing", expected));
  }

  /// Key and value, in the order of the file.
  List<Map.Entry<String, ScmNode>> entries(String expected) {
    if (!value.isObject() || value.isEmpty()) {
      throw wrong(found(), expected);
    }
    final List<Map.Entry<String, ScmNode>> entries = new ArrayList<>();
    value
        .properties()
        .forEach(e ->
            entries.add(Map.entry(e.getKey(), new ScmNode(file, inner(e.getKey()), e.getValue()))));
    return entries;
  }

  List<ScmNode> items(String expected) {
    if (!value.isArray()) {
      throw wrong(found(), expected);
    }
    final List<ScmNode> items = new ArrayList<>();
    for (int i = 0; i < value.size(); i++) {
      items.add(new ScmNode(file, path + "[" + i + "]", value.path(i)));
    }
    return items;
  }

  /// A list of two.
  List<ScmNode> pair(String expected) {
    final List<ScmNode> items = items(expected);
    if (items.size() != 2) {
      throw wrong(
          "a list of " + items.size(), expected + " (quotes keep an expression's commas together)");
    }
    return items;
  }

  double number() {
    if (!value.isNumber() || !Double.isFinite(value.doubleValue())) {
      throw wrong(found(), "a finite number");
    }
    return value.doubleValue();
  }

  long whole() {
    if (!value.isIntegralNumber() || !value.canConvertToLong()) {
      throw wrong(found(), "a whole number");
    }
    return value.longValue();
  }

  int count(int low, int high) {
    final long number = whole();
    if (number < low || number > high) {
      throw wrong("" + number, "a whole number from " + low + " to " + high);
    }
    return (int) number;
  }

  boolean flag() {
    if (!value.isBoolean()) {
      throw wrong(found(), "true or false");
    }
    return value.booleanValue();
  }

  String text() {
    if (!value.isString()) {
      throw wrong(found(), "a text");
    }
    return value.stringValue();
  }

  /// A number or a text.
  String expression() {
    if (!value.isString() && !value.isNumber()) {
      throw wrong(found(), "a number or an expression");
    }
    return value.asString().strip();
  }

  BadInputException wrong(String found, String expected) {
    return new BadInputException(file, path.isEmpty() ? "text" : path, found, expected);
  }

  private String inner(String key) {
    return path.isEmpty() ? key : path + "." + key;
  }

  private String found() {
    if (value.isObject()) {
      return "names with values";
    }
    if (value.isArray()) {
      return "a list";
    }
    return value.isNull() || value.isMissingNode() ? "nothing" : "'" + value.asString() + "'";
  }
}
