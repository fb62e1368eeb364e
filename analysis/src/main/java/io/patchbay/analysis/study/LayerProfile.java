package io.patchbay.analysis.study;

import io.patchbay.analysis.intervention.Site;
import io.patchbay.analysis.intervention.Sites;
import io.patchbay.analysis.semantics.CarriedEffects;
import io.patchbay.analysis.semantics.FactorChanges;
import io.patchbay.analysis.semantics.HashedFeatures;
import io.patchbay.analysis.semantics.Readability;
import io.patchbay.analysis.statistics.Bootstrap;
import io.patchbay.analysis.statistics.Interval;
import io.patchbay.analysis.statistics.Matrix;
import io.patchbay.engine.Axis;
import io.patchbay.engine.Plan;
import io.patchbay.engine.Sizes;
import io.patchbay.vae.data.GenerativeDataset;
import io.patchbay.vae.io.AtomicFiles;
import io.patchbay.vae.model.VaeGraph;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import tools.jackson.databind.json.JsonMapper;

/// Where along encoder and decoder a factor can be read linearly, and where a unit carries it.
///
/// Readable: R² of a linear probe on the activations of a site, see [Readability]; a site of more
/// than [#FEATURES] elements is read from [HashedFeatures]. Effective: the effect of the unit that
/// carries most of the factor, see [CarriedEffects]. The unit is chosen on the first half of the
/// base inputs and measured on the second, so that being chosen does not flatter it.
///
/// @param sites from the input to the image
/// @param inputs behind the probes of sites; a quarter of them judges
public record LayerProfile(List<Site> sites, List<OfFactor> factors, int inputs, long seed) {
  /// Most features that a site is read from.
  public static final int FEATURES = 1024;

  private static final int INPUTS = 1000;
  private static final int BATCH = 64;

  public LayerProfile {
    sites = List.copyOf(sites);
    factors = List.copyOf(factors);
  }

  /// One factor.
  ///
  /// @param readable one per site of the profile
  /// @param accuracy the same for a factor of classes; empty for another
  /// @param effective one per site whose units were asked; empty for a factor without a read-out
  public record OfFactor(
      String factor,
      List<Interval> readable,
      List<Readability.Accuracy> accuracy,
      List<Strongest> effective) {
    public OfFactor {
      readable = List.copyOf(readable);
      accuracy = List.copyOf(accuracy);
      effective = List.copyOf(effective);
    }
  }

  /// The unit of a site that carries most of a factor.
  ///
  /// @param effect of that unit
  /// @param whole of the whole site; the same at each site that cuts every path
  public record Strongest(String site, int unit, Interval effect, Interval whole) {}

  /// The profile of the factors that the study was asked about.
  public static LayerProfile of(final UnitStudy study, final UnitStudy.Listener listener) {
    final var scene = study.scene();
    final var counterfactuals = Counterfactuals.of(scene.data());
    final var names =
        study.factors().names().stream()
            .filter(name -> ReadFactors.unread(scene.data(), name).isEmpty())
            .toList();
    final var rows = LongStream.of(scene.rows(INPUTS)).distinct().toArray();
    final var bootstrap = Bootstrap.standard(scene.seed());
    final var targets = new double[names.size()][];
    for (int k = 0; k < targets.length; k++) {
      final int factor = counterfactuals.names().indexOf(names.get(k));
      targets[k] = LongStream.of(rows).mapToDouble(r -> counterfactuals.value(r, factor)).toArray();
    }
    final var sites = sites(study);
    final var readable = new Interval[targets.length][sites.size()];
    final var accuracy = new ArrayList<List<Readability.Accuracy>>();
    names.forEach(_ -> accuracy.add(new ArrayList<>()));
    for (int s = 0; s < sites.size(); s++) {
      final int site = s;
      listener.doing("what can be read at " + sites.get(s).name());
      final var features = features(scene, sites.get(s), rows);
      IntStream.range(0, targets.length)
          .parallel()
          .forEach(k -> readable[k][site] = Readability.of(features, targets[k], bootstrap));
      for (int k = 0; k < targets.length; k++) {
        if (classes(scene, names.get(k))) {
          accuracy.get(k).add(Readability.accuracy(features, targets[k], bootstrap));
        }
      }
    }
    final var factors = new ArrayList<OfFactor>();
    for (int k = 0; k < targets.length; k++) {
      factors.add(
          new OfFactor(
              names.get(k),
              List.of(readable[k]),
              accuracy.get(k),
              strongest(study, names.get(k), bootstrap)));
    }
    return new LayerProfile(sites, factors, rows.length, scene.seed());
  }

  private static boolean classes(final Scene scene, final String name) {
    return scene.data() instanceof final GenerativeDataset g
        && g.variables().stream().anyMatch(v -> v.name().equals(name) && v.discrete());
  }

  /// The image, the sites whose units were asked, and the image of the decoder.
  private static List<Site> sites(final UnitStudy study) {
    final var graph = VaeGraph.analysis(study.scene().model().vae(), new Axis("rows")).graph();
    final var asked = study.sites().sites().stream().map(Site::name).toList();
    return Sites.of(graph).all().stream()
        .filter(
            s -> s.name().equals("input") || s.name().equals("output") || asked.contains(s.name()))
        .toList();
  }

