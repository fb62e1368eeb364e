package io.patchbay.analysis.cli;

import io.patchbay.analysis.reproduction.Forecast;
import io.patchbay.analysis.reproduction.Preset;
import io.patchbay.analysis.reproduction.Reproduced;
import io.patchbay.analysis.reproduction.Reproduction;
import io.patchbay.analysis.reproduction.ReproductionPlan;
import io.patchbay.vae.data.Datasets;
import io.patchbay.vae.data.FactorDataset;
import io.patchbay.vae.train.Variant;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `patchbay reproduce`.
@Command(
    name = "reproduce",
    description =
        "Train the paper's models over seeds, measure each, and print the paper's table beside"
            + " ours, with a sentence for each of its findings: whether it held, and on how many"
            + " seeds. Writes DIR/MODEL-SEED, ordinary run folders with what score, units,"
            + " attribution, circuits, motifs and graph would leave there, DIR/reproduce.json,"
            + " DIR/times.json, and a page, DIR/report/index.html. The same command goes on with"
            + " work that was stopped or killed.",
    sortOptions = false)
final class ReproduceCommand implements Callable<Integer> {
  private static final int SEEDS = 3;

  @ArgGroup private @Nullable Scale scale;

  /// One of the presets.
  @SuppressWarnings("unused") // that --quick was given is said by --paper being false
  private static final class Scale {
    @Option(
        names = "--quick",
        description =
            "800 steps a run at learning rate 1e-3, 128 inputs for effects, 2000 samples for"
                + " scores: under 15 minutes on two cores. The default.")
    private boolean quick;

    @Option(
        names = "--paper",
        description =
            "300,000 steps a run at 1e-4, 1024 inputs for effects, 10,000 samples for scores, and"
                + " beta-VAEs with hardly more latents than factors: for a GPU.")
    private boolean paper;
  }

  @Option(
      names = "--seeds",
      paramLabel = "N",
      description = "Train with the seeds 1 to N. Default: " + SEEDS + ".")
  private int seeds = SEEDS;

  @Option(names = "--out", required = true, paramLabel = "DIR", description = "Where to put all.")
  private Path out = Path.of("");

  @Option(
      names = "--data",
      paramLabel = "NAME|PATH",
      description = "The data set, as for train. Default: sprites.")
  private String data = "sprites";

  @Option(
      names = "--models",
      split = ",",
      paramLabel = "M",
      description = "Default: vae,beta-vae,factor-vae.")
  private List<String> models = new ArrayList<>();

  @Option(names = "--steps", paramLabel = "N", description = "Default: as the preset has it.")
  private @Nullable Long steps;

  @Option(names = "--latent", paramLabel = "N", description = "Latents of each model. Default: 10.")
  private int latent = ReproductionPlan.LATENT;

  @Option(
      names = "--bottlenecks",
      split = ",",
      paramLabel = "N",
      description =
          "Numbers of latents with which a VAE and a beta-VAE are trained too. Default: with"
              + " --paper as many as factors, and 2 more; else none.")
  private @Nullable List<Integer> bottlenecks;

  @Option(
      names = "--beside",
      paramLabel = "DIR",
      description =
          "A reproduction on other data that is done, to be judged together with this one; may be"
              + " given several times.")
  private List<Path> beside = new ArrayList<>();

  @Option(
      names = "--set",
      paramLabel = "NAME=VALUE",
      description =
          "A setting of every training run, as for train, or of one model's, such as"
              + " beta-vae:beta=8; may be given several times.")
  private List<String> settings = new ArrayList<>();

  @Mixin private final DeviceOptions device = new DeviceOptions();
  @Mixin private final OutputOptions output = new OutputOptions();

  private final Preset quickPreset;
  private final Preset paperPreset;

  ReproduceCommand() {
    this(Preset.QUICK, Preset.PAPER);
  }

  /// With other presets, for trials.
  ReproduceCommand(final Preset quick, final Preset paper) {
    this.quickPreset = quick;
    this.paperPreset = paper;
  }

