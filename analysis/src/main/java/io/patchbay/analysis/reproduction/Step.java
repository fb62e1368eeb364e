package io.patchbay.analysis.reproduction;

import java.util.Locale;

/// A step of measuring a run. Each leaves a file of its own, so that work that was stopped or
/// killed goes on with the next.
public enum Step {
  /// do(z_i = v) on every latent, beside the untrained model, with control rows.
  LATENTS("interventions on latents"),
  /// Every disentanglement score of the codes.
  SCORES("disentanglement scores"),
  /// The factors that each latent carries.
  UNITS("what latents mean"),
  /// Attribution patching of every unit of every site, for the factor that is read best.
  ATTRIBUTION("attribution patching"),
  /// Circuits in the encoder, of the factors that are read best.
  CIRCUITS("circuits"),
  /// What these circuits are made of.
  MOTIFS("motifs"),
  /// Where along the net factors are read and carried.
  PROFILE("layer profile"),
  /// The causal graph of the factors, where it is known.
  GRAPH("factor graph");

  private final String title;

  Step(final String title) {
    this.title = title;
  }

  /// Its name in files.
  String id() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// Its name for people.
  String title() {
    return title;
  }

  /// Whether it asks what parts of a model mean: nothing, where its latents carry nothing.
  boolean asksMeaning() {
    return switch (this) {
      case LATENTS, SCORES -> false;
      case UNITS, ATTRIBUTION, CIRCUITS, MOTIFS, PROFILE, GRAPH -> true;
    };
  }
}