  private static Matrix features(final Scene scene, final Site site, final long[] rows) {
    final var hashed = new HashedFeatures(site.size(), FEATURES, scene.seed());
    final var features = new double[rows.length][hashed.features()];
    final var axis = new Axis("rows");
    final var graph = VaeGraph.analysis(scene.model().vae(), axis);
    final var node = graph.graph().sites().get(site.name());
    if (node == null) {
      throw new IllegalStateException("a site of the model: name=" + site.name());
    }
    try (var program =
        scene
            .model()
            .backend()
            .load(
                Plan.of(graph.graph(), List.of(node), Sizes.of(axis, BATCH)),
                scene.model().weights())) {
      for (int from = 0; from < rows.length; from += BATCH) {
        final int count = Math.min(BATCH, rows.length - from);
        final var batch = LongStream.of(rows).skip(from).limit(count).toArray();
        program.write(graph.image(), scene.images(batch));
        program.run(Sizes.of(axis, count));
        hashed.put(program.read(node), features, from);
      }
    }
    return Matrix.ofRows(features);
  }

  private static List<Strongest> strongest(
      final UnitStudy study, final String factor, final Bootstrap bootstrap) {
    final var strongest = new ArrayList<Strongest>();
    if (study.changes().isEmpty()) {
      return strongest;
    }
    final var changes = study.changes().get();
    final int half = study.question().inputs() / 2;
    final int end = study.question().inputs();
    for (int k = 0; k < changes.units().size(); k++) {
      if (!changes.units().get(k).factor().equals(factor)) {
        continue;
      }
      final var units = changes.units().get(k);
      final var first = CarriedEffects.slopes(units.within(0, half));
      final var second = units.within(half, end);
      final var whole =
          CarriedEffects.intervals(changes.wholes().get(k).within(half, end), bootstrap);
      for (int s = 0; s < study.sites().sites().size(); s++) {
        final var site = study.sites().sites().get(s);
        final int from = study.sites().first(s);
        int best = from;
        for (int u = from; u < from + site.channels(); u++) {
          best = Math.abs(first[u]) > Math.abs(first[best]) ? u : best;
        }
        final var effect = CarriedEffects.intervals(column(second, best), bootstrap).getFirst();
        strongest.add(new Strongest(site.name(), best - from, effect, whole.get(s)));
      }
    }
    return strongest;
  }

  private static FactorChanges column(final FactorChanges changes, final int unit) {
    return new FactorChanges(
        changes.factor(),
        changes.inputs(),
        changes.bases(),
        changes.sources(),
        Matrix.ofColumn(changes.changes().column(unit)));
  }

  /// Everything, for a file.
  public Map<String, Object> numbers() {
    final var all = new LinkedHashMap<String, Object>();
    all.put("seed", seed);
    all.put("inputs", inputs);
    all.put("features", FEATURES);
    all.put("sites", sites.stream().map(Site::name).toList());
    all.put("hashed", sites.stream().filter(s -> s.size() > FEATURES).map(Site::name).toList());
    all.put("factors", factors.stream().map(this::numbers).toList());
    return all;
  }

  private Map<String, Object> numbers(final OfFactor factor) {
    final var readable = new ArrayList<Map<String, Object>>();
    for (int s = 0; s < sites.size(); s++) {
      final var map = new LinkedHashMap<String, Object>();
      map.put("site", sites.get(s).name());
      UnitFigures.interval(map, "r2", factor.readable().get(s));
      map.put("n", factor.readable().get(s).n());
      if (!factor.accuracy().isEmpty()) {
        final var accuracy = factor.accuracy().get(s);
        map.put("accuracy", accuracy.right().estimate());
        map.put("accuracy_low", accuracy.right().low());
        map.put("accuracy_high", accuracy.right().high());
        map.put("majority", accuracy.majority());
      }
      readable.add(map);
    }
    final var effective = new ArrayList<Map<String, Object>>();
    for (final var strongest : factor.effective()) {
      final var map = new LinkedHashMap<String, Object>();
      map.put("site", strongest.site());
      UnitFigures.interval(map, "effect", strongest.effect());
      map.put("n", strongest.effect().n());
      map.put("unit", strongest.unit());
      map.put("whole", strongest.whole().estimate());
      map.put("whole_low", strongest.whole().bounded() ? strongest.whole().low() : null);
      map.put("whole_high", strongest.whole().bounded() ? strongest.whole().high() : null);
      effective.add(map);
    }
    final var map = new LinkedHashMap<String, Object>();
    map.put("factor", factor.factor());
    map.put("readable", readable);
    map.put("effective", effective);
    return map;
  }

  /// Writes `profile.json`.
  public void write(final Path folder) {
    final var text =
        JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(numbers());
    AtomicFiles.write(folder.resolve("profile.json"), text + "\n");
  }
}
