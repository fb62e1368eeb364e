package io.patchbay.kernels.cuda;

import io.patchbay.engine.Node;
import io.patchbay.ffi.cuda.Launch;

/// What the kernels of an image's effect read of its clean logits (`tail_pack.cu`).
///
/// @param value per base and pixel its slope and lean, and after those of all bases the logits
/// @param offset bytes to the logits
record TailPacks(Value value, long offset) {
  private static final int THREADS = 256;
  private static final int BLOCKS = 8;

  /// Of an image's clean logits (bases; colors, 64, 64).
  static TailPacks of(final Node image, final Scope scope) {
    final int colors = image.shape().dim(0);
    final int pixels = image.shape().rowSize();
    final var axis = image.shape().axis();
    final long bases = scope.rows(axis);
    final long offset = 2L * Float.BYTES * pixels * scope.most(axis);
    final var kernel = scope.device().kernel("tail_pack", "tail_pack_image");
    final var grid = Launch.of(BLOCKS * scope.device().facts().multiprocessors(), THREADS);
    return new TailPacks(
        scope.packed(
            "tail image",
            image,
            3 * pixels,
            (from, to) -> kernel.launch(grid, 0, from, 0, to, to + offset, bases, colors)),
        offset);
  }

  long slopes() {
    return value.address();
  }

  long logits() {
    return value.address() + offset;
  }
}
