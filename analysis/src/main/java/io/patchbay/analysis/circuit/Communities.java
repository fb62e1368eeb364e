package io.patchbay.analysis.circuit;

import io.patchbay.engine.random.PhiloxRandom;
import java.util.Arrays;
import java.util.stream.IntStream;

/// Communities of a weighted undirected graph of high modularity, by moving single nodes, then
/// whole communities (Blondel, Guillaume, Lambiotte and Lefebvre 2008), and single nodes again, as
/// long as that helps; the best of several random orders. JGraphT's own searches leave the weights
/// out.
final class Communities {
  /// Random orders of the nodes that are tried.
  private static final int STARTS = 10;

  // Gains of less than this share of all weight are rounding.
  private static final double LEAST_GAIN = 1e-12;

  private final int[] begin;
  private final int[] neighbours;
  private final double[] weights;

  /// Of each node its edges to itself, counted from both ends.
  private final double[] loops;

  private final double[] strengths;

  /// Twice the weight of all edges.
  private final double whole;

  private Communities(
      final int[] begin, final int[] neighbours, final double[] weights, final double[] loops) {
    this.begin = begin;
    this.neighbours = neighbours;
    this.weights = weights;
    this.loops = loops;
    strengths = loops.clone();
    for (int i = 0; i < loops.length; i++) {
      for (int k = begin[i]; k < begin[i + 1]; k++) {
        strengths[i] += weights[k];
      }
    }
    whole = Arrays.stream(strengths).sum();
  }

  /// @param sizes the edges' weights, at least 0
  static Communities of(final int nodes, final int[] from, final int[] to, final double[] sizes) {
    final int[] begin = new int[nodes + 1];
    for (int e = 0; e < from.length; e++) {
      if (sizes[e] > 0) {
        begin[from[e] + 1]++;
        begin[to[e] + 1]++;
      }
    }
    Arrays.parallelPrefix(begin, Integer::sum);
    final int[] next = begin.clone();
    final int[] neighbours = new int[begin[nodes]];
    final double[] weights = new double[begin[nodes]];
    for (int e = 0; e < from.length; e++) {
      if (sizes[e] > 0) {
        neighbours[next[from[e]]] = to[e];
        weights[next[from[e]]++] = sizes[e];
        neighbours[next[to[e]]] = from[e];
        weights[next[to[e]]++] = sizes[e];
      }
    }
    return new Communities(begin, neighbours, weights, new double[nodes]);
  }

  /// Twice the weight of all edges.
  double whole() {
    return whole;
  }

  double strength(final int node) {
    return strengths[node];
  }

  /// The best found: of each node the number of its community. Every second search begins with
  /// single nodes, the others with random communities, from which other optima can be reached.
  int[] best(final PhiloxRandom random) {
    int[] best = find(singles(), random);
    double most = modularity(best);
    for (int start = 1; start < STARTS; start++) {
      final int[] found = find(start % 2 == 0 ? singles() : groups(random), random);
      final double q = modularity(found);
      if (q > most + LEAST_GAIN) {
        best = found;
        most = q;
      }
    }
    return best;
  }

  private int[] singles() {
    return IntStream.range(0, loops.length).toArray();
  }

  private int[] groups(final PhiloxRandom random) {
    final int count = 1 + random.nextInt(loops.length);
    final int[] groups = new int[loops.length];
    Arrays.setAll(groups, _ -> random.nextInt(count));
    return groups;
  }

  /// Q = sum over communities of (weight inside / all weight - (strength / twice all weight)^2)
  /// (Newman 2004, equation 5, in its weighted form).
  double modularity(final int[] community) {
    final double[] inside = new double[loops.length];
    final double[] totals = new double[loops.length];
    for (int i = 0; i < loops.length; i++) {
      totals[community[i]] += strengths[i];
      inside[community[i]] += loops[i];
      for (int k = begin[i]; k < begin[i + 1]; k++) {
        inside[community[i]] += community[neighbours[k]] == community[i] ? weights[k] : 0;
      }
    }
    double q = 0;
    for (int c = 0; c < loops.length; c++) {
      q += inside[c] / whole - totals[c] / whole * (totals[c] / whole);
    }
    return q;
  }

