package io.patchbay.analysis.reproduction;

/// What the paper finds.
///
/// @param id its name in files
/// @param source which version of the paper has it
/// @param text in the paper's sense
/// @param rule when it counts as held here, and when as not held
record Claim(String id, String source, String text, String rule) {
  /// The paper's first version, and its third.
  static final String V1 = "v1";

  static final String V3 = "v3";
}
