package io.patchbay.analysis.report;

import java.util.List;

/// How much of a factor's effect passes through each mediator.
///
/// @param outcome the functional Y, 0 = base and 1 = counterfactual when it is normalised
/// @param interval how the intervals were taken
/// @param sites mediators, in the order of computation
public record Mediation(String outcome, String interval, List<Site> sites) {

  public Mediation {
    sites = List.copyOf(sites);
  }

  /// One mediator.
  ///
  /// @param name the site, or site and unit
  /// @param total TE = Y(x') - Y(x)
  /// @param direct NDE = Y(x' with m held at m(x)) - Y(x)
  /// @param indirect NIE = Y(x with m set to m(x')) - Y(x)
  /// @param totalIndirect TIE = Y(x') - Y(x' with m at m(x))
  public record Site(
      String name, Estimate total, Estimate direct, Estimate indirect, Estimate totalIndirect) {}
}
