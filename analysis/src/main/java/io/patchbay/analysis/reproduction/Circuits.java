package io.patchbay.analysis.reproduction;

import io.patchbay.analysis.statistics.Interval;
import io.patchbay.analysis.study.ModelMeaning;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Whether the circuit of a factor can be isolated: of the factor that is read best, in the encoder
/// of one run of each model of the table. On pairs held out it held for a run where the circuit has
/// at most 1/4 of the edges, its faithfulness is above 1/2, and its completeness within 1/4 of 0,
/// both with their whole interval over pairs; it held where it did for every run, and not where the
/// opposite is as clear for one. Whether the circuit is the smallest is another question: the share
/// of its edges that bring next to nothing stands beside it.
final class Circuits {
  private static final String ID = "circuits";
  private static final String CLAIM = "interventions isolate functional circuits";
  private static final double FAITHFUL = 0.5;
  private static final double COMPLETE = 0.25;
  private static final double FEW = 0.25;

  private Circuits() {}

  /// The circuit of a run.
  private record Circuit(
      RunFigures run, Interval edges, Interval all, Interval faithfulness, Interval completeness) {
    static Optional<Circuit> of(final RunFigures run) {
      final var figures = run.figures();
      final var edges = figures.get(Measure.CIRCUIT_EDGES);
      final var all = figures.get(Measure.ALL_EDGES);
      final var faithfulness = figures.get(Measure.FAITHFULNESS);
      final var completeness = figures.get(Measure.COMPLETENESS);
      return edges == null || all == null || faithfulness == null || completeness == null
          ? Optional.empty()
          : Optional.of(new Circuit(run, edges, all, faithfulness, completeness));
    }

    boolean few() {
      return edges.estimate() <= FEW * all.estimate();
    }

    Status status() {
      if (few()
          && faithfulness.low() > FAITHFUL
          && completeness.low() > -COMPLETE
          && completeness.high() < COMPLETE) {
        return Status.HELD;
      }
      return !few()
              || faithfulness.high() < FAITHFUL
              || completeness.low() > COMPLETE
              || completeness.high() < -COMPLETE
          ? Status.NOT_HELD
          : Status.UNDECIDED;
    }

    String text() {
      return run.run()
          + ": "
          + Math.round(edges.estimate())
          + " of "
          + Math.round(all.estimate())
          + " edges"
          + run.note(RunFigures.FACTOR).map(f -> " for " + f).orElse("")
          + ", faithfulness "
          + ReproducedTable.text(faithfulness)
          + ", completeness "
          + ReproducedTable.text(completeness)
          + run.figure(Measure.IDLE)
              .map(i -> ", share of edges that bring next to nothing " + ReproducedTable.text(i))
              .orElse("");
    }

    Map<String, Object> toMap() {
      final var map = new LinkedHashMap<String, Object>();
      map.put("run", run.run());
      run.note(RunFigures.FACTOR).ifPresent(f -> map.put("factor", f));
      map.put("edges", Math.round(edges.estimate()));
      map.put("all_edges", Math.round(all.estimate()));
      map.put("faithfulness", Json.interval(faithfulness));
      map.put("completeness", Json.interval(completeness));
      run.figure(Measure.IDLE).ifPresent(i -> map.put("share_idle", Json.interval(i)));
      map.put("status", status().id());
      return map;
    }
  }

  static Finding of(final Evidence evidence, final ReproductionPlan plan) {
    final var circuits =
        evidence.runs().stream()
            .filter(r -> r.latent() == plan.latent())
            .flatMap(r -> Circuit.of(r).stream())
            .toList();
    final var without = evidence.notes(plan.latent(), ModelMeaning.CIRCUIT);
    if (circuits.isEmpty()) {
      return Finding.notTested(
          ID,
          Findings.V1,
          CLAIM,
          without.isEmpty() ? "no run has a circuit" : String.join("; ", without));
    }
    final var bySeed = new TreeMap<Long, Boolean>();
    circuits.forEach(
        c -> bySeed.merge(c.run().seed(), c.status() == Status.HELD, Boolean::logicalAnd));
    final var texts = new ArrayList<>(circuits.stream().map(Circuit::text).toList());
    texts.addAll(without);
    final var numbers = new LinkedHashMap<String, Object>();
    numbers.put("least_faithfulness", FAITHFUL);
    numbers.put("most_completeness", COMPLETE);
    numbers.put("most_edges", FEW);
    numbers.put("circuits", circuits.stream().map(Circuit::toMap).toList());
    numbers.put("without", without);
    return new Finding(
        ID,
        Findings.V1,
        CLAIM,
        status(circuits),
        String.join("; ", texts),
        (int) bySeed.values().stream().filter(held -> held).count(),
        bySeed.size(),
        numbers);
  }

  private static Status status(final List<Circuit> circuits) {
    if (circuits.stream().allMatch(c -> c.status() == Status.HELD)) {
      return Status.HELD;
    }
    return circuits.stream().anyMatch(c -> c.status() == Status.NOT_HELD)
        ? Status.NOT_HELD
        : Status.UNDECIDED;
  }
}
