package io.patchbay.analysis.causal;

import io.patchbay.vae.data.Variable;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/// A directed graph of factors, by their numbers. A learned one may have cycles.
///
/// @param factors how many there are
/// @param arrows in the order of their numbers
public record CausalGraph(int factors, SortedSet<Arrow> arrows) {
  /// A direct effect of one factor on another.
  public record Arrow(int from, int to) implements Comparable<Arrow> {
    @Override
    public int compareTo(final Arrow other) {
      final int first = Integer.compare(from, other.from);
      return first == 0 ? Integer.compare(to, other.to) : first;
    }
  }

  /// @throws IllegalArgumentException for an arrow to itself, or between factors there are not
  public CausalGraph {
    arrows = Collections.unmodifiableSortedSet(new TreeSet<>(arrows));
    for (final var arrow : arrows) {
      final boolean inside = 0 <= arrow.from && arrow.from < factors;
      if (!inside || arrow.to < 0 || arrow.to >= factors || arrow.from == arrow.to) {
        throw new IllegalArgumentException("arrow: arrow=" + arrow + ", factors=" + factors);
      }
    }
  }

  /// The graph of a generator: an arrow from every variable to those whose mechanisms read it.
  ///
  /// @throws IllegalArgumentException when a parent is none of the variables
  public static CausalGraph of(final List<Variable> variables) {
    final var names = variables.stream().map(Variable::name).toList();
    final var arrows = new TreeSet<Arrow>();
    for (int to = 0; to < names.size(); to++) {
      for (final var parent : variables.get(to).parents()) {
        arrows.add(new Arrow(names.indexOf(parent), to));
      }
    }
    return new CausalGraph(names.size(), arrows);
  }

  public boolean has(final int from, final int to) {
    return arrows.contains(new Arrow(from, to));
  }

  /// The graph among some of the factors when the others are not seen: an arrow where a directed
  /// path leads from one to another with none of them between.
  public CausalGraph among(final List<Integer> seen) {
    final var found = new TreeSet<Arrow>();
    for (final int from : seen) {
      final var reached = new BitSet(factors);
      reach(from, seen, reached);
      seen.stream()
          .filter(to -> to != from && reached.get(to))
          .forEach(to -> found.add(new Arrow(from, to)));
    }
    return new CausalGraph(factors, found);
  }

  private void reach(final int from, final List<Integer> seen, final BitSet reached) {
    for (final var arrow : arrows) {
      if (arrow.from == from && !reached.get(arrow.to)) {
        reached.set(arrow.to);
        if (!seen.contains(arrow.to)) {
          reach(arrow.to, seen, reached);
        }
      }
    }
  }
}
