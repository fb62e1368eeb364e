package io.patchbay.analysis.cli;

import io.patchbay.analysis.estimate.EstimateQuestion;
import io.patchbay.analysis.estimate.EstimateQuestion.Method;
import io.patchbay.analysis.estimate.EstimateStudy;
import io.patchbay.analysis.sweep.folder.Place;
import io.patchbay.analysis.sweep.folder.SweepPlan;
import io.patchbay.vae.io.JsonText;
import io.patchbay.vae.train.Environment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `patchbay estimate`.
@Command(
    name = "estimate",
    description =
        "Estimate what a sweep of a site would find from a part of its cells: approximate, with an"
            + " interval, and the same for the same seed. Writes estimate.json.",
    sortOptions = false)
final class EstimateCommand implements Callable<Integer> {
  /// Options that some methods alone read.
  private static final Map<String, List<Method>> READ_BY =
      Map.of(
          "--sample", List.of(Method.CONTROL_VARIATE),
          "--top", List.of(Method.SCREEN, Method.RACE),
          "--audit", List.of(Method.SCREEN),
          "--threshold", List.of(Method.SCREEN),
          "--precision-target", List.of(Method.STOP),
          "--interval", List.of(Method.STOP, Method.RACE));

  @Option(names = "--site", required = true, paramLabel = "S", description = "See `sites RUN`.")
  private String site = "";

  @Option(names = "--units", paramLabel = "U", description = "As in sweep. Default: channels.")
  private String units = "channels";

  @Option(names = "--op", required = true, paramLabel = "OP", description = "As in sweep.")
  private String op = "";

  @Option(
      names = "--method",
      required = true,
      paramLabel = "NAME",
      description =
          "control-variate: first-order effects (attribution) on all inputs, corrected by exact"
              + " effects on some; screen: attribution ranks the units, the first and a random"
              + " sample of the others are computed exactly; stop: each unit on as many inputs as"
              + " its mean takes; race: the units of the largest means, the others left out as soon"
              + " as that is certain.")
  private String method = "";

  @Option(names = "--values", split = ",", paramLabel = "V", description = "As in sweep.")
  private List<Double> values = new ArrayList<>();

  @Option(names = "--sources", paramLabel = "K", description = "Sources per base. Default: 1.")
  private int sources = 1;

  @Option(
      names = "--inputs",
      paramLabel = "N",
      description = "Base inputs of the sweep that is estimated. Default: 1024.")
  private int inputs = 1024;

  @Option(
      names = "--metric",
      paramLabel = "M",
      description = "As in sweep; control-variate and screen take factor:K alone. Default: l2.")
  private String metric = "l2";

  @Option(
      names = "--signed",
      description =
          "Means of the effects of factor:K with their signs. Default: of their sizes, as in"
              + " sweep.")
  private boolean signed;

  @Option(
      names = "--sample",
      paramLabel = "N",
      description = "Inputs that control-variate computes exactly. Default: 64.")
  private int sample = 64;

  @Option(
      names = "--top",
      paramLabel = "K",
      description = "Units that screen computes exactly, or that race looks for. Default: 10.")
  private int top = 10;

  @Option(
      names = "--audit",
      paramLabel = "N",
      description = "Other units, at random, that screen computes exactly. Default: 50.")
  private int audit = 50;

  @Option(
      names = "--threshold",
      paramLabel = "T",
      description =
          "screen says how many units of a mean effect over this it missed at most. Default: 0.1.")
  private double threshold = 0.1;

  @Option(
      names = "--precision-target",
      paramLabel = "P",
      description =
          "stop leaves a unit alone once its interval is within this share of its mean. Default:"
              + " 0.05.")
  private double target = 0.05;

  @Option(
      names = "--interval",
      paramLabel = "I",
      description =
          "Of stop and race: asymptotic (narrow; by a central limit theorem), or bounded (for l2"
              + " and l1: by the range of the effects, never wrong more often than stated, and"
              + " wide). Default: asymptotic.")
  private String interval = "asymptotic";

  @Mixin private final DataOption data = new DataOption();

  @Option(names = "--out", paramLabel = "DIR", description = "Default: RUN/estimate.")
  private @Nullable Path out;

  @Mixin private final RunOptions run = new RunOptions();

  EstimateCommand() {}

  @Override
  public Integer call() {
    final var how = Method.named(method);
    final var output = run.output();
    READ_BY.forEach((option, methods) -> {
      if (!methods.contains(how) && output.given(option)) {
        throw output.wrong(
            option
                + ": found beside --method "
                + method
                + ", expected with "
                + String.join(" or ", methods.stream().map(Method::label).toList()));
      }
    });
    final boolean bounded = bounded();
    question(0, how, bounded);
    return run.ask(
        data.name(),
        opened -> {
          final var question = question(opened.seed(), how, bounded);
          try (var stop = Interruption.listen(() -> output.interject("stopping"));
              var lines = new ProgressLines(output)) {
            return answer(opened, question, lines, stop);
          }
        });
  }

  private int answer(
      final RunOptions.Opened opened,
      final EstimateQuestion question,
      final ProgressLines lines,
      final Interruption stop) {
    final var output = run.output();
    final EstimateStudy study;
    try {
      study =
          EstimateStudy.of(
              opened.scene().subject(), opened.data(), question, new Shown(lines), stop::asked);
    } catch (final CancellationException _) {
      lines.end();
      output.release();
      output.note("stopped: nothing was written");
      return ExitCode.INTERRUPTED;
    }
    lines.end();
    final var numbers = new LinkedHashMap<String, Object>();
    numbers.put("data", opened.data().name());
    numbers.putAll(study.numbers());
    numbers.put("environment", Environment.of(opened.backend()));
    final var all = run.signed(numbers, opened);
    final var file = run.folder(out, "estimate").resolve("estimate.json");
    JsonText.write(file, all);
    run.show(all, () -> new EstimateTable(output.out(), study).print());
    say(study);
    output.note("estimate: " + file);
    return ExitCode.OK;
  }

  private boolean bounded() {
    return switch (interval) {
      case "asymptotic" -> false;
      case "bounded" -> true;
      default ->
          throw run.output()
              .wrong("--interval: found " + interval + ", expected asymptotic or bounded");
    };
  }

  private EstimateQuestion question(final long seed, final Method how, final boolean bounded) {
    final boolean grid = op.equals("set") && site.equals("latent.z") && values.isEmpty();
    final var plan =
        new SweepPlan(
            List.of(new Place(site, units, op)),
            grid ? SweepPlan.GRID : values,
            sources,
            0,
            inputs,
            metric,
            seed);
    return new EstimateQuestion(plan, how, signed, sample, top, audit, threshold, target, bounded);
  }

  private void say(final EstimateStudy study) {
    study.probe().ifPresent(probe -> run.output().note(probe.sentence()));
    run.output()
        .note(
            String.format(
                Locale.ROOT,
                "approximate: %d of the sweep's %d cells (%.1f %%), %d of them proved zero, and %d"
                    + " gradients; controls passed: %d",
                study.cells(),
                study.all(),
                100.0 * study.cells() / study.all(),
                study.provedZero(),
                study.gradients(),
                study.controls()));
  }

  /// A progress line for gradients, and one for cells.
  private record Shown(ProgressLines lines) implements EstimateStudy.Listener {
    @Override
    public void gradients(final long done, final long all) {
      lines.update("estimate", "gradients", done, all);
    }

    @Override
    public void cells(final long done, final long all) {
      lines.update("estimate", "cells", done, all);
    }
  }
}
