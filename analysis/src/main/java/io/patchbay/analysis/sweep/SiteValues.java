package io.patchbay.analysis.sweep;

import java.util.Map;

/// What the patches of a sweep take that is the same for all of its cells.
///
/// @param patches how each site is changed, in the order of the plan's places
/// @param means over the sweep's inputs, of the sites whose operation takes them
record SiteValues(Map<String, SitePatch> patches, Map<String, float[]> means) {}
