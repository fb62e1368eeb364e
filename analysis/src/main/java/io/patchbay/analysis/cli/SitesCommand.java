package io.patchbay.analysis.cli;

import io.patchbay.analysis.intervention.Site;
import io.patchbay.analysis.intervention.Sites;
import io.patchbay.engine.Axis;
import io.patchbay.vae.data.ImageShape;
import io.patchbay.vae.io.BadInputException;
import io.patchbay.vae.model.Vae;
import io.patchbay.vae.model.VaeGraph;
import io.patchbay.vae.train.RunFolder;
import io.patchbay.vae.train.TrainConfig;
import io.patchbay.vae.train.Variant;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `patchbay sites`.
@Command(
    name = "sites",
    description = "List every site of a model: where interventions may happen.",
    sortOptions = false)
final class SitesCommand implements Callable<Integer> {
  private static final ImageShape IMAGE = new ImageShape(1, 64, 64);

  @SuppressWarnings("NullAway.Init") // picocli refuses a command line without one of the two
  @ArgGroup(multiplicity = "1")
  private Model model;

  @Mixin private final OutputOptions output = new OutputOptions();

  SitesCommand() {}

  /// The model of a run, or one of the catalogue.
  private static final class Model {
    @Parameters(paramLabel = "RUN", description = "A run folder.")
    private @Nullable Path run;

    @Option(
        names = "--arch",
        paramLabel = "NAME",
        description = "conv4, locatello or burgess, with 10 latents on 64x64 grey images.")
    private @Nullable String arch;
  }

  @Override
  public Integer call() {
    final var vae = vae();
    final var sites = Sites.of(VaeGraph.sampled(vae, new Axis("inputs")).graph()).all();
    if (output.json()) {
      output.json(
          Map.of(
              "architecture", vae.architecture().name(),
              "parameters", vae.parameterCount(),
              "sites", sites.stream().map(SitesCommand::fields).toList()));
    } else {
      print(sites);
      output.note(vae.architecture().name() + ": " + count(vae.parameterCount()) + " parameters");
    }
    return ExitCode.OK;
  }

  private Vae vae() {
    if (model.run != null) {
      final var folder = new RunFolder(model.run);
      if (!Files.isRegularFile(folder.config())) {
        throw new BadInputException(
            model.run, "run folder", "no config.json", "the folder of a run");
      }
      final var config = folder.readConfig();
      if (config.image().isEmpty()) {
        throw new BadInputException(
            folder.config(), "image", "nothing", "channels, height and width of the images");
      }
      return config.vae();
    }
    try {
      return TrainConfig.defaults(Variant.VAE, "arch.name=" + model.arch).on(IMAGE).vae();
    } catch (final BadInputException e) {
      throw new BadInputException("--arch", "value", "'" + model.arch + "'", e.expected(), e);
    }
  }

  private static Map<String, Object> fields(final Site site) {
    final var map = new LinkedHashMap<String, Object>();
    map.put("name", site.name());
    map.put("shape", dims(site));
    map.put("channels", site.channels());
    map.put("elements", site.size());
    map.put("type", site.shape().type().name().toLowerCase(Locale.ROOT));
    return map;
  }

  private void print(final List<Site> sites) {
    final int width = sites.stream().mapToInt(s -> s.name().length()).max().orElse(0);
    final var row = "%-" + width + "s  %-10s  %8s  %8s%n";
    output.out().printf(Locale.ROOT, row, "site", "shape", "channels", "elements");
    for (final var site : sites) {
      final var shape = dims(site).stream().map(String::valueOf).collect(Collectors.joining("x"));
      output
          .out()
          .printf(Locale.ROOT, row, site.name(), shape, site.channels(), count(site.size()));
    }
  }

  private static List<Integer> dims(final Site site) {
    return IntStream.range(0, site.shape().rank()).mapToObj(site.shape()::dim).toList();
  }

  private static String count(final long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }
}
