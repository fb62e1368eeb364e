package io.patchbay.analysis.causal;

import io.patchbay.analysis.statistics.BenjaminiHochberg;
import io.patchbay.analysis.statistics.Bootstrap;
import io.patchbay.analysis.statistics.Interval;
import io.patchbay.analysis.statistics.SignFlipTest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;

/// Learns the graph of factors from what interchanges of latents do.
///
/// A[k, l] is the mean absolute change of the read-out of l when the latents of k, and no others,
/// come from the encoding of the input re-rendered under do(k := v). It counts when it is above the
/// threshold and significant at a false discovery rate over all pairs of claimed factors whose
/// first has latents. Factors that k has such an effect on, and that have one on l, could mediate.
/// The edge k -> l is direct when the effect counts again with all of them held: the input is
/// re-rendered under do(k := v, mediators as they were), and the latents of k and of the mediators
/// come from its encoding. Where latents stand for the values of their factors, this leaves those
/// of the mediators as they are; where one stands for what its causes leave open, it moves so that
/// the factor stays. The second tests are adjusted among themselves.
///
/// Answers are kept: asking for another assignment runs only what differs.
public final class GraphLearner {
  private final int factors;
  private final List<Integer> claimed;
  private final Interchanges interchanges;
  private final double threshold;
  private final double rate;
  private final SignFlipTest test;
  private final Bootstrap bootstrap;
  private final Map<Question, Interchanges.Responses> responses = new HashMap<>();
  private final Map<Question, List<Tested>> answers = new HashMap<>();

  private record Question(int factor, List<Integer> held, List<Integer> latents) {}

  /// The effect on one factor before adjustment.
  private record Tested(Interval size, double p) {}

  private record Pair(int from, int to) {}

  /// What a question is answered with, per factor that is read.
  private interface Answers {
    List<Tested> of(Question question);
  }

  /// @param claimed the factors that edges are claimed between
  /// @param threshold least effect of an edge, in standard deviations
  /// @param rate false discovery rate
  public GraphLearner(
      final int factors,
      final List<Integer> claimed,
      final Interchanges interchanges,
      final double threshold,
      final double rate,
      final SignFlipTest test,
      final Bootstrap bootstrap) {
    if (!(threshold >= 0) || !(rate > 0 && rate < 1)) {
      throw new IllegalArgumentException("edge rule: threshold=" + threshold + ", rate=" + rate);
    }
    this.factors = factors;
    this.claimed = claimed.stream().sorted().toList();
    this.interchanges = interchanges;
    this.threshold = threshold;
    this.rate = rate;
    this.test = test;
    this.bootstrap = bootstrap;
  }

  /// The graph when latents stand for factors in this way.
  public LearnedGraph learn(final LatentAssignment assignment) {
    return learn(assignment, this::ask);
  }

  /// The graph that a resample of the base inputs gives; its effects have no intervals. May be
  /// asked on several threads.
  ///
  /// @param counts how often each input was drawn
  /// @param flips the test of a resample: copies of an input change their sign together
  LearnedGraph learn(
      final LatentAssignment assignment, final int[] counts, final SignFlipTest flips) {
    return learn(assignment, question -> resampled(responses(question), counts, flips));
  }

  private LearnedGraph learn(final LatentAssignment assignment, final Answers evidence) {
    final var pairs = new ArrayList<Pair>();
    final var tested = new ArrayList<Tested>();
    final var diagonal = new HashMap<Integer, Tested>();
    for (final int from : claimed) {
      final var latents = assignment.latentsOf(from);
      if (latents.isEmpty()) {
        continue;
      }
      final var row = evidence.of(new Question(from, List.of(), latents));
      diagonal.put(from, row.get(from));
      for (final int to : claimed) {
        if (to != from) {
          pairs.add(new Pair(from, to));
          tested.add(row.get(to));
        }
      }
    }
    final var total = adjusted(pairs, tested);
    return new LearnedGraph(
        factors, claimed, table(total, diagonal), edges(assignment, evidence, pairs, total));
  }

