package io.patchbay.analysis.causal;

import io.patchbay.analysis.statistics.Bootstrap;
import io.patchbay.analysis.statistics.Interval;
import io.patchbay.analysis.statistics.SignFlipTest;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.IntStream;

/// Intervals of a graph's scores: the graph is learned anew from resamples of the base inputs,
/// tests and mediators too, and the bounds are percentiles of what these graphs score. Read-outs
/// and the assignment of latents stay. Unbounded where more than a twentieth of the resamples leave
/// a score undefined; empty where the graph itself does.
///
/// @param shd of [GraphScores#shd]
/// @param precision of [GraphScores#precision]
/// @param recall of [GraphScores#recall]
/// @param auc of [GraphScores#auc]
public record ScoreIntervals(
    Interval shd, Optional<Interval> precision, Optional<Interval> recall, Optional<Interval> auc) {
  // Sign flips behind a p-value of a resample.
  private static final int FLIPS = 499;

  /// @param observed the scores of the graph learned from all inputs
  /// @param inputs how many there are
  public static ScoreIntervals of(
      final GraphLearner learner,
      final LatentAssignment assignment,
      final CausalGraph truth,
      final GraphScores observed,
      final int inputs,
      final Bootstrap bootstrap) {
    final double[] plain = figures(observed);
    final var flips = new SignFlipTest(FLIPS, bootstrap.seed());
    final var intervals =
        bootstrap.statistics(
            inputs,
            plain.length,
            (counts, out) -> {
              final boolean all = Arrays.stream(counts).allMatch(count -> count == 1);
              final var scores =
                  all ? observed : learner.learn(assignment, counts, flips).scores(truth);
              final double[] drawn = figures(scores);
              for (int f = 0; f < out.length; f++) {
                out[f] = Double.isNaN(plain[f]) ? 0 : drawn[f];
              }
            });
    final List<Optional<Interval>> defined =
        IntStream.range(0, plain.length)
            .mapToObj(f ->
                Double.isNaN(plain[f]) ? Optional.<Interval>empty() : Optional.of(intervals.get(f)))
            .toList();
    return new ScoreIntervals(intervals.getFirst(), defined.get(1), defined.get(2), defined.get(3));
  }

  private static double[] figures(final GraphScores scores) {
    return new double[] {
      scores.shd(), number(scores.precision()), number(scores.recall()), number(scores.auc())
    };
  }

  private static double number(final OptionalDouble value) {
    return value.orElse(Double.NaN);
  }
}
