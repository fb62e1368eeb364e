package io.patchbay.analysis.cli;

import io.patchbay.analysis.study.AttributionStudy;
import io.patchbay.vae.io.JsonText;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `patchbay attribution`.
@Command(
    name = "attribution",
    description =
        "Screen every unit of every site for what moves the reading of a factor, by gradients;"
            + " patch the strongest and a random sample of the others exactly, and say what the"
            + " screen missed: a table, and attribution.json.",
    sortOptions = false)
final class AttributionCommand implements Callable<Integer> {
  private static final int SHOWN = 20;

  @Option(
      names = "--factor",
      required = true,
      paramLabel = "F",
      description = "A factor of the data by name or number, or a variable of its generator.")
  private String factor = "";

  @Option(
      names = "--pairs",
      paramLabel = "N",
      description = "Pairs of inputs that differ in the factor alone. Default: 64.")
  private int pairs = 64;

  @Option(
      names = "--steps",
      paramLabel = "N",
      description =
          "Points between the two inputs of a pair that the gradient is averaged over (integrated"
              + " gradients); 0: the first input alone (attribution patching). Default: 5.")
  private int steps = 5;

  @Option(
      names = "--top",
      paramLabel = "N",
      description = "Units at the top of the screen to patch exactly. Default: 100.")
  private int top = 100;

  @Option(
      names = "--audit",
      paramLabel = "N",
      description = "Other units, at random, to patch exactly. Default: 100.")
  private int audit = 100;

  @Mixin private final DataOption data = new DataOption();

  @Option(names = "--out", paramLabel = "DIR", description = "Default: RUN/attribution/FACTOR.")
  private @Nullable Path out;

  @Mixin private final RunOptions run = new RunOptions();

  AttributionCommand() {}

  @Override
  public Integer call() {
    atLeast("--pairs", pairs, 2);
    atLeast("--steps", steps, 0);
    atLeast("--top", top, 1);
    atLeast("--audit", audit, 1);
    return run.ask(data.name(), this::answer);
  }

  private int answer(final RunOptions.Opened opened) {
    final var output = run.output();
    final AttributionStudy study;
    try (var progress = output.progress("attribution", "units patched")) {
      study =
          AttributionStudy.of(
              opened.scene(),
              factor,
              pairs,
              steps,
              top,
              audit,
              (_, done, total) -> progress.update(done, total, ""));
    }
    final var numbers = new LinkedHashMap<String, Object>();
    numbers.put("data", opened.data().name());
    numbers.putAll(study.numbers());
    final var all = run.signed(numbers, opened);
    final var file = run.folder(out, "attribution/" + study.factor()).resolve("attribution.json");
    JsonText.write(file, all);
    run.show(all, () -> print(study));
    output.note(study.probe().sentence());
    output.note("attribution: " + file);
    return ExitCode.OK;
  }

  private void atLeast(final String option, final int value, final int least) {
    if (value < least) {
      throw run.output().wrong(option + ": found " + value + ", expected a number from " + least);
    }
  }

  private void print(final AttributionStudy study) {
    final var missed = study.screen().audit().missedMass();
    line(
        String.format(
            Locale.ROOT,
            "%s: %d units, %d patched exactly, and %d of the others",
            study.factor(),
            study.screen().units().size(),
            study.screen().audit().kept().size(),
            study.screen().audit().audited().size()));
    line(
        String.format(
            Locale.ROOT,
            "missed by the screen: %.3f [%.3f, %.3f] of the effect of all units, n=%d",
            missed.estimate(),
            missed.low(),
            missed.high(),
            missed.n()));
    line(
        String.format(
            Locale.ROOT,
            "%-18s%10s%14s%10s  %s",
            "site",
            "unit",
            "attribution",
            "exact",
            "95 % interval"));
    study.rows().stream()
        .limit(SHOWN)
        .forEach(row ->
            line(
                String.format(
                    Locale.ROOT,
                    "%-18s%10s%14.4f%10.4f  [%.4f, %.4f]",
                    row.site(),
                    row.unit(),
                    row.attribution(),
                    row.exact().estimate(),
                    row.exact().low(),
                    row.exact().high())));
  }

  private void line(final String text) {
    run.output().out().println(text.stripTrailing());
  }
}
