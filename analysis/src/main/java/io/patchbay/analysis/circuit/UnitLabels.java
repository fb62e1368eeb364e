package io.patchbay.analysis.circuit;

import io.patchbay.engine.random.PhiloxRandom;
import io.patchbay.engine.random.Streams;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Numbers for the nodes of several circuits, equal where the nodes are, and random ones: each
/// circuit keeps its shape and its number of units at each site, but which units they are is drawn
/// anew out of all that the site has, for each circuit by itself.
final class UnitLabels {
  // Streams are keyed by circuit beyond those of the random graphs.
  private static final int FIRST_ID = 16;

  private final long seed;
  private final List<CircuitGraph> circuits;

  /// Per circuit and site of it, which nodes are there.
  private final List<TreeMap<String, List<Integer>>> members = new ArrayList<>();

  private final Map<String, Integer> offsets = new HashMap<>();
  private final Map<String, Integer> widths = new HashMap<>();
  private final Map<NodeKey, Integer> seen = new HashMap<>();
  private final BitSet lone = new BitSet();
  private final int count;

  /// @param sizes how many units a circuit could have at a site; where none is given, those that
  ///   the circuits have
  /// @throws IllegalArgumentException when the circuits have more units at a site than it has
  UnitLabels(final List<CircuitGraph> circuits, final Map<String, Integer> sizes, final long seed) {
    this.circuits = circuits;
    this.seed = seed;
    final var units = new TreeMap<String, List<String>>();
    for (final var circuit : circuits) {
      final var here = new TreeMap<String, List<Integer>>();
      for (int i = 0; i < circuit.nodes().size(); i++) {
        final var node = circuit.nodes().get(i);
        here.computeIfAbsent(node.site(), _ -> new ArrayList<>()).add(i);
        final var names = units.computeIfAbsent(node.site(), _ -> new ArrayList<>());
        if (!names.contains(node.unit())) {
          names.add(node.unit());
        }
      }
      members.add(here);
    }
    int next = 0;
    for (final var site : units.entrySet()) {
      final int found = site.getValue().size();
      final int width = sizes.getOrDefault(site.getKey(), found);
      if (width < found) {
        throw new IllegalArgumentException(
            "more units than the site has: site="
                + site.getKey()
                + ", units="
                + found
                + ", site has="
                + width);
      }
      offsets.put(site.getKey(), next);
      lone.set(next, width == 1);
      widths.put(site.getKey(), width);
      for (int i = 0; i < found; i++) {
        seen.put(new NodeKey(site.getKey(), site.getValue().get(i)), next + i);
      }
      next = Math.addExact(next, width);
    }
    count = next;
  }

  /// All numbers are below this.
  int count() {
    return count;
  }

  /// Whether the unit of a number was one among several of its site: every circuit through a site
  /// of one unit has that unit.
  boolean chosen(final int number) {
    return !lone.get(number);
  }

  /// The numbers of a circuit's nodes as they are.
  int[] observed(final int circuit) {
    return circuits.get(circuit).nodes().stream().mapToInt(this::number).toArray();
  }

  /// The number of a node of any of the circuits.
  int number(final CircuitNode node) {
    return Optional.ofNullable(seen.get(NodeKey.of(node))).orElseThrow();
  }

  /// Random numbers in their place.
  int[] random(final int circuit, final int draw) {
    final var random = new PhiloxRandom(seed, Streams.GRAPHS, FIRST_ID + circuit, draw);
    final int[] labels = new int[circuits.get(circuit).nodes().size()];
    members
        .get(circuit)
        .forEach((site, nodes) -> {
          final int width = widths.getOrDefault(site, nodes.size());
          final int offset = offsets.getOrDefault(site, 0);
          final int[] chosen = random.choose(nodes.size(), width);
          for (int i = 0; i < chosen.length; i++) {
            labels[nodes.get(i)] = offset + chosen[i];
          }
        });
    return labels;
  }

  /// The edges of a circuit under given numbers of its nodes, as one number each, ascending.
  long[] edges(final int circuit, final int[] labels) {
    final long[] keys =
        circuits.get(circuit).edges().stream()
            .mapToLong(e -> (long) labels[e.from()] * count + labels[e.to()])
            .toArray();
    Arrays.sort(keys);
    return keys;
  }
}
