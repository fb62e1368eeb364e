package io.patchbay.analysis.patch;

import java.util.List;

/// The account and the control rows of one sweep.
///
/// @param name which sweep
/// @param cells cells that were asked for
/// @param computed cells run through the network
/// @param deduplicated cells that equal a computed one
/// @param provedZero cells that cannot change the output
public record GuardRun(
    String name,
    long cells,
    long computed,
    long deduplicated,
    long provedZero,
    List<Control> controls) {

  public GuardRun {
    controls = List.copyOf(controls);
  }

  /// Whether `cells = computed + deduplicated + proved zero`.
  public boolean balanced() {
    return cells == computed + deduplicated + provedZero;
  }

  /// The same under another name.
  public GuardRun named(String other) {
    return new GuardRun(other, cells, computed, deduplicated, provedZero, controls);
  }

  /// One control row.
  ///
  /// @param name `identity`, `full`, `positive`, `recomputed cells`
  /// @param rows how many rows were run
  /// @param measured what was found, in words with its number
  /// @param expected what had to be found
  public record Control(String name, long rows, boolean passed, String measured, String expected) {}
}
