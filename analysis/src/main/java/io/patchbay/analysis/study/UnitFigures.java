package io.patchbay.analysis.study;

import io.patchbay.analysis.metric.FactorEffect;
import io.patchbay.analysis.patch.FactorProbe;
import io.patchbay.analysis.semantics.UnitLabel;
import io.patchbay.analysis.statistics.Interval;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// The content of `units.json`.
final class UnitFigures {
  private UnitFigures() {}

  static Map<String, Object> of(final UnitStudy study) {
    final var question = study.question();
    final var all = new LinkedHashMap<String, Object>();
    all.put("data", study.scene().data().name());
    all.put("seed", study.scene().seed());
    all.put("device", study.scene().model().backend().device());
    all.put("java", Runtime.version().toString());
    all.put("estimator", name(question.estimator()));
    all.put("labels_by", study.readOut().isPresent() ? "readout" : "oracle");
    all.put("inputs", question.inputs());
    all.put("pairs_per_input", question.pairs());
    all.put("oracle_inputs", question.oracleInputs());
    all.put("thresholds", thresholds(question));
    all.put("probes", study.factors().used().stream().map(p -> probe(p, true)).toList());
    all.put("weak_probes", study.factors().weak().stream().map(p -> probe(p, false)).toList());
    all.put("not_read", leftOut("factor", study.factors().leftOut()));
    all.put("factors", study.measured().factors());
    all.put("stability", stability(study.measured()));
    study.oracle().ifPresent(o -> all.put("oracle_factors", o.factors()));
    study.oracle().ifPresent(o -> all.put("oracle_stability", stability(o)));
    all.put("layers", layers(study));
    all.put("left_out", leftOut("site", study.sites().leftOut()));
    all.put("controls", study.guards());
    all.put("encoding", encoding(study));
    all.put("units", units(study));
    return all;
  }

