package io.patchbay.engine.expression;

import java.util.Arrays;
import java.util.List;

/// How much of the language a text may use.
enum Dialect {
  /// All of it, in doubles.
  FULL,

  /// What kernels compute in float32: no angles, and powers with a fixed whole exponent.
  PATCH;

  static final int LARGEST_EXPONENT = 8;

  static final String EXPONENT =
      "a whole number from -" + LARGEST_EXPONENT + " to " + LARGEST_EXPONENT;

  boolean has(final Function function) {
    return switch (function) {
      case SIN, COS, TAN -> this == FULL;
      case MIN, MAX, ABS, EXP, LOG, SQRT, TANH, SIGMOID, FLOOR, CLAMP, IF -> true;
    };
  }

  List<String> functions() {
    return Arrays.stream(Function.values()).filter(this::has).map(Function::text).toList();
  }

  /// Whether a number can stand in a text.
  boolean holds(final double number) {
    return switch (this) {
      case FULL -> Double.isFinite(number);
      case PATCH -> Float.isFinite((float) number);
    };
  }

  String number() {
    return switch (this) {
      case FULL -> "a finite number";
      case PATCH -> "a finite number of 32 bits";
    };
  }

  /// Whether an exponent can stand in a text.
  boolean raises(final Expression exponent) {
    final var whole = Derivative.whole(exponent);
    return this == FULL || (whole.isPresent() && Math.abs(whole.getAsInt()) <= LARGEST_EXPONENT);
  }
}
