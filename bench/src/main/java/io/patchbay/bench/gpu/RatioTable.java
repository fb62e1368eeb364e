package io.patchbay.bench.gpu;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Our rates beside PyTorch's, case by case: its best form in each precision, its best form whose
/// effects are as exact as ours must be, and its loop of one forward a patch.
///
/// A precision is exact enough when half of its effects are within 5e-3 of float64: of decodes at
/// every size of effect that the script tried, of a sweep among its own cells.
record RatioTable(List<Line> lines) {
  private static final double EXACT = 5e-3;
  private static final String LOOP = "loop";
  private static final String WHOLE = "forward, ";
  private static final List<String> PRECISIONS = List.of("bf16", "tf32", "fp32");

  /// One of PyTorch's figures.
  record Peer(String precision, String form, int batch, double rate) {
    String text() {
      return "%s (%s, %s, batch %d)".formatted(RatioTable.rate(rate), precision, form, batch);
    }
  }

  /// One case.
  ///
  /// @param ours items a second
  /// @param exact PyTorch's best form that is exact enough; of sweeps one whole forward a cell
  /// @param same the best form in our precision
  /// @param cached of sweeps the best form that caches what comes before the site, exact enough
  /// @param loop its loop
  record Line(
      String name,
      String precision,
      double ours,
      Optional<Peer> exact,
      Optional<Peer> same,
      Optional<Peer> cached,
      Optional<Peer> loop) {}

  RatioTable {
    lines = List.copyOf(lines);
  }

  /// @param rows ours, JSON values
  /// @param torch what `torch_vae.py` wrote, or nothing
  static RatioTable of(final List<Map<?, ?>> rows, final Map<String, Object> torch) {
    final var peers = maps(torch.get("rows"));
    final var errors = maps(torch.get("errors"));
    final var lines = new ArrayList<Line>();
    for (final var row : rows) {
      final var name = String.valueOf(row.get("case"));
      // The carried change, and in fewer bits, is another way to the same cells.
      final var of = name.replaceFirst("-(bf16|tf32|change)$", "");
      final var precision = String.valueOf(row.get("precision"));
      if (!(row.get("rate") instanceof final Number rate)
          || peers.stream().noneMatch(peer -> of.equals(peer.get("case")))) {
        continue;
      }
      final boolean step = of.equals("train-step");
      final Predicate<Map<?, ?>> here =
          peer ->
              of.equals(peer.get("case"))
                  && (!step || number(peer, "batch") == number(row, "batch"));
      final var some = peers.stream().filter(here).toList();
      final Predicate<Map<?, ?>> exact =
          peer -> step || exact(errors, of, String.valueOf(peer.get("precision")));
      final Predicate<Map<?, ?>> loop = peer -> LOOP.equals(peer.get("form"));
      final boolean sweep = some.stream().anyMatch(loop);
      final Predicate<Map<?, ?>> whole =
          peer -> !sweep || String.valueOf(peer.get("form")).startsWith(WHOLE);
      lines.add(
          new Line(
              name + (row.get("batch") == null ? "" : ", batch " + row.get("batch")),
              precision,
              rate.doubleValue(),
              best(some, exact.and(whole)),
              best(some, whole.and(peer -> precision.equals(peer.get("precision")))),
              sweep ? best(some, exact.and(whole.negate()).and(loop.negate())) : Optional.empty(),
              best(some, loop)));
    }
    return new RatioTable(lines);
  }

  private static Optional<Peer> best(
      final List<Map<?, ?>> peers, final Predicate<Map<?, ?>> which) {
    return peers.stream()
        .filter(which)
        .map(peer ->
            new Peer(
                String.valueOf(peer.get("precision")),
                String.valueOf(peer.get("form")),
                (int) number(peer, "batch"),
                number(peer, "rate")))
        .filter(peer -> Double.isFinite(peer.rate()))
        .max((a, b) -> Double.compare(a.rate(), b.rate()));
  }

