package io.patchbay.bench.gpu;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The rows that a section times, kept as they come. One that fails, and one that there was no time
/// for, are faults of the section and stand in its list.
final class TimedRows {
  /// Seconds without which no row is begun.
  private static final double LEAST_SECONDS = 2;

  private static final String FAILED = "failed";

  /// What tells a row from others.
  private static final List<String> NAMES = List.of("case", "precision", "batch");

  private final Bench bench;
  private final Map<String, Object> result = new LinkedHashMap<>();
  private final List<Map<String, Object>> rows = new ArrayList<>();
  private final List<String> faults = new ArrayList<>();

  TimedRows(final Bench bench) {
    this.bench = bench;
    keep();
  }

  /// Says something about the section beside its rows.
  void say(final String key, final Object value) {
    result.put(key, value);
  }

  /// Adds a row.
  ///
  /// @param names what the row is of: its case, precision, batch
  /// @param timing puts what was measured. What it throws, or puts under `failed`, is the row's
  ///   fault
  void add(final Map<String, Object> names, final Consumer<Map<String, Object>> timing) {
    final var row = new LinkedHashMap<>(names);
    if (bench.left() < LEAST_SECONDS) {
      faults.add(name(row) + ": no time was left for it");
    } else {
      try {
        timing.accept(row);
      } catch (final RuntimeException e) {
        row.put(FAILED, String.valueOf(e));
      }
      rows.add(row);
      if (row.containsKey(FAILED)) {
        faults.add(name(row) + ": " + row.get(FAILED));
      }
    }
    keep();
  }

  /// The rows so far.
  List<Map<String, Object>> rows() {
    return rows;
  }

  Map<String, Object> result() {
    return result;
  }

  private void keep() {
    result.put("passed", faults.isEmpty());
    result.put("list", faults);
    result.put("rows", rows);
    bench.keep(result);
  }

  private static String name(final Map<String, Object> row) {
    return NAMES.stream()
        .flatMap(key -> Stream.ofNullable(row.get(key)))
        .map(String::valueOf)
        .collect(Collectors.joining(", "));
  }
}
