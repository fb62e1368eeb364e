package io.patchbay.analysis.study;

import io.patchbay.analysis.circuit.CircuitJson;
import io.patchbay.analysis.report.CircuitPage;
import io.patchbay.analysis.report.MotifTable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What `circuits` and `motifs` wrote, for a run's page.
final class CircuitFiles {
  private CircuitFiles() {}

  /// @param folders of the factors
  static List<CircuitPage> circuits(final List<Path> folders) {
    final var circuits = new ArrayList<CircuitPage>();
    for (final var factor : folders) {
      for (final var path : List.of(factor, factor.resolve("encoder"))) {
        if (Files.isRegularFile(path.resolve(CircuitJson.FILE))) {
          circuits.add(circuit(path.resolve(CircuitJson.FILE)));
        }
      }
    }
    return circuits;
  }

  private static CircuitPage circuit(final Path path) {
    final var file = JsonFile.read(path);
    final var minimality = file.at("minimality");
    final var found = file.at("found_on");
    return new CircuitPage(
        file.at("factor").text() + ", " + file.at("part").text(),
        file.at("outcome").text(),
        file.at("faithfulness").estimate(),
        file.at("completeness").estimate(),
        minimality.at("smallest").estimate(),
        new CircuitPage.Search(
            file.at("probe").probe(),
            file.at("screen").at("edges").whole(),
            file.at("screen").at("missed_mass").estimate(),
            minimality.at("share_idle").estimate(),
            found.at("faithfulness").number(),
            found.at("pairs").whole(),
            file.at("dropped_pairs").whole()),
        CircuitJson.read(path).graph());
  }

  /// @param files of the decoder and of the encoder, those that there are
  /// @return null where there are none
  static @Nullable MotifTable motifs(final List<JsonFile> files) {
    if (files.isEmpty()) {
      return null;
    }
    final var notes = new LinkedHashSet<String>();
    final var rows = new ArrayList<MotifTable.Row>();
    final var communities = new ArrayList<MotifTable.Communities>();
    final var overlaps = new ArrayList<MotifTable.Overlap>();
    final var hubs = new ArrayList<MotifTable.Hubs>();
    for (final var file : files) {
      final var part = file.at("part").text();
      notes.add(
          file.at("random_graphs").text()
              + " random graphs of each kind, seed "
              + file.at("seed").text());
      for (final var graph : file.at("graphs").items()) {
        final var factor = graph.at("factor");
        final var scope = (factor.there() ? factor.text() : "all factors") + ", " + part;
        for (final var motif : graph.at("motifs").items()) {
          rows.add(row(scope, motif, graph.at("too_small")));
        }
        if (graph.at("modularity").there()) {
          communities.add(communities(scope, graph.at("modularity")));
        }
      }
      file.at("overlaps").items().forEach(overlap -> overlaps.add(overlap(part, overlap)));
      if (file.at("shared_hubs").there()) {
        final var shared = file.at("shared_hubs");
        hubs.add(
            new MotifTable.Hubs(
                part,
                shared.at("nodes").texts(),
                shared.at("least_degree").whole(),
                chance(shared.at("labels"))));
      }
    }
    return new MotifTable(String.join("; ", notes), rows, communities, overlaps, hubs);
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
        tooSmall.flag() ? "too small" : fixed ? "by degrees" : "");
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

  private static MotifTable.Communities communities(final String scope, final JsonFile modularity) {
    return new MotifTable.Communities(
        scope,
        modularity.at("q").number(),
        modularity.at("communities").items().stream().map(JsonFile::texts).toList(),
        chance(modularity.at("degrees")));
  }

  private static MotifTable.Overlap overlap(final String part, final JsonFile overlap) {
    final var factors = overlap.at("factors").texts();
    if (factors.size() != 2) {
      throw overlap.at("factors").wrong("two factors");
    }
    return new MotifTable.Overlap(
        part,
        factors.getFirst(),
        factors.getLast(),
        shared(overlap.at("nodes")),
        shared(overlap.at("edges")));
  }

  private static MotifTable.Shared shared(final JsonFile share) {
    return new MotifTable.Shared(
        share.at("both").whole(),
        share.at("either").whole(),
        share.at("jaccard").numberOrNaN(),
        chance(share.at("labels")));
  }

  private static MotifTable.Chance chance(final JsonFile comparison) {
    return comparison.there()
        ? new MotifTable.Chance(
            comparison.at("mean").numberOrNaN(),
            comparison.at("z").numberOrNaN(),
            comparison.at("p").numberOrNaN(),
            comparison.at("p_fewer").numberOrNaN())
        : MotifTable.Chance.NONE;
  }
}
