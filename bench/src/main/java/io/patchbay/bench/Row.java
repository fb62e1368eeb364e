package io.patchbay.bench;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/// One line of the table. Rates and times are medians; `ratio` says how many times faster we are.
///
/// @param name the workload
/// @param threads threads on each side
/// @param ours our figure in `unit`
/// @param oursForm how we ran
/// @param peer the peer's figure, NaN without a peer
/// @param peerForm how the peer ran, the strongest of its forms
/// @param unit unit of both figures
/// @param ratio median, smallest and largest of the paired ratios; NaN without a peer
/// @param fractionOfPeak share of the FMA ceiling measured around each pair
/// @param scaling our two-thread rate over our one-thread rate, NaN for one thread
/// @param error our largest deviation from float64, relative to the largest value
/// @param pairs pairs kept
/// @param dropped pairs dropped because the ceiling moved
record Row(
    String name,
    int threads,
    double ours,
    String oursForm,
    double peer,
    String peerForm,
    String unit,
    Pairs.Spread ratio,
    double fractionOfPeak,
    double scaling,
    double error,
    int pairs,
    int dropped) {

  /// The figures on one line, for progress.
  String summary() {
    return String.format(
        Locale.ROOT,
        "ours %.1f, peer %.1f %s, ratio %.2f (%.2f - %.2f), %.1f %% of peak, scaling %.2f",
        ours,
        peer,
        unit,
        ratio.median(),
        ratio.min(),
        ratio.max(),
        100 * fractionOfPeak,
        scaling);
  }

  /// The row as JSON values; a figure that does not exist is null.
  Map<String, Object> json() {
    final var map = new LinkedHashMap<String, Object>();
    map.put("name", name);
    map.put("threads", threads);
    Report.put(map, "ours", ours);
    Report.put(map, "peer", peer);
    map.put("unit", unit);
    Report.put(map, "ratio", ratio.median());
    Report.put(map, "ratio_min", ratio.min());
    Report.put(map, "ratio_max", ratio.max());
    Report.put(map, "fraction_of_peak", fractionOfPeak);
    Report.put(map, "scaling", scaling);
    Report.put(map, "error", error);
    map.put("ours_form", oursForm);
    map.put("peer_form", peerForm);
    map.put("pairs", pairs);
    map.put("dropped", dropped);
    return map;
  }
}
