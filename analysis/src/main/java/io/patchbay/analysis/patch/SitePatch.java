package io.patchbay.analysis.patch;

import io.patchbay.analysis.intervention.Directions;
import io.patchbay.engine.expression.PatchOp;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// How the cells of a runner change one of its sites.
public sealed interface SitePatch {
  /// Draws of random numbers that a site may take, so that two of them do not share theirs.
  int DRAWS = 1 << 26;

  /// By the five numbers of each cell, see [io.patchbay.analysis.intervention.Operation].
  record Mixed() implements SitePatch {}

  /// By an op of the user's own; of a cell's numbers the second is its value.
  record Custom(PatchOp op) implements SitePatch {}

  /// The projection on some directions comes from the source. The ranges of a cell's unit are of
  /// directions.
  record Subspace(Directions directions) implements SitePatch {}

  /// Sites that are all changed by five numbers, in their order.
  static Map<String, SitePatch> mixed(final List<String> sites) {
    final var patches = new LinkedHashMap<String, SitePatch>();
    for (final var site : sites) {
      if (patches.put(site, new Mixed()) != null) {
        throw new IllegalArgumentException("one value cannot be patched twice: site=" + site);
      }
    }
    return patches;
  }
}
