package io.patchbay.analysis.reproduction;

import io.patchbay.vae.train.Variant;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// What the paper prints for a variant: version 1 of Dip Roy, "Causal Intervention Framework for
/// Variational Auto Encoder Mechanistic Interpretability" (arXiv 2505.03530), abstract.
///
/// @param disentanglement its "disentanglement score", which the abstract does not define
/// @param strength its mean effect strength
record PaperFigures(double disentanglement, double strength) {
  static final String SOURCE = "Roy, arXiv 2505.03530 v1, abstract";

  /// Why no figure of ours is called by the name of the paper's.
  static final String UNDEFINED =
      "The paper's disentanglement score is not defined in its abstract: DCI disentanglement and"
          + " MIG stand beside it, and neither is claimed to be it. Its data, training and effect"
          + " sizes are not given either, so figures compare in order, not in size.";

  private static final Map<Variant, PaperFigures> ALL =
      new EnumMap<>(
          Map.of(
              Variant.FACTOR_VAE, new PaperFigures(0.084, 4.59),
              Variant.VAE, new PaperFigures(0.064, 3.99),
              Variant.BETA_VAE, new PaperFigures(0.051, 3.43)));

  /// Empty for a variant that the paper's first version does not have.
  static Optional<PaperFigures> of(final Variant variant) {
    return Optional.ofNullable(ALL.get(variant));
  }

  Map<String, Object> toMap() {
    final var map = new LinkedHashMap<String, Object>();
    map.put("disentanglement", disentanglement);
    map.put("ces", strength);
    return map;
  }
}