  @Override
  public Integer call() {
    try (var images = Datasets.of(System.getenv()).open(data);
        var backend = device.open(output);
        var stop = Interruption.listen(() -> output.interject("stopping; everything is kept"))) {
      final var plan = plan(images);
      final Optional<Reproduced> result;
      try (var progress = output.progress("reproduce", "VAE steps")) {
        final var shown = new Shown(output, progress, plan);
        result =
            new Reproduction(plan, images, backend, versions(), beside, again(), shown, stop::asked)
                .run(out);
      }
      output.release();
      if (result.isEmpty()) {
        output.note("stopped: the same command goes on");
        return ExitCode.INTERRUPTED;
      }
      print(result.get());
      return ExitCode.OK;
    }
  }

  private boolean paper() {
    return scale != null && scale.paper;
  }

  private ReproductionPlan plan(final FactorDataset images) {
    final var preset = paper() ? paperPreset : quickPreset;
    final var standard = ReproductionPlan.of(preset, data, images, seeds);
    final var all = new ArrayList<>(standard.settings());
    all.addAll(settings);
    return new ReproductionPlan(
        standard.preset(),
        data,
        models.isEmpty() ? standard.variants() : models.stream().map(this::variant).toList(),
        seeds,
        steps == null ? standard.steps() : steps,
        latent,
        bottlenecks == null
            ? standard.bottlenecks().stream().filter(d -> d != latent).toList()
            : bottlenecks,
        all,
        standard.sizes(),
        standard.effort());
  }

  private Variant variant(final String id) {
    if (!Variant.ids().contains(id)) {
      throw output.wrong(
          "--models: found '" + id + "', expected some of " + String.join(", ", Variant.ids()));
    }
    return Variant.named(id);
  }

  private static Map<String, String> versions() {
    final var versions = new LinkedHashMap<String, String>();
    versions.put("patchbay", Release.VERSION);
    versions.put("java", Runtime.version().toString());
    return versions;
  }

  /// The command line that goes on with this.
  private String again() {
    final var words = new ArrayList<String>();
    words.add("patchbay reproduce");
    words.add(paper() ? "--paper" : "--quick");
    words.add("--seeds " + seeds);
    words.add("--data " + data);
    if (!models.isEmpty()) {
      words.add("--models " + String.join(",", models));
    }
    if (steps != null) {
      words.add("--steps " + steps);
    }
    words.add("--latent " + latent);
    if (bottlenecks != null) {
      words.add(
          "--bottlenecks "
              + bottlenecks.stream().map(String::valueOf).collect(Collectors.joining(",")));
    }
    settings.forEach(setting -> words.add("--set " + setting));
    beside.forEach(folder -> words.add("--beside " + folder));
    words.add("--out " + out);
    return String.join(" ", words);
  }

  private void print(final Reproduced result) {
    if (output.json()) {
      output.json(result.toMap());
    } else {
      output.out().print(result.text());
      output.out().flush();
    }
    output.note("figures of all runs: " + out.resolve(Reproduction.RESULT));
    output.note("page: " + out.resolve(Reproduction.REPORT).resolve("index.html"));
  }

  /// The plan and the time it takes, then one progress line for everything.
  private record Shown(OutputOptions output, Progress progress, ReproductionPlan plan)
      implements Reproduction.Listener {
    @Override
    public void begins(final Forecast forecast) {
      output.release();
      output.note(
          plan.preset()
              + ": "
              + forecast.runs()
              + " runs of "
              + plan.steps()
              + " steps on "
              + plan.data()
              + (forecast.left() < forecast.runs() ? ", " + forecast.left() + " left" : ""));
      output.note("inputs behind the figures of a run: " + plan.sizes().toMap());
      if (!forecast.rows().isEmpty()) {
        forecast.rows().forEach(row -> output.note(text(row)));
        output.note(
            "estimated time: "
                + Progress.duration(forecast.remaining().toSeconds())
                + " (by a few timed steps of each model)");
      }
    }

    private static String text(final Forecast.Row row) {
      return String.format(
          Locale.ROOT,
          "  %-38s %3d x %10s",
          row.what(),
          row.runs(),
          Progress.duration(Math.round(row.seconds())));
    }

    @Override
    public void progress(final double done, final double total, final String what) {
      progress.update(Math.round(done), Math.round(total), what);
    }

    @Override
    public void ends(final String times) {
      output.interject("time: " + times);
    }
  }
}
