package io.patchbay.engine.expression;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// A function of the language. Those of [StrictMath] give the same bits on every machine.
public enum Function {
  MIN(2) {
    @Override
    double apply(double[] x) {
      return Math.min(x[0], x[1]);
    }
  },
  MAX(2) {
    @Override
    double apply(double[] x) {
      return Math.max(x[0], x[1]);
    }
  },
  ABS(1) {
    @Override
    double apply(double[] x) {
      return Math.abs(x[0]);
    }
  },
  EXP(1) {
    @Override
    double apply(double[] x) {
      return StrictMath.exp(x[0]);
    }
  },
  LOG(1) {
    @Override
    double apply(double[] x) {
      return StrictMath.log(x[0]);
    }
  },
  SQRT(1) {
    @Override
    double apply(double[] x) {
      return Math.sqrt(x[0]);
    }
  },
  SIN(1) {
    @Override
    double apply(double[] x) {
      return StrictMath.sin(x[0]);
    }
  },
  COS(1) {
    @Override
    double apply(double[] x) {
      return StrictMath.cos(x[0]);
    }
  },
  TAN(1) {
    @Override
    double apply(double[] x) {
      return StrictMath.tan(x[0]);
    }
  },
  TANH(1) {
    @Override
    double apply(double[] x) {
      return StrictMath.tanh(x[0]);
    }
  },
  /// 1 / (1 + exp(-x)).
  SIGMOID(1) {
    @Override
    double apply(double[] x) {
      return sigmoid(x[0]);
    }
  },
  FLOOR(1) {
    @Override
    double apply(double[] x) {
      return Math.floor(x[0]);
    }
  },
  /// clamp(x, low, high); `low` where the bounds are crossed.
  CLAMP(3) {
    @Override
    double apply(double[] x) {
      return Math.max(x[1], Math.min(x[2], x[0]));
    }
  },
  /// if(condition, then, otherwise).
  IF(3) {
    @Override
    double apply(double[] x) {
      return x[0] != 0 ? x[1] : x[2];
    }
  };

  final int arguments;

  Function(int arguments) {
    this.arguments = arguments;
  }

  abstract double apply(double[] x);

  /// The exponential is taken of a negative number only, so that it cannot overflow.
  static double sigmoid(double x) {
    final double e = StrictMath.exp(-Math.abs(x));
    return x >= 0 ? 1 / (1 + e) : e / (1 + e);
  }

  String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  static Optional<Function> named(String text) {
    return Arrays.stream(values()).filter(f -> f.text().equals(text)).findFirst();
  }

  static List<String> names() {
    return Arrays.stream(values()).map(Function::text).toList();
  }
}
