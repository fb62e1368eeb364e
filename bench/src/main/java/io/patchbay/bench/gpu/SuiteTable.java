package io.patchbay.bench.gpu;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The suite's results for people, in markdown.
final class SuiteTable {
  private static final int LISTED = 30;

  private SuiteTable() {}

  /// @param log a line for each section
  /// @param results of the sections by name
  /// @param rows that were timed
  /// @param torch what the comparison wrote, or nothing
  /// @param ceiling that shares are of
  static String text(
      final List<Map<String, Object>> log,
      final Map<String, Object> results,
      final List<Map<?, ?>> rows,
      final Map<String, Object> torch,
      final Ceiling ceiling,
      final RatioTable ratios) {
    final var text = new StringBuilder();
    line(text, "# patchbay gpu-suite");
    line(text, "");
    final var facts = map(results.get("facts"));
    line(text, "Device: " + or(facts, "device", "unknown"));
    final double copy = number(facts.get("copy_bytes_per_second"));
    final var ceilings = map(torch.get("ceilings"));
    final double product = number(ceilings.get("product_bf16_flops"));
    line(
        text,
        "Ceilings: copy %s TB/s, by PyTorch %s TB/s; matrix product 8192^3 by PyTorch: bf16 %s, TF32"
                .formatted(
                    digits(copy * 1e-12),
                    digits(number(ceilings.get("copy_bytes_per_second")) * 1e-12),
                    digits(product * 1e-12))
            + " %s, fp32 %s TFLOP/s"
                .formatted(
                    digits(number(ceilings.get("product_tf32_flops")) * 1e-12),
                    digits(number(ceilings.get("product_fp32_flops")) * 1e-12)));
    final var library = map(map(results.get("products")).get("large_product_flops"));
    library.forEach((precision, flops) ->
        line(text, "By cuBLAS: %s %s TFLOP/s".formatted(precision, digits(number(flops) * 1e-12))));
    line(text, "");
    sections(text, log, results);
    timings(text, rows, ceiling);
    products(text, map(results.get("products")));
    if (!ratios.lines().isEmpty()) {
      line(text, "");
      line(text, "## Beside PyTorch " + torch.getOrDefault("torch", ""));
      line(text, "");
      line(
          text,
          "Exact enough (half of the effects within 5e-3 of float64): "
              + RatioTable.exactPrecisions(torch));
      line(text, "");
      text.append(ratios.markdown());
      final var differences = map(map(results.get(TorchPeer.NAME)).get("same_inputs"));
      if (!differences.isEmpty()) {
        line(text, "");
        line(
            text,
            "Effects of the same edits on the same model, ours and PyTorch's, largest difference"
                + " from PyTorch's in float64: "
                + differences.entrySet().stream()
                    .map(e -> e.getKey() + " " + digits(number(e.getValue())))
                    .collect(Collectors.joining(", ")));
      }
    }
    faults(text, results);
    return text.toString();
  }

  private static void sections(
      final StringBuilder text,
      final List<Map<String, Object>> log,
      final Map<String, Object> results) {
    line(text, "| section | status | seconds | passed | what |");
    line(text, "|---|---|---|---|---|");
    for (final var entry : log) {
      final var name = String.valueOf(entry.get("name"));
      final var result = map(results.get(name));
      line(
          text,
          "| %s | %s | %s | %s | %s |"
              .formatted(
                  name,
                  entry.get("status") + (entry.containsKey("why") ? ": " + entry.get("why") : ""),
                  entry.getOrDefault("seconds", "-"),
                  or(result, "passed", "-"),
                  what(name, result)));
    }
    line(text, "");
  }

  private static String what(final String name, final Map<?, ?> result) {
    return switch (name) {
      case "conformance", "gradients" ->
          "%s of %s cases, %s refused, %s faults"
              .formatted(
                  result.get("checked"),
                  result.get("cases"),
                  result.get("refused"),
                  result.get("faults"));
      case "own-ops" ->
          "%s of %s cases, %s refused, %s faults; %s, the first in %s ms"
              .formatted(
                  result.get("checked"),
                  result.get("cases"),
                  result.get("refused"),
                  result.get("faults"),
                  result.get("form"),
                  digits(number(result.get("first_op_ms"))));
      case "determinism", "training", "sanitizer" -> summary(result);
      case TorchPeer.NAME ->
          result.get("not_ended") instanceof final List<?> list && !list.isEmpty()
              ? "without " + list
              : String.valueOf(result.containsKey("skipped") ? result.get("skipped") : "whole");
      case "net", "products", "architectures", "sweeps", "errors" ->
          result.get("rows") instanceof final List<?> list ? list.size() + " rows" : "-";
      default -> "-";
    };
  }

