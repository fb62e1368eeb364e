package io.patchbay.analysis.disentanglement;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// What to do where the public code behind published figures has a defect.
public enum Mode {
  /// As the paper defines the score.
  CORRECTED("corrected"),

  /// As the code computes it, for comparison with figures that depend on it.
  AS_PUBLISHED("as-published");

  private final String label;

  Mode(final String label) {
    this.label = label;
  }

  /// The name that the command line uses.
  public String label() {
    return label;
  }

  public static List<String> labels() {
    return Arrays.stream(values()).map(Mode::label).toList();
  }

  /// The mode of that name, if there is one.
  public static Optional<Mode> named(final String label) {
    return Arrays.stream(values()).filter(m -> m.label.equals(label)).findFirst();
  }
}
