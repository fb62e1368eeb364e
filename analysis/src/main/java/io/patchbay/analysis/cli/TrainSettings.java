package io.patchbay.analysis.cli;

import io.patchbay.vae.io.BadInputException;
import io.patchbay.vae.train.RunFolder;
import io.patchbay.vae.train.TrainConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// What to train: options for the common settings, `--set` for all of them, a file for many.
final class TrainSettings {
  private static final Pattern SEED_LINE = Pattern.compile("(?m)^\\s*[{,]?\\s*\"?seed\"?\\s*:");

  @Option(
      names = "--model",
      paramLabel = "NAME",
      description = "vae (default), beta-vae, annealed-vae or factor-vae.")
  private @Nullable String model;

  @Option(
      names = "--arch",
      paramLabel = "NAME",
      description = "conv4 (default), locatello or burgess.")
  private @Nullable String arch;

  @Option(
      names = "--data",
      paramLabel = "NAME|PATH",
      description =
          "sprites (default), pendulum, flow, dsprites, an npz file, a folder of pictures or"
              + " scm:FILE.yaml, a causal world of your own; options after a colon, as in"
              + " pendulum:size=96.")
  private @Nullable String data;

  @Option(
      names = "--steps",
      paramLabel = "N",
      description = "Updates until the run is done. Default: 300000.")
  private @Nullable Long steps;

  @Option(names = "--batch", paramLabel = "N", description = "Images in a batch. Default: 64.")
  private @Nullable Integer batch;

  @Option(
      names = "--precision",
      paramLabel = "NAME",
      description =
          "Of the operands of products and convolutions: fp32 (default) or, on cuda, tf32.")
  private @Nullable String precision;

  @Option(names = "--latent", paramLabel = "N", description = "Size of the code. Default: 10.")
  private @Nullable Integer latent;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description =
          "Any setting of the configuration, such as lr=1e-3, beta=8, arch.widths=32,64; may be"
              + " given many times.")
  private List<String> set = new ArrayList<>();

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "YAML or JSON with settings; the options win over it.")
  private @Nullable Path file;

  TrainSettings() {}

  /// The configuration of a new run.
  TrainConfig config(final SeedOption seed) {
    final var options = options();
    if (seed.given() || !seedIsSet()) {
      options.put("seed", "seed=" + seed.value());
    }
    return read(options, overrides -> TrainConfig.read(file, overrides));
  }

  /// The configuration of a run that is gone on with: its own, but for what is given now.
  TrainConfig resumed(final OutputOptions output, final @Nullable Path run, final SeedOption seed) {
    if (file != null || run == null) {
      throw output.wrong("--resume takes the run's own configuration, not --config");
    }
    if (!Files.isRegularFile(new RunFolder(run).config())) {
      throw new BadInputException(run, "run folder", "no config.json", "the folder of a run");
    }
    final var options = options();
    if (seed.given()) {
      options.put("seed", "seed=" + seed.value());
    }
    return read(options, overrides -> TrainConfig.read(new RunFolder(run).config(), overrides));
  }

  /// Setting by name to the `name=value` of its option.
  private Map<String, String> options() {
    final var map = new LinkedHashMap<String, String>();
    put(map, "model", "model", model);
    put(map, "arch", "arch.name", arch);
    put(map, "data", "data", data);
    put(map, "steps", "steps", steps);
    put(map, "batch", "batch", batch);
    put(map, "precision", "precision", precision);
    put(map, "latent", "latent", latent);
    return map;
  }

  private static void put(
      final Map<String, String> map,
      final String option,
      final String setting,
      final @Nullable Object value) {
    if (value != null) {
      map.put(option, setting + "=" + value);
    }
  }

  /// Reads a configuration; what is wrong with an option is said of that option.
  private TrainConfig read(
      final Map<String, String> options, final Function<List<String>, TrainConfig> reader) {
    final var overrides = new ArrayList<>(options.values());
    overrides.addAll(set);
    try {
      return reader.apply(overrides);
    } catch (final BadInputException e) {
      final var place = e.place().equals("arch.name") ? "arch" : e.place();
      final boolean mine = e.file().equals("--set") && options.containsKey(place) && !isSet(place);
      if (!mine) {
        throw e;
      }
      final var found = String.valueOf(options.get(place));
      throw new BadInputException(
          "--" + place,
          "value",
          "'" + found.substring(found.indexOf('=') + 1) + "'",
          e.expected(),
          e);
    }
  }

  private boolean isSet(final String name) {
    return set.stream().anyMatch(text -> text.startsWith(name + "="));
  }

  /// Whether `--set` or the file gives a seed, so that none need be drawn.
  private boolean seedIsSet() {
    if (isSet("seed")) {
      return true;
    }
    try {
      return file != null
          && Files.isRegularFile(file)
          && SEED_LINE.matcher(Files.readString(file)).find();
    } catch (final IOException e) {
      throw BadInputException.unreadable(String.valueOf(file), "configuration", e);
    }
  }
}
