package io.patchbay.analysis.study;

import io.patchbay.analysis.intervention.Sites;
import io.patchbay.analysis.intervention.UnitSelection;
import io.patchbay.analysis.metric.MediationChecks;
import io.patchbay.analysis.metric.MediationEffects;
import io.patchbay.analysis.metric.MediationEffects.Effect;
import io.patchbay.analysis.patch.Reach;
import io.patchbay.analysis.statistics.Bootstrap;
import io.patchbay.engine.Axis;
import io.patchbay.vae.data.Factor;
import io.patchbay.vae.data.FactorDataset;
import io.patchbay.vae.data.Nearest;
import io.patchbay.vae.io.BadInputException;
import io.patchbay.vae.io.JsonText;
import io.patchbay.vae.model.VaeGraph;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Mediation through each of some units of a site.
public record MediationStudy(
    String data,
    String site,
    String pairs,
    Outcome outcome,
    long seed,
    String device,
    List<Row> rows) {
  public MediationStudy {
    rows = List.copyOf(rows);
  }

  /// One set of mediators.
  public record Row(String name, MediationEffects effects, MediationChecks checks) {}

  /// With the projection on the change that the source brings as the outcome.
  public static MediationStudy of(
      final Scene scene,
      final String site,
      final String units,
      final @Nullable String factor,
      final int count) {
    return of(scene, site, units, factor, count, "projection");
  }

  /// @param factor a factor by name or number in which the inputs of a pair differ; null = pairs at
  ///   random
  /// @param y the outcome, see [Outcome#named]
  /// @throws BadInputException when the model or the data lack what is asked for
  public static MediationStudy of(
      final Scene scene,
      final String site,
      final String units,
      final @Nullable String factor,
      final int count,
      final String y) {
    final var graph = VaeGraph.analysis(scene.model().vae(), new Axis("rows")).graph();
    final var at = Sites.of(graph).named(site);
    final var chosen = UnitSelection.of(at, units);
    final var pairs =
        factor == null
            ? Pairs.random(scene, count)
            : Pairs.differingIn(scene, index(scene.data(), factor), count);
    final var outcome = Outcome.named(y, scene);
    if (!Reach.leads(graph, site, outcome.site())) {
      throw new BadInputException(
          "--site",
          site,
          "no path to " + outcome.site(),
          "a site that can change the outcome " + outcome.label());
    }
    final var bootstrap = Bootstrap.standard(scene.seed());
    final var rows = new ArrayList<Row>();
    final int ranges = chosen.stream().mapToInt(u -> u.ranges().size()).max().orElse(1);
    final long cells = chosen.size() * PatchingStudy.cells(0, count);
    try (var runner = new PairRunner(scene, pairs, site, outcome, ranges, true, cells)) {
      for (final var m : PatchingStudy.mediation(runner, at, chosen, 0, count, bootstrap)) {
        rows.add(new Row(m.name(), m.effects(), m.checks()));
      }
    }
    final var kind = factor == null ? "random pairs" : "pairs differing in " + factor;
    final var device = scene.model().backend().device();
    return new MediationStudy(scene.data().name(), site, kind, outcome, scene.seed(), device, rows);
  }

  private static int index(final FactorDataset data, final String factor) {
    final var names = data.factors().stream().map(Factor::name).toList();
    final int named = names.indexOf(factor);
    if (named >= 0) {
      return named;
    }
    if (factor.matches("\\d{1,6}") && Integer.parseInt(factor) < names.size()) {
      return Integer.parseInt(factor);
    }
    throw new BadInputException(
        "--factor",
        factor,
        "no such factor of " + data.name(),
        names.isEmpty()
            ? "--random-pairs"
            : "one of " + String.join(", ", Nearest.of(factor, names)));
  }

  public boolean passed() {
    return rows.stream().allMatch(r -> r.checks().passed());
  }

  /// Everything, for a file.
  public Map<String, Object> numbers() {
    final var list = new ArrayList<Map<String, Object>>();
    for (final var row : rows) {
      final var e = row.effects();
      final var map = new LinkedHashMap<String, Object>();
      map.put("mediators", row.name());
      map.put("pairs", e.pairs());
      map.put("te", effect(e.total()));
      map.put("nde", effect(e.naturalDirect()));
      map.put("nie", effect(e.naturalIndirect()));
      map.put("cde", e.controlledDirect().stream().map(MediationStudy::effect).toList());
      map.put("tie", effect(e.totalIndirect()));
      map.put("interaction", effect(e.interaction()));
      map.put("checks", row.checks());
      list.add(map);
    }
    final var all = new LinkedHashMap<String, Object>();
    all.put("data", data);
    all.put("site", site);
    all.put("pairs", pairs);
    all.put("outcome", outcome.label());
    outcome.probe().ifPresent(probe -> all.put("probe", probe.numbers()));
    all.put("seed", seed);
    all.put("device", device);
    all.put("java", Runtime.version().toString());
    all.put("rows", list);
    return all;
  }

  private static Map<String, Object> effect(final Effect effect) {
    final var map = new LinkedHashMap<String, Object>();
    map.put("mean", effect.mean().estimate());
    map.put("low", effect.mean().bounded() ? effect.mean().low() : null);
    map.put("high", effect.mean().bounded() ? effect.mean().high() : null);
    map.put("p", effect.p());
    return map;
  }

  /// Writes `mediation.json`.
  public void write(final Path folder) {
    JsonText.write(folder.resolve("mediation.json"), numbers());
  }
}
