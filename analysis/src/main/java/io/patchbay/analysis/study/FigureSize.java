package io.patchbay.analysis.study;

import java.util.LinkedHashMap;
import java.util.Map;

/// How many inputs stand behind each of a model's figures.
///
/// @param effects base inputs of the latent grid
/// @param recorded of these, the inputs whose decoder activations and counterfactuals are kept
/// @param codes samples for MIG, KL and the bound
/// @param training samples that DCI's classifiers learn from
/// @param testing further samples that they are judged on
/// @param meaning behind the labels, the circuit and the graph
public record FigureSize(
    int effects, int recorded, int codes, int training, int testing, MeaningSize meaning) {
  public FigureSize {
    if (effects < 2 || recorded < 2 || codes < 2 || training < 2 || testing < 1) {
      throw new IllegalArgumentException(
          "figures need inputs: effects="
              + effects
              + ", recorded="
              + recorded
              + ", codes="
              + codes
              + ", training="
              + training
              + ", testing="
              + testing);
    }
  }

  /// By name, for a file.
  public Map<String, Object> toMap() {
    final var map = new LinkedHashMap<String, Object>();
    map.put("effects", effects);
    map.put("recorded", recorded);
    map.put("codes", codes);
    map.put("dci_training", training);
    map.put("dci_testing", testing);
    map.putAll(meaning.toMap());
    return map;
  }
}
