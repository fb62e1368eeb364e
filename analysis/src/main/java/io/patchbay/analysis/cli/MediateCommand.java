package io.patchbay.analysis.cli;

import io.patchbay.analysis.metric.MediationEffects.Effect;
import io.patchbay.analysis.study.MediationStudy;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `patchbay mediate`.
@Command(
    name = "mediate",
    description =
        "Mediation between pairs of inputs through units of a site: TE, NDE, NIE, CDE, TIE, with"
            + " intervals and checks.",
    sortOptions = false)
final class MediateCommand implements Callable<Integer> {
  private static final int MOST_PAIRS = 100_000;

  @Option(names = "--site", required = true, paramLabel = "S", description = "See `sites RUN`.")
  private String site = "";

  @Option(
      names = "--units",
      paramLabel = "U",
      description = "Mediators, one set per unit; as in sweep. Default: all.")
  private String units = "all";

  @SuppressWarnings("NullAway.Init") // picocli refuses a command line without one of the two
  @ArgGroup(multiplicity = "1")
  private Choice choice;

  @Option(names = "--pairs", paramLabel = "N", description = "Pairs. Default: 64.")
  private int pairs = 64;

  @Option(
      names = "--outcome",
      paramLabel = "Y",
      description =
          "projection: of the image on the change that the source brings (0 = base, 1 = source);"
              + " region: mean of the image where the two inputs differ, with the sign of the"
              + " difference; mu:J: posterior mean J; factor:K: what a probe trained on clean"
              + " reconstructions reads of a factor, in its standard deviations. Default:"
              + " projection.")
  private String outcome = "projection";

  @Mixin private final DataOption data = new DataOption();

  @Option(names = "--out", paramLabel = "DIR", description = "Default: RUN/mediation.")
  private @Nullable Path out;

  @Mixin private final RunOptions run = new RunOptions();

  MediateCommand() {}

  /// How the two inputs of a pair differ.
  private static final class Choice {
    @Option(
        names = "--factor",
        paramLabel = "K",
        description = "Pairs differ in this factor alone: its name or number.")
    private @Nullable String factor;

    @SuppressWarnings("UnusedVariable") // being given at all is what it says
    @Option(names = "--random-pairs", description = "Pairs of random inputs.")
    private boolean random;
  }

  @Override
  public Integer call() {
    if (pairs < 2 || pairs > MOST_PAIRS) {
      throw run.output()
          .wrong("--pairs: found " + pairs + ", expected a number from 2 to " + MOST_PAIRS);
    }
    return run.ask(data.name(), this::answer);
  }

  private int answer(final RunOptions.Opened opened) {
    final var output = run.output();
    final var study = MediationStudy.of(opened.scene(), site, units, choice.factor, pairs, outcome);
    study.write(run.folder(out, "mediation"));
    run.show(study.numbers(), () -> print(study));
    study.outcome().probe().ifPresent(probe -> output.note(probe.sentence()));
    output.note("checks: " + (study.passed() ? "all passed" : "FAILED, see mediation.json"));
    return study.passed() ? ExitCode.OK : ExitCode.FAILED;
  }

  private void print(final MediationStudy study) {
    run.output()
        .out()
        .printf(
            "%-26s  %-6s %8s  %-20s %8s%n", "mediators", "effect", "mean", "95 % interval", "p");
    for (final var row : study.rows()) {
      final var e = row.effects();
      print(row.name(), "TE", e.total());
      print(row.name(), "NDE", e.naturalDirect());
      print(row.name(), "NIE", e.naturalIndirect());
      final int levels = e.controlledDirect().size();
      for (int level = 0; level < levels; level++) {
        print(row.name(), levels == 1 ? "CDE" : "CDE " + level, e.controlledDirect().get(level));
      }
      print(row.name(), "TIE", e.totalIndirect());
    }
  }

  private void print(final String mediators, final String name, final Effect effect) {
    final var mean = effect.mean();
    final var interval =
        mean.bounded()
            ? String.format(Locale.ROOT, "[%.4f, %.4f]", mean.low(), mean.high())
            : "unbounded";
    run.output()
        .out()
        .printf(
            Locale.ROOT,
            "%-26s  %-6s %8.4f  %-20s %8.4f%n",
            mediators,
            name,
            mean.estimate(),
            interval,
            effect.p());
  }
}
