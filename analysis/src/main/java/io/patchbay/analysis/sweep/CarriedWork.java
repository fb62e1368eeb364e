package io.patchbay.analysis.sweep;

import io.patchbay.analysis.intervention.Unit;
import io.patchbay.engine.ChangeChain.Link;
import io.patchbay.engine.Op.Propagate;
import io.patchbay.engine.Op.Propagate.Activation;
import io.patchbay.engine.Op.Propagate.End;
import io.patchbay.engine.Op.Propagate.Kind;
import java.util.List;

/// The work of a cell whose change is carried through layers: of the rectangle that it reaches in
/// each of them, from the channels that it touches.
final class CarriedWork {
  /// Units that stand for all.
  private static final int SAMPLE = 64;

  /// Neighbouring pixels that share a fetched weight.
  private static final int TILE = 8;

  /// Neighbouring cells that share the clean pixels of their base, about.
  private static final int SHARED = 32;

  private static final int TAPS = 16;
  private static final int LANES = 16;

  private CarriedWork() {}

  /// The mean over the units, without what an op of one's own takes.
  ///
  /// @param links the layers of `op`
  static WorkCount of(final Propagate op, final List<Link> links, final List<Unit> units) {
    WorkCount sum = WorkCount.NONE;
    final int step = Math.max(1, units.size() / SAMPLE);
    int count = 0;
    for (int u = 0; u < units.size(); u += step) {
      sum = sum.plus(of(op, links, units.get(u)));
      count++;
    }
    return sum.times(1.0 / count);
  }

  private static WorkCount of(final Propagate op, final List<Link> links, final Unit unit) {
    final var first = links.getFirst();
    Box box = Box.of(unit, first);
    WorkCount sum = WorkCount.NONE.plus(Work.CELL, 1);
    if (box.channels() > 1 && op.own().isEmpty()) {
      sum = sum.plus(Work.PATCHED, (double) box.area() * box.channels());
    }
    for (int i = 0; i < links.size(); i++) {
      final var link = links.get(i);
      if (link.layer().kind() == Kind.LINEAR) {
        final int made = link.clean().shape().rowSize();
        sum = sum.plus(Work.LAYER, 1).plus(Work.CHANGED, made);
        sum = sum.plus(Work.LINEAR, (double) box.area() * box.channels() * made);
        box = Box.all(made);
        continue;
      }
      box = box.laid(link);
      final var next = box.through(link);
      sum = sum.plus(Work.LAYER, 1);
      sum =
          link.layer().activation() == Activation.SIGMOID
              ? sum.plus(image(box, next, (double) size(link) / SHARED))
              : sum.plus(features(box, next, link, op.rounds(i)));
      if (op.end() == End.VALUE && i + 1 == links.size() && next.area() < size(link)) {
        sum = sum.plus(Work.CHANGED, (double) size(link) * next.channels());
      }
      box = next;
    }
    return sum;
  }

  /// Places of a layer's value.
  private static int size(final Link link) {
    return link.clean().shape().dim(1) * link.clean().shape().dim(2);
  }

  private static WorkCount image(final Box from, final Box to, final double clean) {
    final var pixels = WorkCount.NONE.plus(Work.CARRIED_PIXEL, (to.area() + clean) * to.channels());
    // One channel adds up to a row of pixels at a time.
    final boolean rows = from.channels() == 1 && from.width() >= LANES / 2 && to.channels() == 1;
    return rows
        ? pixels
        : pixels.plus(
            Work.CARRIED_IMAGE, (double) TAPS * from.channels() * to.channels() * from.area());
  }

  /// @param rounded whether its operands are below float32
  private static WorkCount features(
      final Box from, final Box to, final Link link, final boolean rounded) {
    final boolean up = link.layer().kind() == Kind.UP;
    final var shape = link.clean().shape();
    final double channels = (double) from.channels() * to.channels();
    final double rows = taps(from.top(), from.bottom(), up, shape.dim(1));
    final double across = taps(from.left(), from.right(), up, shape.dim(2));
    // Going up, the even and the odd pixels of a row are computed apart.
    final double tiles = up ? 4.0 * tiles((to.width() + 1) / 2) : 4.0 * tiles(to.width());
    return WorkCount.NONE
        .plus(rounded ? Work.ROUNDED : Work.CARRIED, channels * rows * across)
        .plus(rounded ? Work.ROUNDED_WEIGHT : Work.WEIGHT, channels * rows * tiles)
        .plus(Work.CHANGED, (double) to.area() * to.channels());
  }

  private static int tiles(final int pixels) {
    return Math.ceilDiv(pixels, TILE);
  }

  /// Pairs of an input place from `from` to `to - 1` and an output place that sees it.
  private static int taps(final int from, final int to, final boolean up, final int size) {
    int count = 0;
    for (int i = from; i < to; i++) {
      count += end(i, up, size) - begin(i, up);
    }
    return count;
  }

  /// The first output that sees an input.
  private static int begin(final int input, final boolean up) {
    return Math.max(0, up ? 2 * input - 1 : (input - 1) >> 1);
  }

  /// The end of the outputs that see an input.
  private static int end(final int input, final boolean up, final int size) {
    return Math.min(size, up ? 2 * input + 3 : ((input + 1) >> 1) + 1);
  }

  /// A rectangle of some channels.
  private record Box(int channels, int top, int bottom, int left, int right) {
    /// All elements of a flat value.
    static Box all(final int elements) {
      return new Box(elements, 0, 1, 0, 1);
    }

    /// The same as a layer takes it; what a linear layer made comes flat.
    Box laid(final Link link) {
      final int[] taken = link.taken();
      final boolean flat = channels == taken[0] * taken[1] * taken[2];
      return flat && area() == 1 ? new Box(taken[0], 0, taken[1], 0, taken[2]) : this;
    }

    /// What a unit covers of the value before the first layer.
    static Box of(final Unit unit, final Link before) {
      final int[] taken = before.taken();
      final boolean flat = before.layer().kind() == Kind.LINEAR;
      final int height = flat ? 1 : taken[1];
      final int width = flat ? 1 : taken[2];
      final int pixels = height * width;
      int channelFrom = Integer.MAX_VALUE;
      int channelTo = 0;
      int top = Integer.MAX_VALUE;
      int bottom = 0;
      int left = Integer.MAX_VALUE;
      int right = 0;
      for (final var range : unit.ranges()) {
        final int begin = range.begin();
        final int last = range.end() - 1;
        channelFrom = Math.min(channelFrom, begin / pixels);
        channelTo = Math.max(channelTo, last / pixels + 1);
        final boolean one = begin / pixels == last / pixels;
        final int first = one ? begin % pixels / width : 0;
        final int end = one ? last % pixels / width + 1 : height;
        final boolean row = one && end - first == 1;
        top = Math.min(top, first);
        bottom = Math.max(bottom, end);
        left = Math.min(left, row ? begin % width : 0);
        right = Math.max(right, row ? last % width + 1 : width);
      }
      return new Box(channelTo - channelFrom, top, bottom, left, right);
    }

    Box through(final Link link) {
      final boolean up = link.layer().kind() == Kind.UP;
      final var shape = link.clean().shape();
      return new Box(
          shape.dim(0),
          begin(top, up),
          end(bottom - 1, up, shape.dim(1)),
          begin(left, up),
          end(right - 1, up, shape.dim(2)));
    }

    int width() {
      return right - left;
    }

    int area() {
      return (bottom - top) * width();
    }
  }
}
