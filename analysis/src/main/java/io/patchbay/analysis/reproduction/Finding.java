package io.patchbay.analysis.reproduction;

import java.util.LinkedHashMap;
import java.util.Map;

/// What became of a claim of the paper here.
///
/// @param reason why this status: figures, or what is missing
/// @param seedsHeld seeds on which it held, each taken alone; 0 where it was not tested
/// @param seeds seeds on which it could be tested
/// @param numbers everything behind the reason, for a file
record Finding(
    Claim claim,
    Status status,
    String reason,
    int seedsHeld,
    int seeds,
    Map<String, Object> numbers) {
  static Finding notTested(final Claim claim, final String reason) {
    return new Finding(claim, Status.NOT_TESTED, reason, 0, 0, Map.of());
  }

  String id() {
    return claim.id();
  }

  /// One line for people.
  String sentence() {
    final var on =
        status == Status.NOT_TESTED ? "" : "on " + seedsHeld + " of " + seeds + " seeds; ";
    return status.words() + ": " + claim.source() + ", " + claim.text() + ": " + on + reason + ".";
  }

  Map<String, Object> toMap() {
    final var map = new LinkedHashMap<String, Object>();
    map.put("id", claim.id());
    map.put("source", claim.source());
    map.put("claim", claim.text());
    map.put("rule", claim.rule());
    map.put("status", status.id());
    map.put("seeds_held", seedsHeld);
    map.put("seeds", seeds);
    map.put("sentence", sentence());
    map.put("numbers", numbers);
    return map;
  }
}
