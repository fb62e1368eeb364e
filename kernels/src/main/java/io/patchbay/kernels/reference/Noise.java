package io.patchbay.kernels.reference;

import io.patchbay.engine.Op;
import io.patchbay.engine.random.Normals;

/// Standard normals by key, the same bits as [Normals].
final class Noise {
  private static final long LOW = 0xFFFFFFFFL;

  private Noise() {}

  /// @param seed (2), low and high 32 bits
  /// @param ids (axis; 3): low 32 and high 16 bits of the id, draw
  static Step normal(final Op.Normal op, final Value seed, final Value ids, final Value out) {
    return (sizes, workers) -> {
      final long key = join(seed, seed.at());
      final var drawn = new float[op.size()];
      final int rows = out.rows(sizes);
      for (int row = 0; row < rows; row++) {
        final int draw = (int) ids.data()[ids.row(row) + 2];
        Normals.fill(key, op.stream(), join(ids, ids.row(row)), draw, drawn, 0, op.size());
        for (int i = 0; i < op.size(); i++) {
          out.data()[out.row(row) + i] = drawn[i];
        }
      }
    };
  }

  /// Low and high 32 bits as one number.
  static long join(final Value words, final int at) {
    return ((long) words.data()[at + 1] << 32) | ((long) words.data()[at] & LOW);
  }
}
