package io.patchbay.analysis.circuit;

import io.patchbay.analysis.statistics.Bootstrap;
import io.patchbay.analysis.statistics.Interval;
import io.patchbay.engine.random.PhiloxRandom;
import io.patchbay.engine.random.Streams;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/// What a screen of many candidates by an approximate score has missed, as a random sample of those
/// outside the top tells.
///
/// @param kept the candidates with the largest absolute scores, largest first
/// @param audited a random sample of the others
/// @param effects the exact effects of each pair by candidate, first of those kept, then of the
///   sample: `[candidate][pair]`
/// @param missedMass the share of the total absolute effect that lies outside the top. A
///   candidate's absolute effect is that of its mean over pairs; the total outside is the sample's
///   mean times their number. The interval draws candidates of the sample and pairs anew, both at
///   once (Owen 2007, the pigeonhole bootstrap); n is the size of the sample
public record ScreenAudit(
    List<Integer> kept, List<Integer> audited, double[][] effects, Interval missedMass) {
  public ScreenAudit {
    kept = List.copyOf(kept);
    audited = List.copyOf(audited);
  }

  /// Candidates in the order of their absolute scores, the largest first, equal ones by number.
  public static List<Integer> order(final double[] scores) {
    return IntStream.range(0, scores.length)
        .boxed()
        .sorted(Comparator.<Integer>comparingDouble(i -> -Math.abs(scores[i])))
        .toList();
  }

  /// A random sample of those outside the top, without repeats; the seed chooses which.
  public static List<Integer> audited(final List<Integer> rest, final int sample, final long seed) {
    final var random = new PhiloxRandom(seed, Streams.AUDIT, 1, 0);
    return Arrays.stream(random.choose(Math.min(sample, rest.size()), rest.size()))
        .mapToObj(rest::get)
        .toList();
  }

  /// @param order every candidate, see [#order]
  /// @param top how many to keep
  /// @param sample how many of the others to audit, at most; the seed chooses which
  /// @param exact the exact effect of a candidate in each pair
  static ScreenAudit of(
      final List<Integer> order,
      final int top,
      final int sample,
      final long seed,
      final IntFunction<double[]> exact) {
    final var kept = order.subList(0, Math.min(top, order.size()));
    final var rest = order.subList(kept.size(), order.size());
    final var audited = audited(rest, sample, seed);
    final var candidates = new ArrayList<>(kept);
    candidates.addAll(audited);
    final var effects = new double[candidates.size()][];
    // In the order of their numbers: neighbours share a program.
    IntStream.range(0, effects.length)
        .boxed()
        .sorted(Comparator.comparing(candidates::get))
        .forEach(i -> effects[i] = exact.apply(candidates.get(i)));
    final var missed = missed(effects, kept.size(), rest.size(), Bootstrap.standard(seed));
    return new ScreenAudit(kept, audited, effects, missed);
  }

  private static Interval missed(
      final double[][] effects, final int kept, final int rest, final Bootstrap bootstrap) {
    final int audited = effects.length - kept;
    final int pairs = effects.length == 0 ? 0 : effects[0].length;
    if (audited == 0 && rest > 0) {
      throw new IllegalArgumentException("no audit of a screen: kept=" + kept + ", rest=" + rest);
    }
    if (audited == 0) {
      return new Interval(0, 0, 0, kept);
    }
    return bootstrap
        .statistic(
            audited + pairs,
            counts -> {
              double within = 0;
              double outside = 0;
              long drawn = 0;
              for (int i = 0; i < effects.length; i++) {
                double sum = 0;
                for (int p = 0; p < pairs; p++) {
                  sum += counts[audited + p] * effects[i][p];
                }
                if (i < kept) {
                  within += Math.abs(sum);
                } else {
                  outside += counts[i - kept] * Math.abs(sum);
                  drawn += counts[i - kept];
                }
              }
              int times = 0;
              for (int p = 0; p < pairs; p++) {
                times += counts[audited + p];
              }
              if (drawn == 0 || times == 0) {
                return Double.NaN;
              }
              final double missed = outside * rest / drawn;
              return within + missed == 0 ? 0 : missed / (within + missed);
            })
        .withN(audited);
  }

  /// The mean effect of each candidate, in the order of [#effects].
  public double mean(final int index) {
    return Arrays.stream(effects[index]).average().orElse(0);
  }
}
