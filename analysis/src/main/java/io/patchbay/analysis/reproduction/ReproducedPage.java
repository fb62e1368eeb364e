package io.patchbay.analysis.reproduction;

import io.patchbay.analysis.report.Estimate;
import io.patchbay.analysis.report.Provenance;
import io.patchbay.analysis.report.ReproductionReport;
import io.patchbay.analysis.report.ReproductionReport.Row;
import io.patchbay.analysis.report.ReproductionReport.Run;
import io.patchbay.analysis.report.ReproductionReport.Table;
import io.patchbay.analysis.report.ReproductionReport.Time;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A reproduction as a page.
final class ReproducedPage {
  private final Reproduced result;

  private ReproducedPage(final Reproduced result) {
    this.result = result;
  }

  /// @param times where time went
  /// @param command the command line that goes on with this reproduction
  static ReproductionReport of(
      final Reproduced result, final Times times, final Instant created, final String command) {
    final var page = new ReproducedPage(result);
    return new ReproductionReport(
        "The paper's table and findings, made again",
        page.summary(),
        created,
        page.made(command),
        result.text(),
        PaperFigures.SOURCE + ". " + PaperFigures.UNDEFINED,
        result.findings().stream().map(ReproducedPage::finding).toList(),
        page.tables(),
        Measure.ALL.stream().map(ReproducedPage::measure).toList(),
        page.runs(),
        times.total().entrySet().stream()
            .map(e -> new Time(e.getKey(), times.runs().getOrDefault(e.getKey(), 0), e.getValue()))
            .toList(),
        page.notes());
  }

  private String summary() {
    final var plan = result.plan();
    return plan.variants().size()
        + (plan.variants().size() == 1 ? " model, " : " models, ")
        + plan.seeds()
        + (plan.seeds() == 1 ? " seed, " : " seeds, ")
        + plan.steps()
        + " steps each on "
        + plan.data()
        + ", every one measured alike.";
  }

  private Provenance made(final String command) {
    final var plan = result.plan();
    final var settings = new LinkedHashMap<String, String>();
    settings.put("preset", plan.preset());
    settings.put("data", plan.data());
    settings.put("seeds", "1 to " + plan.seeds());
    settings.put("steps", Long.toString(plan.steps()));
    settings.put("latents", Integer.toString(plan.latent()));
    if (!plan.bottlenecks().isEmpty()) {
      settings.put("bottlenecks", plan.bottlenecks().toString());
    }
    settings.put("training", String.join(" ", plan.settings()));
    plan.sizes().toMap().forEach((name, value) -> settings.put(name, value.toString()));
    final var devices =
        result.evidence().runs().stream().map(RunFigures::device).distinct().toList();
    return new Provenance(
        ReproductionPlan.INPUT_SEED,
        String.join(", ", devices),
        command,
        result.versions(),
        settings);
  }

  private static ReproductionReport.Finding finding(final Finding finding) {
    return new ReproductionReport.Finding(
        finding.claim().source(),
        finding.claim().text(),
        finding.claim().rule(),
        switch (finding.status()) {
          case HELD -> ReproductionReport.Status.HELD;
          case NOT_HELD -> ReproductionReport.Status.NOT_HELD;
          case UNDECIDED -> ReproductionReport.Status.UNDECIDED;
          case NOT_TESTED -> ReproductionReport.Status.NOT_TESTED;
        },
        finding.seedsHeld(),
        finding.seeds(),
        finding.reason());
  }

  private static ReproductionReport.Measure measure(final Measure measure) {
    return new ReproductionReport.Measure(measure.id(), measure.title(), measure.meaning(), false);
  }

  /// A column of a table.
  private record Column(
      ReproductionReport.Measure measure,
      Function<ReproducedTable.Row, @Nullable Estimate> figure) {
    static Column of(final Measure measure) {
      return new Column(
          ReproducedPage.measure(measure),
          row -> row.figure(measure.id()).map(ReproducedTable::estimate).orElse(null));
    }

    static Column paper(
        final String id, final String title, final Function<PaperFigures, Double> figure) {
      return new Column(
          new ReproductionReport.Measure(id, title, "as printed in the paper", true),
          row -> row.paper().map(p -> Estimate.exact(figure.apply(p), 0)).orElse(null));
    }
  }

  private List<Table> tables() {
    final var beside =
        ReproducedTable.BESIDE_PAPER.stream().map(Measure::named).map(Column::of).toList();
    final var first = new ArrayList<Column>();
    first.add(Column.paper("paper_score", "Paper's score", PaperFigures::disentanglement));
    first.addAll(beside.subList(0, 2));
    first.add(Column.paper("paper_ces", "Paper's CES", PaperFigures::strength));
    first.addAll(beside.subList(2, beside.size()));
    final var tables = new ArrayList<>(List.of(table("The paper's figures and ours", first)));
    for (final var group : Measure.Group.values()) {
      final var rest = result.table().rest(group).stream().map(Column::of).toList();
      if (!rest.isEmpty()) {
        tables.add(table(group.title(), rest));
      }
    }
    return tables;
  }

  private Table table(final String title, final List<Column> columns) {
    final var rows = new ArrayList<Row>();
    for (final var row : result.table().rows()) {
      final var figures = new ArrayList<@Nullable Estimate>();
      columns.forEach(column -> figures.add(column.figure().apply(row)));
      rows.add(new Row(row.name(), row.runs(), figures));
    }
    return new Table(title, columns.stream().map(Column::measure).toList(), rows);
  }

  private List<Run> runs() {
    final var runs = new ArrayList<Run>();
    for (final var run : result.evidence().runs()) {
      final var figures = new ArrayList<@Nullable Estimate>();
      for (final var id : Measure.ids()) {
        figures.add(run.figure(id).map(ReproducedTable::estimate).orElse(null));
      }
      runs.add(new Run(run.run(), place(run), figures));
    }
    return runs;
  }

  private int place(final RunFigures run) {
    final var rows = result.table().rows();
    for (int i = 0; i < rows.size(); i++) {
      if (rows.get(i).variant() == run.variant() && rows.get(i).latent() == run.latent()) {
        return i;
      }
    }
    throw new IllegalStateException("a run without a row: run=" + run.run());
  }

  private List<String> notes() {
    final var notes = new ArrayList<>(result.leftOut());
    notes.add(
        "Intervals of means are t intervals over seeds, those of runs bootstraps over inputs; a"
            + " figure without one stands alone.");
    for (final Map.Entry<String, List<String>> note : without().entrySet()) {
      notes.add(String.join(", ", note.getValue()) + ": " + note.getKey() + ".");
    }
    return notes;
  }

  /// Why figures are missing, with the runs that lack them.
  private Map<String, List<String>> without() {
    final var without = new LinkedHashMap<String, List<String>>();
    for (final var run : result.evidence().runs()) {
      for (final var step : Step.values()) {
        run.note(step.id())
            .ifPresent(why ->
                without
                    .computeIfAbsent(step.title() + " left out, " + why, _ -> new ArrayList<>())
                    .add(run.run()));
      }
    }
    return without;
  }
}
