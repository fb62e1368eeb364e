package io.patchbay.bench;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// The result of the errors' suite.
///
/// @param notes lines that a reader needs beside the figures
record ErrorReport(String device, List<String> notes, List<Row> rows) implements Report {
  ErrorReport {
    notes = List.copyOf(notes);
    rows = List.copyOf(rows);
  }

  /// The errors of effects of about one size.
  ///
  /// @param edit what was edited
  /// @param effect the size
  /// @param cells effects that were judged
  /// @param median error as a share of the effect
  /// @param max the largest such share
  /// @param ofBound the largest error as a share of what it may be
  record Row(
      String edit,
      double effect,
      ErrorPlan plan,
      int cells,
      double median,
      double max,
      double ofBound) {
    /// @param found shares of the effect and of the bound
    static Row of(
        final String edit, final double effect, final ErrorPlan plan, final List<double[]> found) {
      final double[] shares = found.stream().mapToDouble(f -> f[0]).sorted().toArray();
      final int n = shares.length;
      return new Row(
          edit,
          effect,
          plan,
          n,
          n == 0 ? Double.NaN : (shares[n / 2] + shares[(n - 1) / 2]) / 2,
          n == 0 ? Double.NaN : shares[n - 1],
          found.stream().mapToDouble(f -> f[1]).reduce(Math::max).orElse(Double.NaN));
    }

    Map<String, Object> json() {
      final var map = new LinkedHashMap<String, Object>();
      map.put("edit", edit);
      map.put("effect", effect);
      map.put("plan", plan.label());
      map.put("bound", plan.words());
      map.put("cells", cells);
      Report.put(map, "median", median);
      Report.put(map, "max", max);
      Report.put(map, "of_bound", ofBound);
      map.put("holds", ofBound <= 1);
      return map;
    }
  }

  @Override
  public Map<String, Object> json() {
    final var map = new LinkedHashMap<String, Object>();
    map.put("device", device);
    map.put("notes", notes);
    map.put("rows", rows.stream().map(Row::json).toList());
    return map;
  }

  /// In markdown: a line for each edit and size, the plans side by side.
  @Override
  public String table() {
    final var text = new StringBuilder();
    Report.line(text, device);
    notes.forEach(note -> Report.line(text, note));
    Report.line(
        text,
        "of each plan: median and largest error as a share of the effect e, and the largest as a"
            + " share of its bound");
    Report.line(text, "");
    final var plans = rows.stream().map(Row::plan).distinct().toList();
    final var head = new StringBuilder("| edit | e | cells |");
    plans.forEach(
        p -> head.append(' ').append(p.label()).append(": ").append(p.words()).append(" |"));
    Report.line(text, head.toString());
    Report.line(text, "|---|---|---|" + "---|".repeat(plans.size()));
    for (int i = 0; i < rows.size(); i += plans.size()) {
      final var row = rows.get(i);
      final var line =
          new StringBuilder(
              String.format(
                  Locale.ROOT, "| %s | %.0e | %d |", row.edit(), row.effect(), row.cells()));
      for (final var each : rows.subList(i, i + plans.size())) {
        line.append(
            each.cells() == 0
                ? " - |"
                : String.format(
                    Locale.ROOT,
                    " %.1e, %.1e, %.2f%s |",
                    each.median(),
                    each.max(),
                    each.ofBound(),
                    each.ofBound() <= 1 ? "" : " (missed)"));
      }
      Report.line(text, line.toString());
    }
    return text.toString();
  }
}
