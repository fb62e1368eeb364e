package io.patchbay.analysis.cli;

import io.patchbay.analysis.circuit.CircuitNode;
import io.patchbay.analysis.circuit.CircuitOverlap;
import io.patchbay.analysis.circuit.NullComparison;
import io.patchbay.analysis.study.MotifStudy;
import io.patchbay.analysis.study.MotifStudy.GraphStudy;
import io.patchbay.analysis.study.MotifStudy.TestedMotif;
import io.patchbay.analysis.study.RunCircuits;
import io.patchbay.vae.io.JsonText;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `patchbay motifs`.
@Command(
    name = "motifs",
    description =
        "Count motifs in the circuits of a run beside random graphs, and say what factors share:"
            + " a table, and RUN/circuits/motifs.json.",
    sortOptions = false)
final class MotifsCommand implements Callable<Integer> {
  @SuppressWarnings("NullAway.Init") // picocli refuses a command line without it
  @Parameters(paramLabel = "RUN", description = "A run folder with circuits, from `circuits RUN`.")
  private Path run;

  @Option(
      names = "--encoder",
      description =
          "The circuits of the encoder instead of the decoder's; the file is motifs-encoder.json.")
  private boolean encoder;

  @Option(
      names = "--graphs",
      paramLabel = "N",
      description = "Random graphs of each kind. Default: 1000.")
  private int graphs = 1000;

  @Mixin private final SeedOption seed = new SeedOption();
  @Mixin private final OutputOptions output = new OutputOptions();

  MotifsCommand() {}

  @Override
  public Integer call() {
    if (graphs < NullComparison.FEWEST_DRAWS) {
      throw output.wrong(
          "--graphs: found "
              + graphs
              + ", expected a number from "
              + NullComparison.FEWEST_DRAWS
              + ": with fewer no p-value reaches 0.05");
    }
    final var circuits = RunCircuits.read(run, encoder);
    seed.value();
    seed.say(output);
    final MotifStudy study;
    try (var progress = output.progress("motifs", "graphs")) {
      study =
          MotifStudy.of(
              circuits, graphs, seed.value(), (done, all) -> progress.update(done, all, ""));
    }
    final var all = new LinkedHashMap<String, Object>();
    all.put("run", run.toString());
    all.put("part", encoder ? "encoder" : "decoder");
    all.put("version", Release.VERSION);
    all.put("java", Runtime.version().toString());
    all.putAll(study.numbers());
    final var file = encoder ? "motifs-encoder.json" : "motifs.json";
    JsonText.write(RunCircuits.folder(run).resolve(file), all);
    if (output.json()) {
      output.json(all);
    } else {
      print(study);
    }
    if (!study.uncounted().isEmpty() && study.comparison().isPresent()) {
      output.note(
          "units not counted at "
              + String.join(", ", study.uncounted())
              + ": random circuits choose there among the units of the circuits");
    }
    return ExitCode.OK;
  }

  private void print(final MotifStudy study) {
    line(
        String.format(
            Locale.ROOT,
            "%-16s %-11s %9s   %-34s   %s",
            "factor",
            "motif",
            "count",
            "same degrees: mean, z, p, q",
            "same density: mean, z, p, q"));
    for (final var graph : study.graphs()) {
      graph.motifs().forEach(motif -> print(graph, motif));
    }
    line("");
    line(
        String.format(
            Locale.ROOT,
            "%-16s %9s %12s   %s",
            "factor",
            "Newman's Q",
            "communities",
            "same degrees: mean, z, p"));
    for (final var graph : study.graphs()) {
      line(
          String.format(
              Locale.ROOT,
              "%-16s %9s  %12s   %s",
              graph.factor(),
              graph.modularity().map(m -> number(m.q())).orElse("undefined"),
              graph.modularity().map(m -> "" + m.communities().size()).orElse("-"),
              graph
                  .modularity()
                  .map(m -> beside(graph, m.degrees(), Optional.empty()))
                  .orElse("no effects")));
    }
    study
        .comparison()
        .ifPresent(comparison -> {
          line("");
          line(
              String.format(
                  Locale.ROOT,
                  "%-33s %-28s   %s",
                  "Jaccard, beside random units",
                  "nodes",
                  "edges"));
          for (final var o : comparison.overlaps()) {
            line(
                String.format(
                    Locale.ROOT,
                    "%-33s %-28s   %s",
                    o.first() + ", " + o.second(),
                    share(o.nodes()),
                    share(o.edges())));
          }
          final var hubs = comparison.hubs();
          line("");
          line(
              String.format(
                  Locale.ROOT,
                  "shared hubs: %d, of degree %d or more (random units: mean %s, p %s)%s",
                  hubs.nodes().size(),
                  hubs.leastDegree(),
                  number(hubs.labels().mean()),
                  number(hubs.labels().p()),
                  names(hubs.nodes())));
        });
  }

  private void print(final GraphStudy graph, final TestedMotif motif) {
    line(
        String.format(
            Locale.ROOT,
            "%-16s %-11s %9d   %-34s   %s",
            graph.factor(),
            motif.row().motif().label(),
            motif.row().count(),
            beside(graph, motif.row().degrees(), motif.degreesQ()),
            beside(graph, motif.row().density(), motif.densityQ())));
  }

  private static String beside(
      final GraphStudy graph, final Optional<NullComparison> found, final Optional<Double> q) {
    if (found.isEmpty()) {
      return "too small: " + graph.census().edges() + " edges";
    }
    final var comparison = found.get();
    if (comparison.fixed()) {
      return "always the same";
    }
    final var z = comparison.z();
    return number(comparison.mean())
        + ", "
        + (z.isPresent() ? String.format(Locale.ROOT, "%.2f", z.getAsDouble()) : "-")
        + ", "
        + number(comparison.p())
        + q.map(value -> ", " + number(value)).orElse("");
  }

  private static String share(final CircuitOverlap.Share share) {
    final var beside =
        share.labels().map(c -> ", mean " + number(c.mean()) + ", p " + number(c.p())).orElse("");
    return share.jaccard().map(MotifsCommand::number).orElse("none") + beside;
  }

  private static String names(final List<CircuitNode> nodes) {
    return nodes.isEmpty()
        ? ""
        : nodes.stream().map(CircuitNode::name).collect(Collectors.joining(", ", ": ", ""));
  }

  private static String number(final double value) {
    return String.format(Locale.ROOT, Math.abs(value) < 1000 ? "%.4g" : "%.0f", value);
  }

  private void line(final String text) {
    output.out().println(text.stripTrailing());
  }
}
