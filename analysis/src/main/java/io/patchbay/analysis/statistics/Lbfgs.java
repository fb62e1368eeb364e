package io.patchbay.analysis.statistics;

/// Minimises a smooth convex function by limited-memory BFGS (Nocedal 1980) with backtracking; no
/// randomness, so the same start gives the same end.
final class Lbfgs {
  private static final int MEMORY = 10;
  private static final double SUFFICIENT = 1e-4;

  /// Value at `point`; fills `gradient`.
  @FunctionalInterface
  interface Objective {
    double at(double[] point, double[] gradient);
  }

  private final double[][] steps = new double[MEMORY][];
  private final double[][] changes = new double[MEMORY][];
  private final double[] scales = new double[MEMORY];
  private int kept;

  private Lbfgs() {}

  /// Moves `point` to the minimum.
  ///
  /// @return whether the largest gradient entry fell to `tolerance` within `iterations`, or no
  ///   further descent is possible in double precision
  static boolean minimise(Objective objective, double[] point, int iterations, double tolerance) {
    return new Lbfgs().run(objective, point, iterations, tolerance);
  }

  private boolean run(Objective objective, double[] point, int iterations, double tolerance) {
    double[] gradient = new double[point.length];
    double[] next = new double[point.length];
    double[] nextGradient = new double[point.length];
    double value = objective.at(point, gradient);
    for (int iteration = 0; iteration < iterations; iteration++) {
      if (largest(gradient) <= tolerance) {
        return true;
      }
      double[] direction = direction(gradient);
      double slope = dot(direction, gradient);
      double step = kept == 0 ? Math.min(1, 1 / largest(gradient)) : 1;
      double nextValue = move(objective, point, direction, step, next, nextGradient);
      while (!(nextValue <= value + SUFFICIENT * step * slope)) {
        step /= 2;
        if (step < 1e-16) {
          return true;
        }
        nextValue = move(objective, point, direction, step, next, nextGradient);
      }
      remember(point, next, gradient, nextGradient);
      System.arraycopy(next, 0, point, 0, point.length);
      System.arraycopy(nextGradient, 0, gradient, 0, point.length);
      value = nextValue;
    }
    return largest(gradient) <= tolerance;
  }

  private static double move(
      Objective objective,
      double[] point,
      double[] direction,
      double step,
      double[] next,
      double[] gradient) {
    for (int i = 0; i < point.length; i++) {
      next[i] = point[i] + step * direction[i];
    }
    return objective.at(next, gradient);
  }

  // The two-loop recursion.
  private double[] direction(double[] gradient) {
    double[] direction = new double[gradient.length];
    for (int i = 0; i < direction.length; i++) {
      direction[i] = -gradient[i];
    }
    int oldest = Math.max(0, kept - MEMORY);
    double[] weights = new double[MEMORY];
    for (int k = kept - 1; k >= oldest; k--) {
      int slot = k % MEMORY;
      weights[slot] = scales[slot] * dot(steps[slot], direction);
      add(direction, -weights[slot], changes[slot]);
    }
    if (kept > 0) {
      int slot = (kept - 1) % MEMORY;
      double scale = 1 / (scales[slot] * dot(changes[slot], changes[slot]));
      for (int i = 0; i < direction.length; i++) {
        direction[i] *= scale;
      }
    }
    for (int k = oldest; k < kept; k++) {
      int slot = k % MEMORY;
      add(direction, weights[slot] - scales[slot] * dot(changes[slot], direction), steps[slot]);
    }
    return direction;
  }

  private void remember(double[] from, double[] to, double[] before, double[] after) {
    double[] step = new double[from.length];
    double[] change = new double[from.length];
    for (int i = 0; i < step.length; i++) {
      step[i] = to[i] - from[i];
      change[i] = after[i] - before[i];
    }
    double curvature = dot(step, change);
    if (curvature > 1e-14 * Math.sqrt(dot(step, step) * dot(change, change))) {
      int slot = kept % MEMORY;
      steps[slot] = step;
      changes[slot] = change;
      scales[slot] = 1 / curvature;
      kept++;
    }
  }

  private static void add(double[] target, double weight, double[] values) {
    for (int i = 0; i < target.length; i++) {
      target[i] += weight * values[i];
    }
  }

  private static double dot(double[] a, double[] b) {
    return Matrix.dot(a, 0, b, 0, a.length);
  }

  private static double largest(double[] values) {
    double result = 0;
    for (double value : values) {
      result = Math.max(result, Math.abs(value));
    }
    return result;
  }
}
