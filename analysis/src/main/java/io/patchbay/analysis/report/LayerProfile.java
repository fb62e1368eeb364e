package io.patchbay.analysis.report;

import java.util.List;

/// Where along a model a factor can be read, and where it has an effect.
///
/// @param sites in the order of computation
/// @param effect what an effect is, with its unit
public record LayerProfile(List<String> sites, String effect, List<Factor> factors) {
  /// Name of a share of the variance that a probe explains.
  public static final String R2 = "R\u00b2";

  /// Name of a share of the inputs whose class a probe reads rightly.
  public static final String ACCURACY = "accuracy";

  public LayerProfile {
    sites = List.copyOf(sites);
    factors = List.copyOf(factors);
    for (Factor factor : factors) {
      if (factor.readable().size() != sites.size() || factor.effective().size() != sites.size()) {
        throw new IllegalArgumentException(
            "layer profile: factor="
                + factor.name()
                + ", readable="
                + factor.readable().size()
                + ", effective="
                + factor.effective().size()
                + ", sites="
                + sites.size());
      }
    }
  }

  /// One factor along the sites.
  ///
  /// @param measure what `readable` is, [#R2] or [#ACCURACY]
  /// @param chance what a probe reaches that sees nothing: 0, or the share of the most frequent
  ///   class
  /// @param readable of a linear probe, on inputs held out
  /// @param effective causal effect by patching
  public record Factor(
      String name,
      String measure,
      double chance,
      List<Estimate> readable,
      List<Estimate> effective) {
    public Factor {
      readable = List.copyOf(readable);
      effective = List.copyOf(effective);
    }
  }
}
