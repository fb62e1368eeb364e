package io.patchbay.analysis.report;

import java.util.List;

/// Where along a model a factor can be read, and where it has an effect.
///
/// @param sites in the order of computation
/// @param effect what an effect is, with its unit
public record LayerProfile(List<String> sites, String effect, List<Factor> factors) {
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
  /// @param readable R² of a linear probe, held out
  /// @param effective causal effect by patching
  public record Factor(String name, List<Estimate> readable, List<Estimate> effective) {
    public Factor {
      readable = List.copyOf(readable);
      effective = List.copyOf(effective);
    }
  }
}
