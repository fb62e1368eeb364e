package io.patchbay.vae.train;

import io.patchbay.vae.objective.AnnealedVae;
import io.patchbay.vae.objective.BetaVae;
import io.patchbay.vae.objective.Discriminator;
import io.patchbay.vae.objective.FactorVae;
import io.patchbay.vae.objective.FactorVae.Convention;
import io.patchbay.vae.objective.Objective;
import io.patchbay.vae.objective.VaeObjective;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The variants of the autoencoder by name, each with the settings of its objective.
public enum Variant {
  VAE("vae"),
  BETA_VAE("beta-vae"),
  ANNEALED_VAE("annealed-vae"),
  FACTOR_VAE("factor-vae");

  private static final int WIDEST = 1 << 16;

  private final String id;

  Variant(final String id) {
    this.id = id;
  }

  /// The name, as the command line takes it.
  public String id() {
    return id;
  }

  /// Every name.
  public static List<String> ids() {
    return Arrays.stream(values()).map(Variant::id).toList();
  }

  /// The variant of that name.
  ///
  /// @throws IllegalArgumentException when there is none
  public static Variant named(final String id) {
    return Arrays.stream(values())
        .filter(v -> v.id.equals(id))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no such variant: name=" + id));
  }

  Objective read(final Settings s) {
    return switch (this) {
      case VAE -> new VaeObjective();
      case BETA_VAE -> new BetaVae(s.notNegative("beta", BetaVae.BETA));
      case ANNEALED_VAE ->
          new AnnealedVae(
              s.notNegative("gamma", AnnealedVae.GAMMA),
              s.notNegative("capacity", AnnealedVae.CAPACITY),
              s.integer("capacity_steps", AnnealedVae.STEPS, 1, Long.MAX_VALUE));
      case FACTOR_VAE -> {
        final var d = Discriminator.STANDARD;
        yield new FactorVae(
            s.notNegative("gamma", FactorVae.GAMMA),
            s.choice("batches", "one", List.of("one", "two")).equals("one")
                ? Convention.ONE_BATCH
                : Convention.TWO_BATCHES,
            new Discriminator(
                (int) s.integer("discriminator.layers", d.layers(), 1, 100),
                (int) s.integer("discriminator.width", d.width(), 1, WIDEST),
                s.number(
                    "discriminator.slope", d.slope(), x -> x >= 0 && x < 1, "a number in [0, 1)")),
            s.positive("discriminator.lr", FactorVae.RATE));
      }
    };
  }

  /// The settings of an objective, every default written out.
  static Map<String, Object> settings(final Objective objective) {
    final var map = new LinkedHashMap<String, Object>();
    switch (objective) {
      case VaeObjective _ -> {}
      case final BetaVae o -> map.put("beta", o.beta());
      case final AnnealedVae o -> {
        map.put("gamma", o.gamma());
        map.put("capacity", o.capacity());
        map.put("capacity_steps", o.steps());
      }
      case final FactorVae o -> {
        map.put("gamma", o.gamma());
        map.put("batches", o.convention() == Convention.ONE_BATCH ? "one" : "two");
        final var d = new LinkedHashMap<String, Object>();
        d.put("layers", o.discriminator().layers());
        d.put("width", o.discriminator().width());
        d.put("slope", o.discriminator().slope());
        d.put("lr", o.rate());
        map.put("discriminator", d);
      }
    }
    return map;
  }
}
