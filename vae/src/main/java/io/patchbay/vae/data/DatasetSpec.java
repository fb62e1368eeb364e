package io.patchbay.vae.data;

import io.patchbay.vae.io.BadInputException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// A data set as the user names it: `name` or `name:key=value,key=value`.
record DatasetSpec(String name, Map<String, String> options) {
  DatasetSpec {
    options = Map.copyOf(options);
  }

  static DatasetSpec parse(String text) {
    final int colon = text.indexOf(':');
    // A path may hold a colon; options hold '=' after theirs.
    if (colon < 0 || text.indexOf('=', colon) < 0) {
      return new DatasetSpec(text, Map.of());
    }
    final int start = text.lastIndexOf(':', text.indexOf('=', colon));
    final Map<String, String> options = new HashMap<>();
    for (String option : text.substring(start + 1).split(",", -1)) {
      final int equals = option.indexOf('=');
      if (equals < 1) {
        throw new BadInputException(text, "options", "'" + option + "'", "key=value");
      }
      final String key = option.substring(0, equals).strip();
      if (options.put(key, option.substring(equals + 1).strip()) != null) {
        throw new BadInputException(text, "option " + key, "it twice", "each once");
      }
    }
    return new DatasetSpec(text.substring(0, start), options);
  }

  /// Refuses options that the data set does not have.
  DatasetSpec allow(String... known) {
    final Set<String> unknown = new HashSet<>(options.keySet());
    unknown.removeAll(Set.of(known));
    if (!unknown.isEmpty()) {
      final String first = unknown.stream().sorted().toList().getFirst();
      throw new BadInputException(
          name,
          "option " + first,
          "an unknown option",
          known.length == 0 ? "no options" : "one of " + Nearest.of(first, List.of(known)));
    }
    return this;
  }

  boolean flag(String key, boolean otherwise) {
    final String value = options.get(key);
    if (value == null) {
      return otherwise;
    }
    return switch (value) {
      case "true" -> true;
      case "false" -> false;
      default -> throw new BadInputException(name, "option " + key, value, "true or false");
    };
  }

  int number(String key, int otherwise, int low, int high) {
    final String value = options.get(key);
    if (value == null) {
      return otherwise;
    }
    try {
      final int number = Integer.parseInt(value);
      if (number >= low && number <= high) {
        return number;
      }
    } catch (NumberFormatException _) {
      throw wrongNumber(key, value, low, high);
    }
    throw wrongNumber(key, value, low, high);
  }

  String choice(String key, List<String> choices) {
    final String value = options.getOrDefault(key, choices.getFirst());
    if (!choices.contains(value)) {
      throw new BadInputException(name, "option " + key, value, "one of " + choices);
    }
    return value;
  }

  private BadInputException wrongNumber(String key, String value, int low, int high) {
    return new BadInputException(
        name, "option " + key, value, "a whole number from " + low + " to " + high);
  }
}
