package io.patchbay.analysis.study;

import io.patchbay.analysis.circuit.CircuitJson;
import io.patchbay.analysis.report.AttributionPage;
import io.patchbay.analysis.report.CircuitPage;
import io.patchbay.analysis.report.Estimate;
import io.patchbay.analysis.report.FactorGraphPage;
import io.patchbay.analysis.report.Grid;
import io.patchbay.analysis.report.LayerProfile;
import io.patchbay.analysis.report.Mechanisms;
import io.patchbay.analysis.report.MotifTable;
import io.patchbay.analysis.report.ScoreTable;
import io.patchbay.analysis.report.Section;
import io.patchbay.analysis.report.UnitTable;
import io.patchbay.vae.io.BadInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What the commands `score`, `units`, `profile`, `circuits`, `motifs` and `graph` left in a run's
/// folder, for its page.
final class MechanismFiles {
  private final Path run;

  private MechanismFiles(final Path run) {
    this.run = run;
  }

  /// @throws BadInputException when a file is there and is not what its command writes
  static Mechanisms read(final Path run) {
    final var files = new MechanismFiles(run);
    return new Mechanisms(
        files.scores(),
        files.units(),
        files.profile(),
        files.attributions(),
        files.circuits(),
        files.motifs(),
        files.graph());
  }

  /// Why a part is missing: which command makes it.
  static Map<Section, String> absent(final Mechanisms mechanisms) {
    final var absent = new EnumMap<Section, String>(Section.class);
    final var commands =
        Map.of(
            Section.SCORES, "score",
            Section.UNITS, "units",
            Section.PROFILE, "units --profile",
            Section.ATTRIBUTION, "attribution",
            Section.CIRCUITS, "circuits",
            Section.MOTIFS, "motifs",
            Section.GRAPH, "graph");
    commands.forEach((section, command) -> {
      if (!present(mechanisms, section)) {
        absent.put(section, "not asked for; patchbay " + command + " does");
      }
    });
    return absent;
  }

  private static boolean present(final Mechanisms mechanisms, final Section section) {
    return switch (section) {
      case SCORES -> mechanisms.scores() != null;
      case UNITS -> mechanisms.units() != null;
      case PROFILE -> mechanisms.profile() != null;
      case ATTRIBUTION -> !mechanisms.attributions().isEmpty();
      case CIRCUITS -> !mechanisms.circuits().isEmpty();
      case MOTIFS -> mechanisms.motifs() != null;
      case GRAPH -> mechanisms.graph() != null;
      case TRAINING,
          RECONSTRUCTIONS,
          TRAVERSAL,
          EFFECT_STRENGTH,
          FACTORS,
          PLACES,
          PATCHING,
          MEDIATION,
          OCCLUSION ->
          true;
    };
  }

  private @Nullable JsonFile file(final String first, final String... more) {
    final var path = run.resolve(Path.of(first, more));
    return Files.isRegularFile(path) ? JsonFile.read(path) : null;
  }

  private @Nullable ScoreTable scores() {
    final var file = file("scores", "scores.json");
    if (file == null) {
      return null;
    }
    final var scores = new ArrayList<ScoreTable.Score>();
    for (final var score : file.at("scores").items()) {
      scores.add(
          new ScoreTable.Score(
              score.at("name").text().replace('_', ' '),
              estimate(score, "value", score.at("n").whole()),
              score.at("note").text()));
    }
    return new ScoreTable(file.at("mode").text(), scores);
  }

  private @Nullable UnitTable units() {
    final var file = file("units", "units.json");
    if (file == null) {
      return null;
    }
    final var factors = file.at("factors").texts();
    final var units = new ArrayList<UnitTable.Unit>();
    for (final var unit : file.at("units").items()) {
      final var byFactor = new HashMap<String, UnitTable.Effect>();
      for (final var effect : unit.at("effects").items()) {
        byFactor.put(
            effect.at("factor").text(),
            new UnitTable.Effect(
                effect.at("effect").number(),
                effect.at("low").numberOrNaN(),
                effect.at("high").numberOrNaN(),
                effect.at("q").numberOrNaN()));
      }
      final var effects = new ArrayList<UnitTable.@Nullable Effect>();
      factors.forEach(factor -> effects.add(byFactor.get(factor)));
      units.add(
          new UnitTable.Unit(
              unit.at("site").text(),
              unit.at("unit").text(),
              unit.at("label").text(),
              unit.at("image_effect").numberOrNaN(),
              effects));
    }
    final var thresholds = file.at("thresholds");
    final var words =
        "Least effect "
            + thresholds.at("tau").text()
            + " sd of the factor, false discovery rate "
            + thresholds.at("fdr").text()
            + ", "
            + thresholds.at("permutations").text()
            + " permutations";
    final double stable =
        file.at("stability").there() ? file.at("stability").at("share").numberOrNaN() : Double.NaN;
    return new UnitTable(factors, words, stable, file.at("inputs").whole(), units);
  }

