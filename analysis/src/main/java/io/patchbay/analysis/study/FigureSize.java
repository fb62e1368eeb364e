package io.patchbay.analysis.study;

import java.util.LinkedHashMap;
import java.util.Map;

/// How many inputs stand behind each of [ModelFigures].
///
/// @param effects base inputs of the latent grid
/// @param recorded of these, the inputs whose decoder activations and counterfactuals are kept
/// @param codes samples for the KL and the bound
public record FigureSize(int effects, int recorded, int codes) {
  public FigureSize {
    if (effects < 2 || recorded < 2 || codes < 2) {
      throw new IllegalArgumentException(
          "figures need inputs: effects="
              + effects
              + ", recorded="
              + recorded
              + ", codes="
              + codes);
    }
  }

  /// By name, for a file.
  public Map<String, Object> toMap() {
    final var map = new LinkedHashMap<String, Object>();
    map.put("effects", effects);
    map.put("recorded", recorded);
    map.put("codes", codes);
    return map;
  }
}
