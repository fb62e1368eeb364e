package io.patchbay.engine.expression;

/// What a unit becomes, in Java: the same for the same values, in any thread.
@FunctionalInterface
public interface PatchFunction {
  /// The patched value, rounded to float32 by whoever asks.
  double of(PatchUnit unit);
}