  private @Nullable LayerProfile profile() {
    final var file = file("profile", "profile.json");
    if (file == null) {
      return null;
    }
    final int inputs = file.at("inputs").whole();
    final var sites = file.at("sites").texts();
    final var factors = new ArrayList<LayerProfile.Factor>();
    for (final var factor : file.at("factors").items()) {
      factors.add(
          new LayerProfile.Factor(
              factor.at("factor").text(),
              along(sites, factor.at("readable"), "r2", inputs),
              along(sites, factor.at("effective"), "effect", inputs)));
    }
    return new LayerProfile(
        sites, "effect of the strongest unit, in standard deviations of the factor", factors);
  }

  /// One estimate per site; undefined where the file has none.
  private static List<Estimate> along(
      final List<String> sites, final JsonFile list, final String key, final int inputs) {
    final var bySite = new HashMap<String, Estimate>();
    for (final var entry : list.items()) {
      bySite.put(entry.at("site").text(), estimate(entry, key, inputs));
    }
    return sites.stream().map(site -> bySite.getOrDefault(site, Estimate.undefined(0))).toList();
  }

  private List<AttributionPage> attributions() {
    final var pages = new ArrayList<AttributionPage>();
    for (final var folder : folders(run.resolve("attribution"))) {
      if (Files.isRegularFile(folder.resolve("attribution.json"))) {
        final var file = JsonFile.read(folder.resolve("attribution.json"));
        pages.add(
            new AttributionPage(
                file.at("factor").text(),
                estimate(file.at("missed_mass")),
                file.at("units").whole(),
                file.at("patched").items().stream().map(MechanismFiles::patched).toList()));
      }
    }
    return pages;
  }

  private static AttributionPage.Unit patched(final JsonFile unit) {
    return new AttributionPage.Unit(
        unit.at("site").text(),
        unit.at("unit").text(),
        unit.at("kept").flag(),
        unit.at("attribution").number(),
        estimate(unit.at("exact")));
  }

  private List<CircuitPage> circuits() {
    final var circuits = new ArrayList<CircuitPage>();
    for (final var factor : folders(run.resolve("circuits"))) {
      for (final var path : List.of(factor, factor.resolve("encoder"))) {
        if (Files.isRegularFile(path.resolve(CircuitJson.FILE))) {
          circuits.add(circuit(path.resolve(CircuitJson.FILE)));
        }
      }
    }
    return circuits;
  }

  private static List<Path> folders(final Path folder) {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (var all = Files.list(folder)) {
      return all.filter(Files::isDirectory).sorted().toList();
    } catch (final IOException e) {
      throw BadInputException.unreadable(folder.toString(), "folder", e);
    }
  }

  private static CircuitPage circuit(final Path path) {
    final var file = JsonFile.read(path);
    return new CircuitPage(
        file.at("factor").text() + ", " + file.at("part").text(),
        file.at("outcome").text(),
        estimate(file.at("faithfulness")),
        estimate(file.at("completeness")),
        estimate(file.at("minimality").at("smallest")),
        CircuitJson.read(path).graph());
  }

  private @Nullable MotifTable motifs() {
    final var rows = new ArrayList<MotifTable.Row>();
    final var notes = new LinkedHashSet<String>();
    for (final var name : List.of("motifs.json", "motifs-encoder.json")) {
      final var file = file("circuits", name);
      if (file != null) {
        notes.add(
            file.at("random_graphs").text()
                + " random graphs of each kind, seed "
                + file.at("seed").text());
        for (final var graph : file.at("graphs").items()) {
          final var factor = graph.at("factor");
          final var scope =
              (factor.there() ? factor.text() : "all factors") + ", " + file.at("part").text();
          for (final var motif : graph.at("motifs").items()) {
            rows.add(row(scope, motif, graph.at("too_small")));
          }
        }
      }
    }
    return rows.isEmpty() ? null : new MotifTable(String.join("; ", notes), rows);
  }

