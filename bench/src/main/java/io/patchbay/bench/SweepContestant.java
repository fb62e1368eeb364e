package io.patchbay.bench;

/// One way to compute the cells of a sweep, in one fixed form. One run computes [#batch()] cells
/// and brings their effects to the host.
public interface SweepContestant extends Timed {
  /// The cells of the last run, by their numbers in the [SweepTask].
  int[] cells();

  /// The effects of these cells, one after the other, each of the outcome's width.
  float[] effects();
}
