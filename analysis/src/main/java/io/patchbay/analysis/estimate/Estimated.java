package io.patchbay.analysis.estimate;

import io.patchbay.analysis.statistics.Interval;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What a method found.
///
/// @param interval how its intervals are made
/// @param rows a row per unit
/// @param figures of all units together, for a file
/// @param sentences the same for people
public record Estimated(
    String interval, List<Row> rows, Map<String, Object> figures, List<String> sentences) {
  public Estimated {
    rows = List.copyOf(rows);
    sentences = List.copyOf(sentences);
  }

  /// @param mean of the unit's effects over the inputs, n of which it was computed on
  /// @param more what else the method says of it
  public record Row(String unit, Interval mean, Map<String, Object> more) {
    /// For a file; bounds that are unknown are null.
    Map<String, Object> toMap() {
      final var map = new LinkedHashMap<String, Object>();
      map.put("unit", unit);
      map.putAll(numbers(mean));
      map.putAll(more);
      return map;
    }
  }

  static Map<String, Object> numbers(final Interval interval) {
    final var map = new LinkedHashMap<String, Object>();
    map.put("estimate", interval.estimate());
    map.put("low", interval.bounded() ? interval.low() : null);
    map.put("high", interval.bounded() ? interval.high() : null);
    map.put("n", interval.n());
    return map;
  }
}
