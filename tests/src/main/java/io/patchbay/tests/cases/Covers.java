package io.patchbay.tests.cases;

import static io.patchbay.tests.cases.Draft.RANGES;

import io.patchbay.engine.Node;
import io.patchbay.engine.Shape;
import java.util.List;

/// What the patch of each row covers of a value of some channels.
enum Covers {
  UNIT,
  STRIP,
  CHANNEL,
  PARTS,

  /// Of an image: up to eight pixels wide, a few high, at borders and inside.
  SQUARE;

  /// Those that any value has.
  static final List<Covers> ANY = List.of(UNIT, STRIP, CHANNEL, PARTS);

  private static final int SIDE = 8;

  /// Rows of the squares of eight cells.
  private static final int[] HIGH = {3, 1, 2, 0, 1, 1, 0, 0};

  /// The units of each row, drawn.
  Node ranges(final Draft draft, final int channels, final int height, final int width) {
    final int pixels = height * width;
    if (this == SQUARE) {
      return squares(draft, channels, height, width);
    }
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
            case PARTS, SQUARE -> at;
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

  /// As many ranges as rows: of each square its rows in turn.
  private static Node squares(
      final Draft draft, final int channels, final int height, final int width) {
    final var triples = new int[3 * draft.rows()];
    int range = 0;
    for (int row = 0; range < draft.rows(); row++) {
      final int high = Math.min(HIGH[row % HIGH.length], draft.rows() - range);
      final int wide = 1 + draft.random(SIDE);
      final int x = corner(draft, width, wide);
      final int y = corner(draft, height, high);
      final int first = draft.random(channels) * height * width + y * width + x;
      for (int line = 0; line < high; line++) {
        triples[3 * range] = row;
        triples[3 * range + 1] = first + line * width;
        triples[3 * range + 2] = triples[3 * range + 1] + wide;
        range++;
      }
    }
    return draft.integers(Shape.batched(RANGES, 3), i -> triples[i]);
  }

  /// At a border or anywhere.
  private static int corner(final Draft draft, final int all, final int side) {
    return switch (draft.random(4)) {
      case 0 -> 0;
      case 1 -> all - side;
      default -> draft.random(all - side + 1);
    };
  }
}
