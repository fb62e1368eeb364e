package io.patchbay.engine;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// How the operands of the products of a carried change are held; everything else is float32.
public enum Precision {
  /// 24 bits, the default everywhere.
  FP32,
  /// 11 bits, as some accelerators multiply.
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
