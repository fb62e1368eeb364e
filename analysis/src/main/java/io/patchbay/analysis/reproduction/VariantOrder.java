package io.patchbay.analysis.reproduction;

import io.patchbay.analysis.statistics.Interval;
import io.patchbay.vae.train.Variant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeSet;

/// Whether variants stand in an order by one figure. Neighbours are compared seed by seed, as the
/// models of a seed share their initial weights and their inputs.
final class VariantOrder {
  static final String RULE =
      "held where the difference of each two neighbours, taken seed by seed, is above zero with its"
          + " whole 95 % t interval over seeds; not held where one is below zero with its whole"
          + " interval";

  private VariantOrder() {}

  /// @param order the largest first
  static Finding of(
      final Claim claim,
      final Evidence evidence,
      final int latent,
      final List<Variant> order,
      final String measure) {
    final var values = order.stream().map(v -> evidence.values(v, latent, measure)).toList();
    final var differences = new ArrayList<NavigableMap<Long, Double>>();
    for (int i = 0; i + 1 < order.size(); i++) {
      differences.add(Evidence.difference(values.get(i), values.get(i + 1)));
      if (differences.getLast().isEmpty()) {
        return Finding.notTested(
            claim,
            "no seed has "
                + Measure.named(measure).title()
                + " of both "
                + order.get(i).id()
                + " and "
                + order.get(i + 1).id());
      }
    }
    final var intervals = new ArrayList<Interval>();
    final var texts = new ArrayList<String>();
    final var numbers = new LinkedHashMap<String, Object>();
    numbers.put("measure", measure);
    for (int i = 0; i < differences.size(); i++) {
      final var interval = Evidence.mean(differences.get(i).values()).orElseThrow();
      final var name = order.get(i).id() + " - " + order.get(i + 1).id();
      intervals.add(interval);
      texts.add(name + " = " + ReproducedTable.text(interval));
      numbers.put(name, Json.interval(interval));
    }
    final var seeds = new TreeSet<>(differences.getFirst().keySet());
    differences.forEach(d -> seeds.retainAll(d.keySet()));
    final long held =
        seeds.stream()
            .filter(s -> differences.stream().allMatch(d -> Evidence.at(d, s) > 0))
            .count();
    return new Finding(
        claim,
        Findings.above(intervals),
        String.join(", ", texts),
        (int) held,
        seeds.size(),
        numbers);
  }
}
