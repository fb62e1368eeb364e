package io.patchbay.analysis.sweep.route;

import io.patchbay.analysis.intervention.Unit;
import io.patchbay.engine.ChangeChain.Link;
import io.patchbay.engine.Op.Propagate;
import io.patchbay.engine.Op.Propagate.Activation;
import io.patchbay.engine.Op.Propagate.End;
import io.patchbay.engine.Op.Propagate.Kind;
import java.util.Arrays;
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

  /// What a range of units takes beside its elements, in elements that a patch changes.
  private static final double RANGE = 24;

  /// A cell reads its clean value and its source from afar, where those of many inputs lie: what an
  /// element of it waits for, in elements of a value that is patched whole.
  private static final double FETCHING = 2;

  /// A weight of a linear layer that a cell fetches for itself takes as many.
  private static final double ALONE = 4;

  /// The sums of a convolution down lie in memory while one pair of its taps after the other is
  /// added: what that takes, in elements of its value.
  private static final double SUMMING = 24;

  /// Of fewer channels a convolution down is computed row by row.
  private static final int MANY = 8;

  /// Onto an image pixels go by as many, by FEW or alone, each of which takes as long as so many
  /// would.
  private static final int ROW = 16;

  private static final int FEW = 4;
  private static final int AS_FEW = 8;
  private static final int AS_ONE = 5;

  private static final int TAPS = 16;
  private static final int LANES = 16;

  private CarriedWork() {}

  /// The mean over the units, without what an op of one's own takes.
  ///
  /// @param links the layers of `op`
  static WorkCount of(final Propagate op, final List<Link> links, final List<Unit> units) {
    final var some = UnitSpread.of(units, SAMPLE);
    WorkCount sum = WorkCount.NONE;
    for (final var unit : some) {
      sum = sum.plus(of(op, links, unit));
    }
    return sum.times(1.0 / some.size());
  }

  /// What cells wait for beside their own work, where they are of many inputs and units.
  static WorkCount fetched(final List<Unit> units) {
    final double elements = units.stream().mapToInt(Unit::size).average().orElse(0);
    return WorkCount.NONE.waiting(Work.ELEMENT, FETCHING * elements);
  }

  private static WorkCount of(final Propagate op, final List<Link> links, final Unit unit) {
    final var first = links.getFirst();
    Box box = Box.of(unit, first);
    WorkCount sum = WorkCount.NONE.plus(Work.CELL, 1);
    if (op.own().isEmpty()) {
      final double elements = box.channels() > 1 ? (double) box.area() * box.channels() : 0;
      final double patched = elements + RANGE * (unit.ranges().size() - 1);
      sum = patched == 0 ? sum : sum.plus(Work.PATCHED, patched);
    }
    for (int i = 0; i < links.size(); i++) {
      final var link = links.get(i);
      if (link.layer().kind() == Kind.LINEAR) {
        final int made = link.clean().shape().rowSize();
        sum = sum.plus(Work.LAYER, 1).plus(Work.CHANGED, made);
        final double changed = (double) box.area() * box.channels();
        sum = sum.plus(Work.CARRIED_LINEAR, changed * made);
        final int[] taken = link.taken();
        if (i == 0 && 2 * changed < Arrays.stream(taken).reduce(1, (a, b) -> a * b)) {
          // Of units that differ no two cells can share a weight.
          sum = sum.waiting(Work.CARRIED_LINEAR, (ALONE - 1) * changed * made);
        }
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
    if (from.channels() == 1 && from.width() >= LANES / 2 && to.channels() == 1) {
      return pixels;
    }
    final double each = (double) TAPS * from.channels() * to.channels();
    final int width = from.width();
    final int few = width % ROW / FEW;
    final int alone = width % FEW;
    final int idle = (AS_FEW - FEW) * few + (AS_ONE - 1) * alone;
    final var taps = pixels.plus(Work.CARRIED_IMAGE, each * from.area());
    return idle == 0 ? taps : taps.waiting(Work.CARRIED_IMAGE, each * from.height() * idle);
  }

  /// @param rounded whether its operands are below float32
  private static WorkCount features(
      final Box from, final Box to, final Link link, final boolean rounded) {
    final boolean up = link.layer().kind() == Kind.UP;
    final var shape = link.clean().shape();
    final double channels = (double) from.channels() * to.channels();
    final double rows = taps(from.top(), from.bottom(), up, shape.dim(1));
    final double across = taps(from.left(), from.right(), up, shape.dim(2));
    final double multiplied = channels * rows * across;
    final double elements = (double) to.area() * to.channels();
    final var work =
        WorkCount.NONE
            .plus(up ? (rounded ? Work.ROUNDED : Work.CARRIED) : down(rounded), multiplied)
            .plus(Work.CHANGED, elements);
    if (from.channels() == 1) {
      // The taps stay in registers; going down each takes an input that no other one does.
      return up ? work : work.waiting(down(rounded), multiplied);
    }
    if (up) {
      // The even and the odd pixels of a row are computed apart.
      final double tiles = 4.0 * tiles((to.width() + 1) / 2);
      return work.plus(rounded ? Work.ROUNDED_WEIGHT : Work.WEIGHT, channels * rows * tiles);
    }
    final var fetched =
        work.plus(
            rounded ? Work.ROUNDED_DOWN_WEIGHT : Work.DOWN_WEIGHT,
            channels * rows * 4.0 * tiles(to.width()));
    return from.channels() < MANY || to.height() == 1
        ? fetched
        : fetched.plus(Work.CHANGED, SUMMING * elements);
  }

  private static Work down(final boolean rounded) {
    return rounded ? Work.ROUNDED_DOWN : Work.DOWN;
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

    int height() {
      return bottom - top;
    }

    int area() {
      return height() * width();
    }
  }
}
