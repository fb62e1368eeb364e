package io.patchbay.analysis.sweep.route;

import io.patchbay.engine.Backend;
import io.patchbay.engine.Precision;
import io.patchbay.vae.io.BadInputException;
import java.util.List;

/// What a precision below float32 asks of a sweep: only a change can be rounded to it, so the
/// change has to be carried from the site all the way to what is measured.
public final class CarriedPrecision {
  private static final String OPTION = "--precision";
  private static final double BELOW = 2e-2;

  private CarriedPrecision() {}

  /// How far an effect may be off, as a share of it, where whole values are compared with it. Below
  /// float32 the typical one is off by some 1e-4, a single unit whose change nearly cancels by up
  /// to 1.5e-2; an intervention that went wrong by far more.
  ///
  /// @param single the share in float32
  public static double relative(final Precision precision, final double single) {
    return precision == Precision.FP32 ? single : BELOW;
  }

  /// Refuses what the device cannot multiply in.
  public static void require(final Backend backend, final Precision precision) {
    if (!backend.precisions().contains(precision)) {
      throw new BadInputException(
          OPTION,
          backend.device(),
          precision.label(),
          backend.precisions().stream().sorted().map(Precision::label).toList()
              + ", what this device multiplies in");
    }
  }

  /// The same ways.
  ///
  /// @param ways those that there are in a precision
  /// @throws BadInputException when there are none: the change cannot be carried all the way
  public static List<Way> require(
      final List<Way> ways, final Precision precision, final String site, final String measured) {
    if (ways.isEmpty()) {
      throw new BadInputException(
          OPTION,
          precision.label(),
          "a change at " + site + " that is not carried as far as " + measured,
          "a site with only linear layers and k4 s2 p1 convolutions between; or fp32");
    }
    return ways;
  }
}