  private int[] find(final int[] community, final PhiloxRandom random) {
    boolean moved;
    move(community, random);
    do {
      final int count = number(community);
      if (count == community.length) {
        return community;
      }
      final var coarse = merged(community, count);
      final int[] above = coarse.find(coarse.singles(), random);
      Arrays.setAll(community, i -> above[community[i]]);
      moved = move(community, random);
    } while (moved);
    number(community);
    return community;
  }

  /// Moves nodes to the neighbouring community that gains most, until no move gains.
  ///
  /// @return whether any node moved
  private boolean move(final int[] community, final PhiloxRandom random) {
    final double[] totals = new double[loops.length];
    for (int i = 0; i < loops.length; i++) {
      totals[community[i]] += strengths[i];
    }
    final int[] order = random.permutation(loops.length);
    final double[] links = new double[loops.length];
    final double least = LEAST_GAIN * whole;
    boolean any = false;
    boolean moved;
    do {
      moved = false;
      for (final int i : order) {
        for (int k = begin[i]; k < begin[i + 1]; k++) {
          links[community[neighbours[k]]] += weights[k];
        }
        final int own = community[i];
        totals[own] -= strengths[i];
        final double share = strengths[i] / whole;
        int best = own;
        double most = links[own] - totals[own] * share;
        for (int k = begin[i]; k < begin[i + 1]; k++) {
          final int c = community[neighbours[k]];
          final double gain = links[c] - totals[c] * share;
          if (gain > most + least) {
            most = gain;
            best = c;
          }
        }
        for (int k = begin[i]; k < begin[i + 1]; k++) {
          links[community[neighbours[k]]] = 0;
        }
        totals[best] += strengths[i];
        community[i] = best;
        moved |= best != own;
      }
      any |= moved;
    } while (moved);
    return any;
  }

  /// Numbers the communities that have nodes from 0.
  private static int number(final int[] community) {
    final int[] numbers = new int[community.length];
    int count = 0;
    for (int i = 0; i < community.length; i++) {
      if (numbers[community[i]] == 0) {
        numbers[community[i]] = ++count;
      }
      community[i] = numbers[community[i]] - 1;
    }
    return count;
  }

  /// The graph whose nodes are the communities.
  private Communities merged(final int[] community, final int count) {
    final int[] size = new int[count + 1];
    for (final int c : community) {
      size[c + 1]++;
    }
    Arrays.parallelPrefix(size, Integer::sum);
    final int[] next = size.clone();
    final int[] members = new int[community.length];
    for (int i = 0; i < community.length; i++) {
      members[next[community[i]]++] = i;
    }
    final int[] starts = new int[count + 1];
    final int[] targets = new int[neighbours.length];
    final double[] sums = new double[neighbours.length];
    final double[] inside = new double[count];
    final double[] links = new double[count];
    int at = 0;
    for (int c = 0; c < count; c++) {
      starts[c] = at;
      for (int m = size[c]; m < size[c + 1]; m++) {
        final int i = members[m];
        inside[c] += loops[i];
        for (int k = begin[i]; k < begin[i + 1]; k++) {
          final int other = community[neighbours[k]];
          if (other == c) {
            inside[c] += weights[k];
          } else {
            if (links[other] == 0) {
              targets[at++] = other;
            }
            links[other] += weights[k];
          }
        }
      }
      for (int k = starts[c]; k < at; k++) {
        sums[k] = links[targets[k]];
        links[targets[k]] = 0;
      }
    }
    starts[count] = at;
    return new Communities(starts, Arrays.copyOf(targets, at), Arrays.copyOf(sums, at), inside);
  }
}
