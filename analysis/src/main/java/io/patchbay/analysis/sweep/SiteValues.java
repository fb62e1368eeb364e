package io.patchbay.analysis.sweep;

import io.patchbay.analysis.intervention.Site;
import io.patchbay.analysis.patch.SitePatch;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/// What the patches of a sweep take that is the same for all of its cells.
///
/// @param patches how each site is changed, in the order of the plan's places
/// @param means over the sweep's inputs, of the sites whose operation takes them
record SiteValues(Map<String, SitePatch> patches, Map<String, float[]> means) {
  /// How one of the sites is changed.
  SitePatch patch(final Site site) {
    return Objects.requireNonNull(patches.get(site.name()));
  }

  /// The mean of a site, where its operation takes it.
  Optional<float[]> mean(final Site site) {
    return Optional.ofNullable(means.get(site.name()));
  }
}
