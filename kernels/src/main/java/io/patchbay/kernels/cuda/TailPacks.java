package io.patchbay.kernels.cuda;

import io.patchbay.engine.Node;
import io.patchbay.ffi.cuda.Launch;

/// What the kernels of an image's effect read of its clean logits, each in its own order.
///
/// @param value per base and pixel its side, and after those of all bases the logits
/// @param offset bytes to the logits
record TailPacks(Value value, long offset) {
  private static final int THREADS = 256;
  private static final int BLOCKS = 8;

  /// As `tail_streamed.cu`, `tail_exact.cu` and those of three colors read them: of an image's
  /// clean logits (bases; colors, 64, 64).
  static TailPacks ofTail(final Node image, final Scope scope) {
    final var kernel = scope.device().kernel("tail_pack", "tail_pack_image");
    return of(
        "tail image",
        image,
        scope,
        (launch, from, to, logits, bases, colors) ->
            kernel.launch(launch, 0, from, 0, to, logits, bases, colors));
  }

  /// As `change_pixels.cu` does.
  static TailPacks ofPixels(final Node image, final Scope scope) {
    final var kernel = scope.device().kernel("change_pixels", "change_pixels_pack");
    return of("pixels image", image, scope, kernel::launch);
  }

  /// A kernel that packs.
  private interface Pack {
    void launch(Launch launch, long from, long to, long logits, long bases, long colors);
  }

  private static TailPacks of(
      final String kind, final Node image, final Scope scope, final Pack pack) {
    final int colors = image.shape().dim(0);
    final int pixels = image.shape().rowSize();
    final var axis = image.shape().axis();
    final long bases = scope.rows(axis);
    final long offset = (long) Float.BYTES * pixels * scope.most(axis);
    final var grid = Launch.of(BLOCKS * scope.device().facts().multiprocessors(), THREADS);
    return new TailPacks(
        scope.packed(
            kind,
            image,
            2 * pixels,
            (from, to) -> pack.launch(grid, from, to, to + offset, bases, colors)),
        offset);
  }

  long sides() {
    return value.address();
  }

  long logits() {
    return value.address() + offset;
  }
}
