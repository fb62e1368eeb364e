package io.patchbay.analysis.cli;

import io.patchbay.analysis.statistics.Interval;
import io.patchbay.analysis.study.ReadOutQuestion;
import io.patchbay.analysis.study.ReadOutStudy;
import io.patchbay.vae.data.FactorDataset;
import io.patchbay.vae.data.GenerativeDataset;
import io.patchbay.vae.io.BadInputException;
import io.patchbay.vae.io.JsonText;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `patchbay readout`.
@Command(
    name = "readout",
    description =
        "Re-render inputs with one variable of their generator set, once with its effects"
            + " following and once with some held, and say what a probe of the reconstruction"
            + " reads of an effect: a table, and readout.json.",
    sortOptions = false)
final class ReadOutCommand implements Callable<Integer> {
  @Option(
      names = "--set",
      required = true,
      paramLabel = "VARIABLE",
      description = "The variable that is set, to values drawn from its range.")
  private String set = "";

  @Option(
      names = "--read",
      required = true,
      paramLabel = "VARIABLE",
      description = "The variable that is read out, which follows from the other.")
  private String read = "";

  @Option(
      names = "--hold",
      split = ",",
      paramLabel = "VARIABLES",
      description = "What is held in the second intervention. Default: the one read out.")
  private List<String> hold = new ArrayList<>();

  @Option(
      names = "--inputs",
      paramLabel = "N",
      description =
          "Held-out inputs to re-render, in which the effects are as their causes have them."
              + " Default: 400.")
  private int inputs = 400;

  @Option(
      names = "--probe-inputs",
      paramLabel = "N",
      description =
          "Other held-out inputs, to train the probe on and, a quarter of them, to judge it on."
              + " Default: 1000.")
  private int probeInputs = 1000;

  @Option(
      names = "--tolerance",
      paramLabel = "SHARE",
      description = "What counts as little when the figures are judged. Default: 0.2.")
  private double tolerance = 0.2;

  @Option(names = "--out", paramLabel = "DIR", description = "Default: RUN/readout.")
  private @Nullable Path out;

  @Mixin private final RunOptions run = new RunOptions();

  ReadOutCommand() {}

  @Override
  public Integer call() {
    final var held = hold.isEmpty() ? List.of(read) : hold;
    final var question = new ReadOutQuestion(set, read, held, probeInputs, inputs, tolerance);
    return run.ask(
        null,
        opened -> {
          final var study =
              ReadOutStudy.of(opened.model(), generator(opened.data()), question, opened.seed());
          final var all = run.signed(study.numbers(), opened);
          JsonText.write(run.folder(out, "readout").resolve("readout.json"), all);
          run.show(all, () -> print(study));
          return ExitCode.OK;
        });
  }

  private static GenerativeDataset generator(final FactorDataset data) {
    if (data instanceof final GenerativeDataset generator) {
      return generator;
    }
    throw new BadInputException(
        "run",
        "data",
        data.name() + ", images that cannot be rendered anew",
        "a generator, as pendulum");
  }

  private void print(final ReadOutStudy study) {
    final var question = study.question();
    run.output()
        .out()
        .printf(
            Locale.ROOT,
            "%s set on held-out %s, %s read from rows %s of reconstructions, in sd%n",
            set,
            study.data(),
            read,
            study.rows());
    run.output()
        .out()
        .printf("%-36s%26s%26s%7s%n", "", "change along the truth", "size of change", "n");
    row("probe, R² held out", study.rSquared(), null);
    row("truth", study.truth(), study.truth());
    row("it follows", study.following().mean(), study.following().size());
    row("held: " + String.join(", ", question.held()), study.held().mean(), study.held().size());
    row("follows / truth", study.followingShare(), null);
    row("held / follows", study.heldShare(), null);
    run.output()
        .out()
        .printf(
            Locale.ROOT,
            "within %s: probe reads it: %s, it follows: %s, it stays when held: %s%n",
            question.tolerance(),
            yes(study.readable()),
            yes(study.follows()),
            yes(study.stays()));
  }

  private static String yes(final boolean fine) {
    return fine ? "yes" : "NO";
  }

  private void row(final String name, final Interval mean, final @Nullable Interval size) {
    run.output()
        .out()
        .printf("%-36s%26s%26s%7d%n", name, text(mean), size == null ? "" : text(size), mean.n());
  }

  private static String text(final Interval i) {
    return String.format(Locale.ROOT, "%.3f [%.3f, %.3f]", i.estimate(), i.low(), i.high());
  }
}
