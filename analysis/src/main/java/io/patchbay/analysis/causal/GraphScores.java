package io.patchbay.analysis.causal;

import java.util.List;
import java.util.OptionalDouble;

/// How near a learned graph is to the true one.
///
/// @param shd structural Hamming distance (Tsamardinos, Brown and Aliferis 2006): the number of
///   pairs of factors between which the two graphs differ, so that an arrow too many, one missing
///   and one reversed count 1 each
/// @param precision share of the learned arrows that are true; empty when none was learned
/// @param recall share of the true arrows that were learned; empty when there are none
/// @param auc area under the ROC curve: the chance that the effect between two factors with a true
///   arrow is larger than between two without, ties counting half; empty when one kind is missing
public record GraphScores(
    int shd, OptionalDouble precision, OptionalDouble recall, OptionalDouble auc) {
  /// @param judged the factors between which arrows are counted
  /// @param effects `[from][to]`, read off the diagonal and between judged factors alone
  public static GraphScores of(
      final CausalGraph truth,
      final CausalGraph learned,
      final double[][] effects,
      final List<Integer> judged) {
    int shd = 0;
    int both = 0;
    int found = 0;
    int real = 0;
    double above = 0;
    int others = 0;
    for (final int from : judged) {
      for (final int to : judged) {
        if (from == to) {
          continue;
        }
        final boolean is = truth.has(from, to);
        final boolean said = learned.has(from, to);
        final boolean back = truth.has(to, from) == learned.has(to, from);
        shd += from < to && !(is == said && back) ? 1 : 0;
        found += said ? 1 : 0;
        real += is ? 1 : 0;
        both += is && said ? 1 : 0;
        others += is ? 0 : 1;
        above += is ? below(truth, effects, judged, effects[from][to]) : 0;
      }
    }
    return new GraphScores(
        shd, share(both, found), share(both, real), share(above, Math.multiplyExact(real, others)));
  }

  /// How many effects without a true arrow are smaller than `effect`, equal ones counting half.
  private static double below(
      final CausalGraph truth,
      final double[][] effects,
      final List<Integer> judged,
      final double effect) {
    double count = 0;
    for (final int from : judged) {
      for (final int to : judged) {
        if (from != to && !truth.has(from, to)) {
          count += (1 + Math.signum(Double.compare(effect, effects[from][to]))) / 2;
        }
      }
    }
    return count;
  }

  private static OptionalDouble share(final double part, final int whole) {
    return whole == 0 ? OptionalDouble.empty() : OptionalDouble.of(part / whole);
  }
}
