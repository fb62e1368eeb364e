package io.patchbay.analysis.reproduction;

import io.patchbay.analysis.report.Decimals;
import io.patchbay.analysis.report.Estimate;
import io.patchbay.analysis.statistics.Interval;
import io.patchbay.vae.train.Variant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The paper's table with ours beside it: a row per variant and latent size, each figure a mean
/// over seeds with its t interval.
record ReproducedTable(List<Row> rows) {
  /// Measures that stand beside the paper's figures: the first two beside its score, the others
  /// beside its effect strength.
  static final List<String> BESIDE_PAPER =
      List.of(Measure.DISENTANGLEMENT, Measure.GAP, Measure.STRENGTH, Measure.UNTRAINED);

  /// Columns of figures that a terminal has room for.
  private static final int WIDEST = 6;

  private static final String NONE = "-";
  private static final int MOST = 4;

  /// @param figures by the measures' ids; one that no run has is missing
  record Row(
      String name,
      Variant variant,
      int latent,
      int runs,
      Map<String, Interval> figures,
      Optional<PaperFigures> paper) {
    Optional<Interval> figure(final String measure) {
      return Optional.ofNullable(figures.get(measure));
    }
  }

  /// @param latent the size of the models that are named without theirs
  static ReproducedTable of(final Evidence evidence, final int latent) {
    final var rows = new ArrayList<Row>();
    for (final int size : evidence.latents()) {
      for (final var variant : evidence.variants(size)) {
        final var figures = new LinkedHashMap<String, Interval>();
        for (final var measure : Measure.ids()) {
          evidence.mean(variant, size, measure).ifPresent(i -> figures.put(measure, i));
        }
        final int runs =
            (int)
                evidence.runs().stream()
                    .filter(r -> r.variant() == variant && r.latent() == size)
                    .count();
        rows.add(
            new Row(
                variant.id() + (size == latent ? "" : ", " + size + " latents"),
                variant,
                size,
                runs,
                figures,
                size == latent ? PaperFigures.of(variant) : Optional.empty()));
      }
    }
    return new ReproducedTable(rows);
  }

  /// For a terminal: the paper's figures with ours, then the rest by what it is about. A figure
  /// that no model has is left out there.
  String text() {
    final var beside = BESIDE_PAPER.stream().map(Measure::named).toList();
    final var first = new ArrayList<List<String>>();
    first.add(column("model", Row::name));
    first.add(column("paper's score", r -> paper(r, PaperFigures::disentanglement)));
    beside.stream().limit(2).forEach(m -> first.add(figures(m)));
    first.add(column("paper's CES", r -> paper(r, PaperFigures::strength)));
    beside.stream().skip(2).forEach(m -> first.add(figures(m)));
    first.add(column("runs", r -> Integer.toString(r.runs())));
    final var text = new StringBuilder(aligned(first));
    final var shown = new ArrayList<>(beside);
    for (final var group : Measure.Group.values()) {
      final var rest = rest(group).stream().filter(Measure::tabled).toList();
      for (int from = 0; from < rest.size(); from += WIDEST) {
        final var columns = new ArrayList<List<String>>();
        columns.add(column("model", Row::name));
        rest.stream().skip(from).limit(WIDEST).forEach(m -> columns.add(figures(m)));
        text.append('\n').append(aligned(columns));
      }
      shown.addAll(rest);
    }
    text.append('\n').append("means over seeds, 95 % t intervals in brackets; - : undefined\n");
    shown.forEach(m -> text.append(m.title()).append(": ").append(m.meaning()).append('\n'));
    return text.append(PaperFigures.UNDEFINED).append('\n').toString();
  }

  /// The measures of a group that some model has, without those that stand beside the paper's.
  List<Measure> rest(final Measure.Group group) {
    return Measure.ALL.stream()
        .filter(m -> m.group() == group && !BESIDE_PAPER.contains(m.id()))
        .filter(m -> rows.stream().anyMatch(row -> row.figure(m.id()).isPresent()))
        .toList();
  }

  private static String paper(final Row row, final Function<PaperFigures, Double> figure) {
    return row.paper().map(figure).map(String::valueOf).orElse(NONE);
  }

  private List<String> column(final String title, final Function<Row, String> cell) {
    final var column = new ArrayList<>(List.of(title));
    rows.forEach(row -> column.add(cell.apply(row)));
    return column;
  }

  private List<String> figures(final Measure measure) {
    final var estimates = new ArrayList<@Nullable Estimate>();
    for (final var row : rows) {
      estimates.add(row.figure(measure.id()).map(ReproducedTable::estimate).orElse(null));
    }
    final int decimals = decimals(estimates);
    return column(
        measure.title(), row -> row.figure(measure.id()).map(i -> cell(i, decimals)).orElse(NONE));
  }

  /// Two digits of the narrowest interval; where no figure has one, three of the largest figure.
  private static int decimals(final List<@Nullable Estimate> column) {
    final var present = column.stream().filter(Objects::nonNull).toList();
    if (present.stream().anyMatch(e -> e.low() < e.high())) {
      return Decimals.of(present);
    }
    final double largest = present.stream().mapToDouble(e -> Math.abs(e.value())).max().orElse(0);
    return largest == 0 ? 0 : Math.clamp(2 - (long) Math.floor(Math.log10(largest)), 0, MOST);
  }

  /// `0.89 [0.51, 1.27]`, or the figure alone where it has no interval.
  static String text(final Interval i) {
    return cell(i, decimals(List.of(estimate(i))));
  }

  static Estimate estimate(final Interval i) {
    return i.bounded()
        ? new Estimate(i.estimate(), i.low(), i.high(), i.n())
        : Estimate.exact(i.estimate(), i.n());
  }

  private static String cell(final Interval i, final int decimals) {
    final var value = Decimals.fixed(i.estimate(), decimals);
    return i.bounded() && i.low() < i.high()
        ? value
            + " ["
            + Decimals.fixed(i.low(), decimals)
            + ", "
            + Decimals.fixed(i.high(), decimals)
            + "]"
        : value;
  }

  /// Columns side by side: the first to the left, the others to the right.
  private static String aligned(final List<List<String>> columns) {
    final var text = new StringBuilder();
    for (int row = 0; row < columns.getFirst().size(); row++) {
      final var line = new StringBuilder();
      for (int c = 0; c < columns.size(); c++) {
        final var cell = columns.get(c).get(row);
        final int width = columns.get(c).stream().mapToInt(String::length).max().orElse(0);
        final var gap = " ".repeat(width - cell.length());
        line.append(c == 0 ? cell + gap : "  " + gap + cell);
      }
      text.append(line.toString().stripTrailing()).append('\n');
    }
    return text.toString();
  }

  List<Map<String, Object>> toList() {
    return rows.stream().map(ReproducedTable::toMap).toList();
  }

  private static Map<String, Object> toMap(final Row row) {
    final var map = new LinkedHashMap<String, Object>();
    map.put("model", row.variant().id());
    map.put("latent", row.latent());
    map.put("runs", row.runs());
    final var figures = new LinkedHashMap<String, @Nullable Object>();
    for (final var measure : Measure.ids()) {
      figures.put(measure, row.figure(measure).map(Json::interval).orElse(null));
    }
    map.put("figures", figures);
    row.paper().ifPresent(p -> map.put("paper", p.toMap()));
    return map;
  }
}
