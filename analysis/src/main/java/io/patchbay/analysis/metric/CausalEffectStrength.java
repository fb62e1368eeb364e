package io.patchbay.analysis.metric;

import io.patchbay.analysis.statistics.Bootstrap;
import io.patchbay.analysis.statistics.Interval;
import io.patchbay.analysis.statistics.Matrix;
import java.util.List;

/// Causal effect strength: the mean over base inputs and over the value set of an effect, usually
/// the L2 norm of y' - y.
///
/// @param model mean over units; its interval resamples inputs with all their units
/// @param units one figure per unit; n is the number of base inputs
public record CausalEffectStrength(Interval model, List<Interval> units) {
  public CausalEffectStrength {
    units = List.copyOf(units);
  }

  public static CausalEffectStrength of(EffectCube cube, Bootstrap bootstrap) {
    return of(cube.inputMeans(), bootstrap);
  }

  /// From effects already averaged over the value set, `[input][unit]`.
  public static CausalEffectStrength of(Matrix inputMeans, Bootstrap bootstrap) {
    if (inputMeans.columns() < 1) {
      throw new IllegalArgumentException("effect strength without units: units=0");
    }
    double[] modelPerInput = new double[inputMeans.rows()];
    for (int input = 0; input < modelPerInput.length; input++) {
      double sum = 0;
      for (int unit = 0; unit < inputMeans.columns(); unit++) {
        sum += inputMeans.at(input, unit);
      }
      modelPerInput[input] = sum / inputMeans.columns();
    }
    return new CausalEffectStrength(bootstrap.mean(modelPerInput), bootstrap.means(inputMeans));
  }
}
