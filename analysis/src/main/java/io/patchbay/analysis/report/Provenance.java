package io.patchbay.analysis.report;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/// How the figures were made: enough to make them again.
///
/// @param seed the seed of every random choice of the run
/// @param device the machine and backend in words
/// @param command the command line that repeats the run
/// @param versions component to version, in the order to be shown
/// @param settings resolved options that shaped the figures (data set, steps, grid), in order
public record Provenance(
    long seed,
    String device,
    String command,
    Map<String, String> versions,
    Map<String, String> settings) {

  public Provenance {
    versions = Collections.unmodifiableMap(new LinkedHashMap<>(versions));
    settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
  }
}
