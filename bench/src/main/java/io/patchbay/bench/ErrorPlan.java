package io.patchbay.bench;

import io.patchbay.engine.Precision;

/// How an effect is computed, and what its error may be.
enum ErrorPlan {
  /// The intervened run as a whole, less the base.
  WHOLE("whole, fp32", Precision.FP32),
  /// The same with a ladder: small effects are computed again as the change alone.
  WHOLE_LADDER("whole, fp32, ladder", Precision.FP32),
  /// The change alone.
  DIFFERENCE("difference, fp32", Precision.FP32),
  /// The change alone, with operands in bf16.
  DIFFERENCE_BF16("difference, bf16", Precision.BF16),
  /// The same with a ladder: small effects are computed again in fp32.
  BF16_LADDER("difference, bf16, ladder", Precision.BF16);

  private static final double WHOLE_SHARE = 1e-5;
  private static final double WHOLE_ROUNDING = 3e-8;
  private static final double SHARE = 1e-4;
  private static final double SHARE_BF16 = 5e-3;

  private final String label;
  private final Precision precision;

  ErrorPlan(final String label, final Precision precision) {
    this.label = label;
    this.precision = precision;
  }

  String label() {
    return label;
  }

  Precision precision() {
    return precision;
  }

  /// The largest error of an effect.
  ///
  /// @param norm of the base image
  double bound(final double effect, final double norm) {
    return switch (this) {
      case WHOLE, WHOLE_LADDER -> WHOLE_SHARE * effect + WHOLE_ROUNDING * norm;
      case DIFFERENCE -> SHARE * effect;
      case DIFFERENCE_BF16, BF16_LADDER -> SHARE_BF16 * effect;
    };
  }

  /// The bound in words, e the effect and y the base image.
  String words() {
    return switch (this) {
      case WHOLE, WHOLE_LADDER -> "1e-5 e + 3e-8 ‖y‖";
      case DIFFERENCE -> "1e-4 e";
      case DIFFERENCE_BF16, BF16_LADDER -> "5e-3 e";
    };
  }
}
