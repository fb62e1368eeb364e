package io.patchbay.bench;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// The result of the kernels' suites.
///
/// @param notes lines that a reader needs beside the figures (peer versions, a shortened run)
record BenchReport(Machine machine, List<Row> rows, List<String> notes) implements Report {
  BenchReport {
    rows = List.copyOf(rows);
    notes = List.copyOf(notes);
  }

  @Override
  public Map<String, Object> json() {
    final var map = new LinkedHashMap<String, Object>();
    map.put("machine", machine.json());
    map.put("peak_gflops", machine.peak1());
    map.put("notes", notes);
    map.put("rows", rows.stream().map(Row::json).toList());
    return map;
  }

  @Override
  public String table() {
    final var text = new StringBuilder();
    Report.line(text, machine.describe());
    Report.line(
        text,
        "FMA peak: %s GFLOP/s on one thread, %s on two"
            .formatted(Report.one(machine.peak1()), Report.one(machine.peak2())));
    notes.forEach(note -> Report.line(text, note));
    Report.line(text, "");
    Report.line(
        text,
        cells(
            "row", "thr", "ours", "peer", "unit", "ratio", "min-max", "of peak", "scaling",
            "pairs"));
    for (final var row : rows) {
      Report.line(
          text,
          cells(
              row.name(),
              Integer.toString(row.threads()),
              Report.one(row.ours()),
              Report.one(row.peer()),
              row.unit(),
              Report.two(row.ratio().median()),
              Report.range(row.ratio()),
              Report.percent(row.fractionOfPeak()),
              Report.two(row.scaling()),
              row.pairs() + (row.dropped() == 0 ? "" : " (-" + row.dropped() + ")")));
    }
    Report.line(text, "");
    for (final var row : rows) {
      Report.line(
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
}
