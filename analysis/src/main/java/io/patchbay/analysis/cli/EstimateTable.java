package io.patchbay.analysis.cli;

import io.patchbay.analysis.estimate.EstimateStudy;
import io.patchbay.analysis.estimate.Estimated;
import java.io.PrintWriter;
import java.util.Comparator;
import java.util.Locale;
import java.util.Map;

/// What `estimate` found, for a terminal: the strongest units.
record EstimateTable(PrintWriter out, EstimateStudy study) {
  private static final int STRONGEST = 20;

  void print() {
    final var found = study.found();
    found.sentences().forEach(out::println);
    out.println(
        String.format(Locale.ROOT, "%-10s%10s  %-22s%7s", "unit", "mean", "95 % interval", "n")
            + found.rows().stream().findFirst().map(row -> text(row.more(), true)).orElse(""));
    found.rows().stream()
        .sorted(Comparator.comparingDouble(row -> -Math.abs(row.mean().estimate())))
        .limit(STRONGEST)
        .forEach(this::row);
  }

  private void row(final Estimated.Row row) {
    final var mean = row.mean();
    final var interval =
        mean.bounded()
            ? String.format(Locale.ROOT, "[%.4f, %.4f]", mean.low(), mean.high())
            : "unknown";
    out.println(
        String.format(
                Locale.ROOT,
                "%-10s%10.4f  %-22s%7d",
                row.unit(),
                mean.estimate(),
                interval,
                mean.n())
            + text(row.more(), false));
  }

  /// What a method says beside the mean, or what that is called.
  private static String text(final Map<String, Object> more, final boolean names) {
    final var text = new StringBuilder();
    more.forEach((name, value) ->
        text.append(
            String.format(
                Locale.ROOT,
                "%" + (name.length() + 3) + "s",
                names
                    ? name
                    : value instanceof final Double number
                        ? String.format(Locale.ROOT, "%.3f", number)
                        : String.valueOf(value))));
    return text.toString();
  }
}
