package io.patchbay.engine;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// How the operands of products are held: of a carried change ([Op.Propagate]), or of a whole plan
/// ([Plan#precision]); everything else is float32.
public enum Precision {
  /// 24 bits, the default everywhere.
  FP32,
  /// At least 11 bits, what the matrix units of some accelerators take of a float32 number, and its
  /// range. A kernel may hold more where that is as fast: the `cuda` backend carries a change to an
  /// image with operands of 16 bits, and through shapes that it has no such kernel for in float32.
  TF32,
  /// 8 bits.
  BF16;

  /// The name on the command line and in files: `fp32`, `tf32`, `bf16`.
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// The precision of a label.
  public static Optional<Precision> of(final String label) {
    return Arrays.stream(values()).filter(p -> p.label().equals(label)).findFirst();
  }

  public static List<String> labels() {
    return Arrays.stream(values()).map(Precision::label).toList();
  }
}
