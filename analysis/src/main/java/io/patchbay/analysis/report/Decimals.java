package io.patchbay.analysis.report;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Collection;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// How many digits a figure deserves.
public final class Decimals {

  private static final int MOST = 4;

  private Decimals() {}

  /// The places after the point that show two digits of the narrowest interval's half width, so
  /// that a column lines up and promises no more than was measured.
  public static int of(Collection<? extends @Nullable Estimate> column) {
    double narrowest =
        column.stream()
            .filter(Objects::nonNull)
            .filter(Estimate::hasInterval)
            .mapToDouble(estimate -> (estimate.high() - estimate.low()) / 2)
            .filter(half -> half > 0)
            .min()
            .orElse(0.001);
    return Math.clamp(1 - (int) Math.floor(Math.log10(narrowest)), 0, MOST);
  }

  /// A number with so many places after the point; one that is not is `undefined`.
  public static String fixed(double value, int decimals) {
    if (Double.isNaN(value)) {
      return "undefined";
    }
    String text = String.format(Locale.ROOT, "%." + decimals + "f", value);
    return text.matches("-0(\\.0*)?") ? text.substring(1) : text;
  }

  /// The nearest number of so many significant digits; what the page does not show is not sent.
  static double significant(double value, int digits) {
    return value == 0 || !Double.isFinite(value)
        ? value
        : new BigDecimal(value).round(new MathContext(digits)).doubleValue();
  }
}
