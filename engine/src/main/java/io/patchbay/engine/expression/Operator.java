package io.patchbay.engine.expression;

/// An operator between two numbers. Comparisons give 1 where they hold and 0 where not.
public enum Operator {
  ADD("+") {
    @Override
    double apply(double a, double b) {
      return a + b;
    }
  },
  SUBTRACT("-") {
    @Override
    double apply(double a, double b) {
      return a - b;
    }
  },
  MULTIPLY("*") {
    @Override
    double apply(double a, double b) {
      return a * b;
    }
  },
  DIVIDE("/") {
    @Override
    double apply(double a, double b) {
      return a / b;
    }
  },
  POWER("^") {
    @Override
    double apply(double a, double b) {
      return StrictMath.pow(a, b);
    }
  },
  LESS("<") {
    @Override
    double apply(double a, double b) {
      return a < b ? 1 : 0;
    }
  },
  AT_MOST("<=") {
    @Override
    double apply(double a, double b) {
      return a <= b ? 1 : 0;
    }
  },
  MORE(">") {
    @Override
    double apply(double a, double b) {
      return a > b ? 1 : 0;
    }
  },
  AT_LEAST(">=") {
    @Override
    double apply(double a, double b) {
      return a >= b ? 1 : 0;
    }
  },
  EQUAL("==") {
    @Override
    double apply(double a, double b) {
      return a == b ? 1 : 0;
    }
  },
  UNEQUAL("!=") {
    @Override
    double apply(double a, double b) {
      return a != b ? 1 : 0;
    }
  };

  final String sign;

  Operator(String sign) {
    this.sign = sign;
  }

  abstract double apply(double a, double b);
}
