package io.patchbay.tests.cases;

import io.patchbay.engine.Backend;
import java.util.function.Consumer;

/// One computation to check on every backend: an op on one shape, or a composition that backends
/// may fuse.
///
/// @param tolerance largest difference from float64 allowed, relative to the largest element
/// @param paired the same of a backend that may take float32 operands as pairs of bf16, 16 bits
/// @param rowwise row i of every output depends on row i of the inputs alone (and on what has no
///   rows), so that it may be computed alone
/// @param gradients its gradients exist and agree with differences at the values it draws
/// @param rare no model needs it: a backend may refuse it when it loads the plan, naming the op
public record OpCase(
    String name,
    Consumer<Draft> author,
    double tolerance,
    double paired,
    boolean rowwise,
    boolean gradients,
    boolean rare) {
  private static final double ELEMENTWISE = 2e-6;

  /// The backend whose kernels take operands as pairs of bf16.
  private static final String IN_PAIRS = "cuda";

  /// A row-wise case with gradients, each element from a few operations.
  static OpCase of(final String name, final Consumer<Draft> author) {
    return new OpCase(name, author, ELEMENTWISE, ELEMENTWISE, true, true, false);
  }

  OpCase within(final double other) {
    return new OpCase(name, author, other, other, rowwise, gradients, rare);
  }

  OpCase inPairsWithin(final double other) {
    return new OpCase(name, author, tolerance, other, rowwise, gradients, rare);
  }

  OpCase mixingRows() {
    return new OpCase(name, author, tolerance, paired, false, gradients, rare);
  }

  OpCase withoutGradients() {
    return new OpCase(name, author, tolerance, paired, rowwise, false, rare);
  }

  OpCase rarely() {
    return new OpCase(name, author, tolerance, paired, rowwise, gradients, true);
  }

  /// Largest difference from float64 allowed to a backend, relative to the largest element.
  public double tolerance(final Backend backend) {
    return backend.name().equals(IN_PAIRS) ? paired : tolerance;
  }

  /// The case on fresh random values, the same ones for the same seed.
  public Trial draw(final int rows, final long seed) {
    final var draft = new Draft(rows, seed);
    author.accept(draft);
    return draft.trial();
  }

  @Override
  public String toString() {
    return name;
  }
}
