package io.patchbay.analysis.estimate;

import io.patchbay.analysis.circuit.ScreenAudit;
import io.patchbay.analysis.statistics.Interval;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Units ranked by a score that costs little, of which those at the top are computed exactly, and a
/// random sample of the others too, which says what the ranking has missed.
///
/// The mass of a set of units is the sum of the sizes of their mean effects. That of the others is
/// estimated from the sample with the scores as a control, see [CrossFitted]: unbiased as the
/// Horvitz-Thompson estimate (the sample's mean times their number) is, and narrower where scores
/// say something. The inputs are taken as given; nothing is said of others.
///
/// @param kept the units of the largest scores, the largest first
/// @param audited the random sample of the others
/// @param means the exact mean effect of each of these, over all inputs, in this order
/// @param missed the share of the mass of all units that is outside the top; n is the sample's size
/// @param correlation squared, of scores and exact sizes in the sample, see [CrossFitted]
/// @param above what is known of units above the threshold
public record ScreenedUnits(
    List<Integer> kept,
    List<Integer> audited,
    List<Double> means,
    Interval missed,
    double correlation,
    Above above) {
  /// Fewer say nothing of the rest.
  static final int FEWEST_AUDITED = CrossFitted.FEWEST_VALUES;

  private static final double ERROR = 0.05;

  public ScreenedUnits {
    kept = List.copyOf(kept);
    audited = List.copyOf(audited);
    means = List.copyOf(means);
  }

  /// Units whose mean effect is larger than the threshold.
  ///
  /// @param kept how many are at the top
  /// @param audited how many of the sample of the others are
  /// @param missedAtMost how many of all others are, at most, with 95 % confidence
  public record Above(double threshold, int kept, int audited, int missedAtMost) {}

  /// @param scores of all units; the larger, the more is expected
  /// @param top units to compute exactly
  /// @param sample of the others, at least [#FEWEST_AUDITED] where there are as many
  static ScreenedUnits of(
      final UnitEffects effects,
      final double[] scores,
      final int top,
      final int sample,
      final long seed,
      final double threshold) {
    final var order = ScreenAudit.order(scores);
    final var kept = order.subList(0, Math.min(top, order.size()));
    final var rest = order.subList(kept.size(), order.size());
    final var audited = ScreenAudit.audited(rest, sample, seed);
    final var exact = new ArrayList<>(kept);
    exact.addAll(audited);
    final var units = exact.stream().mapToInt(Integer::intValue).toArray();
    final var found = effects.of(Rounds.all(effects.inputs()), units);
    final var means = new double[units.length];
    for (int i = 0; i < found.length; i++) {
      means[i % units.length] += found[i] / effects.inputs();
    }
    double within = 0;
    int above = 0;
    for (int i = 0; i < kept.size(); i++) {
      within += Math.abs(means[i]);
      above += Math.abs(means[i]) > threshold ? 1 : 0;
    }
    final var sizes = new double[audited.size()];
    int alsoAbove = 0;
    for (int i = 0; i < sizes.length; i++) {
      sizes[i] = Math.abs(means[kept.size() + i]);
      alsoAbove += sizes[i] > threshold ? 1 : 0;
    }
    final int most = CountBound.of(rest.size(), sizes.length, alsoAbove, ERROR);
    final var controls = rest.stream().mapToDouble(u -> scores[u]).toArray();
    final var part = audited.stream().mapToInt(rest::indexOf).toArray();
    final var outside = outside(controls, part, sizes);
    return new ScreenedUnits(
        kept,
        audited,
        Arrays.stream(means).boxed().toList(),
        share(outside.mean(), within, sizes, rest.size()),
        outside.correlation(),
        new Above(threshold, above, alsoAbove, most));
  }

  private static CrossFitted outside(
      final double[] controls, final int[] part, final double[] sizes) {
    if (part.length < controls.length) {
      return CrossFitted.of(controls, part, sizes);
    }
    double mean = 0;
    for (final double size : sizes) {
      mean += size / sizes.length;
    }
    return new CrossFitted(
        new Interval(mean, mean, mean, Math.max(1, sizes.length)), Double.NaN, sizes.length);
  }

  /// The share of all mass that is outside, which is not less than what was found there.
  private static Interval share(
      final Interval mean, final double within, final double[] found, final int rest) {
    double known = 0;
    for (final double size : found) {
      known += size;
    }
    final double estimate = share(Math.max(known, mean.estimate() * rest), within);
    final double low = share(Math.max(known, mean.low() * rest), within);
    return new Interval(
        estimate,
        low,
        mean.bounded() ? share(Math.max(known, mean.high() * rest), within) : 1,
        mean.n());
  }

  private static double share(final double outside, final double within) {
    return outside == 0 ? 0 : outside / (within + outside);
  }
}
