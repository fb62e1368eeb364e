package io.patchbay.analysis.report;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// Effects between latents and generative factors: one row per latent, one column per factor.
///
/// @param kind which of the three effects it is
/// @param values latents x factors
/// @param low lower ends of the 95 % intervals, in the shape of `values`
/// @param high upper ends of the 95 % intervals
/// @param adjustedP p-values after the false discovery rate correction; cells under 0.05 are marked
/// @param n base inputs
public record FactorMap(
    Kind kind,
    List<String> latents,
    List<String> factors,
    Grid values,
    @Nullable Grid low,
    @Nullable Grid high,
    @Nullable Grid adjustedP,
    long n) {

  /// What a cell says.
  public enum Kind {
    /// F[latent, factor], by comparison with re-rendered images, in [0, 1].
    ORACLE,
    /// F[latent, factor], change of a factor probe in standard deviations of the factor.
    READ_OUT,
    /// G[factor, latent], change of mu in its standard deviations when the factor is re-rendered.
    ENCODING
  }

  public FactorMap {
    latents = List.copyOf(latents);
    factors = List.copyOf(factors);
    values.requireShape("factor map", latents.size(), factors.size());
    for (Grid grid : new Grid[] {low, high, adjustedP}) {
      if (grid != null) {
        grid.requireShape("factor map", latents.size(), factors.size());
      }
    }
    if ((low == null) != (high == null)) {
      throw new IllegalArgumentException("factor map: kind=" + kind + ", only one end of interval");
    }
  }
}
