package io.patchbay.analysis.reproduction;

import io.patchbay.analysis.circuit.CircuitJson;
import io.patchbay.analysis.circuit.CircuitSearch;
import io.patchbay.analysis.circuit.FactorCircuit;
import io.patchbay.analysis.circuit.Motif;
import io.patchbay.analysis.statistics.Interval;
import io.patchbay.analysis.study.AttributionStudy;
import io.patchbay.analysis.study.CircuitStudy;
import io.patchbay.analysis.study.MotifStudy;
import io.patchbay.analysis.study.RunCircuits;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/// [Step#ATTRIBUTION], [Step#CIRCUITS] and [Step#MOTIFS], for the factors that are read best.
final class CircuitStep {
  /// The note that lists the factors whose circuits were found; figures are of the first.
  static final String FACTORS = "circuits of";

  private static final String UNREAD = "no factor is read";

  private CircuitStep() {}

  static StepResult attribution(final Measured measured) {
    final var read = measured.before().names(UnitStep.READ);
    if (read.isEmpty()) {
      return StepResult.without(Step.ATTRIBUTION, unread(measured));
    }
    final var factor = read.getFirst();
    final var sizes = measured.sizes().mechanisms();
    final var steps = sizes.circuitQuestion(factor).steps();
    final var notes = new LinkedHashMap<String, String>();
    final var figures = new LinkedHashMap<String, Interval>();
    measured
        .tried(
            Step.ATTRIBUTION,
            notes,
            () ->
                AttributionStudy.of(
                    measured.scene(),
                    factor,
                    sizes.pairs(),
                    steps,
                    sizes.patched(),
                    sizes.patched(),
                    heard(measured, factor, 0, 1)))
        .ifPresent(study -> {
          measured.write(Path.of("attribution", factor, "attribution.json"), study.numbers());
          figures.put("attribution_missed", study.screen().audit().missedMass());
        });
    return new StepResult(figures, notes);
  }

  private static String unread(final Measured measured) {
    return measured.before().note(Step.UNITS.id()).orElse(UNREAD);
  }

  static StepResult circuits(final Measured measured) {
    final var sizes = measured.sizes().mechanisms();
    final var factors =
        measured.before().names(UnitStep.READ).stream().limit(sizes.circuits()).toList();
    if (factors.isEmpty()) {
      return StepResult.without(Step.CIRCUITS, unread(measured));
    }
    final var notes = new LinkedHashMap<String, String>();
    final var figures = new LinkedHashMap<String, Interval>();
    final var found = new ArrayList<String>();
    for (int i = 0; i < factors.size(); i++) {
      final var factor = factors.get(i);
      final var heard = heard(measured, factor, i, factors.size());
      measured
          .tried(
              Step.CIRCUITS,
              notes,
              () -> CircuitStudy.of(measured.scene(), sizes.circuitQuestion(factor), heard))
          .ifPresent(study -> {
            measured.write(file(factor), study.numbers());
            if (found.isEmpty()) {
              put(study, figures);
            }
            found.add(factor);
          });
    }
    if (!found.isEmpty()) {
      notes.put(FACTORS, Measured.listed(found));
    }
    return new StepResult(figures, notes);
  }

  private static Path file(final String factor) {
    return Path.of("circuits", factor, "encoder", CircuitJson.FILE);
  }

  private static void put(final CircuitStudy study, final Map<String, Interval> figures) {
    final var measured = study.figures();
    final int n = measured.pairs();
    final double edges = measured.edges().size();
    figures.put(Measure.CIRCUIT_EDGES, Interval.unbounded(edges, n));
    figures.put(Measure.ALL_EDGES, Interval.unbounded(study.edges(), n));
    figures.put(Measure.CIRCUIT_SHARE, Interval.unbounded(edges / study.edges(), n));
    figures.put(Measure.FAITHFULNESS, measured.faithfulness());
    figures.put(Measure.COMPLETENESS, measured.completeness());
    figures.put(Measure.IDLE, measured.idle());
  }

  static StepResult motifs(final Measured measured) {
    final var factors = measured.before().names(FACTORS);
    if (factors.isEmpty()) {
      return StepResult.without(Step.MOTIFS, "no circuit was found");
    }
    final var circuits =
        factors.stream().map(f -> CircuitJson.read(measured.folder().resolve(file(f)))).toList();
    final var units = new TreeMap<String, Integer>();
    circuits.stream().map(FactorCircuit::units).forEach(units::putAll);
    final var study =
        MotifStudy.of(
            new RunCircuits(circuits, units),
            measured.sizes().mechanisms().draws(),
            measured.scene().seed(),
            (done, all) -> measured.hearing().at("random graphs", done, all));
    final var numbers = new LinkedHashMap<String, Object>();
    numbers.put("part", "encoder");
    numbers.putAll(study.numbers());
    measured.write(Path.of("circuits", "motifs-encoder.json"), numbers);
    return new StepResult(motifFigures(study), Map.of());
  }

  private static Map<String, Interval> motifFigures(final MotifStudy study) {
    final var figures = new LinkedHashMap<String, Interval>();
    final var graph = study.graphs().getFirst();
    for (final var motif : graph.motifs()) {
      if (motif.row().motif() == Motif.PARALLEL) {
        motif
            .row()
            .degrees()
            .filter(beside -> !beside.fixed())
            .ifPresent(beside -> {
              beside.z().ifPresent(z -> put("motif_parallel_z", z, study.draws(), figures));
              put("motif_parallel_p", beside.p(), study.draws(), figures);
            });
      }
    }
    graph
        .modularity()
        .ifPresent(modularity -> {
          put("newman_q", modularity.q(), graph.census().edges(), figures);
          modularity
              .degrees()
              .ifPresent(beside -> put("newman_p", beside.p(), study.draws(), figures));
        });
    study
        .comparison()
        .ifPresent(comparison ->
            comparison.overlaps().stream()
                .flatMap(overlap -> overlap.edges().jaccard().stream())
                .mapToDouble(Double::doubleValue)
                .average()
                .ifPresent(
                    mean -> put("circuit_overlap", mean, comparison.overlaps().size(), figures)));
    return figures;
  }

  private static void put(
      final String measure, final double value, final int n, final Map<String, Interval> figures) {
    figures.put(measure, Interval.unbounded(value, Math.max(1, n)));
  }

  /// Tells how far the work on one of several factors is.
  private static CircuitSearch.Listener heard(
      final Measured measured, final String factor, final int index, final int count) {
    return (part, done, total) ->
        measured
            .hearing()
            .at(factor + ", " + part, index * total + Math.min(done, total), count * total);
  }
}
