package io.patchbay.analysis.reproduction;

import io.patchbay.analysis.statistics.Interval;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Whether the circuit of a factor can be isolated: of the factor that is read best, in the encoder
/// of each run of the table, measured on pairs that it was not found on. Isolated is what is few
/// and brings most while the rest brings little, so that the one bound there is, one half, is what
/// these words say. Whether a circuit is the smallest is another question: the share of its edges
/// that bring next to nothing stands beside it.
final class Circuits {
  private static final Claim CLAIM =
      new Claim(
          "circuits",
          Claim.V1,
          "interventions isolate functional circuits",
          "a circuit is isolated where it has under half of the edges, brings more than half of the"
              + " change (faithfulness), and all other edges bring less than half of it, up or down"
              + " (completeness); held where the means of each model are so with their whole 95 % t"
              + " interval over seeds, not held where one is not with its whole interval; a seed"
              + " holds where each circuit is so with its intervals over pairs");

  private static final double HALF = 0.5;

  private Circuits() {}

  /// Of a run, with intervals over pairs, or of a model, with intervals over seeds.
  private record Circuit(Interval share, Interval faithfulness, Interval completeness) {
    Status status() {
      if (share.high() < HALF
          && faithfulness.low() > HALF
          && completeness.low() > -HALF
          && completeness.high() < HALF) {
        return Status.HELD;
      }
      return share.low() > HALF
              || faithfulness.high() < HALF
              || completeness.low() > HALF
              || completeness.high() < -HALF
          ? Status.NOT_HELD
          : Status.UNDECIDED;
    }

    String text() {
      return ReproducedTable.text(share)
          + " of the edges, faithfulness "
          + ReproducedTable.text(faithfulness)
          + ", completeness "
          + ReproducedTable.text(completeness);
    }

    Map<String, Object> toMap() {
      final var map = new LinkedHashMap<String, Object>();
      map.put("share", Json.interval(share));
      map.put("faithfulness", Json.interval(faithfulness));
      map.put("completeness", Json.interval(completeness));
      map.put("status", status().id());
      return map;
    }
  }

  /// The number of edges of a run's circuit is no estimate: it is what it is.
  private static Optional<Circuit> of(final RunFigures run) {
    final var share = run.figure(Measure.CIRCUIT_SHARE);
    final var faithfulness = run.figure(Measure.FAITHFULNESS);
    final var completeness = run.figure(Measure.COMPLETENESS);
    return share.isEmpty() || faithfulness.isEmpty() || completeness.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Circuit(
                new Interval(
                    share.get().estimate(),
                    share.get().estimate(),
                    share.get().estimate(),
                    share.get().n()),
                faithfulness.get(),
                completeness.get()));
  }

  static Finding of(final Evidence evidence, final ReproductionPlan plan) {
    final int latent = plan.latent();
    final var without = evidence.notes(latent, Step.CIRCUITS.id());
    final var bySeed = new TreeMap<Long, Boolean>();
    final var runs = new ArrayList<Map<String, Object>>();
    for (final var run : evidence.runs()) {
      if (run.latent() == latent) {
        of(run)
            .ifPresent(circuit -> {
              bySeed.merge(run.seed(), circuit.status() == Status.HELD, Boolean::logicalAnd);
              runs.add(toMap(run, circuit));
            });
      }
    }
    if (bySeed.isEmpty()) {
      return Finding.notTested(
          CLAIM, without.isEmpty() ? "no run has a circuit" : String.join("; ", without));
    }
    final var statuses = new ArrayList<Status>();
    final var texts = new ArrayList<String>();
    final var models = new LinkedHashMap<String, Object>();
    for (final var variant : evidence.variants(latent)) {
      final var share = evidence.mean(variant, latent, Measure.CIRCUIT_SHARE);
      final var faithfulness = evidence.mean(variant, latent, Measure.FAITHFULNESS);
      final var completeness = evidence.mean(variant, latent, Measure.COMPLETENESS);
      if (share.isPresent() && faithfulness.isPresent() && completeness.isPresent()) {
        final var circuit = new Circuit(share.get(), faithfulness.get(), completeness.get());
        statuses.add(circuit.status());
        models.put(variant.id(), circuit.toMap());
        texts.add(
            variant.id()
                + ": "
                + circuit.text()
                + evidence
                    .mean(variant, latent, Measure.IDLE)
                    .map(i ->
                        ", share of its edges that bring next to nothing "
                            + ReproducedTable.text(i))
                    .orElse(""));
      }
    }
    texts.addAll(without);
    final var numbers = new LinkedHashMap<String, Object>();
    numbers.put("bound", HALF);
    numbers.put("models", models);
    numbers.put("runs", runs);
    numbers.put("without", without);
    return new Finding(
        CLAIM,
        status(statuses),
        String.join("; ", texts),
        (int) bySeed.values().stream().filter(held -> held).count(),
        bySeed.size(),
        numbers);
  }

  private static Map<String, Object> toMap(final RunFigures run, final Circuit circuit) {
    final var map = new LinkedHashMap<String, Object>();
    map.put("run", run.run());
    run.note(CircuitStep.FACTORS).ifPresent(f -> map.put("factors", f));
    map.putAll(circuit.toMap());
    return map;
  }

  private static Status status(final List<Status> statuses) {
    if (statuses.stream().allMatch(s -> s == Status.HELD)) {
      return Status.HELD;
    }
    return statuses.contains(Status.NOT_HELD) ? Status.NOT_HELD : Status.UNDECIDED;
  }
}