  private static String name(final Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  private static Map<String, Object> thresholds(final UnitQuestion question) {
    final var map = new LinkedHashMap<String, Object>();
    map.put("tau", question.rule().tau());
    map.put("fdr", question.rule().fdr());
    map.put("permutations", question.permutations());
    map.put("inactive_below_rms", ImageEffects.ROUNDING);
    return map;
  }

  private static Map<String, Object> probe(final FactorProbe probe, final boolean used) {
    final var map = new LinkedHashMap<>(probe.numbers());
    map.put("used", used);
    return map;
  }

  private static List<Map<String, Object>> leftOut(
      final String key, final List<UnitSites.LeftOut> list) {
    final var all = new ArrayList<Map<String, Object>>();
    for (final var left : list) {
      // Not Map.of, whose order is another in every process.
      final var map = new LinkedHashMap<String, Object>();
      map.put(key, left.name());
      map.put("reason", left.reason());
      all.add(map);
    }
    return all;
  }

  /// Labels from the first half of the inputs beside those from all.
  private static Map<String, Object> stability(final MeasuredEffects measured) {
    final var stability = measured.stability();
    final var map = new LinkedHashMap<String, Object>();
    map.put("inputs", measured.fewerInputs());
    map.put("units", stability.units());
    map.put("share", stability.share());
    map.put("named_units", stability.named());
    map.put("named_share", stability.namedShare());
    return map;
  }

  private static List<Map<String, Object>> layers(final UnitStudy study) {
    final var layers = new ArrayList<Map<String, Object>>();
    final var sites = study.sites();
    for (int s = 0; s < sites.sites().size(); s++) {
      final var site = sites.sites().get(s);
      final int first = sites.first(s);
      final var map = new LinkedHashMap<String, Object>();
      map.put("site", site.name());
      map.put("elements", site.size());
      map.put("units", site.channels());
      for (final var label : UnitLabel.values()) {
        map.put(name(label), study.measured().count(label, first, first + site.channels()));
      }
      layers.add(map);
    }
    return layers;
  }

  private static List<Map<String, Object>> encoding(final UnitStudy study) {
    final var names = Counterfactuals.of(study.scene().data()).names();
    final var latents = new ArrayList<Map<String, Object>>();
    for (int j = 0; j < study.encoding().rows().size(); j++) {
      final var map = new LinkedHashMap<String, Object>();
      map.put("latent", j);
      map.put("effects", effects(names, study.encoding().rows().get(j)));
      latents.add(map);
    }
    return latents;
  }

  private static List<Map<String, Object>> units(final UnitStudy study) {
    final var units = new ArrayList<Map<String, Object>>();
    final var sites = study.sites();
    for (int s = 0; s < sites.sites().size(); s++) {
      for (int c = 0; c < sites.sites().get(s).channels(); c++) {
        units.add(unit(study, sites.sites().get(s).name(), c, sites.first(s) + c));
      }
    }
    return units;
  }

  private static Map<String, Object> unit(
      final UnitStudy study, final String site, final int channel, final int unit) {
    final var measured = study.measured();
    final var map = new LinkedHashMap<String, Object>();
    map.put("site", site);
    map.put("unit", channel);
    map.put("label", name(measured.labels().get(unit)));
    map.put("stays", measured.labels().get(unit) == measured.fewer().get(unit));
    map.put("effects", sized(measured, unit));
    final var image = study.imageEffects().get(unit);
    map.put("image_effect", image.estimate());
    bounds(map, "image_", image);
    specificity(measured, unit, "specificity", map);
    if (study.readOut().isPresent() && study.oracle().isPresent()) {
      final var oracle = study.oracle().orElseThrow();
      map.put("oracle_label", name(oracle.labels().get(unit)));
      map.put("oracle", effects(oracle.factors(), oracle.effects().rows().get(unit)));
      specificity(oracle, unit, "oracle_specificity", map);
    }
    return map;
  }

  private static void specificity(
      final MeasuredEffects measured,
      final int unit,
      final String key,
      final Map<String, Object> map) {
    final var of = measured.specificity().units().get(unit);
    of.bounded()
        .ifPresent(interval -> {
          final var fields = interval(new LinkedHashMap<>(), "bounded", interval);
          fields.put("n", interval.n());
          of.paper()
              .ifPresent(paper -> {
                fields.put("paper", paper.estimate());
                bounds(fields, "paper_", paper);
              });
          map.put(key, fields);
        });
  }

  private static List<Map<String, Object>> sized(final MeasuredEffects measured, final int unit) {
    final var effects = effects(measured.factors(), measured.effects().rows().get(unit));
    for (int k = 0; k < effects.size(); k++) {
      final var size = measured.size(unit, k);
      effects.get(k).put("size", size.estimate());
      bounds(effects.get(k), "size_", size);
    }
    return effects;
  }

  private static List<Map<String, Object>> effects(
      final List<String> factors, final List<FactorEffect.Cell> cells) {
    final var effects = new ArrayList<Map<String, Object>>();
    for (int k = 0; k < cells.size(); k++) {
      final var cell = cells.get(k);
      final var map = new LinkedHashMap<String, Object>();
      map.put("factor", factors.get(k));
      interval(map, "effect", cell.effect());
      map.put("n", cell.effect().n());
      map.put("p", cell.p());
      map.put("q", cell.adjusted());
      effects.add(map);
    }
    return effects;
  }

  /// Adds a figure under its name with `low` and `high`, null where they are unbounded.
  static Map<String, Object> interval(
      final Map<String, Object> map, final String name, final Interval interval) {
    map.put(name, interval.estimate());
    bounds(map, "", interval);
    return map;
  }

  /// Adds the bounds under names that begin so, null where they are unbounded.
  static void bounds(final Map<String, Object> map, final String prefix, final Interval interval) {
    map.put(prefix + "low", interval.bounded() ? interval.low() : null);
    map.put(prefix + "high", interval.bounded() ? interval.high() : null);
  }
}