  private List<FactorEdge> edges(
      final LatentAssignment assignment,
      final Answers evidence,
      final List<Pair> pairs,
      final Map<Pair, PairEffect> total) {
    final var counting = pairs.stream().filter(pair -> counts(effect(total, pair))).toList();
    final var mediated = new ArrayList<Pair>();
    final var tested = new ArrayList<Tested>();
    final var mediators = new HashMap<Pair, List<Integer>>();
    for (final var pair : counting) {
      final var between =
          claimed.stream()
              .filter(m -> counting.contains(new Pair(pair.from, m)))
              .filter(m -> counting.contains(new Pair(m, pair.to)))
              .toList();
      mediators.put(pair, between);
      if (!between.isEmpty()) {
        final var latents = new TreeSet<>(assignment.latentsOf(pair.from));
        between.forEach(m -> latents.addAll(assignment.latentsOf(m)));
        mediated.add(pair);
        tested.add(
            evidence.of(new Question(pair.from, between, List.copyOf(latents))).get(pair.to));
      }
    }
    final var direct = adjusted(mediated, tested);
    final var edges = new ArrayList<FactorEdge>();
    for (final var pair : counting) {
      final var held = Optional.ofNullable(direct.get(pair));
      edges.add(
          new FactorEdge(
              pair.from,
              pair.to,
              effect(total, pair),
              mediators.getOrDefault(pair, List.of()),
              held,
              held.map(this::counts).orElse(true)));
    }
    return edges;
  }

  private boolean counts(final PairEffect effect) {
    return effect.counts(rate, threshold);
  }

  private List<Tested> ask(final Question question) {
    final var known = answers.get(question);
    if (known != null) {
      return known;
    }
    final var found = responses(question);
    final var sizes = bootstrap.means(found.sizes());
    final var row = new ArrayList<Tested>();
    for (int to = 0; to < factors; to++) {
      row.add(new Tested(sizes.get(to), test.pValue(found.agreements().column(to))));
    }
    answers.put(question, Collections.unmodifiableList(row));
    return row;
  }

  private synchronized Interchanges.Responses responses(final Question question) {
    var found = responses.get(question);
    if (found == null) {
      found = interchanges.of(question.factor, question.held, question.latents);
      responses.put(question, found);
    }
    return found;
  }

  private List<Tested> resampled(
      final Interchanges.Responses found, final int[] counts, final SignFlipTest flips) {
    final var row = new ArrayList<Tested>();
    for (int to = 0; to < factors; to++) {
      final double[] weighted = found.agreements().column(to);
      double sum = 0;
      for (int i = 0; i < counts.length; i++) {
        sum += counts[i] * found.sizes().at(i, to);
        weighted[i] *= counts[i];
      }
      row.add(
          new Tested(
              Interval.unbounded(sum / counts.length, counts.length), flips.pValue(weighted)));
    }
    return row;
  }

  private static PairEffect effect(final Map<Pair, PairEffect> effects, final Pair pair) {
    return Objects.requireNonNull(effects.get(pair));
  }

  /// The diagonal is a check and no edge: it is in no family of tests.
  private List<List<Optional<PairEffect>>> table(
      final Map<Pair, PairEffect> total, final Map<Integer, Tested> diagonal) {
    final var table = new ArrayList<List<Optional<PairEffect>>>();
    for (int from = 0; from < factors; from++) {
      final var row = new ArrayList<Optional<PairEffect>>();
      for (int to = 0; to < factors; to++) {
        final var own = from == to ? diagonal.get(from) : null;
        final var found =
            own == null ? total.get(new Pair(from, to)) : new PairEffect(own.size, own.p, own.p);
        row.add(Optional.ofNullable(found));
      }
      table.add(row);
    }
    return table;
  }

  private static Map<Pair, PairEffect> adjusted(final List<Pair> pairs, final List<Tested> tested) {
    final var q = BenjaminiHochberg.adjust(tested.stream().mapToDouble(Tested::p).toArray());
    final var effects = new HashMap<Pair, PairEffect>();
    for (int i = 0; i < q.length; i++) {
      effects.put(pairs.get(i), new PairEffect(tested.get(i).size, tested.get(i).p, q[i]));
    }
    return effects;
  }
}
