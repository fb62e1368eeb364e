package io.patchbay.vae.train;

import io.patchbay.vae.data.Nearest;
import io.patchbay.vae.io.BadInputException;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Named values from files and from the command line, the later ones first; each is asked for by
/// name with its default, and what nobody asked for is a mistake.
final class Settings {
  private static final int SHOWN = 3;

  private final Map<String, Value> values = new LinkedHashMap<>();
  private final TreeSet<String> known = new TreeSet<>();
  private String source = "settings";

  /// A value as it was written: one text, or a list of texts.
  private record Value(String source, @Nullable String text, List<String> items) {
    String shown() {
      return text == null ? items.toString() : "'" + text + "'";
    }
  }

  /// Puts one text; a later one replaces an earlier one.
  void put(final String from, final String name, final String text) {
    source = from;
    values.put(alias(name), new Value(from, text, List.of()));
  }

  /// Puts a list.
  void put(final String from, final String name, final List<String> items) {
    source = from;
    values.put(alias(name), new Value(from, null, List.copyOf(items)));
  }

  // `arch: conv4` is short for `arch.name: conv4`.
  private static String alias(final String name) {
    return name.equals("arch") ? "arch.name" : name;
  }

  boolean has(final String name) {
    known.add(name);
    return values.containsKey(name);
  }

  String text(final String name, final String byDefault) {
    final var value = find(name);
    if (value == null) {
      return byDefault;
    }
    if (value.text() == null || value.text().isBlank()) {
      throw wrong(name, value, "one text");
    }
    return value.text();
  }

  /// One of `choices`.
  String choice(final String name, final String byDefault, final Collection<String> choices) {
    final var value = find(name);
    if (value == null) {
      return byDefault;
    }
    final var text = value.text();
    if (text == null || !choices.contains(text)) {
      throw wrong(name, value, "one of " + String.join(", ", choices));
    }
    return text;
  }

  long integer(final String name, final long byDefault, final long least, final long most) {
    final var value = find(name);
    if (value == null) {
      return byDefault;
    }
    final var range = most == Long.MAX_VALUE ? "" : " to " + most;
    final var expected =
        least == Long.MIN_VALUE ? "a whole number" : "a whole number from " + least + range;
    final var number = parseLong(value.text());
    if (number == null || number < least || number > most) {
      throw wrong(name, value, expected);
    }
    return number;
  }

  double number(
      final String name,
      final double byDefault,
      final Predicate<Double> fits,
      final String expected) {
    final var value = find(name);
    if (value == null) {
      return byDefault;
    }
    final var number = parseDouble(value.text());
    if (number == null || !Double.isFinite(number) || !fits.test(number)) {
      throw wrong(name, value, expected);
    }
    return number;
  }

  double positive(final String name, final double byDefault) {
    return number(name, byDefault, x -> x > 0, "a number above 0");
  }

  double notNegative(final String name, final double byDefault) {
    return number(name, byDefault, x -> x >= 0, "a number from 0");
  }

  /// A list of whole numbers; one text holds them with commas.
  List<Integer> integers(final String name, final List<Integer> byDefault, final int least) {
    final var value = find(name);
    if (value == null) {
      return byDefault;
    }
    final var text = value.text();
    final var items =
        text == null ? value.items() : text.isBlank() ? List.<String>of() : split(text);
    return items.stream()
        .map(item -> {
          final var number = parseLong(item);
          if (number == null || number < least || number > 1 << 20) {
            throw wrong(name, value, "whole numbers from " + least + ", with commas");
          }
          return (int) (long) number;
        })
        .toList();
  }

  /// Refuses a value that is out of place for a reason that only the whole shows.
  BadInputException wrong(final String name, final String expected) {
    final var value = values.get(name);
    return value == null
        ? new BadInputException(source, name, "nothing", expected)
        : wrong(name, value, expected);
  }

  /// Refuses what nobody asked for.
  ///
  /// @param owner what the settings are of, for the message
  void refuseUnknown(final String owner) {
    for (final var entry : values.entrySet()) {
      final var name = entry.getKey();
      if (!known.contains(name)) {
        throw new BadInputException(
            entry.getValue().source(),
            name,
            "a name that " + owner + " does not read",
            "one of its settings, such as " + String.join(", ", nearest(name)));
      }
    }
  }

  private List<String> nearest(final String name) {
    return Nearest.of(name, List.copyOf(known)).stream().limit(SHOWN).toList();
  }

  private @Nullable Value find(final String name) {
    known.add(name);
    return values.get(name);
  }

  private static BadInputException wrong(
      final String name, final Value value, final String expected) {
    return new BadInputException(value.source(), name, value.shown(), expected);
  }

  private static List<String> split(final String text) {
    return Arrays.asList(text.split(",", -1));
  }

  private static @Nullable Long parseLong(final @Nullable String text) {
    try {
      return text == null ? null : Long.valueOf(text.strip());
    } catch (NumberFormatException e) {
      return null;
    }
  }

  private static @Nullable Double parseDouble(final @Nullable String text) {
    try {
      return text == null ? null : Double.valueOf(text.strip());
    } catch (NumberFormatException e) {
      return null;
    }
  }
}
