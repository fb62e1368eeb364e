package io.patchbay.analysis.study;

import io.patchbay.analysis.statistics.Interval;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/// One figure of a representation.
///
/// @param value empty where it is not defined; the note then says why
/// @param interval empty where there is none; the note then says why
/// @param n how many draws it rests on: inputs, points, votes, or other models
/// @param note what it is, and how its interval was made or why it has none
public record Score(
    String name, OptionalDouble value, Optional<Interval> interval, int n, String note) {
  private static final String UNDEFINED =
      "; no interval: without some of the inputs it is undefined";

  /// A figure with the interval that the note tells of, or why it has none after all.
  static Score of(final String name, final Interval interval, final String note) {
    return new Score(
        name,
        OptionalDouble.of(interval.estimate()),
        interval.bounded() ? Optional.of(interval) : Optional.empty(),
        interval.n(),
        interval.bounded() ? note : note + UNDEFINED);
  }

  static Score plain(final String name, final double value, final int n, final String note) {
    return new Score(name, OptionalDouble.of(value), Optional.empty(), n, note);
  }

  static Score undefined(final String name, final int n, final String note) {
    return new Score(name, OptionalDouble.empty(), Optional.empty(), n, "undefined: " + note);
  }

  /// By name, for a file; null where there is no value or bound.
  Map<String, Object> numbers() {
    final var map = new LinkedHashMap<String, Object>();
    map.put("name", name);
    map.put("value", value.isPresent() ? value.getAsDouble() : null);
    map.put("low", interval.map(Interval::low).orElse(null));
    map.put("high", interval.map(Interval::high).orElse(null));
    map.put("n", n);
    map.put("note", note);
    return map;
  }
}
