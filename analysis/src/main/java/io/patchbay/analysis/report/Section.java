package io.patchbay.analysis.report;

/// The sections of a report that a variant may lack.
public enum Section {
  TRAINING,
  RECONSTRUCTIONS,
  TRAVERSAL,
  EFFECT_STRENGTH,
  FACTORS,
  PLACES,
  PATCHING,
  MEDIATION,
  OCCLUSION,
  SCORES,
  PROFILE,
  UNITS,
  ATTRIBUTION,
  CIRCUITS,
  MOTIFS,
  GRAPH
}