  private static String summary(final Map<?, ?> result) {
    final var text = new StringBuilder();
    result.forEach((key, value) -> {
      if (value instanceof final Map<?, ?> row) {
        text.append(key).append(' ');
        text.append(row.containsKey("errors") ? "errors " + row.get("errors") : "")
            .append(row.containsKey("cases") ? " in " + row.get("cases") + " cases" : "")
            .append(row.containsKey("passed") ? "passed " + row.get("passed") : "")
            .append("; ");
      } else if (value instanceof String) {
        text.append(key).append(": ").append(value).append("; ");
      }
    });
    return text.toString().replace("|", "/").replace("\n", " ");
  }

  private static void timings(
      final StringBuilder text, final List<Map<?, ?>> rows, final Ceiling ceiling) {
    line(text, "## Timings");
    line(text, "");
    line(
        text,
        "Medians by the device's events; FLOP/s counted on the multiplications that cannot be left"
            + " out, as a share of "
            + ceiling.words()
            + ".");
    line(text, "");
    line(
        text,
        "| case | precision | form | ms | smallest - largest | rate | TFLOP/s | share | error |");
    line(text, "|---|---|---|---|---|---|---|---|---|");
    for (final var row : rows) {
      final double tflops = number(row.get("tflops"));
      final double rate = number(row.get("rate"));
      line(
          text,
          "| %s | %s | %s | %s | %s - %s | %s %s | %s | %s | %s |"
              .formatted(
                  row.get("case"),
                  row.get("precision"),
                  row.containsKey("failed") ? "failed: " + row.get("failed") : row.get("form"),
                  digits(number(row.get("ms"))),
                  digits(number(row.get("ms_min"))),
                  digits(number(row.get("ms_max"))),
                  Double.isFinite(rate) ? RatioTable.rate(rate) : "-",
                  row.get("unit"),
                  digits(tflops),
                  ceiling.share(tflops),
                  digits(number(row.get("error")))));
    }
  }

  private static void products(final StringBuilder text, final Map<?, ?> result) {
    if (!(result.get("rows") instanceof final List<?> rows) || rows.isEmpty()) {
      return;
    }
    line(text, "");
    line(text, "## Products, beside " + result.get("library"));
    line(text, "");
    line(text, "| case | rows | precision | ms | TFLOP/s | the library's ms | ratio | apart |");
    line(text, "|---|---|---|---|---|---|---|---|");
    for (final var each : rows) {
      final var row = map(each);
      line(
          text,
          "| %s | %s | %s | %s | %s | %s | %s | %s |"
              .formatted(
                  row.get("case"),
                  row.get("batch"),
                  row.get("precision"),
                  digits(number(row.get("ms"))),
                  digits(number(row.get("tflops"))),
                  digits(number(row.get("library_ms"))),
                  digits(number(row.get("beside_library"))),
                  digits(number(row.get("apart")))));
    }
  }

  private static void faults(final StringBuilder text, final Map<String, Object> results) {
    results.forEach((name, result) -> {
      if (map(result).get("list") instanceof final List<?> faults && !faults.isEmpty()) {
        line(text, "");
        line(text, "## Faults of " + name);
        line(text, "");
        faults.stream()
            .limit(LISTED)
            .forEach(fault -> line(text, "- " + String.valueOf(fault).replace("\n", " ")));
      }
    });
  }

  private static Map<?, ?> map(final @Nullable Object value) {
    return value instanceof final Map<?, ?> map ? map : Map.of();
  }

  private static Object or(final Map<?, ?> map, final String key, final Object other) {
    final var value = map.get(key);
    return value == null ? other : value;
  }

  private static double number(final @Nullable Object value) {
    return value instanceof final Number number ? number.doubleValue() : Double.NaN;
  }

  private static String digits(final double value) {
    return Double.isFinite(value) ? String.format(Locale.ROOT, "%.4g", value) : "-";
  }

  private static void line(final StringBuilder text, final String content) {
    text.append(content.stripTrailing()).append('\n');
  }
}
