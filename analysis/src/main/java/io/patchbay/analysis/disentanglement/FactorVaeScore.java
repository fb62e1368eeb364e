package io.patchbay.analysis.disentanglement;

import io.patchbay.analysis.disentanglement.FactorDraws.Use;
import io.patchbay.analysis.statistics.Bootstrap;
import io.patchbay.analysis.statistics.Interval;
import io.patchbay.analysis.statistics.Matrix;
import io.patchbay.analysis.statistics.Summary;
import java.util.stream.IntStream;

/// The score of the FactorVAE paper (Kim and Mnih, ICML 2018), computed as in disentanglement_lib:
/// over a batch in which factor k is the same, the code whose variance is smallest, as a share of
/// its variance over all inputs, votes for k; a code stands for the factor that most of its votes
/// are for, and the score is the share of further votes that are so told right.
///
/// Only codes with a standard deviation of at least [#ACTIVE] vote; without any the score is 0. A
/// factor of one value is never k.
///
/// @param accuracy on votes not learnt from; n is their number, the classifier is held fixed
/// @param training accuracy on the votes learnt from, held fixed likewise
/// @param activeCodes how many codes vote; as published the number of all codes, where any votes
public record FactorVaeScore(Interval accuracy, Interval training, int activeCodes) {
  /// The library's threshold.
  public static final double ACTIVE = 0.05;

  private record Votes(int[] codes, int[] factors) {}

  /// @param variances inputs for the variance of each code, at least 2
  /// @throws IllegalArgumentException when fewer than two factors have more than one value
  public static FactorVaeScore of(
      final FactorCodes codes,
      final BatchCounts counts,
      final int variances,
      final Mode mode,
      final long seed,
      final Bootstrap bootstrap) {
    final var draws = new FactorDraws(codes.sizes(), seed);
    final int classes = draws.requireVarying("FactorVAE score").length;
    final var sample = codes.of(draws.factors(Use.VARIANCES, variances));
    final double[] all = variances(sample, 0, sample.rows());
    final int[] active =
        IntStream.range(0, all.length).filter(j -> Math.sqrt(all[j]) >= ACTIVE).toArray();
    if (active.length == 0) {
      return new FactorVaeScore(
          new Interval(0, 0, 0, counts.judged()), new Interval(0, 0, 0, counts.training()), 0);
    }
    final var learnt = votes(codes, draws, Use.VOTES, counts.training(), counts, all, active);
    final int[][] table = new int[all.length][classes];
    for (int i = 0; i < learnt.codes.length; i++) {
      table[learnt.codes[i]][learnt.factors[i]]++;
    }
    final int[] factorOf = new int[all.length];
    for (int j = 0; j < table.length; j++) {
      for (int k = 1; k < classes; k++) {
        factorOf[j] = table[j][k] > table[j][factorOf[j]] ? k : factorOf[j];
      }
    }
    final var judged = votes(codes, draws, Use.JUDGED_VOTES, counts.judged(), counts, all, active);
    return new FactorVaeScore(
        bootstrap.mean(hits(judged, factorOf)),
        bootstrap.mean(hits(learnt, factorOf)),
        switch (mode) {
          case CORRECTED -> active.length;
          case AS_PUBLISHED -> all.length;
        });
  }

  private static Votes votes(
      final FactorCodes codes,
      final FactorDraws draws,
      final Use use,
      final int count,
      final BatchCounts counts,
      final double[] all,
      final int[] active) {
    final int batch = counts.batch();
    final int[] varying = draws.varying();
    final var votes = new Votes(new int[count], new int[count]);
    final int chunk = BatchCounts.chunk(batch);
    for (int from = 0; from < count; from += chunk) {
      final int points = Math.min(chunk, count - from);
      final int[][] factors = new int[points * batch][];
      for (int p = 0; p < points; p++) {
        final var random = draws.random(use, from + p);
        final int label = random.nextInt(varying.length);
        votes.factors[from + p] = label;
        final int first = p * batch;
        for (int i = first; i < first + batch; i++) {
          factors[i] = draws.draw(random);
          factors[i][varying[label]] = factors[first][varying[label]];
        }
      }
      final var mine = codes.of(factors);
      for (int p = 0; p < points; p++) {
        votes.codes[from + p] = vote(variances(mine, p * batch, batch), all, active);
      }
    }
    return votes;
  }

  private static int vote(final double[] variances, final double[] all, final int[] active) {
    int best = active[0];
    for (final int j : active) {
      best = variances[j] / all[j] < variances[best] / all[best] ? j : best;
    }
    return best;
  }

  /// The variance of each code over some rows, divided by their number less one.
  private static double[] variances(final Matrix codes, final int from, final int count) {
    final double[] variances = new double[codes.columns()];
    for (int j = 0; j < variances.length; j++) {
      final var summary = new Summary();
      for (int row = from; row < from + count; row++) {
        summary.add(codes.at(row, j));
      }
      variances[j] = summary.variance();
    }
    return variances;
  }

  private static double[] hits(final Votes votes, final int[] factorOf) {
    final double[] hits = new double[votes.codes.length];
    for (int i = 0; i < hits.length; i++) {
      hits[i] = factorOf[votes.codes[i]] == votes.factors[i] ? 1 : 0;
    }
    return hits;
  }
}
