package io.patchbay.analysis.study;

import io.patchbay.analysis.circuit.CircuitPart;
import io.patchbay.analysis.circuit.CircuitSearch;
import io.patchbay.vae.io.BadInputException;

/// What a [CircuitStudy] asks: the circuit of a factor in a part of a model.
///
/// @param factor a factor of the data by name or number, or a variable of its generator
/// @param pairs pairs to find the circuit on, and as many others to measure it on
/// @param threshold least faithfulness of the circuit, in (0, 1)
/// @param top edges at the top of the screen, which are measured exactly
/// @param audit other edges that are measured exactly all the same
/// @param steps points of the screen's path integral, 0 for the gradient on the base input alone
public record CircuitQuestion(
    String factor, CircuitPart part, int pairs, double threshold, int top, int audit, int steps) {
  private static final int FEWEST_PAIRS = 4;
  private static final int MOST_PAIRS = 1024;
  private static final int MOST_STEPS = 1000;

  /// 64 pairs, faithfulness 0.9, 1,024 edges from a screen of 5 steps, 256 in its audit.
  public static CircuitQuestion standard(final String factor, final CircuitPart part) {
    return new CircuitQuestion(factor, part, 64, 0.9, 1024, 256, 5);
  }

  /// @throws BadInputException naming the option that is out of range
  public CircuitQuestion {
    check("--pairs", pairs, FEWEST_PAIRS, MOST_PAIRS);
    check("--top", top, 1, Integer.MAX_VALUE);
    check("--audit", audit, 1, Integer.MAX_VALUE);
    check("--steps", steps, 0, MOST_STEPS);
    if (!(threshold > 0 && threshold < 1)) {
      throw new BadInputException("--threshold", "value", "" + threshold, "a share in (0, 1)");
    }
  }

  private static void check(final String option, final int value, final int least, final int most) {
    if (value < least || value > most) {
      final var expected =
          most == Integer.MAX_VALUE
              ? "a number from " + least
              : "a number from " + least + " to " + most;
      throw new BadInputException(option, "value", "" + value, expected);
    }
  }

  CircuitSearch search(final long seed) {
    return new CircuitSearch(threshold, top, audit, steps, seed);
  }
}
