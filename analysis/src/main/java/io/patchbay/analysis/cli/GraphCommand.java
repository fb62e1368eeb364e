package io.patchbay.analysis.cli;

import io.patchbay.analysis.causal.CausalGraph;
import io.patchbay.analysis.causal.FactorEdge;
import io.patchbay.analysis.causal.GraphScores;
import io.patchbay.analysis.causal.LatentAssignment;
import io.patchbay.analysis.causal.PairEffect;
import io.patchbay.analysis.causal.ScoreIntervals;
import io.patchbay.analysis.causal.ShuffledFactors;
import io.patchbay.analysis.statistics.Interval;
import io.patchbay.analysis.study.GraphQuestion;
import io.patchbay.analysis.study.GraphStudy;
import io.patchbay.analysis.study.Scene;
import io.patchbay.vae.io.JsonText;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `patchbay graph`.
@Command(
    name = "graph",
    description =
        "Learn the causal graph of the data's factors from interventions on a model, and judge it"
            + " against the true one where it is known: a table, and graph.json.",
    sortOptions = false)
final class GraphCommand implements Callable<Integer> {
  // Characters of a number with three decimals.
  private static final int NUMBER = 6;

  private static final String SHARE = "%.3f";

  @Option(
      names = "--inputs",
      paramLabel = "N",
      description = "Base inputs, held-out ones where the run has some. Default: 200.")
  private int inputs = GraphQuestion.STANDARD.inputs();

  @Option(
      names = "--threshold",
      paramLabel = "SD",
      description =
          "Least effect of an edge, in standard deviations of the factor that is read. Default:"
              + " 0.1.")
  private double threshold = GraphQuestion.STANDARD.threshold();

  @Option(
      names = "--fdr",
      paramLabel = "RATE",
      description = "False discovery rate of the edges. Default: 0.05.")
  private double rate = GraphQuestion.STANDARD.rate();

  @Option(
      names = "--shuffles",
      paramLabel = "N",
      description =
          "Graphs by chance to compare the scores with: learned with the latents shuffled over the"
              + " factors, and with the factors' names shuffled. Default: 99.")
  private int shuffles = GraphQuestion.STANDARD.shuffles();

  @Option(names = "--out", paramLabel = "DIR", description = "Default: RUN/graph.")
  private @Nullable Path out;

  @Mixin private final RunOptions run = new RunOptions();

  GraphCommand() {}

  @Override
  public Integer call() {
    final var question = new GraphQuestion(inputs, threshold, rate, shuffles);
    return run.ask(
        null,
        opened -> {
          final var study = study(opened.scene(), question);
          final var all = run.signed(study.numbers(), opened);
          JsonText.write(run.folder(out, "graph").resolve("graph.json"), all);
          run.show(all, () -> print(study));
          study.notes().forEach(run.output()::note);
          return ExitCode.OK;
        });
  }

  private GraphStudy study(final Scene scene, final GraphQuestion question) {
    try (var progress = run.output().progress("graph", "steps")) {
      return GraphStudy.of(
          scene, question, (what, done, total) -> progress.update(done, total, what));
    }
  }

  private void print(final GraphStudy study) {
    final var names = study.names();
    final var latents = latents(study);
    final int left = longest(names);
    line(
        "G: mean change of each latent, in sd, when one factor of "
            + study.data()
            + " is rendered anew, n="
            + study.question().inputs());
    final int narrow = Math.max(longest(latents), NUMBER);
    line(" ".repeat(left) + row(latents, narrow) + "  R2 of its probe");
    for (int k = 0; k < names.size(); k++) {
      final int factor = k;
      final var cells =
          study.g().rows().stream().map(latent -> decimals(latent.get(factor).effect())).toList();
      final var r2 = study.probes().get(k).heldOut().map(GraphCommand::text).orElse("none");
      line(left(names.get(k), left) + row(cells, narrow) + "  " + r2);
    }
    line("A: mean change of a read-out (column), in sd, when the latents of a factor (row) are");
    line("interchanged");
    final int wide = Math.max(left, NUMBER);
    line(" ".repeat(left) + row(names, wide));
    for (int k = 0; k < names.size(); k++) {
      final var cells =
          study.learned().effects().get(k).stream()
              .map(cell -> cell.map(PairEffect::size).map(GraphCommand::decimals).orElse("-"))
              .toList();
      line(left(names.get(k), left) + row(cells, wide));
    }
    final var question = study.question();
    line("edges: A above " + question.threshold() + ", false discovery rate " + question.rate());
    study.learned().edges().forEach(edge -> line("  " + text(names, edge)));
    if (study.learned().edges().isEmpty()) {
      line("  none");
    }
    study.truth().ifPresent(truth -> line("truth: " + text(names, truth)));
    study.scores().ifPresent(scores -> print(study, scores));
  }

