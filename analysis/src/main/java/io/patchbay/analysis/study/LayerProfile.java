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
import io.patchbay.engine.BatchProgram;
import io.patchbay.engine.Plan;
import io.patchbay.engine.Sizes;
import io.patchbay.vae.data.GenerativeDataset;
import io.patchbay.vae.io.JsonText;
import io.patchbay.vae.model.VaeGraph;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

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

  /// The profile of the factors that the study was asked about, which nothing stops.
  public static LayerProfile of(final UnitStudy study, final UnitStudy.Listener listener) {
    return of(study, UnitParts.none(), listener)
        .orElseThrow(() -> new IllegalStateException("a profile stopped that nothing stops"));
  }

  /// @param parts of the study: what can be read at a site is one more
  /// @return empty when the parts are to stop
  public static Optional<LayerProfile> of(
      final UnitStudy study, final UnitParts parts, final UnitStudy.Listener listener) {
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
    final var reads = new ArrayList<List<Read>>();
    final boolean[] classes = new boolean[targets.length];
    for (int k = 0; k < targets.length; k++) {
      reads.add(new ArrayList<>());
      classes[k] = classes(scene, names.get(k));
    }
    for (final var site : sites) {
      final var part =
          parts.part(
              "profile-" + site.name(),
              Read.NUMBERS * targets.length,
              () -> {
                listener.doing("what can be read at " + site.name());
                return Read.all(features(scene, site, rows), targets, classes, bootstrap);
              });
      if (part.isEmpty()) {
        return Optional.empty();
      }
      for (int k = 0; k < targets.length; k++) {
        reads.get(k).add(Read.of(part.get(), k, classes[k]));
      }
    }
    final var factors = new ArrayList<OfFactor>();
    for (int k = 0; k < targets.length; k++) {
      factors.add(
          new OfFactor(
              names.get(k),
              reads.get(k).stream().map(Read::r2).toList(),
              reads.get(k).stream().flatMap(read -> read.accuracy().stream()).toList(),
              strongest(study, names.get(k), bootstrap)));
    }
    return Optional.of(new LayerProfile(sites, factors, rows.length, scene.seed()));
  }

  /// What can be read of one factor at one site.
  private record Read(Interval r2, Optional<Readability.Accuracy> accuracy) {
    /// Of a factor and a site: two intervals and a share.
    static final int NUMBERS = 9;

    private static final int EACH = 4;

    /// Every factor at a site, as numbers to keep; those of an accuracy are 0 where there is none.
    static double[] all(
        final Matrix features,
        final double[][] targets,
        final boolean[] classes,
        final Bootstrap bootstrap) {
      final var numbers = new double[NUMBERS * targets.length];
      IntStream.range(0, targets.length)
          .parallel()
          .forEach(k -> {
            put(numbers, NUMBERS * k, Readability.of(features, targets[k], bootstrap));
            if (classes[k]) {
              final var accuracy = Readability.accuracy(features, targets[k], bootstrap);
              put(numbers, NUMBERS * k + EACH, accuracy.right());
              numbers[NUMBERS * k + 2 * EACH] = accuracy.majority();
            }
          });
      return numbers;
    }

    static Read of(final double[] numbers, final int factor, final boolean classes) {
      final int at = NUMBERS * factor;
      return new Read(
          interval(numbers, at),
          classes
              ? Optional.of(
                  new Readability.Accuracy(interval(numbers, at + EACH), numbers[at + 2 * EACH]))
              : Optional.empty());
    }

    private static void put(final double[] numbers, final int at, final Interval interval) {
      numbers[at] = interval.estimate();
      numbers[at + 1] = interval.low();
      numbers[at + 2] = interval.high();
      numbers[at + 3] = interval.n();
    }

    private static Interval interval(final double[] numbers, final int at) {
      return new Interval(numbers[at], numbers[at + 1], numbers[at + 2], (int) numbers[at + 3]);
    }
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
    try (var loaded =
        BatchProgram.load(
            scene.model().backend(),
            scene.model().weights(),
            BATCH,
            most -> Plan.of(graph.graph(), List.of(node), Sizes.of(axis, most)))) {
      final var program = loaded.program();
      for (int from = 0; from < rows.length; from += loaded.rows()) {
        final int count = Math.min(loaded.rows(), rows.length - from);
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
        UnitFigures.bounds(map, "accuracy_", accuracy.right());
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
      UnitFigures.bounds(map, "whole_", strongest.whole());
      effective.add(map);
    }
    final var map = new LinkedHashMap<String, Object>();
    map.put("factor", factor.factor());
    map.put("readable", readable);
    map.put("effective", effective);
    return map;
  }

  /// Writes `profile.json`.
  ///
  /// @param numbers with what else the file is to say
  public static void write(final Path folder, final Map<String, Object> numbers) {
    JsonText.write(folder.resolve("profile.json"), numbers);
  }
}
