package io.patchbay.analysis.reproduction;

import io.patchbay.analysis.study.ModelFigures;
import io.patchbay.vae.data.Factor;
import io.patchbay.vae.data.FactorDataset;
import io.patchbay.vae.io.BadInputException;
import io.patchbay.vae.train.TrainConfig;
import io.patchbay.vae.train.Variant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/// Everything that the figures of a reproduction depend on.
///
/// @param preset its name
/// @param data the data set, as the catalogue takes it
/// @param variants each trained with every seed
/// @param seeds 1 to this
/// @param steps updates of each run
/// @param latent latents of the models in the table
/// @param bottlenecks further latent sizes at which a VAE and a beta-VAE are trained
/// @param settings of training, as `name=value` or for one variant `vae:name=value`; the later ones
///   win
/// @param sizes inputs behind each figure
/// @param effort about how many steps of a VAE take as long as each step of measuring a run
public record ReproductionPlan(
    String preset,
    String data,
    List<Variant> variants,
    int seeds,
    long steps,
    int latent,
    List<Integer> bottlenecks,
    List<String> settings,
    MeasureSizes sizes,
    Map<Step, Integer> effort) {
  /// The variants of the paper's first version.
  public static final List<Variant> VARIANTS =
      List.of(Variant.VAE, Variant.BETA_VAE, Variant.FACTOR_VAE);

  public static final int LATENT = 10;

  private static final long LARGEST = 99_999_999;

  /// Those whose bottleneck is looked at.
  static final List<Variant> SQUEEZED = List.of(Variant.VAE, Variant.BETA_VAE);

  /// The seed of every choice of inputs: one for all runs, so that all see the same.
  static final long INPUT_SEED = 1;

  private static final Map<String, String> OWN =
      Map.of(
          "model", "--models",
          "data", "--data",
          "seed", "--seeds",
          "steps", "--steps",
          "latent", "--latent");

  public ReproductionPlan {
    variants = List.copyOf(variants);
    bottlenecks = List.copyOf(bottlenecks);
    settings = List.copyOf(settings);
    effort = Map.copyOf(effort);
    if (variants.isEmpty() || variants.stream().distinct().count() < variants.size()) {
      throw new BadInputException("--models", "names", "" + ids(variants), "each model once");
    }
    if (seeds < 1) {
      throw new BadInputException("--seeds", "value", "" + seeds, "a number from 1");
    }
    if (bottlenecks.contains(latent)
        || bottlenecks.stream().distinct().count() < bottlenecks.size()) {
      throw new BadInputException(
          "--bottlenecks",
          "values",
          "" + bottlenecks,
          "other sizes than " + latent + ", each once");
    }
    if (steps < 1 || steps > LARGEST) {
      throw new BadInputException("--steps", "value", "" + steps, "a number from 1 to " + LARGEST);
    }
    if (latent < 1) {
      throw new BadInputException("--latent", "value", "" + latent, "a number from 1");
    }
    if (bottlenecks.stream().anyMatch(d -> d < 1)) {
      throw new BadInputException("--bottlenecks", "values", "" + bottlenecks, "numbers from 1");
    }
    for (final var setting : settings) {
      check(setting, ids(variants));
    }
  }

  private static void check(final String setting, final List<String> models) {
    final var owner = owner(setting);
    if (!owner.isEmpty() && !models.contains(owner)) {
      throw new BadInputException(
          "--set", setting, "a setting of " + owner, "one of a model that is trained, " + models);
    }
    final var name = own(setting).split("=", 2)[0].strip();
    if (OWN.containsKey(name)) {
      throw new BadInputException(
          "--set", name, "'" + setting + "'", "the option " + OWN.get(name));
    }
  }

  /// The model that a setting is for, as in `beta-vae:beta=8`; empty where it is for all.
  private static String owner(final String setting) {
    final int colon = setting.indexOf(':');
    return colon > 0 && colon < setting.indexOf('=') ? setting.substring(0, colon) : "";
  }

  private static String own(final String setting) {
    final var owner = owner(setting);
    return owner.isEmpty() ? setting : setting.substring(owner.length() + 1);
  }

  /// As a preset has it.
  public static ReproductionPlan of(
      final Preset preset, final String name, final FactorDataset data, final int seeds) {
    return new ReproductionPlan(
        preset.id(),
        name,
        VARIANTS,
        seeds,
        preset.steps(),
        LATENT,
        preset.bottlenecks(ModelFigures.varying(data)).stream().filter(d -> d != LATENT).toList(),
        preset.settings(),
        preset.sizes(),
        preset.effort());
  }

  /// Every run: those of the table first, seed by seed, so that a whole table of fewer seeds is
  /// there early.
  ///
  /// @throws BadInputException when a setting is wrong, or a model does not fit the images
  List<PlannedRun> runs(final FactorDataset images) {
    final var runs = new ArrayList<PlannedRun>();
    for (final long seed : seedList()) {
      for (final var variant : variants) {
        runs.add(run(variant, seed, latent, images));
      }
    }
    for (final int size : bottlenecks) {
      for (final long seed : seedList()) {
        for (final var variant : SQUEEZED) {
          runs.add(run(variant, seed, size, images));
        }
      }
    }
    return runs;
  }

  private PlannedRun run(
      final Variant variant, final long seed, final int latents, final FactorDataset images) {
    final var size = latents == latent ? "" : "-d" + latents;
    return new PlannedRun(
        variant.id() + size + "-" + seed,
        variant,
        seed,
        latents,
        config(variant, seed, latents, images));
  }

  /// What a run is trained with.
  TrainConfig config(
      final Variant variant, final long seed, final int latents, final FactorDataset images) {
    final var texts = new ArrayList<String>();
    settings.stream()
        .filter(s -> owner(s).isEmpty() || owner(s).equals(variant.id()))
        .forEach(s -> texts.add(own(s)));
    texts.add("data=" + data);
    texts.add("latent=" + latents);
    texts.add("seed=" + seed);
    texts.add("steps=" + steps);
    return TrainConfig.defaults(variant, texts.toArray(String[]::new)).on(images.shape());
  }

  /// What is measured of a run: of a bottleneck its latents and scores alone. The layer profile, on
  /// which no finding rests, is made of the first seed of each model.
  List<Step> stepsOf(final PlannedRun run, final FactorDataset images) {
    final boolean tabled = run.latent() == latent;
    final boolean first = run.seed() == seedList().getFirst();
    return Arrays.stream(Step.values())
        .filter(step ->
            switch (step) {
              case LATENTS, SCORES -> true;
              case UNITS, ATTRIBUTION, CIRCUITS, MOTIFS -> tabled;
              case PROFILE -> tabled && first;
              case GRAPH -> tabled && GraphStep.fits(images);
            })
        .toList();
  }

  /// As many steps of a VAE as take as long as this step of measuring.
  int effort(final Step step) {
    return effort.getOrDefault(step, 1);
  }

  List<Long> seedList() {
    return LongStream.rangeClosed(1, seeds).boxed().toList();
  }

  /// By name, for the file that a folder is told by.
  Map<String, Object> toMap(final FactorDataset images) {
    final var map = new LinkedHashMap<String, Object>();
    map.put("preset", preset);
    map.put("data", data);
    map.put("images", images.size());
    map.put("factors", images.factors().stream().map(Factor::toString).toList());
    map.put("models", ids(variants));
    map.put("seeds", seedList());
    map.put("steps", steps);
    map.put("latent", latent);
    map.put("bottlenecks", bottlenecks);
    map.put("settings", settings);
    map.put("inputs", sizes.toMap());
    map.put("input_seed", INPUT_SEED);
    return map;
  }

  private static List<String> ids(final List<Variant> variants) {
    return variants.stream().map(Variant::id).toList();
  }
}
