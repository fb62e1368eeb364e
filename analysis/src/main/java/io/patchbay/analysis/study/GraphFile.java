package io.patchbay.analysis.study;

import io.patchbay.analysis.report.FactorGraphPage;
import io.patchbay.analysis.report.Grid;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// What `graph` wrote, for a run's page.
final class GraphFile {
  private GraphFile() {}

  static FactorGraphPage page(final JsonFile file) {
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
              edge.estimate("effect", inputs),
              edge.at("q").numberOrNaN(),
              edge.at("direct").flag()));
    }
    final var truth = file.at("truth");
    return new FactorGraphPage(
        factors,
        Grid.of(moved),
        edges,
        truth.there() ? truth.items().stream().map(link -> link(factors, link)).toList() : null,
        file.at("scores").there() ? scores(file.at("scores")) : List.of(),
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

  private static List<FactorGraphPage.Score> scores(final JsonFile scores) {
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
}
