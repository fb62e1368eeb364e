package io.patchbay.analysis.report;

import java.util.List;

/// Activation patching of every unit of some sites, one unit at a time.
///
/// Effects are normalised: 0 leaves the run as it was, 1 moves it all the way.
///
/// @param outcome the functional of the output that was read, such as `shift of shape read-out`
/// @param sites in the order of computation
/// @param pairs base and source pairs
public record PatchingMap(String outcome, List<Site> sites, long pairs) {

  public PatchingMap {
    sites = List.copyOf(sites);
  }

  /// One site and its units in index order.
  public record Site(String name, List<Unit> units) {

    public Site {
      units = List.copyOf(units);
    }
  }

  /// One unit.
  ///
  /// @param denoising source activation put into the base run, 0 = base, 1 = source
  /// @param noising base activation put into the source run, as the share of the effect destroyed
  public record Unit(String name, Estimate denoising, Estimate noising) {}
}
