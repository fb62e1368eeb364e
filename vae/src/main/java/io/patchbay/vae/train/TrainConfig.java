package io.patchbay.vae.train;

import io.patchbay.engine.Precision;
import io.patchbay.vae.data.FactorDataset;
import io.patchbay.vae.data.ImageShape;
import io.patchbay.vae.data.RowSet;
import io.patchbay.vae.data.Scm;
import io.patchbay.vae.data.ScmReference;
import io.patchbay.vae.data.Split;
import io.patchbay.vae.io.BadInputException;
import io.patchbay.vae.model.Architecture;
import io.patchbay.vae.model.Likelihood;
import io.patchbay.vae.model.Likelihood.Bernoulli;
import io.patchbay.vae.model.Likelihood.Gaussian;
import io.patchbay.vae.model.Vae;
import io.patchbay.vae.objective.Objective;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Everything that a training run depends on. Read from YAML or JSON and `name=value` texts; what
/// is not given has the default of [#defaults].
///
/// @param data the data set, as the catalogue of data sets takes it
/// @param heldOut share of the data's rows that is not trained on
/// @param image the shape of its images, once it is known
/// @param precision of the operands of products and convolutions; sums and updates are float32
/// @param rate learning rate of the autoencoder's Adam (betas 0.9 and 0.999)
/// @param steps updates until the run is done
/// @param logEvery steps from one line of `metrics.jsonl` to the next
/// @param checkpointEvery steps from one checkpoint to the next
public record TrainConfig(
    Objective objective,
    String data,
    double heldOut,
    Optional<ImageShape> image,
    Architecture architecture,
    Likelihood likelihood,
    int latent,
    int batch,
    Precision precision,
    double rate,
    long seed,
    long steps,
    long logEvery,
    long checkpointEvery) {

  /// Settings that may differ when a run is resumed: they do not change what a step does.
  private static final Set<String> FREE = Set.of("steps", "log_every", "checkpoint_every");

  private static final int LARGEST_COUNT = 1 << 20;

  /// The configuration of a file and of `name=value` texts, which win.
  ///
  /// @throws BadInputException naming the file or text, the setting, and what was expected
  public static TrainConfig read(final @Nullable Path file, final List<String> overrides) {
    final var settings = new Settings();
    if (file != null) {
      ConfigText.read(file, settings);
    }
    ConfigText.override(overrides, settings);
    return of(settings);
  }

  /// A variant with every default but the `name=value` texts.
  public static TrainConfig defaults(final Variant variant, final String... overrides) {
    final var settings = new Settings();
    settings.put("defaults", "model", variant.id());
    ConfigText.override(List.of(overrides), settings);
    return of(settings);
  }

  /// This configuration with some settings given otherwise. It has all settings written out: those
  /// that follow from one another (widths and kernels, encoder and decoder) are given together.
  public TrainConfig with(final String... overrides) {
    final var settings = new Settings();
    ConfigText.parse("config.json", toJson(), settings);
    ConfigText.override(List.of(overrides), settings);
    return of(settings);
  }

  private static TrainConfig of(final Settings s) {
    final var variant = Variant.named(s.choice("model", Variant.VAE.id(), Variant.ids()));
    final var config =
        new TrainConfig(
            variant.read(s),
            s.text("data", "sprites"),
            s.number("held_out", 0.1, x -> x >= 0 && x < 1, "a share in [0, 1)"),
            image(s),
            ArchitectureSettings.read(s),
            likelihood(s),
            (int) s.integer("latent", 10, 1, LARGEST_COUNT),
            (int) s.integer("batch", 64, 1, LARGEST_COUNT),
            precision(s),
            s.positive("lr", 1e-4),
            s.integer("seed", 0, Long.MIN_VALUE, Long.MAX_VALUE),
            s.integer("steps", 300_000, 1, 99_999_999),
            s.integer("log_every", 100, 1, Long.MAX_VALUE),
            s.integer("checkpoint_every", 10_000, 1, Long.MAX_VALUE));
    s.refuseUnknown(variant.id());
    return config;
  }

  private static Precision precision(final Settings s) {
    final var label = s.choice("precision", Precision.FP32.label(), Precision.labels());
    return Precision.of(label).orElseThrow(() -> s.wrong("precision", "a precision"));
  }

  private static Optional<ImageShape> image(final Settings s) {
    final var sizes = s.integers("image", List.of(), 1);
    if (sizes.isEmpty()) {
      return Optional.empty();
    }
    if (sizes.size() != 3) {
      throw s.wrong("image", "channels, height and width");
    }
    return Optional.of(new ImageShape(sizes.get(0), sizes.get(1), sizes.get(2)));
  }

  private static Likelihood likelihood(final Settings s) {
    final var name = s.choice("likelihood", "bernoulli", List.of("bernoulli", "gaussian"));
    if (name.equals("bernoulli")) {
      return new Bernoulli();
    }
    final var output = s.choice("output", "sigmoid", List.of("sigmoid", "identity"));
    return new Gaussian(s.positive("variance", 1), output.equals("sigmoid"));
  }

  /// The configuration for images of this shape.
  ///
  /// @throws BadInputException when it says another shape, or its net does not fit the images
  public TrainConfig on(final ImageShape shape) {
    if (image.isPresent() && !image.get().equals(shape)) {
      throw new BadInputException(
          "configuration", "image", image.get().toString(), "the data's shape, " + shape);
    }
    final var config =
        new TrainConfig(
            objective,
            data,
            heldOut,
            Optional.of(shape),
            architecture,
            likelihood,
            latent,
            batch,
            precision,
            rate,
            seed,
            steps,
            logEvery,
            checkpointEvery);
    config.vae();
    return config;
  }

  /// The configuration for a data set: the shape of its images and, where it is a causal world, the
  /// content of its file, so that no other is taken for it later.
  ///
  /// @throws BadInputException as [#on(ImageShape)]
  public TrainConfig on(final FactorDataset dataset) {
    final var config = on(dataset.shape());
    if (dataset instanceof final Scm world) {
      final var reference =
          ScmReference.of(data).map(r -> r.pinned(world.sha256())).orElse(world.reference());
      return config.with("data=" + reference);
    }
    return config;
  }

  /// The rows to train on: all but those of [#heldOutRows].
  public RowSet trainRows(final FactorDataset dataset) {
    final long size = dataset.size();
    return heldOut == 0 || size < 2
        ? RowSet.all(size)
        : Split.of(size, heldOutOf(size), seed).train();
  }

  /// The rows held out for evaluation; all rows where none are.
  public RowSet heldOutRows(final FactorDataset dataset) {
    final long size = dataset.size();
    return heldOut == 0 || size < 2
        ? RowSet.all(size)
        : Split.of(size, heldOutOf(size), seed).heldOut();
  }

  private long heldOutOf(final long size) {
    return Math.clamp(Math.round(heldOut * size), 1, size - 1);
  }

  /// The model.
  ///
  /// @throws IllegalStateException before the shape of the images is known
  public Vae vae() {
    final var shape =
        image.orElseThrow(() -> new IllegalStateException("no image shape: data=" + data));
    try {
      return new Vae(architecture, shape, latent, likelihood);
    } catch (IllegalArgumentException e) {
      throw new BadInputException(
          "configuration",
          "arch",
          String.valueOf(e.getMessage()),
          "convolutions that fit " + shape + " images",
          e);
    }
  }

  /// Every setting by name, nested, with its default written out.
  public Map<String, Object> toMap() {
    final var map = new LinkedHashMap<String, Object>();
    map.put("model", objective.name());
    map.putAll(Variant.settings(objective));
    map.put("data", data);
    map.put("held_out", heldOut);
    image.ifPresent(i -> map.put("image", List.of(i.channels(), i.height(), i.width())));
    map.put("arch", ArchitectureSettings.settings(architecture));
    switch (likelihood) {
      case Bernoulli _ -> map.put("likelihood", "bernoulli");
      case final Gaussian g -> {
        map.put("likelihood", "gaussian");
        map.put("variance", g.variance());
        map.put("output", g.sigmoid() ? "sigmoid" : "identity");
      }
    }
    map.put("latent", latent);
    map.put("batch", batch);
    map.put("precision", precision.label());
    map.put("lr", rate);
    map.put("seed", seed);
    map.put("steps", steps);
    map.put("log_every", logEvery);
    map.put("checkpoint_every", checkpointEvery);
    return map;
  }

  /// In words, for people: what is trained, for how long and how.
  ///
  /// @param data whether the data set is named too
  public String described(final boolean data) {
    return objective.name()
        + (data ? " on " + this.data : "")
        + ", "
        + steps
        + " steps of "
        + batch
        + ", Adam "
        + rate
        + ", "
        + latent
        + " latents";
  }

  public String toJson() {
    return ConfigText.json(toMap());
  }

  public String toYaml() {
    return ConfigText.yaml(toMap());
  }

  /// SHA-256 in hexadecimal of all that changes what a step does: not of how many steps there are,
  /// nor of how often they are written down. Single precision is the default and not part of the
  /// name.
  public String hash() {
    final var map = toMap();
    FREE.forEach(map::remove);
    if (precision == Precision.FP32) {
      map.remove("precision");
    }
    try {
      final var digest = MessageDigest.getInstance("SHA-256");
      final var text = ConfigText.jsonLine(map);
      return HexFormat.of().formatHex(digest.digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /// Refuses to go on with a run that was started otherwise.
  ///
  /// @param file where the run's configuration was read
  void checkResumes(final TrainConfig started, final Path file) {
    checkEqual(started.toMap(), toMap(), "", file);
  }

  private static void checkEqual(
      final Map<?, ?> started, final Map<?, ?> now, final String prefix, final Path file) {
    final var names = new LinkedHashSet<Object>(started.keySet());
    names.addAll(now.keySet());
    for (final var name : names) {
      final var path = prefix + name;
      final var was = started.get(name);
      final var is = now.get(name);
      if (was instanceof final Map<?, ?> a && is instanceof final Map<?, ?> b) {
        checkEqual(a, b, path + ".", file);
      } else if (!FREE.contains(path) && !Objects.equals(was, is)) {
        throw new BadInputException(
            file, path, String.valueOf(was), "the value of this run, " + is + ", to resume");
      }
    }
  }
}
