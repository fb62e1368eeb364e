package io.patchbay.bench;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// The result of the sweeps' suite.
///
/// @param notes lines that a reader needs beside the figures
record SweepReport(Machine machine, List<SweepFigures> rows, List<String> notes) implements Report {
  SweepReport {
    rows = List.copyOf(rows);
    notes = List.copyOf(notes);
  }

  @Override
  public Map<String, Object> json() {
    final var map = new LinkedHashMap<String, Object>();
    map.put("machine", machine.json());
    map.put("peak_gflops", machine.peak1());
    map.put("notes", notes);
    map.put("rows", rows.stream().map(SweepFigures::json).toList());
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
            "row",
            "cells/s",
            "naive",
            "loop",
            "ratio",
            "min-max",
            "to loop",
            "own naive",
            "of peak",
            "scaling",
            "elim.",
            "rounds"));
    for (final var row : rows) {
      Report.line(
          text,
          cells(
              row.name(),
              Report.one(row.rates().ours()),
              Report.one(row.rates().peer()),
              Report.one(row.rates().loop()),
              Report.two(row.ratio().median()),
              Report.range(row.ratio()),
              Report.two(row.loopRatio().median()),
              Report.two(row.naiveRatio().median()),
              Report.percent(row.fractionOfPeak()),
              Report.two(row.scaling()),
              Report.two(row.elimination()),
              row.rounds() + (row.dropped() == 0 ? "" : " (-" + row.dropped() + ")")));
    }
    Report.line(text, "");
    rows.forEach(row -> Report.line(text, detail(row)));
    return text.toString();
  }

  private static String detail(final SweepFigures row) {
    final var line =
        new StringBuilder(
            String.format(
                Locale.ROOT,
                "%s: %,d cells, %,.0f multiply-adds each; ours %s, %s s for all, error %.1e",
                row.name(),
                row.cells(),
                row.macs(),
                row.forms().ours(),
                Report.two(row.cells() / row.rates().ours()),
                row.error()));
    if (!row.forms().peer().isEmpty()) {
      line.append(
          String.format(
              Locale.ROOT,
              "; naive %s, %s s for all, error %.1e; loop %s, %s s for all",
              row.forms().peer(),
              Report.one(row.cells() / row.rates().peer()),
              row.peerError(),
              row.forms().loop(),
              Report.one(row.cells() / row.rates().loop())));
    }
    line.append("; own naive ").append(row.forms().naive());
    return line.toString();
  }

  private static String cells(final String... columns) {
    return "%-20s %11s %9s %9s %8s %17s %8s %9s %8s %7s %6s %9s".formatted((Object[]) columns);
  }
}
