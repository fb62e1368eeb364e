package io.patchbay.tests.cases;

import static io.patchbay.tests.cases.Draft.RANGES;

import io.patchbay.engine.Node;
import io.patchbay.engine.Shape;

/// What the patch of each row covers of a value of some channels.
enum Covers {
  UNIT,
  STRIP,
  CHANNEL,
  PARTS;

  /// The units of each row, drawn.
  Node ranges(final Draft draft, final int channels, final int height, final int width) {
    final int pixels = height * width;
    final var begins = new int[draft.rows()];
    final var ends = new int[draft.rows()];
    for (int row = 0; row < begins.length; row++) {
      final int channel = draft.random(channels);
      final int line = draft.random(height);
      final int from = draft.random(width);
      final int at = channel * pixels + line * width + from;
      begins[row] = this == CHANNEL ? channel * pixels : at;
      ends[row] =
          switch (this) {
            case UNIT -> at + 1;
            case STRIP -> at + 1 + draft.random(width - from);
            case CHANNEL -> (channel + 1) * pixels;
            case PARTS -> at;
          };
    }
    // Two in a row here, none in the next, and the whole value among them.
    return this == PARTS
        ? RowCases.ranges(draft, channels * pixels)
        : draft.integers(
            Shape.batched(RANGES, 3),
            i ->
                switch (i % 3) {
                  case 0 -> i / 3;
                  case 1 -> begins[i / 3];
                  default -> ends[i / 3];
                });
  }
}
