package io.patchbay.analysis.estimate;

import io.patchbay.analysis.statistics.Interval;
import io.patchbay.analysis.statistics.Summary;

/// What not to do: the ordinary interval of 95 % of a size that was fixed before, looked at after
/// every round. Tests that hold for the others have to fail for this.
record OneLook() implements Bounds {
  @Override
  public ConfidenceSequence sequence(final int population, final double error) {
    final var summary = new Summary();
    return new ConfidenceSequence() {
      @Override
      public void add(final double value) {
        summary.add(value);
      }

      @Override
      public Interval interval() {
        final int n = (int) summary.count();
        final double open = Math.sqrt((1 - (double) n / population) / n);
        final double half = n == population ? 0 : 1.96 * summary.deviation() * open;
        return new Interval(summary.mean(), summary.mean() - half, summary.mean() + half, n);
      }
    };
  }

  @Override
  public ConfidenceSequence differences(final int population, final double error) {
    return sequence(population, error);
  }

  @Override
  public String label() {
    return "one look";
  }
}
