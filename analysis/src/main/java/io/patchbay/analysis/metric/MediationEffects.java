package io.patchbay.analysis.metric;

import io.patchbay.analysis.statistics.Bootstrap;
import io.patchbay.analysis.statistics.Interval;
import io.patchbay.analysis.statistics.SignFlipTest;
import io.patchbay.analysis.statistics.Summary;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/// Mediation: means over pairs, with intervals that resample pairs and p-values that flip the signs
/// of base inputs. Definitions after Pearl, *Direct and indirect effects* (2001).
///
/// Both proportions are ratios of means (Pearl, *Interpretation and identification of causal
/// mediation*, 2014): `mediated` = NIE / TE, the share for which the mediators suffice, and
/// `necessary` = TIE / TE, the share that is lost without them; they agree without interaction.
///
/// @param controlledDirect one per level of the mediators
/// @param dropped pairs left out of the proportions because |TE| is under 5 % of the standard
///   deviation of Y over all bases and sources
/// @param pairs number of pairs
public record MediationEffects(
    Effect total,
    Effect naturalDirect,
    Effect naturalIndirect,
    Effect totalIndirect,
    Effect interaction,
    List<Effect> controlledDirect,
    Optional<Interval> mediated,
    Optional<Interval> necessary,
    int dropped,
    int pairs) {
  private static final double SMALL = 0.05;

  /// @param mean over pairs
  /// @param p two-sided
  public record Effect(Interval mean, double p) {}

  public MediationEffects {
    controlledDirect = List.copyOf(controlledDirect);
  }

  /// The proportions are empty when no pair is left, or when the total effects left cancel to a
  /// mean that itself is under 5 % of the standard deviation of Y.
  ///
  /// @throws IllegalArgumentException without pairs, or when they have different numbers of levels
  public static MediationEffects of(
      List<MediationPair> pairs, Bootstrap bootstrap, SignFlipTest test) {
    if (pairs.isEmpty()) {
      throw new IllegalArgumentException("mediation without pairs: pairs=0");
    }
    int levels = pairs.getFirst().controlled().size();
    for (int i = 0; i < pairs.size(); i++) {
      if (pairs.get(i).controlled().size() != levels) {
        throw new IllegalArgumentException(
            "controlled outcomes: pair="
                + i
                + ", levels="
                + pairs.get(i).controlled().size()
                + ", expected="
                + levels);
      }
    }
    List<Effect> controlled = new ArrayList<>();
    for (int level = 0; level < levels; level++) {
      int mine = level;
      controlled.add(
          effect(
              pairs,
              pair -> pair.controlled().get(mine).source() - pair.controlled().get(mine).base(),
              bootstrap,
              test));
    }
    double least = SMALL * deviation(pairs);
    List<MediationPair> kept =
        pairs.stream()
            .filter(pair -> pair.total() != 0 && Math.abs(pair.total()) >= least)
            .toList();
    double mean = kept.stream().mapToDouble(MediationPair::total).average().orElse(0);
    boolean defined = mean != 0 && Math.abs(mean) >= least;
    return new MediationEffects(
        effect(pairs, MediationPair::total, bootstrap, test),
        effect(pairs, MediationPair::naturalDirect, bootstrap, test),
        effect(pairs, MediationPair::naturalIndirect, bootstrap, test),
        effect(pairs, MediationPair::totalIndirect, bootstrap, test),
        effect(pairs, MediationPair::interaction, bootstrap, test),
        controlled,
        defined
            ? Optional.of(share(kept, MediationPair::naturalIndirect, bootstrap))
            : Optional.empty(),
        defined
            ? Optional.of(share(kept, MediationPair::totalIndirect, bootstrap))
            : Optional.empty(),
        pairs.size() - kept.size(),
        pairs.size());
  }

  private static Effect effect(
      List<MediationPair> pairs,
      ToDoubleFunction<MediationPair> measure,
      Bootstrap bootstrap,
      SignFlipTest test) {
    double[] values = pairs.stream().mapToDouble(measure).toArray();
    int[] inputs = pairs.stream().mapToInt(MediationPair::input).toArray();
    return new Effect(bootstrap.mean(values), test.pValue(values, inputs));
  }

  private static Interval share(
      List<MediationPair> pairs, ToDoubleFunction<MediationPair> measure, Bootstrap bootstrap) {
    return bootstrap.ratioOfMeans(
        pairs.stream().mapToDouble(measure).toArray(),
        pairs.stream().mapToDouble(MediationPair::total).toArray());
  }

  private static double deviation(List<MediationPair> pairs) {
    Summary summary = new Summary();
    for (MediationPair pair : pairs) {
      summary.add(pair.base());
      summary.add(pair.source());
    }
    return summary.deviation();
  }
}
