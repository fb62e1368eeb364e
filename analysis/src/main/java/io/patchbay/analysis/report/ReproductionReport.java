package io.patchbay.analysis.report;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What became of a paper's table and findings: a page of its own.
///
/// @param summary one or two sentences under the title
/// @param created when the work ended
/// @param text the table and the findings, for a reader without scripts
/// @param paper what a reader must know of the paper's figures
/// @param tables the first is the paper's, with ours beside it
/// @param measures of [#runs], in their order
/// @param times where time went
/// @param notes limits of the figures, one sentence each
public record ReproductionReport(
    String title,
    String summary,
    Instant created,
    Provenance made,
    String text,
    String paper,
    List<Finding> findings,
    List<Table> tables,
    List<Measure> measures,
    List<Run> runs,
    List<Time> times,
    List<String> notes) {
  public ReproductionReport {
    findings = List.copyOf(findings);
    tables = List.copyOf(tables);
    measures = List.copyOf(measures);
    runs = List.copyOf(runs);
    times = List.copyOf(times);
    notes = List.copyOf(notes);
    for (final Run run : runs) {
      width("run " + run.name(), run.figures().size(), measures.size());
    }
  }

  private static void width(final String what, final int found, final int expected) {
    if (found != expected) {
      throw new IllegalArgumentException(what + ": figures=" + found + ", measures=" + expected);
    }
  }

  /// What became of a finding.
  public enum Status {
    HELD,
    NOT_HELD,
    UNDECIDED,
    NOT_TESTED
  }

  /// A finding of the paper.
  ///
  /// @param source which version of the paper has it
  /// @param rule when it counts as held
  /// @param held on how many of `seeds` it held, each taken alone
  /// @param reason the figures behind the status, or what is missing
  public record Finding(
      String source,
      String claim,
      String rule,
      Status status,
      int held,
      int seeds,
      String reason) {}

  /// A figure.
  ///
  /// @param id told the same measure in several tables by
  /// @param paper whether the paper's, not ours
  public record Measure(String id, String title, String meaning, boolean paper) {}

  /// Means over seeds.
  public record Table(String title, List<Measure> measures, List<Row> rows) {
    public Table {
      measures = List.copyOf(measures);
      rows = List.copyOf(rows);
      for (final Row row : rows) {
        width("row " + row.name(), row.figures().size(), measures.size());
      }
    }
  }

  /// A model.
  ///
  /// @param seeds how many were trained
  /// @param figures null where one is not defined
  public record Row(String name, int seeds, List<@Nullable Estimate> figures) {
    public Row {
      figures = Collections.unmodifiableList(new ArrayList<>(figures));
    }
  }

  /// A training run.
  ///
  /// @param model the place of its row in the tables
  public record Run(String name, int model, List<@Nullable Estimate> figures) {
    public Run {
      figures = Collections.unmodifiableList(new ArrayList<>(figures));
    }
  }

  /// What a kind of work took.
  public record Time(String what, int runs, double seconds) {}

  /// Writes the page into a folder, as [ReportWriter#write].
  ///
  /// @return the page
  public Path write(final Path folder, final ReportWriter.Form form) throws IOException {
    return ReportWriter.write(
        new Page.Content(title, text, PageData.embeddable(page())), folder, form);
  }

  private Map<String, Object> page() {
    final Map<String, Object> reproduction = new LinkedHashMap<>();
    reproduction.put("paper", paper);
    reproduction.put("findings", findings);
    reproduction.put("tables", tables);
    reproduction.put("measures", measures);
    reproduction.put("runs", runs);
    reproduction.put("times", times);
    final Map<String, Object> page = new LinkedHashMap<>();
    page.put("title", title);
    page.put("summary", summary);
    page.put("created", PageData.minute(created));
    page.put("seed", Long.toString(made.seed()));
    page.put("made", made);
    page.put("variants", List.of());
    page.put("guards", List.of());
    page.put("notes", notes);
    page.put("reproduction", reproduction);
    return page;
  }
}
