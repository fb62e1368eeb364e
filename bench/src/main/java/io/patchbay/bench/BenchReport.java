package io.patchbay.bench;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// The suite's result, as a table for people and as one JSON object for programs.
///
/// @param notes lines that a reader needs beside the figures (peer versions, a shortened run)
record BenchReport(Machine machine, List<Row> rows, List<String> notes) {
  BenchReport {
    rows = List.copyOf(rows);
    notes = List.copyOf(notes);
  }

  /// The JSON object as maps and lists.
  Map<String, Object> json() {
    final var map = new LinkedHashMap<String, Object>();
    map.put("machine", machine.json());
    map.put("peak_gflops", machine.peak1());
    map.put("notes", notes);
    map.put("rows", rows.stream().map(Row::json).toList());
    return map;
  }

  /// The table.
  String table() {
    final var text = new StringBuilder();
    line(text, machine.describe());
    line(
        text,
        "FMA peak: %s GFLOP/s on one thread, %s on two"
            .formatted(one(machine.peak1()), one(machine.peak2())));
    notes.forEach(note -> line(text, note));
    line(text, "");
    line(
        text,
        cells(
            "row", "thr", "ours", "peer", "unit", "ratio", "min-max", "of peak", "scaling",
            "pairs"));
    for (final var row : rows) {
      line(
          text,
          cells(
              row.name(),
              Integer.toString(row.threads()),
              one(row.ours()),
              one(row.peer()),
              row.unit(),
              two(row.ratio().median()),
              range(row.ratio()),
              percent(row.fractionOfPeak()),
              two(row.scaling()),
              row.pairs() + (row.dropped() == 0 ? "" : " (-" + row.dropped() + ")")));
    }
    line(text, "");
    for (final var row : rows) {
      line(
          text,
          "%s, %d: ours %s, error %s%s"
              .formatted(
                  row.name(),
                  row.threads(),
                  row.oursForm(),
                  String.format(Locale.ROOT, "%.1e", row.error()),
                  row.peerForm().isEmpty() ? "" : "; peer " + row.peerForm()));
    }
    return text.toString();
  }

  private static String cells(
      final String row,
      final String threads,
      final String ours,
      final String peer,
      final String unit,
      final String ratio,
      final String range,
      final String fraction,
      final String scaling,
      final String pairs) {
    return "%-11s %3s %11s %11s  %-10s %6s %15s %7s %7s %9s"
        .formatted(row, threads, ours, peer, unit, ratio, range, fraction, scaling, pairs);
  }

  private static String range(final Pairs.Spread spread) {
    return Double.isFinite(spread.min()) ? two(spread.min()) + " - " + two(spread.max()) : "-";
  }

  private static String percent(final double share) {
    return Double.isFinite(share) ? one(100 * share) + " %" : "-";
  }

  private static String one(final double value) {
    return Double.isFinite(value) ? String.format(Locale.ROOT, "%.1f", value) : "-";
  }

  private static String two(final double value) {
    return Double.isFinite(value) ? String.format(Locale.ROOT, "%.2f", value) : "-";
  }

  private static void line(final StringBuilder text, final String content) {
    text.append(content.stripTrailing()).append('\n');
  }
}