  private void print(final GraphStudy study, final GraphScores scores) {
    final var claimed = study.learned().claimed();
    if (claimed.size() < study.names().size()) {
      final var between =
          claimed.stream().map(study.names()::get).collect(Collectors.joining(", "));
      study
          .truth()
          .ifPresent(truth ->
              line(
                  "scores are of what is between "
                      + between
                      + ", where the truth is: "
                      + text(study.names(), truth.among(claimed))));
    }
    line(
        "SHD "
            + scores.shd()
            + bounds(study.intervals().map(ScoreIntervals::shd), "%.0f")
            + ", precision "
            + text(scores.precision())
            + bounds(study.intervals().flatMap(ScoreIntervals::precision), SHARE)
            + ", recall "
            + text(scores.recall())
            + bounds(study.intervals().flatMap(ScoreIntervals::recall), SHARE)
            + ", AUC "
            + text(scores.auc())
            + bounds(study.intervals().flatMap(ScoreIntervals::auc), SHARE));
    study.latentsShuffled().ifPresent(s -> line("  latents shuffled: " + chance(s, scores)));
    study.namesShuffled().ifPresent(s -> line("  names shuffled: " + chance(s, scores)));
  }

  private static String chance(final ShuffledFactors shuffled, final GraphScores scores) {
    return "as good by chance, p of SHD "
        + String.format(Locale.ROOT, "%.3f", shuffled.shdP(scores))
        + ", of AUC "
        + text(shuffled.aucP(scores))
        + ", "
        + shuffled.draws().size()
        + " draws";
  }

  private static String text(final List<String> names, final FactorEdge edge) {
    final var through =
        edge.mediators().stream().map(names::get).collect(Collectors.joining(" and "));
    return names.get(edge.from())
        + " -> "
        + names.get(edge.to())
        + "  "
        + text(edge.total().size())
        + String.format(Locale.ROOT, "  q=%.4f  ", edge.total().q())
        + (edge.isDirect() ? "direct" : "not direct")
        + edge.direct().map(held -> ", with " + through + " held " + text(held.size())).orElse("");
  }

  private static String text(final List<String> names, final CausalGraph graph) {
    return graph.arrows().isEmpty()
        ? "no edges"
        : graph.arrows().stream()
            .map(a -> names.get(a.from()) + " -> " + names.get(a.to()))
            .collect(Collectors.joining(", "));
  }

  /// `z3`, or `(z3)` where it stands for no factor.
  private static List<String> latents(final GraphStudy study) {
    return IntStream.range(0, study.active().size())
        .mapToObj(j ->
            study.assignment().factorOf().get(j) == LatentAssignment.NONE
                ? "(z" + j + ")"
                : "z" + j)
        .toList();
  }

  private static int longest(final List<String> texts) {
    return texts.stream().mapToInt(String::length).max().orElse(0);
  }

  private static String left(final String text, final int width) {
    return text + " ".repeat(width - text.length());
  }

  private static String row(final List<String> cells, final int width) {
    return cells.stream()
        .map(cell -> " ".repeat(2 + width - cell.length()) + cell)
        .collect(Collectors.joining());
  }

  private static String decimals(final Interval interval) {
    return String.format(Locale.ROOT, "%.3f", interval.estimate());
  }

  private static String text(final Interval i) {
    return String.format(Locale.ROOT, "%.3f [%.3f, %.3f]", i.estimate(), i.low(), i.high());
  }

  private static String bounds(final Optional<Interval> interval, final String format) {
    return interval
        .filter(Interval::bounded)
        .map(
            i -> String.format(Locale.ROOT, " [" + format + ", " + format + "]", i.low(), i.high()))
        .orElse("");
  }

  private static String text(final OptionalDouble value) {
    return value.isPresent()
        ? String.format(Locale.ROOT, "%.3f", value.getAsDouble())
        : "undefined";
  }

  private void line(final String text) {
    run.output().out().println(text);
  }
}
