package io.patchbay.analysis.study;

import io.patchbay.analysis.semantics.LabelRule;
import io.patchbay.vae.io.BadInputException;
import java.util.List;

/// Which units are asked what, and how.
///
/// @param sites names of sites; empty for all
/// @param factors names of factors; empty for all that can be read
/// @param inputs base inputs of the read-out
/// @param pairs sources per base input, each differing in another factor; at most as many as there
///   are factors
/// @param oracleInputs base inputs of the oracle, of the test for inactive units and of the reverse
///   effects, one random source each
/// @param permutations relabellings behind each p-value
public record UnitQuestion(
    List<String> sites,
    List<String> factors,
    int inputs,
    int pairs,
    int oracleInputs,
    Estimator estimator,
    LabelRule rule,
    int permutations) {
  /// What `units` asks where nothing else is said.
  public static final UnitQuestion STANDARD =
      new UnitQuestion(
          List.of(), List.of(), 200, 2, 48, Estimator.BOTH, new LabelRule(0.05, 0.1), 9999);

  private static final int FEWEST = 8;

  /// How the effect of a unit on a factor is measured.
  public enum Estimator {
    /// By a probe of the factor on the image, see [io.patchbay.analysis.semantics.CarriedEffects].
    READOUT,
    /// By images in which one factor is re-rendered: the largest max(0, cos)² of the change of the
    /// image with the re-rendered change. It is significant where it is more than that of a factor
    /// taken at random, see [io.patchbay.analysis.metric.FactorEffect]: a unit that moves all
    /// factors alike is so on none. It sees directions, not sizes.
    ORACLE,
    /// Both; labels are the read-out's, or the oracle's where no probe reads any factor.
    BOTH
  }

  public UnitQuestion {
    sites = List.copyOf(sites);
    factors = List.copyOf(factors);
  }

  /// The same question about other numbers of inputs.
  public UnitQuestion withInputs(final int readOut, final int oracle) {
    return new UnitQuestion(sites, factors, readOut, pairs, oracle, estimator, rule, permutations);
  }

  boolean asksOracle() {
    return estimator != Estimator.READOUT;
  }

  /// @throws BadInputException naming the option that is out of range
  void check() {
    atLeast("--inputs", inputs, FEWEST);
    atLeast("--pairs", pairs, 1);
    atLeast("--oracle-inputs", oracleInputs, FEWEST);
    atLeast("--permutations", permutations, 1);
  }

  private static void atLeast(final String option, final int value, final int least) {
    if (value < least) {
      throw new BadInputException(option, "value", "" + value, "a number from " + least);
    }
  }
}
