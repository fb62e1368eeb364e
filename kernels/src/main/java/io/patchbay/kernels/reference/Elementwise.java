package io.patchbay.kernels.reference;

import io.patchbay.engine.Op;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;

/// Functions of one element, of two, and the reparameterisation.
final class Elementwise {
  /// A function call per element.
  private static final long COST = 4;

  private Elementwise() {}

  static Step unary(final Op.Unary op, final Value x, final Value out) {
    final var f = function(op);
    return (sizes, workers) ->
        workers.split(
            out.elements(sizes),
            COST,
            (from, to) -> {
              for (int i = from; i < to; i++) {
                out.data()[out.at() + i] = f.applyAsDouble(x.data()[x.at() + i]);
              }
            });
  }

  static Step binary(final Op.Binary op, final Value a, final Value b, final Value out) {
    final var f = function(op);
    return (sizes, workers) ->
        workers.split(
            out.elements(sizes),
            COST,
            (from, to) -> {
              for (int i = from; i < to; i++) {
                out.data()[out.at() + i] =
                    f.applyAsDouble(a.data()[a.at() + i], b.data()[b.at() + i]);
              }
            });
  }

  static Step reparameterise(final Value mu, final Value logvar, final Value eps, final Value out) {
    return (sizes, workers) -> {
      final int count = out.elements(sizes);
      for (int i = 0; i < count; i++) {
        final double sigma = Math.exp(logvar.data()[logvar.at() + i] / 2);
        out.data()[out.at() + i] = mu.data()[mu.at() + i] + sigma * eps.data()[eps.at() + i];
      }
    };
  }

  private static DoubleUnaryOperator function(final Op.Unary op) {
    final double alpha = op.alpha();
    return switch (op.kind()) {
      case NEG -> x -> -x;
      case EXP -> Math::exp;
      case LOG -> Math::log;
      case SQRT -> Math::sqrt;
      case SQUARE -> x -> x * x;
      case RECIPROCAL -> x -> 1 / x;
      case ABS -> Math::abs;
      case SIGN -> Math::signum;
      case STEP -> x -> x > 0 ? 1 : 0;
      case RELU -> x -> Math.max(x, 0);
      case LEAKY_RELU -> x -> x > 0 ? x : alpha * x;
      case SIGMOID -> Elementwise::sigmoid;
      case TANH -> Math::tanh;
      case SOFTPLUS -> x -> Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
    };
  }

  private static DoubleBinaryOperator function(final Op.Binary op) {
    return switch (op.kind()) {
      case ADD -> Double::sum;
      case SUB -> (a, b) -> a - b;
      case MUL -> (a, b) -> a * b;
      case DIV -> (a, b) -> a / b;
      case MAX -> Math::max;
      case MIN -> Math::min;
      case GREATER -> (a, b) -> a > b ? 1 : 0;
      case EQUAL -> (a, b) -> a == b ? 1 : 0;
    };
  }

  /// The exponential is taken of a negative number only, so that it cannot overflow.
  private static double sigmoid(final double x) {
    final double e = Math.exp(-Math.abs(x));
    return x >= 0 ? 1 / (1 + e) : e / (1 + e);
  }
}
