package io.patchbay.analysis.reproduction;

import java.util.LinkedHashMap;
import java.util.Map;

/// A finding of the paper, and what became of it here.
///
/// @param source which version of the paper has it
/// @param claim in the paper's sense
/// @param reason why this status: figures, or what is missing
/// @param seedsHeld seeds on which it held, each taken alone; 0 where it was not tested
/// @param seeds seeds on which it could be tested
/// @param numbers everything behind the reason, for a file
record Finding(
    String id,
    String source,
    String claim,
    Status status,
    String reason,
    int seedsHeld,
    int seeds,
    Map<String, Object> numbers) {
  static Finding notTested(
      final String id, final String source, final String claim, final String reason) {
    return new Finding(id, source, claim, Status.NOT_TESTED, reason, 0, 0, Map.of());
  }

  /// One line for people.
  String sentence() {
    final var on =
        status == Status.NOT_TESTED ? "" : "on " + seedsHeld + " of " + seeds + " seeds; ";
    return status.words() + ": " + source + ", " + claim + ": " + on + reason + ".";
  }

  Map<String, Object> toMap() {
    final var map = new LinkedHashMap<String, Object>();
    map.put("id", id);
    map.put("source", source);
    map.put("claim", claim);
    map.put("status", status.id());
    map.put("seeds_held", seedsHeld);
    map.put("seeds", seeds);
    map.put("sentence", sentence());
    map.put("numbers", numbers);
    return map;
  }
}
