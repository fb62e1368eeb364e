package io.patchbay.analysis.circuit;

import io.patchbay.analysis.patch.Reach;
import io.patchbay.engine.Graph;
import io.patchbay.engine.Node;
import io.patchbay.engine.Op;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/// The sites of a model that lead to the one that is read, each value once.
///
/// Two sites hold the same value where they are one node of the graph (`encoder.mu` and `latent.z`
/// without noise), and where the one is made of the other element by element and nothing else reads
/// the other (`encoder.conv1.pre` and `encoder.conv1`): to take a unit of the one from another run
/// is to take that of the other. The later one stands for both; none stands for the site that is
/// read.
///
/// @param names by their values, in the order of the computation
/// @param copies the sites left out, with the site that stands for each
record DistinctSites(Map<Node, String> names, SortedMap<String, String> copies) {
  DistinctSites {
    names = Collections.unmodifiableMap(new LinkedHashMap<>(names));
    copies = Collections.unmodifiableSortedMap(new TreeMap<>(copies));
  }

  /// @throws IllegalArgumentException when there is no site of the name `read`
  static DistinctSites of(final Graph graph, final String read) {
    final var byNode = new LinkedHashMap<Node, String>();
    final var copies = new TreeMap<String, String>();
    final var leading =
        graph.sites().keySet().stream().filter(name -> Reach.leads(graph, name, read)).toList();
    for (final var name : leading) {
      final var node = Optional.ofNullable(graph.sites().get(name)).orElseThrow();
      Optional.ofNullable(byNode.put(node, name)).ifPresent(before -> copies.put(before, name));
    }
    final var relevant = relevant(graph, read);
    final var distinct = new LinkedHashMap<Node, String>();
    for (final var entry : byNode.entrySet()) {
      final var copy = copy(entry.getKey(), byNode, relevant);
      if (copy.isPresent()) {
        copies.put(entry.getValue(), copy.get());
      } else if (!entry.getValue().equals(read)) {
        distinct.put(entry.getKey(), entry.getValue());
      }
    }
    copies.replaceAll((_, stands) -> last(stands, copies));
    return new DistinctSites(distinct, copies);
  }

  /// The name that stands for a name, which may itself be left out.
  private static String last(final String name, final Map<String, String> copies) {
    String last = name;
    for (var next = copies.get(last); next != null; next = copies.get(last)) {
      last = next;
    }
    return last;
  }

  /// The nodes from which there is a way to the site that is read.
  private static List<Node> relevant(final Graph graph, final String read) {
    final Set<Node> reached = new HashSet<>();
    final var end = graph.sites().get(read);
    if (end == null) {
      throw new IllegalArgumentException("no such site: site=" + read);
    }
    reached.add(end);
    for (final var node : graph.nodes().reversed()) {
      if (reached.contains(node)) {
        reached.addAll(node.inputs());
      }
    }
    return graph.nodes().stream().filter(reached::contains).toList();
  }

  /// The next site that is a function of each element of this one, where nothing else reads it.
  private static Optional<String> copy(
      final Node site, final Map<Node, String> names, final List<Node> relevant) {
    Node node = site;
    while (true) {
      final var value = node;
      final var readers = relevant.stream().filter(r -> r.inputs().contains(value)).toList();
      if (readers.size() != 1 || !(readers.getFirst().op() instanceof Op.Unary)) {
        return Optional.empty();
      }
      node = readers.getFirst();
      final var name = names.get(node);
      if (name != null) {
        return Optional.of(name);
      }
    }
  }
}
