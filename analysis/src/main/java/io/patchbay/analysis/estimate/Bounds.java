package io.patchbay.analysis.estimate;

/// How the mean of a finite population is bounded from a part of it, at all sizes of that part at
/// once.
public interface Bounds {
  /// By a central limit theorem, for values of any size: narrow, and right in the limit.
  ///
  /// Simulated with 2,000 orders each and looks after 32, 64, 128, ... of 1,024 inputs, an interval
  /// of 95 % held the mean at every look in at least 95 % of them for uniform, exponential and
  /// log-normal effects and for mixtures with 90 % zeros. What it cannot see is an effect on so few
  /// inputs that none was drawn; so it says nothing before [#FEWEST_EFFECTS] inputs had any.
  record Asymptotic() implements Bounds {
    static final int FEWEST = 32;
    static final int FEWEST_EFFECTS = 16;

    @Override
    public ConfidenceSequence sequence(final int population, final double error) {
      return new AsymptoticSequence(population, error, FEWEST, FEWEST_EFFECTS);
    }

    @Override
    public ConfidenceSequence differences(final int population, final double error) {
      return sequence(population, error);
    }

    @Override
    public String label() {
      return "asymptotic confidence sequence";
    }
  }

  /// By the range of the values, for populations of any shape: never wrong more often than stated,
  /// and wide.
  ///
  /// @param range effects are between 0 and this
  record Bounded(double range) implements Bounds {
    public Bounded {
      if (!(range > 0 && range <= Double.MAX_VALUE)) {
        throw new IllegalArgumentException("range of effects: range=" + range);
      }
    }

    @Override
    public ConfidenceSequence sequence(final int population, final double error) {
      return new BernsteinSequence(population, error, 0, range);
    }

    @Override
    public ConfidenceSequence differences(final int population, final double error) {
      return new BernsteinSequence(population, error, -range, range);
    }

    @Override
    public String label() {
      return "empirical Bernstein confidence sequence, effects in [0, " + range + "]";
    }
  }

  /// Of effects.
  ///
  /// @param population how many there are
  /// @param error probability that the mean is ever outside
  ConfidenceSequence sequence(int population, double error);

  /// Of differences of two effects on the same input.
  ConfidenceSequence differences(int population, double error);

  /// In words.
  String label();
}
