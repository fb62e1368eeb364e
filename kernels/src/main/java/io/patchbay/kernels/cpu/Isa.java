package io.patchbay.kernels.cpu;

import java.util.Locale;

/// The instruction sets the kernels are compiled for, the widest first.
enum Isa {
  AVX512,
  AVX2,
  GENERIC;

  /// The prefix of this set's exported names.
  String prefix() {
    return "pb_" + label() + "_";
  }

  String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
