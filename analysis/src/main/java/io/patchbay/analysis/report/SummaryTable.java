package io.patchbay.analysis.report;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// One row per variant, with the interval beside each figure.
public final class SummaryTable {

  static final String ABSENT = "-";

  private SummaryTable() {}

  /// A column of estimates.
  ///
  /// @param meaning one line for a reader who does not know the figure
  private record Measure(
      String name, String shortName, String meaning, Function<SummaryRow, @Nullable Estimate> of) {}

  /// A column as it is shown.
  record Column(String name, String shortName, String meaning, boolean numeric) {}

  /// A figure as it is shown; `interval` is empty when there is none.
  record Cell(String value, String interval) {

    private String line() {
      return interval.isEmpty() ? value : value + " " + interval;
    }
  }

  /// All cells; the first column is the variant.
  record Cells(List<Column> columns, List<List<Cell>> rows) {}

  private static final List<Measure> MEASURES =
      List.of(
          new Measure(
              "Causal effect strength",
              "CES",
              "mean L2 change of the image, over latents",
              SummaryRow::causalEffectStrength),
          new Measure(
              "Specificity, spatial",
              "S spatial",
              "1 = one pixel moves, 0 = all alike",
              SummaryRow::spatialSpecificity),
          new Measure(
              "Specificity, semantic",
              "S semantic",
              "1 = one factor moves, 0 = all alike",
              SummaryRow::semanticSpecificity),
          new Measure(
              "Circuit modularity",
              "modularity",
              "1 = separate circuits, 0 = the same",
              SummaryRow::circuitModularity),
          new Measure("MIG", "MIG", "0 to 1", SummaryRow::mutualInformationGap),
          new Measure("ELBO", "ELBO", "nats per image, higher is better", SummaryRow::elbo));

  /// The table for a terminal: aligned columns, a line on what they say below it.
  public static String of(ReportModel model) {
    Cells cells = cells(model);
    List<List<String>> lines = new ArrayList<>();
    lines.add(cells.columns().stream().map(Column::shortName).toList());
    for (List<Cell> row : cells.rows()) {
      lines.add(row.stream().map(Cell::line).toList());
    }
    StringBuilder text = new StringBuilder();
    for (List<String> line : lines) {
      StringBuilder padded = new StringBuilder();
      for (int column = 0; column < line.size(); column++) {
        int place = column;
        int width = lines.stream().mapToInt(each -> length(each.get(place))).max().orElse(0);
        String gap = " ".repeat(width - length(line.get(column)));
        padded.append(column == 0 ? "" : "  ");
        padded.append(column == 0 ? line.get(column) + gap : gap + line.get(column));
      }
      text.append(padded.toString().stripTrailing()).append('\n');
    }
    return text.append("95 % intervals in brackets; - : not computed\n").toString();
  }

  static Cells cells(ReportModel model) {
    List<Column> columns = new ArrayList<>();
    columns.add(new Column("Variant", "variant", "", false));
    for (Measure measure : MEASURES) {
      columns.add(new Column(measure.name(), measure.shortName(), measure.meaning(), true));
    }
    columns.add(new Column("Active latents", "active", "KL at least the threshold", true));
    columns.add(new Column("Base inputs", "inputs", "n of these figures", true));

    List<List<Cell>> rows = new ArrayList<>();
    for (VariantReport variant : model.variants()) {
      SummaryRow summary = variant.summary();
      List<Cell> row = new ArrayList<>();
      row.add(new Cell(oneLine(variant.name()), ""));
      for (Measure measure : MEASURES) {
        row.add(cell(measure.of().apply(summary), decimals(model, measure)));
      }
      row.add(new Cell(summary.activeLatents() + " of " + summary.latents(), ""));
      row.add(new Cell(Long.toString(summary.inputs()), ""));
      rows.add(row);
    }
    return new Cells(columns, rows);
  }

  private static int decimals(ReportModel model, Measure measure) {
    List<Estimate> column = new ArrayList<>();
    for (VariantReport variant : model.variants()) {
      Estimate estimate = measure.of().apply(variant.summary());
      if (estimate != null) {
        column.add(estimate);
      }
    }
    return Decimals.of(column);
  }

  private static Cell cell(@Nullable Estimate estimate, int decimals) {
    if (estimate == null) {
      return new Cell(ABSENT, "");
    }
    String value = Decimals.fixed(estimate.value(), decimals);
    return !estimate.defined() || !estimate.hasInterval()
        ? new Cell(value, "")
        : new Cell(
            value,
            "["
                + Decimals.fixed(estimate.low(), decimals)
                + ", "
                + Decimals.fixed(estimate.high(), decimals)
                + "]");
  }

  // A name from a run must not move a terminal's cursor.
  private static String oneLine(String text) {
    return text.replaceAll("\\p{Cntrl}", "\uFFFD");
  }

  private static int length(String text) {
    return text.codePointCount(0, text.length());
  }
}
