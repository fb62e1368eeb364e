package io.patchbay.analysis.disentanglement;

import java.util.Arrays;

/// A linear support vector machine on one number, balanced between classes: what scikit-learn's
/// `LinearSVC(C, class_weight="balanced")` minimises, at its minimum.
///
/// For each class against the rest, |(w, b)|² / 2 + sum of c_i max(0, 1 - y_i (w x_i + b))², where
/// c_i is C n / (classes n_class) for members of the class and C for the rest; the class with the
/// largest w x + b is predicted, the first of equals. With two classes one line parts them, both
/// weighted by their frequency. The library's own solver stops at a tolerance, or at 1,000 rounds
/// short of it; this one takes Newton steps on the two parameters, which end at the minimum, as the
/// function is strictly convex and made of finitely many parabolas.
final class ScalarSvm {
  private static final int STEPS = 200;
  private static final double TOLERANCE = 1e-10;
  private static final double SUFFICIENT = 1e-4;
  private static final double SHORTEST = 1e-12;
  // Of the value: what is expected to be gained can no longer be seen in it.
  private static final double ROUNDING = 1e-12;

  private final double[] weights;
  private final double[] intercepts;

  private ScalarSvm(final int lines) {
    weights = new double[lines];
    intercepts = new double[lines];
  }

  /// @param labels 0 to classes - 1, each at least once
  /// @param c the weight of errors
  static ScalarSvm fit(final double[] x, final int[] labels, final int classes, final double c) {
    final int[] counts = new int[classes];
    for (final int label : labels) {
      counts[label]++;
    }
    final double[] balanced = new double[classes];
    Arrays.setAll(balanced, k -> c * labels.length / ((double) classes * counts[k]));
    final var svm = new ScalarSvm(classes == 2 ? 1 : classes);
    for (int line = 0; line < svm.weights.length; line++) {
      if (classes == 2) {
        svm.minimise(x, labels, 1, balanced[1], balanced[0], line);
      } else {
        svm.minimise(x, labels, line, balanced[line], c, line);
      }
    }
    return svm;
  }

  int predict(final double x) {
    if (weights.length == 1) {
      return weights[0] * x + intercepts[0] > 0 ? 1 : 0;
    }
    int best = 0;
    for (int k = 1; k < weights.length; k++) {
      if (weights[k] * x + intercepts[k] > weights[best] * x + intercepts[best]) {
        best = k;
      }
    }
    return best;
  }

  double weight(final int line) {
    return weights[line];
  }

  double intercept(final int line) {
    return intercepts[line];
  }

  private void minimise(
      final double[] x,
      final int[] labels,
      final int positive,
      final double member,
      final double rest,
      final int line) {
    // Value, gradient by w and b, second derivatives by ww, wb and bb.
    final double[] now = new double[6];
    final double[] next = new double[6];
    double w = 0;
    double b = 0;
    at(x, labels, positive, member, rest, w, b, now);
    final double small = TOLERANCE * Math.max(1, Math.hypot(now[1], now[2]));
    for (int step = 0; Math.hypot(now[1], now[2]) > small; step++) {
      if (step == STEPS) {
        throw new IllegalStateException(
            "support vector machine did not settle: steps=" + STEPS + ", values=" + x.length);
      }
      final double determinant = now[3] * now[5] - now[4] * now[4];
      final double dw = (now[4] * now[2] - now[5] * now[1]) / determinant;
      final double db = (now[4] * now[1] - now[3] * now[2]) / determinant;
      final double slope = now[1] * dw + now[2] * db;
      double length = 1;
      at(x, labels, positive, member, rest, w + dw, b + db, next);
      while (!better(now, next, length * slope) && length > SHORTEST) {
        length /= 2;
        at(x, labels, positive, member, rest, w + length * dw, b + length * db, next);
      }
      if (length <= SHORTEST) {
        // No descent is left in double precision.
        break;
      }
      w += length * dw;
      b += length * db;
      System.arraycopy(next, 0, now, 0, now.length);
    }
    weights[line] = w;
    intercepts[line] = b;
  }

  /// Whether a step has lowered the value by enough, or where that is rounding, the gradient.
  private static boolean better(final double[] now, final double[] next, final double slope) {
    return next[0] <= now[0] + SUFFICIENT * slope
        || (-slope <= ROUNDING * now[0]
            && Math.hypot(next[1], next[2]) < Math.hypot(now[1], now[2]));
  }

  private static void at(
      final double[] x,
      final int[] labels,
      final int positive,
      final double member,
      final double rest,
      final double w,
      final double b,
      final double[] out) {
    double value = (w * w + b * b) / 2;
    double byW = w;
    double byB = b;
    double ww = 1;
    double wb = 0;
    double bb = 1;
    for (int i = 0; i < x.length; i++) {
      final boolean mine = labels[i] == positive;
      final double sign = mine ? 1 : -1;
      final double missing = 1 - sign * (w * x[i] + b);
      if (missing > 0) {
        final double c = mine ? member : rest;
        value += c * missing * missing;
        byW -= 2 * c * sign * missing * x[i];
        byB -= 2 * c * sign * missing;
        ww += 2 * c * x[i] * x[i];
        wb += 2 * c * x[i];
        bb += 2 * c;
      }
    }
    out[0] = value;
    out[1] = byW;
    out[2] = byB;
    out[3] = ww;
    out[4] = wb;
    out[5] = bb;
  }
}
