package io.patchbay.bench;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/// One line of the sweeps' table. Rates are cells a second, medians of the rounds; a ratio says how
/// many times faster we are, NaN where there is nothing to compare with.
///
/// @param name the workload
/// @param threads of our side; so many instances on the peer's
/// @param cells of the whole sweep
/// @param forms how each side ran
/// @param rates of each side
/// @param ratio median, smallest and largest of the paired ratios to the peer's batched form
/// @param loopRatio the same to the peer's loop, one forward and one read-back an intervention
/// @param naiveRatio the same to the naive form on our own engine
/// @param macs multiply-adds that a cell cannot do without, see [MinimumWork]
/// @param fractionOfPeak share of the FMA ceiling measured around each round, counted on `macs`
/// @param scaling our rate over our rate on one thread
/// @param elimination our rate with cells that change nothing left out, over our rate
/// @param error our largest deviation from float64, see [SweepVerifier]
/// @param peerError the largest of the peer's forms
/// @param rounds rounds kept
/// @param dropped rounds dropped because the ceiling moved
record SweepFigures(
    String name,
    int threads,
    long cells,
    Forms forms,
    Rates rates,
    Pairs.Spread ratio,
    Pairs.Spread loopRatio,
    Pairs.Spread naiveRatio,
    double macs,
    double fractionOfPeak,
    double scaling,
    double elimination,
    double error,
    double peerError,
    int rounds,
    int dropped) {

  /// Empty for a side that did not run.
  record Forms(String ours, String peer, String loop, String naive) {}

  /// NaN for a side that did not run.
  record Rates(double ours, double peer, double loop, double naive) {}

  /// The figures on one line, for progress.
  String summary() {
    return String.format(
        Locale.ROOT,
        "ours %.1f, peer %.1f cells/s, ratio %.2f (%.2f - %.2f), loop %.2f, own naive %.2f,"
            + " %.1f %% of peak, scaling %.2f",
        rates.ours(),
        rates.peer(),
        ratio.median(),
        ratio.min(),
        ratio.max(),
        loopRatio.median(),
        naiveRatio.median(),
        100 * fractionOfPeak,
        scaling);
  }

  /// The row as JSON values: those of a kernel's [Row], and what only sweeps have.
  Map<String, Object> json() {
    final var map = new LinkedHashMap<String, Object>();
    map.put("name", name);
    map.put("threads", threads);
    Report.put(map, "ours", rates.ours());
    Report.put(map, "peer", rates.peer());
    map.put("unit", "cells/s");
    Report.put(map, "ratio", ratio.median());
    Report.put(map, "ratio_min", ratio.min());
    Report.put(map, "ratio_max", ratio.max());
    Report.put(map, "fraction_of_peak", fractionOfPeak);
    Report.put(map, "scaling", scaling);
    Report.put(map, "error", error);
    map.put("ours_form", forms.ours());
    map.put("peer_form", forms.peer());
    map.put("pairs", rounds);
    map.put("dropped", dropped);
    map.put("cells", cells);
    Report.put(map, "macs_per_cell", macs);
    Report.put(map, "loop", rates.loop());
    Report.put(map, "loop_ratio", loopRatio.median());
    Report.put(map, "loop_ratio_min", loopRatio.min());
    Report.put(map, "loop_ratio_max", loopRatio.max());
    map.put("loop_form", forms.loop());
    Report.put(map, "naive", rates.naive());
    Report.put(map, "naive_ratio", naiveRatio.median());
    Report.put(map, "naive_ratio_min", naiveRatio.min());
    Report.put(map, "naive_ratio_max", naiveRatio.max());
    map.put("naive_form", forms.naive());
    Report.put(map, "elimination_gain", elimination);
    Report.put(map, "peer_error", peerError);
    return map;
  }
}
