package io.patchbay.analysis.study;

import io.patchbay.analysis.circuit.CircuitSearch;
import io.patchbay.analysis.circuit.LinearReadOut;
import io.patchbay.analysis.circuit.UnitScreen;
import io.patchbay.analysis.patch.FactorProbe;
import io.patchbay.analysis.statistics.Bootstrap;
import io.patchbay.analysis.statistics.Interval;
import io.patchbay.vae.io.BadInputException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// Which units of a model, of all its sites, move what a probe reads of a factor when they are
/// taken from an input that differs in the factor alone: attribution patching of all, exact
/// patching of those at the top and of a random sample of the others.
///
/// @param factor its name
public record AttributionStudy(
    String factor, FactorProbe probe, UnitScreen screen, int pairs, int steps, long seed) {

  /// @param factor a factor of the data by name or number, or a variable of its generator
  /// @param pairs pairs of inputs
  /// @param steps points of the screen's path, 0 for the gradient on the base inputs alone
  /// @param top units to patch exactly
  /// @param audit others to patch exactly, at most
  /// @param listener hears how many units have been patched
  /// @throws BadInputException when the data have no such factor
  public static AttributionStudy of(
      final Scene scene,
      final String factor,
      final int pairs,
      final int steps,
      final int top,
      final int audit,
      final CircuitSearch.Listener listener) {
    if (pairs < 2 || steps < 0 || top < 1 || audit < 1) {
      throw new IllegalArgumentException(
          "attribution: pairs=" + pairs + ", steps=" + steps + ", top=" + top + ", audit=" + audit);
    }
    final var probe =
        FactorProbe.train(scene.subject(), scene.data(), "--factor", factor, scene.seed());
    final var y =
        new LinearReadOut(
            "factor:" + probe.factor(), "output", probe.direction(), probe.intercept());
    final var images = CircuitPairs.discovery(scene, probe.factor(), pairs);
    final var screen =
        UnitScreen.of(scene.subject(), y, images, steps, top, audit, scene.seed(), listener);
    return new AttributionStudy(probe.factor(), probe, screen, pairs, steps, scene.seed());
  }

  /// A unit that was patched exactly.
  ///
  /// @param kept whether the screen kept it, or the audit drew it
  /// @param attribution mean absolute first-order effect over pairs, in standard deviations of the
  ///   factor
  /// @param exact mean absolute exact effect
  public record Row(String site, String unit, boolean kept, double attribution, Interval exact) {}

  /// The patched units: those that the screen kept, the largest attribution first, then the audit.
  public List<Row> rows() {
    final var rows = new ArrayList<Row>();
    screen.audit().kept().forEach(unit -> rows.add(row(unit, true)));
    screen.audit().audited().forEach(unit -> rows.add(row(unit, false)));
    return rows;
  }

  private Row row(final int number, final boolean kept) {
    final var unit = screen.units().get(number);
    final var effects = Objects.requireNonNull(screen.exact().get(number)).clone();
    for (int p = 0; p < effects.length; p++) {
      effects[p] = Math.abs(effects[p]);
    }
    return new Row(
        unit.site().name(),
        unit.unit().name(),
        kept,
        unit.size(),
        Bootstrap.standard(seed).mean(effects));
  }

  /// Everything, for a file.
  public Map<String, Object> numbers() {
    final var all = new LinkedHashMap<String, Object>();
    all.put("factor", factor);
    all.put("pairs", pairs);
    all.put("steps", steps);
    all.put("units", screen.units().size());
    all.put("sites", screen.units().stream().map(unit -> unit.site().name()).distinct().toList());
    all.put("same_value", screen.copies());
    all.put("kept", screen.audit().kept().size());
    all.put("audit", screen.audit().audited().size());
    all.put("missed_mass", interval(screen.audit().missedMass()));
    all.put("probe", probe.numbers());
    all.put("seed", seed);
    final var list = new ArrayList<Map<String, Object>>();
    for (final var row : rows()) {
      final var map = new LinkedHashMap<String, Object>();
      map.put("site", row.site());
      map.put("unit", row.unit());
      map.put("kept", row.kept());
      map.put("attribution", row.attribution());
      map.put("exact", interval(row.exact()));
      list.add(map);
    }
    all.put("patched", list);
    return all;
  }

  static Map<String, Object> interval(final Interval interval) {
    final var map = new LinkedHashMap<String, Object>();
    map.put("estimate", interval.estimate());
    map.put("low", interval.bounded() ? interval.low() : null);
    map.put("high", interval.bounded() ? interval.high() : null);
    map.put("n", interval.n());
    return map;
  }
}
