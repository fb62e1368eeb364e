package io.patchbay.analysis.semantics;

import io.patchbay.analysis.metric.FactorEffect;
import java.util.ArrayList;
import java.util.List;

/// When an effect counts for a label.
///
/// @param fdr the false discovery rate over all units and factors
/// @param tau the least effect, as a size
public record LabelRule(double fdr, double tau) {
  public LabelRule {
    if (!(fdr > 0 && fdr < 1) || !(tau >= 0 && tau <= Double.MAX_VALUE)) {
      throw new IllegalArgumentException("rule of labels: fdr=" + fdr + ", tau=" + tau);
    }
  }

  /// The label of every unit.
  ///
  /// @param moves whether a unit ever changes the image
  public List<UnitLabel> labels(FactorEffect effects, boolean[] moves) {
    if (moves.length != effects.rows().size()) {
      throw new IllegalArgumentException(
          "units: effects=" + effects.rows().size() + ", moves=" + moves.length);
    }
    List<UnitLabel> labels = new ArrayList<>();
    for (int u = 0; u < moves.length; u++) {
      labels.add(label(effects.rows().get(u), moves[u]));
    }
    return List.copyOf(labels);
  }

  private UnitLabel label(List<FactorEffect.Cell> effects, boolean moves) {
    long factors = effects.stream().filter(e -> e.significant(fdr, tau)).count();
    if (!moves) {
      return UnitLabel.INACTIVE;
    }
    if (factors == 0) {
      return UnitLabel.UNDECIDED;
    }
    return factors == 1 ? UnitLabel.MONOSEMANTIC : UnitLabel.POLYSEMANTIC;
  }
}
