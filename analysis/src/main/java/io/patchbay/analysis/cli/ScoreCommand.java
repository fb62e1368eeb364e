package io.patchbay.analysis.cli;

import io.patchbay.analysis.disentanglement.Mode;
import io.patchbay.analysis.study.Score;
import io.patchbay.analysis.study.ScoreProgress;
import io.patchbay.analysis.study.ScoreRuns;
import io.patchbay.analysis.study.ScoreSizes;
import io.patchbay.analysis.study.Scores;
import io.patchbay.vae.data.Datasets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `patchbay score`.
@Command(
    name = "score",
    description =
        "Disentanglement scores of trained models: beta-VAE, FactorVAE, MIG, DCI, SAP, modularity,"
            + " explicitness, IRS, the unsupervised ones, and UDR among runs that differ in their"
            + " seed alone. A table, and RUN/scores/scores.json.",
    sortOptions = false)
final class ScoreCommand implements Callable<Integer> {
  @Parameters(arity = "1..*", paramLabel = "RUN", description = "Run folders.")
  private List<Path> runs = new ArrayList<>();

  @Option(
      names = "--quick",
      description = "1,000 samples to learn from, 500 to judge on, batches of 32, 200 resamples.")
  private boolean quick;

  @Option(
      names = "--samples",
      paramLabel = "N",
      description =
          "Samples, points and votes to learn from; half as many to judge on. Default: 10000, as"
              + " in the literature.")
  private @Nullable Integer samples;

  @Option(
      names = "--mode",
      paramLabel = "MODE",
      description =
          "corrected, or as-published: with the defects of the code behind published figures."
              + " Default: corrected.")
  private String mode = Mode.CORRECTED.label();

  @Mixin private final AnalysisOptions analysis = new AnalysisOptions();

  ScoreCommand() {}

  @Override
  public Integer call() {
    final var sizes = sizes();
    final var how =
        Mode.named(mode)
            .orElseThrow(() ->
                analysis
                    .output()
                    .wrong(
                        "--mode: found "
                            + mode
                            + ", expected "
                            + String.join(" or ", Mode.labels())));
    refuseTwice();
    try (var backend = analysis.open()) {
      final var catalogue = Datasets.of(System.getenv());
      final var study =
          new ScoreRuns(backend, catalogue, sizes, how, analysis.seed(), Release.VERSION);
      final Map<Path, Scores> scores;
      try (var bars = new Bars()) {
        scores = study.write(runs, bars::of);
      }
      scores.forEach((run, of) -> {
        if (!of.note().isEmpty()) {
          analysis.output().note(run + ": " + of.note());
        }
      });
      final var all =
          scores.entrySet().stream()
              .map(e -> e.getValue().numbers(e.getKey(), Release.VERSION))
              .toList();
      analysis.show(
          all.size() == 1 ? all.getFirst() : Map.of("runs", all),
          () -> scores.forEach(this::print));
      return ExitCode.OK;
    }
  }

  private ScoreSizes sizes() {
    if (samples == null) {
      return quick ? ScoreSizes.QUICK : ScoreSizes.STANDARD;
    }
    if (quick) {
      throw analysis.output().wrong("--quick and --samples: expected one of them");
    }
    if (samples < ScoreSizes.LEAST || samples > 10_000_000) {
      throw analysis
          .output()
          .wrong(
              "--samples: found "
                  + samples
                  + ", expected a number from "
                  + ScoreSizes.LEAST
                  + " to 10000000");
    }
    return ScoreSizes.of(samples);
  }

  private void refuseTwice() {
    final var seen = new HashSet<Path>();
    for (final var run : runs) {
      if (!seen.add(run.toAbsolutePath().normalize())) {
        throw analysis.output().wrong("RUN: found " + run + " twice, expected different runs");
      }
    }
  }

  /// One progress line at a time: codes of a run, then its scores, then the next run.
  private final class Bars implements AutoCloseable {
    private @Nullable Progress bar;

    ScoreProgress of(final Path run) {
      final var begun = new ArrayList<ScoreProgress.Part>();
      final var name = runs.size() == 1 ? "" : run + ": ";
      return (part, done, total, what) -> {
        var mine = bar;
        if (mine == null || !begun.contains(part)) {
          close();
          begun.add(part);
          mine =
              switch (part) {
                case CODES -> analysis.output().progress("encode", "codes");
                case SCORES -> analysis.output().progress("score", "scores");
              };
          bar = mine;
        }
        mine.update(done, total, name + what);
      };
    }

    @Override
    public void close() {
      if (bar != null) {
        bar.close();
        bar = null;
      }
    }
  }

  private void print(final Path run, final Scores scores) {
    final var out = analysis.output().out();
    out.printf(
        "%s: %s on %s, seed %d, %s%n",
        run, scores.model(), scores.data(), scores.seed(), scores.mode().label());
    out.printf("%-30s%12s  %-20s%8s  %s%n", "score", "value", "95 % interval", "n", "note");
    for (final var score : scores.scores()) {
      out.printf(
          "%-30s%12s  %-20s%8d  %s%n",
          score.name(), value(score), interval(score), score.n(), score.note());
    }
  }

  private static String value(final Score score) {
    return score.value().isPresent() ? number(score.value().getAsDouble()) : "-";
  }

  private static String interval(final Score score) {
    return score
        .interval()
        .map(i -> "[" + number(i.low()) + ", " + number(i.high()) + "]")
        .orElse("");
  }

  /// Counts have no decimals; a share of 0 or 1 does.
  private static String number(final double value) {
    final boolean count = value == Math.rint(value) && Math.abs(value) > 1;
    return String.format(Locale.ROOT, count ? "%.0f" : "%.4f", value);
  }
}
