package io.patchbay.analysis.study;

import io.patchbay.analysis.circuit.CircuitComparison;
import io.patchbay.analysis.circuit.CircuitGraph;
import io.patchbay.analysis.circuit.CircuitUnion;
import io.patchbay.analysis.circuit.EffectModularity;
import io.patchbay.analysis.circuit.FactorCircuit;
import io.patchbay.analysis.circuit.MotifCensus;
import io.patchbay.analysis.circuit.MotifCensus.Row;
import io.patchbay.analysis.circuit.NullComparison;
import io.patchbay.analysis.statistics.BenjaminiHochberg;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.stream.IntStream;

/// What the circuits of a run are made of: motifs and modularity of each factor's and of all
/// together, and what factors share.
///
/// @param draws random graphs that each figure is compared with
/// @param graphs one per factor, then, for two factors or more, their union
/// @param comparison of the factors; none for one factor
/// @param uncounted sites whose number of units no file says: random circuits choose among those
///   that the circuits have, which makes overlaps look less surprising than they are
public record MotifStudy(
    long seed,
    int draws,
    List<GraphStudy> graphs,
    Optional<CircuitComparison> comparison,
    List<String> uncounted) {
  /// Name of the union of all circuits.
  public static final String TOGETHER = "(together)";

  public MotifStudy {
    graphs = List.copyOf(graphs);
    uncounted = List.copyOf(uncounted);
  }

  /// @param factor its name, or [#TOGETHER]
  /// @param motifs one per motif
  /// @param modularity none for a graph without effects
  public record GraphStudy(
      String factor,
      MotifCensus census,
      List<TestedMotif> motifs,
      Optional<EffectModularity> modularity) {
    public GraphStudy {
      motifs = List.copyOf(motifs);
    }
  }

  /// @param degreesQ p of the comparison with equal degrees, adjusted over all motifs and graphs
  ///   for which such graphs can differ (Benjamini and Hochberg)
  /// @param densityQ the same for the comparison with equal density
  public record TestedMotif(Row row, Optional<Double> degreesQ, Optional<Double> densityQ) {}

  /// @param progress hears how many of how many graphs are done
  /// @throws IllegalArgumentException for fewer draws than [NullComparison#FEWEST_DRAWS]
  public static MotifStudy of(
      final RunCircuits run,
      final int draws,
      final long seed,
      final BiConsumer<Integer, Integer> progress) {
    final var names = new ArrayList<>(run.circuits().stream().map(FactorCircuit::factor).toList());
    final var graphs = new ArrayList<>(run.circuits().stream().map(FactorCircuit::graph).toList());
    if (graphs.size() > 1) {
      names.add(TOGETHER);
      graphs.add(CircuitUnion.of(graphs));
    }
    final var censuses = new ArrayList<MotifCensus>();
    final var modularities = new ArrayList<Optional<EffectModularity>>();
    for (final CircuitGraph graph : graphs) {
      progress.accept(censuses.size(), graphs.size());
      censuses.add(MotifCensus.of(graph, draws, seed));
      modularities.add(EffectModularity.of(graph, draws, seed));
    }
    final var rows = censuses.stream().flatMap(c -> c.rows().stream()).toList();
    final var degrees = adjusted(rows, Row::degrees);
    final var density = adjusted(rows, Row::density);
    final var studies = new ArrayList<GraphStudy>();
    int at = 0;
    for (int g = 0; g < graphs.size(); g++) {
      final var motifs = new ArrayList<TestedMotif>();
      for (final var row : censuses.get(g).rows()) {
        motifs.add(new TestedMotif(row, degrees.get(at), density.get(at)));
        at++;
      }
      studies.add(new GraphStudy(names.get(g), censuses.get(g), motifs, modularities.get(g)));
    }
    final var comparison = CircuitComparison.of(run.circuits(), run.units(), draws, seed);
    progress.accept(graphs.size(), graphs.size());
    final var uncounted =
        graphs.stream()
            .flatMap(graph -> graph.nodes().stream())
            .map(node -> node.site())
            .filter(site -> !run.units().containsKey(site))
            .distinct()
            .sorted()
            .toList();
    return new MotifStudy(seed, draws, studies, comparison, uncounted);
  }

  /// Adjusts the p-values of all comparisons that can say something.
  private static List<Optional<Double>> adjusted(
      final List<Row> rows, final Function<Row, Optional<NullComparison>> kind) {
    final int[] tested =
        IntStream.range(0, rows.size())
            .filter(i -> kind.apply(rows.get(i)).filter(c -> !c.fixed()).isPresent())
            .toArray();
    final double[] q =
        BenjaminiHochberg.adjust(
            IntStream.of(tested)
                .mapToDouble(i -> kind.apply(rows.get(i)).orElseThrow().p())
                .toArray());
    final var all = new ArrayList<Optional<Double>>();
    rows.forEach(_ -> all.add(Optional.empty()));
    for (int i = 0; i < tested.length; i++) {
      all.set(tested[i], Optional.of(q[i]));
    }
    return all;
  }

  /// Everything, for a file.
  public Map<String, Object> numbers() {
    return MotifNumbers.of(this);
  }
}