  /// Whether every error that was found of a case in a precision is small; encodes and forwards
  /// have those of decodes.
  private static boolean exact(
      final List<Map<?, ?>> errors, final String of, final String precision) {
    final boolean own = errors.stream().anyMatch(error -> of.equals(error.get("case")));
    final var found =
        errors.stream()
            .filter(error -> (own ? of : "decode").equals(error.get("case")))
            .filter(error -> precision.equals(error.get("precision")))
            .toList();
    return !found.isEmpty() && found.stream().allMatch(error -> number(error, "median") <= EXACT);
  }

  private static double number(final Map<?, ?> map, final String key) {
    return map.get(key) instanceof final Number number ? number.doubleValue() : Double.NaN;
  }

  private static List<Map<?, ?>> maps(final @Nullable Object list) {
    final var maps = new ArrayList<Map<?, ?>>();
    if (list instanceof final List<?> values) {
      values.forEach(value -> {
        if (value instanceof final Map<?, ?> map) {
          maps.add(map);
        }
      });
    }
    return maps;
  }

  /// Precisions of the script that are exact enough for decodes, and for each sweep.
  static Map<String, List<String>> exactPrecisions(final Map<String, Object> torch) {
    final var errors = maps(torch.get("errors"));
    final var exact = new LinkedHashMap<String, List<String>>();
    errors.stream()
        .map(error -> String.valueOf(error.get("case")))
        .distinct()
        .forEach(name ->
            exact.put(name, PRECISIONS.stream().filter(p -> exact(errors, name, p)).toList()));
    return exact;
  }

  /// As JSON values.
  List<Map<String, Object>> json() {
    return lines.stream()
        .map(line -> {
          final var map = new LinkedHashMap<String, Object>();
          map.put("case", line.name());
          map.put("precision", line.precision());
          map.put("ours", line.ours());
          put(map, "exact", line, line.exact());
          put(map, "same_precision", line, line.same());
          put(map, "cached", line, line.cached());
          put(map, LOOP, line, line.loop());
          return (Map<String, Object>) map;
        })
        .toList();
  }

  private static void put(
      final Map<String, Object> map, final String key, final Line line, final Optional<Peer> peer) {
    peer.ifPresent(p -> {
      map.put(key, p.text());
      map.put(key + "_rate", p.rate());
      map.put(key + "_ratio", line.ours() / p.rate());
    });
  }

  /// In markdown.
  String markdown() {
    final var text = new StringBuilder();
    text.append("| case | ours /s | PyTorch, exact enough | ratio | same precision | ratio |")
        .append(" prefix cached, exact enough | ratio | loop /s | ratio |\n")
        .append("|---|---|---|---|---|---|---|---|---|---|\n");
    for (final var line : lines) {
      text.append("| ")
          .append(line.name())
          .append(" | ")
          .append(rate(line.ours()))
          .append(" (")
          .append(line.precision())
          .append(")");
      cell(text, line, line.exact());
      cell(text, line, line.same());
      cell(text, line, line.cached());
      text.append(" | ")
          .append(line.loop().map(loop -> rate(loop.rate())).orElse("-"))
          .append(" | ")
          .append(line.loop().map(loop -> ratio(line, loop)).orElse("-"))
          .append(" |\n");
    }
    return text.toString();
  }

  private static void cell(final StringBuilder text, final Line line, final Optional<Peer> peer) {
    text.append(" | ")
        .append(peer.map(Peer::text).orElse("-"))
        .append(" | ")
        .append(peer.map(p -> ratio(line, p)).orElse("-"));
  }

  private static String ratio(final Line line, final Peer peer) {
    return String.format(Locale.ROOT, "%.2f", line.ours() / peer.rate());
  }

  /// A rate with three digits or so: `12.3 M`, `45.6 K`, `789`.
  static String rate(final double rate) {
    if (rate >= 1e6) {
      return String.format(Locale.ROOT, "%.2f M", rate * 1e-6);
    }
    return rate >= 1e3
        ? String.format(Locale.ROOT, "%.1f K", rate * 1e-3)
        : String.format(Locale.ROOT, "%.1f", rate);
  }
}
