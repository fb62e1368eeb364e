package io.patchbay.analysis.estimate;

import io.patchbay.analysis.sweep.folder.SweepPlan;
import io.patchbay.vae.io.BadInputException;
import java.util.Arrays;
import java.util.Locale;

/// What is to be estimated, and how.
///
/// @param plan the sweep whose means are asked for
/// @param signed whether means are of effects with their signs, which those of a factor have, not
///   of their sizes
/// @param sample inputs that a control variate computes exactly
/// @param top units that a screen computes exactly, or that a race looks for
/// @param audit others that a screen computes exactly
/// @param threshold of a screen, over which a unit counts as missed
/// @param target half width at which a unit stops, as a share of its mean
/// @param bounded whether sequences rest on the range of the effects, not on a limit
public record EstimateQuestion(
    SweepPlan plan,
    Method method,
    boolean signed,
    int sample,
    int top,
    int audit,
    double threshold,
    double target,
    boolean bounded) {
  /// How.
  public enum Method {
    /// First-order effects on all inputs, exact ones on some.
    CONTROL_VARIATE,
    /// First-order effects of all units, exact ones of the first and of a sample.
    SCREEN,
    /// Exact effects on as many inputs as each unit takes.
    STOP,
    /// Exact effects of the units that may be among the largest.
    RACE;

    /// The name that the command line uses.
    public String label() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /// @throws BadInputException when there is none of this name
    public static Method named(final String label) {
      return Arrays.stream(values())
          .filter(m -> m.label().equals(label))
          .findFirst()
          .orElseThrow(() ->
              new BadInputException(
                  "--method",
                  label,
                  "no such method",
                  "one of "
                      + String.join(", ", Arrays.stream(values()).map(Method::label).toList())));
    }

    /// Whether it needs the gradient of a scalar.
    boolean attributes() {
      return switch (this) {
        case CONTROL_VARIATE, SCREEN -> true;
        case STOP, RACE -> false;
      };
    }
  }

  public EstimateQuestion {
    final boolean factor = plan.metric().startsWith("factor:");
    if (method.attributes() && !factor) {
      throw new BadInputException(
          "--metric", plan.metric(), "no gradient of a norm", "factor:K with " + method.label());
    }
    if (signed && !factor) {
      throw new BadInputException("--signed", plan.metric(), "no signs", "--metric factor:K");
    }
    from("--sample", sample, CrossFitted.FEWEST_VALUES);
    from("--top", top, 1);
    from("--audit", audit, ScreenedUnits.FEWEST_AUDITED);
    if (!(threshold >= 0 && threshold <= Double.MAX_VALUE)) {
      throw new BadInputException("--threshold", "number", "" + threshold, "a number from 0");
    }
    if (!(target > 0 && target <= 1)) {
      throw new BadInputException(
          "--precision-target", "share", "" + target, "a number over 0, up to 1");
    }
  }

  private static void from(final String option, final int value, final int least) {
    if (value < least) {
      throw new BadInputException(option, "number", "" + value, "a number from " + least);
    }
  }
}
