package io.patchbay.analysis.cli;

import io.patchbay.analysis.study.Demo;
import io.patchbay.vae.data.Sprites;
import io.patchbay.vae.train.Losses;
import io.patchbay.vae.train.TrainingListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `patchbay demo`.
@Command(
    name = "demo",
    description =
        "The main job on built-in data: train a VAE, a beta-VAE and a FactorVAE, intervene on them"
            + " at four levels, and write a report.",
    sortOptions = false)
final class DemoCommand implements Callable<Integer> {
  private static final long SEED = 1;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      defaultValue = "demo",
      description =
          "Folder for the runs, summary.json and report/index.html; one that was interrupted is"
              + " gone on with. Default: demo.")
  private Path out = Path.of("demo");

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Seed of every random choice. Default: " + SEED + ".")
  private long seed = SEED;

  @Mixin private final DeviceOptions device = new DeviceOptions();
  @Mixin private final OutputOptions output = new OutputOptions();

  DemoCommand() {}

  @Override
  public Integer call() throws IOException {
    try (var data = new Sprites(false);
        var backend = device.open(output);
        var stop = Interruption.listen(() -> output.interject("stopping after this step"));
        var shown = new Shown(output)) {
      output.note("folder: " + out + ", seed: " + seed);
      final var demo = new Demo(backend, data, seed, shown, stop::asked);
      final var result = demo.run(out, "patchbay demo --out " + out + " --seed " + seed);
      shown.end();
      output.release();
      if (result.interrupted()) {
        output.note("stopped: the same command goes on");
        return ExitCode.INTERRUPTED;
      }
      if (output.json()) {
        output.out().println(Files.readString(out.resolve("summary.json")).strip());
      } else {
        output.out().println(result.table());
      }
      output.note("report: " + result.report());
      return ExitCode.OK;
    }
  }

  /// One progress line per training, one line per part of a study.
  private static final class Shown implements Demo.Listener, AutoCloseable {
    private final OutputOptions output;
    private @Nullable Progress progress;

    Shown(final OutputOptions output) {
      this.output = output;
    }

    @Override
    public TrainingListener training(final String variant) {
      end();
      final var line = output.progress(variant, "steps");
      progress = line;
      return (step, steps, losses, _) -> line.update(step, steps, note(losses));
    }

    @Override
    public void studying(final String variant, final String what) {
      end();
      output.release();
      output.note(variant + ": " + what);
    }

    private static String note(final Losses losses) {
      return String.format(Locale.ROOT, "elbo %.1f", losses.term("elbo"));
    }

    void end() {
      if (progress != null) {
        progress.close();
        progress = null;
      }
    }

    @Override
    public void close() {
      end();
    }
  }
}
