package io.patchbay.analysis.circuit;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/// The circuits of two or more factors side by side.
///
/// Random graphs that keep the degrees keep each circuit's nodes, so they cannot say whether two
/// circuits share more of them than by chance. Here each circuit keeps its shape and its number of
/// units at each site, and which of the site's units they are is drawn anew ([UnitLabels]).
///
/// @param overlaps of each pair, in the order of the circuits
public record CircuitComparison(List<CircuitOverlap> overlaps, SharedHubs hubs) {
  public CircuitComparison {
    overlaps = List.copyOf(overlaps);
  }

  /// @param sizes how many units each site has; where none is given, those that the circuits have
  /// @return nothing for fewer than two circuits
  /// @throws IllegalArgumentException when circuits disagree about a node's layer, have more units
  ///   at a site than it has, or for fewer draws than [NullComparison#FEWEST_DRAWS]
  public static Optional<CircuitComparison> of(
      final List<FactorCircuit> circuits,
      final Map<String, Integer> sizes,
      final int draws,
      final long seed) {
    if (circuits.size() < 2) {
      return Optional.empty();
    }
    final var graphs = circuits.stream().map(FactorCircuit::graph).toList();
    final var union = CircuitUnion.of(graphs);
    final var labels = new UnitLabels(graphs, sizes, seed);
    final var observed = Labelled.of(labels, circuits.size(), labels::observed);
    final var pairs = pairs(circuits.size());
    final double[][] nodes = new double[pairs.size()][draws];
    final double[][] edges = new double[pairs.size()][draws];
    final double[] hubs = new double[draws];
    for (int draw = 0; draw < draws; draw++) {
      final int number = draw;
      final var random = Labelled.of(labels, circuits.size(), c -> labels.random(c, number));
      for (int p = 0; p < pairs.size(); p++) {
        nodes[p][draw] = pairs.get(p).jaccard(random.nodes());
        edges[p][draw] = pairs.get(p).jaccard(random.edges());
      }
      hubs[draw] = random.degrees().hubs().length;
    }
    final var overlaps = new ArrayList<CircuitOverlap>();
    for (int p = 0; p < pairs.size(); p++) {
      overlaps.add(
          new CircuitOverlap(
              circuits.get(pairs.get(p).a()).factor(),
              circuits.get(pairs.get(p).b()).factor(),
              pairs.get(p).share(observed.nodes(), nodes[p]),
              pairs.get(p).share(observed.edges(), edges[p])));
    }
    return Optional.of(
        new CircuitComparison(overlaps, hubs(observed.degrees(), hubs, labels, union)));
  }

  private static List<Pair> pairs(final int circuits) {
    final var pairs = new ArrayList<Pair>();
    for (int a = 0; a < circuits; a++) {
      for (int b = a + 1; b < circuits; b++) {
        pairs.add(new Pair(a, b));
      }
    }
    return pairs;
  }

  /// Two circuits by their places; sets are ascending numbers, one set per circuit.
  private record Pair(int a, int b) {
    int both(final List<long[]> sets) {
      final long[] first = sets.get(a);
      final long[] second = sets.get(b);
      int i = 0;
      int j = 0;
      int both = 0;
      while (i < first.length && j < second.length) {
        final int order = Long.compare(first[i], second[j]);
        both += order == 0 ? 1 : 0;
        i += order <= 0 ? 1 : 0;
        j += order >= 0 ? 1 : 0;
      }
      return both;
    }

    int either(final List<long[]> sets) {
      return sets.get(a).length + sets.get(b).length - both(sets);
    }

    /// 0 where neither has any.
    double jaccard(final List<long[]> sets) {
      return (double) both(sets) / Math.max(1, either(sets));
    }

    CircuitOverlap.Share share(final List<long[]> observed, final double[] random) {
      final int either = either(observed);
      return new CircuitOverlap.Share(
          both(observed),
          either,
          either == 0
              ? Optional.empty()
              : Optional.of(NullComparison.of(jaccard(observed), random)));
    }
  }

  /// Circuits under numbers of their nodes: ascending numbers of nodes and of edges.
  private record Labelled(List<long[]> nodes, List<long[]> edges, Degrees degrees) {
    static Labelled of(
        final UnitLabels labels, final int circuits, final IntFunction<int[]> numbersOf) {
      final var nodes = new ArrayList<long[]>();
      final var edges = new ArrayList<long[]>();
      for (int c = 0; c < circuits; c++) {
        final int[] numbers = numbersOf.apply(c);
        nodes.add(Arrays.stream(numbers).sorted().asLongStream().toArray());
        edges.add(labels.edges(c, numbers));
      }
      return new Labelled(nodes, edges, Degrees.of(nodes, edges, labels));
    }
  }

  /// @param least degree that makes a node one of the top
  /// @param hubs numbers of the shared hubs
  private record Degrees(int least, int[] hubs) {
    static Degrees of(final List<long[]> nodes, final List<long[]> edges, final UnitLabels labels) {
      final int count = labels.count();
      final int[] circuits = new int[count];
      nodes.stream().flatMapToLong(Arrays::stream).forEach(n -> circuits[(int) n]++);
      final int[] degrees = new int[count];
      edges.stream()
          .flatMapToLong(Arrays::stream)
          .distinct()
          .forEach(e -> {
            degrees[(int) (e / count)]++;
            degrees[(int) (e % count)]++;
          });
      final int[] ascending =
          IntStream.range(0, count)
              .filter(n -> circuits[n] > 0)
              .map(n -> degrees[n])
              .sorted()
              .toArray();
      final int top = Math.max(1, ascending.length / SharedHubs.ONE_IN);
      final int next = ascending.length - top - 1;
      final int least = next < 0 ? 1 : ascending[next] + 1;
      return new Degrees(
          least,
          IntStream.range(0, count)
              .filter(n -> circuits[n] > 1 && degrees[n] >= least && labels.chosen(n))
              .toArray());
    }
  }

  private static SharedHubs hubs(
      final Degrees observed,
      final double[] random,
      final UnitLabels labels,
      final CircuitGraph union) {
    final var named = new HashMap<Integer, CircuitNode>();
    union.nodes().forEach(node -> named.put(labels.number(node), node));
    final var nodes =
        Arrays.stream(observed.hubs())
            .mapToObj(number -> Optional.ofNullable(named.get(number)).orElseThrow())
            .toList();
    return new SharedHubs(nodes, observed.least(), NullComparison.of(nodes.size(), random));
  }
}
