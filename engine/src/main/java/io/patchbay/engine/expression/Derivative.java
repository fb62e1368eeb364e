package io.patchbay.engine.expression;

import io.patchbay.engine.expression.Expression.Binary;
import io.patchbay.engine.expression.Expression.Call;
import io.patchbay.engine.expression.Expression.Constant;
import io.patchbay.engine.expression.Expression.Name;
import io.patchbay.engine.expression.Expression.Negative;
import java.util.List;
import java.util.OptionalInt;

/// The derivative of an expression of [Dialect#PATCH] by one of its names, as an expression.
///
/// Where an expression has a kink or a jump, the derivative is that of the branch that is computed
/// there: `abs` has 0 at 0; `min` and `max` of two equal values that of the second, and `clamp` is
/// `max(low, min(high, x))`, so that 1 holds at both of its limits; a condition, a comparison and
/// `floor` pass nothing.
final class Derivative {
  private static final Constant ZERO = new Constant(0);
  private static final Constant ONE = new Constant(1);

  private final int name;

  private Derivative(final int name) {
    this.name = name;
  }

  /// @param name index of the name
  static Expression of(final Expression expression, final int name) {
    return new Derivative(name).of(expression);
  }

  /// The value of an exponent that is written as a whole number.
  static OptionalInt whole(final Expression exponent) {
    final boolean negative = exponent instanceof Negative;
    final var size = exponent instanceof final Negative n ? n.of() : exponent;
    if (size instanceof Constant(double value) && value == Math.rint(value)) {
      return OptionalInt.of((int) (negative ? -value : value));
    }
    return OptionalInt.empty();
  }

  private Expression of(final Expression expression) {
    return switch (expression) {
      case Constant _ -> ZERO;
      case Name(int index) -> index == name ? ONE : ZERO;
      case Negative(var of) -> negative(of(of));
      case Binary(var operator, var left, var right) -> binary(operator, left, right);
      case Call(var function, var x) -> call(function, x, expression);
    };
  }

  private Expression binary(
      final Operator operator, final Expression left, final Expression right) {
    return switch (operator) {
      case ADD -> add(of(left), of(right));
      case SUBTRACT -> subtract(of(left), of(right));
      case MULTIPLY -> add(multiply(of(left), right), multiply(left, of(right)));
      case DIVIDE -> divide(subtract(of(left), multiply(divide(left, right), of(right))), right);
      case POWER -> {
        final int exponent = whole(right).orElseThrow();
        final var lower = new Binary(Operator.POWER, left, constant(exponent - 1));
        yield exponent == 0
            ? ZERO
            : multiply(multiply(constant(exponent), exponent == 1 ? ONE : lower), of(left));
      }
      case LESS, AT_MOST, MORE, AT_LEAST, EQUAL, UNEQUAL -> ZERO;
    };
  }

  private Expression call(final Function function, final List<Expression> x, final Expression y) {
    final var a = x.getFirst();
    return switch (function) {
      case MIN -> choose(new Binary(Operator.LESS, a, x.get(1)), of(a), of(x.get(1)));
      case MAX -> choose(new Binary(Operator.MORE, a, x.get(1)), of(a), of(x.get(1)));
      case ABS -> {
        final var below = choose(new Binary(Operator.LESS, a, ZERO), negative(of(a)), ZERO);
        yield choose(new Binary(Operator.MORE, a, ZERO), of(a), below);
      }
      case EXP -> multiply(y, of(a));
      case LOG -> divide(of(a), a);
      case SQRT -> divide(multiply(constant(0.5), of(a)), y);
      case TANH -> multiply(subtract(ONE, multiply(y, y)), of(a));
      case SIGMOID -> multiply(multiply(y, subtract(ONE, y)), of(a));
      case FLOOR -> ZERO;
      case CLAMP ->
          of(
              new Call(
                  Function.MAX, List.of(x.get(1), new Call(Function.MIN, List.of(x.get(2), a)))));
      case IF -> choose(a, of(x.get(1)), of(x.get(2)));
      case SIN, COS, TAN ->
          throw new IllegalArgumentException("not of this dialect: function=" + function.text());
    };
  }

  private static Constant constant(final double value) {
    return new Constant(value);
  }

  private static Expression choose(
      final Expression condition, final Expression then, final Expression otherwise) {
    return then.equals(otherwise)
        ? then
        : new Call(Function.IF, List.of(condition, then, otherwise));
  }

  private static Expression negative(final Expression x) {
    return x.equals(ZERO) ? ZERO : new Negative(x);
  }

  private static Expression add(final Expression a, final Expression b) {
    return a.equals(ZERO) ? b : b.equals(ZERO) ? a : new Binary(Operator.ADD, a, b);
  }

  private static Expression subtract(final Expression a, final Expression b) {
    return b.equals(ZERO) ? a : a.equals(ZERO) ? negative(b) : new Binary(Operator.SUBTRACT, a, b);
  }

  private static Expression multiply(final Expression a, final Expression b) {
    if (a.equals(ZERO) || b.equals(ZERO)) {
      return ZERO;
    }
    return a.equals(ONE) ? b : b.equals(ONE) ? a : new Binary(Operator.MULTIPLY, a, b);
  }

  private static Expression divide(final Expression a, final Expression b) {
    return a.equals(ZERO) ? ZERO : new Binary(Operator.DIVIDE, a, b);
  }
}
