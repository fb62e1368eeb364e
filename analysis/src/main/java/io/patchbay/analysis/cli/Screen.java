package io.patchbay.analysis.cli;

import java.util.Optional;

/// What messages are shown on. The launcher says it, because Java cannot ask about stderr alone.
///
/// @param terminal whether a line can be written over
/// @param columns its width in characters
record Screen(boolean terminal, int columns) {
  private static final int NARROWEST = 20;
  private static final int WIDEST = 1000;
  private static final int USUAL = 80;

  /// The screen of this process: properties `patchbay.terminal` and `patchbay.columns`.
  static Screen ofProcess() {
    return of(
        System.getProperty("patchbay.terminal", ""), System.getProperty("patchbay.columns", ""));
  }

  static Screen of(final String terminal, final String columns) {
    return new Screen(terminal.equals("true"), width(columns).orElse(USUAL));
  }

  private static Optional<Integer> width(final String columns) {
    try {
      final int width = Integer.parseInt(columns.strip());
      return width < NARROWEST || width > WIDEST ? Optional.empty() : Optional.of(width);
    } catch (final NumberFormatException e) {
      return Optional.empty();
    }
  }
}
