package io.patchbay.analysis.causal;

import io.patchbay.analysis.statistics.Interval;

/// The effect of one factor's latents on the read-out of another.
///
/// @param size mean absolute change, in standard deviations of the factor that is read
/// @param p two-sided, of the change agreeing with that of the whole re-rendered input neither more
///   nor less often than by chance: signs are flipped per base input
/// @param q p after Benjamini and Hochberg over the pairs tested together
public record PairEffect(Interval size, double p, double q) {
  /// Significant at a false discovery rate, and larger than a threshold.
  public boolean counts(final double rate, final double threshold) {
    return q <= rate && size.estimate() > threshold;
  }
}
