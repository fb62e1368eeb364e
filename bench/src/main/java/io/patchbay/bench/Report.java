package io.patchbay.bench;

import java.util.Locale;
import java.util.Map;

/// A suite's result, as a table for people and as one JSON object for programs.
interface Report {
  /// The JSON object as maps and lists.
  Map<String, Object> json();

  /// The table.
  String table();

  /// Median, smallest and largest, as `smallest - largest`.
  static String range(final Pairs.Spread spread) {
    return Double.isFinite(spread.min()) ? two(spread.min()) + " - " + two(spread.max()) : "-";
  }

  static String percent(final double share) {
    return Double.isFinite(share) ? one(100 * share) + " %" : "-";
  }

  static String one(final double value) {
    return Double.isFinite(value) ? String.format(Locale.ROOT, "%.1f", value) : "-";
  }

  static String two(final double value) {
    return Double.isFinite(value) ? String.format(Locale.ROOT, "%.2f", value) : "-";
  }

  static void line(final StringBuilder text, final String content) {
    text.append(content.stripTrailing()).append('\n');
  }

  /// A figure, or null where it does not exist.
  @SuppressWarnings("NullAway") // JSON has null where there is no figure
  static void put(final Map<String, Object> map, final String key, final double value) {
    map.put(key, Double.isFinite(value) ? (Object) value : null);
  }
}
