package io.patchbay.analysis.sweep.folder;

import io.patchbay.analysis.sweep.route.Ladder;

/// What became of the cells of a sweep, or of one of its shards.
///
/// @param cells as the plan has them
/// @param computed results that came out of the network, counted where they did
/// @param deduplicated cells that equal a computed one
/// @param provedZero cells that cannot change what is measured
/// @param again computed ones that were computed a second time, more exactly; see [Ladder]
public record Account(long cells, long computed, long deduplicated, long provedZero, long again) {
  /// Nothing twice.
  public Account(
      final long cells, final long computed, final long deduplicated, final long provedZero) {
    this(cells, computed, deduplicated, provedZero, 0);
  }

  /// Every cell computed but those that were lost.
  static Account computed(final long cells, final long computed) {
    return new Account(cells, computed, 0, 0);
  }

  public static Account none() {
    return computed(0, 0);
  }

  public Account plus(final Account other) {
    return new Account(
        cells + other.cells,
        computed + other.computed,
        deduplicated + other.deduplicated,
        provedZero + other.provedZero,
        again + other.again);
  }

  /// Refuses an account in which a cell is missing or stands twice.
  ///
  /// @param what which cells, for the message
  /// @throws IllegalStateException with all figures
  public Account require(final String what) {
    if (cells != computed + deduplicated + provedZero) {
      throw new IllegalStateException(
          "cells do not add up: "
              + what
              + ", cells="
              + cells
              + ", computed="
              + computed
              + ", deduplicated="
              + deduplicated
              + ", proved zero="
              + provedZero);
    }
    return this;
  }
}
