package io.patchbay.analysis.reproduction;

import io.patchbay.vae.io.JsonText;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What a reproduction found: the table, the findings, and everything behind them.
public final class Reproduced {
  private final Map<String, Object> options;
  private final Map<String, String> versions;
  private final ReproductionPlan plan;
  private final Evidence evidence;
  private final ReproducedTable table;
  private final List<Finding> findings;

  /// @param options as [ReproductionPlan#toMap]
  /// @param versions of what computed it
  /// @param factors how many vary in the data
  /// @param beside what was found on other data
  Reproduced(
      final ReproductionPlan plan,
      final Map<String, Object> options,
      final Map<String, String> versions,
      final int factors,
      final Evidence evidence,
      final List<OtherData> beside) {
    this.plan = plan;
    this.options = options;
    this.versions = versions;
    this.evidence = evidence;
    table = ReproducedTable.of(evidence, plan.latent());
    findings = Findings.of(evidence.controlled(), plan, factors, beside);
  }

  ReproductionPlan plan() {
    return plan;
  }

  Evidence evidence() {
    return evidence;
  }

  ReproducedTable table() {
    return table;
  }

  List<Finding> findings() {
    return findings;
  }

  Map<String, String> versions() {
    return versions;
  }

  List<String> leftOut() {
    return evidence.blind().stream().map(Reproduced::blind).toList();
  }

  /// The table, and a sentence for each finding.
  public String text() {
    final var text = new StringBuilder(table.text()).append('\n');
    findings.forEach(f -> text.append(f.sentence()).append('\n'));
    leftOut().forEach(line -> text.append(line).append('\n'));
    return text.toString();
  }

  private static String blind(final RunFigures run) {
    return "left out of the findings: "
        + run.run()
        + ", which gives different inputs one output, so that its control rows can tell nothing.";
  }

  /// Everything, for `reproduce.json`. It holds no time, so that it is the same however often the
  /// work was stopped and gone on with: [Times] has those.
  public Map<String, Object> toMap() {
    final var map = new LinkedHashMap<String, Object>();
    map.put("options", options);
    map.put("versions", versions);
    map.put("devices", evidence.runs().stream().map(RunFigures::device).distinct().toList());
    final var measures = new LinkedHashMap<String, String>();
    Measure.ALL.forEach(m -> measures.put(m.id(), m.meaning()));
    map.put("measures", measures);
    final var intervals = new LinkedHashMap<String, String>();
    intervals.put("runs", "95 %, bootstrap over inputs; none where low and high are null");
    intervals.put("table", "95 %, t over seeds");
    map.put("intervals", intervals);
    final var paper = new LinkedHashMap<String, String>();
    paper.put("source", PaperFigures.SOURCE);
    paper.put("note", PaperFigures.UNDEFINED);
    map.put("paper", paper);
    map.put("table", table.toList());
    map.put("findings", findings.stream().map(Finding::toMap).toList());
    map.put("left_out", leftOut());
    map.put("runs", evidence.runs().stream().map(RunFigures::toMap).toList());
    return map;
  }

  void write(final Path file) {
    JsonText.write(file, toMap());
  }
}
