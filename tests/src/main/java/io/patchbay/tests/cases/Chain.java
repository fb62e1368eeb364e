package io.patchbay.tests.cases;

import io.patchbay.engine.Op.Propagate.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// A value and the layers after it.
record Chain(int channels, int height, int width, List<Chain.To> to) {
  /// A layer's kind and the sizes of its result.
  record To(Kind kind, int channels, int height, int width) {
    @Override
    public String toString() {
      return kind.name().toLowerCase(Locale.ROOT) + " " + channels + "x" + height + "x" + width;
    }
  }

  boolean image() {
    return to.getLast().kind() == Kind.UP && to.getLast().channels() < 16;
  }

  /// Whether some backends hold operands of more than one layer as pairs of bf16.
  boolean pairs() {
    final long downs = to.stream().filter(layer -> layer.kind() == Kind.DOWN).count();
    return channels <= 3 && downs > 1;
  }

  int size() {
    return channels * height * width;
  }

  /// @param to channels of each result
  static Chain of(
      final boolean up, final int channels, final int height, final int width, final int... to) {
    final var list = new ArrayList<To>();
    int h = height;
    int w = width;
    for (final int each : to) {
      h = up ? 2 * h : h / 2;
      w = up ? 2 * w : w / 2;
      list.add(new To(up ? Kind.UP : Kind.DOWN, each, h, w));
    }
    return new Chain(channels, height, width, list);
  }

  static Chain flat(final int size) {
    return new Chain(size, 1, 1, List.of());
  }

  Chain then(final Kind kind, final int channels, final int height, final int width) {
    final var list = new ArrayList<>(to);
    list.add(new To(kind, channels, height, width));
    return new Chain(this.channels, this.height, this.width, list);
  }

  Chain linear(final int size) {
    return then(Kind.LINEAR, size, 1, 1);
  }

  @Override
  public String toString() {
    return channels + "x" + height + "x" + width + " to " + to;
  }
}
