package io.patchbay.analysis.semantics;

/// What a unit is to the factors.
public enum UnitLabel {
  /// It has a significant effect, large enough, on exactly one factor.
  MONOSEMANTIC,
  /// On two or more.
  POLYSEMANTIC,
  /// It never changes the image.
  INACTIVE,
  /// It changes the image, but no factor significantly or enough.
  UNDECIDED
}
