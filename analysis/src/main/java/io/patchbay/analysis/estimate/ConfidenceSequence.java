package io.patchbay.analysis.estimate;

import io.patchbay.analysis.statistics.Interval;

/// An interval of the mean of a finite population whose values come one after the other, in a
/// random order without replacement. With the stated probability it holds the mean after every
/// value at once, so one may look whenever one likes and stop for whatever one saw.
public interface ConfidenceSequence {
  /// Takes the next value.
  ///
  /// @throws IllegalArgumentException when it is not finite, or outside known bounds
  void add(double value);

  /// The mean so far and where the population's lies; unbounded where nothing can be said yet, and
  /// the mean alone once the population is known.
  Interval interval();
}
