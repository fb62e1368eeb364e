package io.patchbay.analysis.cli;

import io.patchbay.vae.data.Datasets;
import io.patchbay.vae.train.Losses;
import io.patchbay.vae.train.RunFolder;
import io.patchbay.vae.train.TrainConfig;
import io.patchbay.vae.train.TrainResult;
import io.patchbay.vae.train.Trainer;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `patchbay train`.
@Command(
    name = "train",
    description = "Train a model into a run folder; the folder's path goes to stdout.",
    sortOptions = false)
final class TrainCommand implements Callable<Integer> {
  @Mixin private final TrainSettings settings = new TrainSettings();

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "The run folder, new or empty. Default: runs/MODEL/TIME-HASH.")
  private @Nullable Path out;

  @Option(
      names = "--resume",
      description = "Go on with the run in --out, bit for bit as if it had not stopped.")
  private boolean resume;

  @Mixin private final SeedOption seed = new SeedOption();
  @Mixin private final DeviceOptions device = new DeviceOptions();
  @Mixin private final OutputOptions output = new OutputOptions();

  TrainCommand() {}

  @Override
  public Integer call() {
    final var config = config();
    final var source = resume && out != null ? new RunFolder(out).data(config) : config.data();
    try (var data = Datasets.of(System.getenv()).open(source);
        var backend = device.open(output)) {
      final var whole = config.on(data);
      final var folder = out == null ? RunName.of(whole) : out;
      final TrainResult result;
      try (var stop = Interruption.listen(() -> output.interject("stopping after this step"))) {
        seed.say(output);
        output.note("run folder: " + folder);
        try (var progress = output.progress("train", "steps")) {
          final var trainer =
              new Trainer(
                  whole,
                  data,
                  backend,
                  (step, steps, losses, _) -> progress.update(step, steps, note(losses)),
                  stop::asked);
          result = trainer.run(folder, resume);
        }
        output.release();
        if (result.interrupted()) {
          output.note(
              "stopped: step="
                  + result.step()
                  + "; go on with: patchbay train --resume --out "
                  + folder);
        }
        print(result);
        return result.interrupted() ? ExitCode.INTERRUPTED : ExitCode.OK;
      }
    }
  }

  private TrainConfig config() {
    if (resume && out == null) {
      throw output.wrong("--resume needs --out DIR, the run to go on with");
    }
    if (resume) {
      return settings.resumed(output, out, seed);
    }
    return settings.config(seed);
  }

  private void print(final TrainResult result) {
    if (!output.json()) {
      output.out().println(result.folder());
      return;
    }
    final var map = new LinkedHashMap<String, Object>();
    map.put("run", result.folder().toString());
    map.put("step", result.step());
    map.put("interrupted", result.interrupted());
    map.put("terms", result.last().map(Losses::terms).orElse(Map.of()));
    result.last().ifPresent(losses -> map.put("kl_per_latent", losses.klPerLatent()));
    output.json(map);
  }

  private static String note(final Losses losses) {
    final var elbo = losses.terms().get("elbo");
    return elbo == null ? "" : String.format(Locale.ROOT, "elbo %.1f", elbo);
  }
}
