package io.patchbay.analysis.study;

/// How many inputs each part of a study sees.
///
/// @param effects base inputs of the latent grid
/// @param recorded of these, the inputs whose decoder activations and counterfactuals are kept
/// @param codes samples for MIG, KL and the bound
/// @param pairs pairs for patching and mediation; the first half chooses, the second measures
/// @param occluded inputs for the occlusion map
public record StudySize(int effects, int recorded, int codes, int pairs, int occluded) {
  /// What `demo` runs.
  public static final StudySize DEMO = new StudySize(128, 32, 4000, 32, 64);
}
