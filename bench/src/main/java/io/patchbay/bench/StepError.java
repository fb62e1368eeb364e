package io.patchbay.bench;

import java.util.Map;

/// How far one step of training is from another one of the same batch, by what it leaves in Adam's
/// first moments: a tenth of each gradient.
public final class StepError {
  private static final String MOMENT = "adam.m.";

  private static final double FP32 = 3e-4;

  /// Rectifiers that stand near zero open on one side and not on the other: 4 % of the gradients of
  /// a batch of 4 in TF32.
  private static final double FEWER_BITS = 0.1;

  private StepError() {}

  /// The largest distance of a parameter's gradient, relative to its norm.
  ///
  /// @param found states by name
  /// @param expected states by name, in float32 by other kernels
  static double of(final Map<String, float[]> found, final Map<String, float[]> expected) {
    final var moments = expected.keySet().stream().filter(n -> n.startsWith(MOMENT)).toList();
    double largest = moments.isEmpty() ? Double.NaN : 0;
    for (final var name : moments) {
      final var theirs = expected.getOrDefault(name, new float[0]);
      final var ours = found.getOrDefault(name, new float[theirs.length]);
      double distance = 0;
      double norm = 0;
      for (int i = 0; i < theirs.length; i++) {
        final double difference = (double) ours[i] - theirs[i];
        distance += difference * difference;
        norm += (double) theirs[i] * theirs[i];
      }
      // Not a number wins.
      largest = Math.max(largest, Math.sqrt(distance / norm));
    }
    return largest;
  }

  /// The same.
  ///
  /// @param exact whether operands were float32
  /// @throws IllegalStateException when that is more than rounding explains
  public static double checked(
      final Map<String, float[]> found, final Map<String, float[]> expected, final boolean exact) {
    final double error = of(found, expected);
    final double tolerance = exact ? FP32 : FEWER_BITS;
    if (!(error <= tolerance)) {
      throw new IllegalStateException(
          "gradients differ from the CPU's: error=" + error + ", tolerance=" + tolerance);
    }
    return error;
  }
}
