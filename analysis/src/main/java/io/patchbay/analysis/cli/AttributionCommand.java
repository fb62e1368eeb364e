package io.patchbay.analysis.cli;

import io.patchbay.analysis.study.AttributionStudy;
import io.patchbay.analysis.study.Scene;
import io.patchbay.vae.data.Datasets;
import io.patchbay.vae.io.AtomicFiles;
import io.patchbay.vae.train.TrainedVae;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.json.JsonMapper;

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

  @SuppressWarnings("NullAway.Init") // picocli refuses a command line without it
  @Parameters(paramLabel = "RUN", description = "A run folder.")
  private Path run;

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

  @Option(names = "--data", paramLabel = "NAME", description = "Default: the run's own data.")
  private @Nullable String data;

  @Option(names = "--out", paramLabel = "DIR", description = "Default: RUN/attribution/FACTOR.")
  private @Nullable Path out;

  @Mixin private final SeedOption seed = new SeedOption();
  @Mixin private final DeviceOptions device = new DeviceOptions();
  @Mixin private final OutputOptions output = new OutputOptions();

  AttributionCommand() {}

  @Override
  public Integer call() {
    atLeast("--pairs", pairs, 2);
    atLeast("--steps", steps, 0);
    atLeast("--top", top, 1);
    atLeast("--audit", audit, 1);
    try (var backend = device.open(output);
        var model = TrainedVae.open(run, backend);
        var images = Datasets.of(System.getenv()).open(data == null ? model.data() : data)) {
      seed.value();
      seed.say(output);
      final AttributionStudy study;
      try (var progress = output.progress("attribution", "units patched")) {
        study =
            AttributionStudy.of(
                new Scene(model, images, seed.value()),
                factor,
                pairs,
                steps,
                top,
                audit,
                (_, done, total) -> progress.update(done, total, ""));
      }
      final var all = new LinkedHashMap<String, Object>();
      all.put("run", run.toString());
      all.put("data", images.name());
      all.putAll(study.numbers());
      all.put("device", backend.device());
      all.put("java", Runtime.version().toString());
      all.put("version", Release.VERSION);
      final var folder = out == null ? run.resolve("attribution").resolve(study.factor()) : out;
      final var text = JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(all);
      AtomicFiles.write(folder.resolve("attribution.json"), text + "\n");
      if (output.json()) {
        output.json(all);
      } else {
        print(study);
      }
      output.note(study.probe().sentence());
      output.note("attribution: " + folder.resolve("attribution.json"));
      return ExitCode.OK;
    }
  }

  private void atLeast(final String option, final int value, final int least) {
    if (value < least) {
      throw output.wrong(option + ": found " + value + ", expected a number from " + least);
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
    output.out().println(text.stripTrailing());
  }
}
