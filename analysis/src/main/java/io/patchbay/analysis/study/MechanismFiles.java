package io.patchbay.analysis.study;

import io.patchbay.analysis.report.AttributionPage;
import io.patchbay.analysis.report.Estimate;
import io.patchbay.analysis.report.FactorGraphPage;
import io.patchbay.analysis.report.LayerProfile;
import io.patchbay.analysis.report.Mechanisms;
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
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
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
        CircuitFiles.circuits(folders(run.resolve("circuits"))),
        CircuitFiles.motifs(files.there("circuits", "motifs.json", "motifs-encoder.json")),
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

  private List<JsonFile> there(final String folder, final String... names) {
    return Stream.of(names)
        .map(name -> run.resolve(folder).resolve(name))
        .filter(Files::isRegularFile)
        .map(JsonFile::read)
        .toList();
  }

  private @Nullable FactorGraphPage graph() {
    final var file = file("graph", "graph.json");
    return file == null ? null : GraphFile.page(file);
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
              score.estimate("value", score.at("n").whole()),
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
    final var stability = file.at("stability");
    return new UnitTable(
        factors,
        words,
        stability.at("share").numberOrNaN(),
        stability.at("named_share").numberOrNaN(),
        file.at("inputs").whole(),
        units);
  }

  private @Nullable LayerProfile profile() {
    final var file = file("profile", "profile.json");
    if (file == null) {
      return null;
    }
    final var sites = file.at("sites").texts();
    final var factors = new ArrayList<LayerProfile.Factor>();
    for (final var factor : file.at("factors").items()) {
      final var readable = factor.at("readable").items();
      final boolean classes = !readable.isEmpty() && readable.getFirst().at("accuracy").there();
      factors.add(
          new LayerProfile.Factor(
              factor.at("factor").text(),
              classes ? LayerProfile.ACCURACY : LayerProfile.R2,
              classes ? readable.getFirst().at("majority").number() : 0,
              along(sites, readable, classes ? MechanismFiles::accuracy : at -> along(at, "r2")),
              along(sites, factor.at("effective").items(), at -> along(at, "effect"))));
    }
    return new LayerProfile(
        sites,
        "effect of the unit of the site that carries most, in standard deviations of the factor"
            + " for one of the source",
        factors);
  }

  /// One estimate per site; undefined where the file has none.
  private static List<Estimate> along(
      final List<String> sites,
      final List<JsonFile> entries,
      final Function<JsonFile, Estimate> estimate) {
    final var bySite = new HashMap<String, Estimate>();
    entries.forEach(entry -> bySite.put(entry.at("site").text(), estimate.apply(entry)));
    return sites.stream().map(site -> bySite.getOrDefault(site, Estimate.undefined(0))).toList();
  }

  private static Estimate along(final JsonFile entry, final String key) {
    return entry.estimate(key, entry.at("n").whole());
  }

  private static Estimate accuracy(final JsonFile entry) {
    return new Estimate(
        entry.at("accuracy").number(),
        entry.at("accuracy_low").numberOrNaN(),
        entry.at("accuracy_high").numberOrNaN(),
        entry.at("n").whole());
  }

  private List<AttributionPage> attributions() {
    final var pages = new ArrayList<AttributionPage>();
    for (final var folder : folders(run.resolve("attribution"))) {
      if (Files.isRegularFile(folder.resolve("attribution.json"))) {
        final var file = JsonFile.read(folder.resolve("attribution.json"));
        pages.add(
            new AttributionPage(
                file.at("factor").text(),
                file.at("probe").probe(),
                file.at("missed_mass").estimate(),
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
        unit.at("exact").estimate());
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
}