  private static MotifTable.Row row(
      final String scope, final JsonFile motif, final JsonFile tooSmall) {
    final var degrees = motif.at("degrees");
    final boolean fixed = degrees.there() && degrees.at("fixed").flag();
    return new MotifTable.Row(
        scope,
        motif.at("motif").text(),
        Math.round(motif.at("count").number()),
        beside(degrees),
        beside(motif.at("density")),
        tooSmall.flag() ? "too small" : fixed ? "decided by the degrees" : "");
  }

  private static MotifTable.Beside beside(final JsonFile comparison) {
    return comparison.there()
        ? new MotifTable.Beside(
            comparison.at("mean").numberOrNaN(),
            comparison.at("z").numberOrNaN(),
            comparison.at("p").numberOrNaN(),
            comparison.at("q").numberOrNaN())
        : MotifTable.Beside.NONE;
  }

  private @Nullable FactorGraphPage graph() {
    final var file = file("graph", "graph.json");
    if (file == null) {
      return null;
    }
    final var factors = file.at("factors").texts();
    final int inputs = file.at("inputs").whole();
    final var moved = new double[factors.size()][];
    final var g = file.at("g").items();
    if (g.size() != factors.size()) {
      throw file.at("g").wrong("a row for each of " + factors.size() + " factors");
    }
    for (int k = 0; k < moved.length; k++) {
      moved[k] =
          g.get(k).items().stream().mapToDouble(e -> e.at("estimate").numberOrNaN()).toArray();
    }
    final var edges = new ArrayList<FactorGraphPage.Edge>();
    for (final var edge : file.at("edges").items()) {
      edges.add(
          new FactorGraphPage.Edge(
              place(factors, edge.at("from")),
              place(factors, edge.at("to")),
              estimate(edge, "effect", inputs),
              edge.at("q").numberOrNaN(),
              edge.at("direct").flag()));
    }
    final var truth = file.at("truth");
    return new FactorGraphPage(
        factors,
        Grid.of(moved),
        edges,
        truth.there() ? truth.items().stream().map(link -> link(factors, link)).toList() : null,
        file.at("scores").there() ? graphScores(file.at("scores")) : List.of(),
        file.at("notes").there() ? file.at("notes").texts() : List.of(),
        inputs);
  }

  private static FactorGraphPage.Link link(final List<String> factors, final JsonFile link) {
    final var ends = link.items();
    if (ends.size() != 2) {
      throw link.wrong("two factors");
    }
    return new FactorGraphPage.Link(
        place(factors, ends.getFirst()), place(factors, ends.getLast()));
  }

  private static int place(final List<String> factors, final JsonFile name) {
    final int at = factors.indexOf(name.text());
    if (at < 0) {
      throw name.wrong("one of the factors");
    }
    return at;
  }

  private static List<FactorGraphPage.Score> graphScores(final JsonFile scores) {
    final var nulls = scores.at("null");
    final var result = new ArrayList<FactorGraphPage.Score>();
    for (final var name : List.of("shd", "precision", "recall", "auc")) {
      result.add(
          new FactorGraphPage.Score(
              name.length() == 3 ? name.toUpperCase(Locale.ROOT) : name,
              scores.at(name).numberOrNaN(),
              chance(nulls.at("latents_shuffled"), name),
              chance(nulls.at("names_shuffled"), name)));
    }
    return result;
  }

  private static FactorGraphPage.Chance chance(final JsonFile draws, final String name) {
    final var values = draws.at(name);
    return values.there()
        ? new FactorGraphPage.Chance(
            values.items().stream()
                .filter(JsonFile::there)
                .mapToDouble(JsonFile::number)
                .average()
                .orElse(Double.NaN),
            draws.at(name + "_p").numberOrNaN())
        : FactorGraphPage.Chance.NONE;
  }

  /// `{estimate, low, high, n}`.
  private static Estimate estimate(final JsonFile of) {
    return estimate(of, "estimate", of.at("n").whole());
  }

  private static Estimate estimate(final JsonFile of, final String key, final long n) {
    return new Estimate(
        of.at(key).numberOrNaN(), of.at("low").numberOrNaN(), of.at("high").numberOrNaN(), n);
  }
}
