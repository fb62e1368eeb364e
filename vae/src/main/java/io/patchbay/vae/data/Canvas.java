package io.patchbay.vae.data;

import java.util.Arrays;

/// Draws discs, bars and polygons with smooth edges into an image of floats, (C, H, W). Coordinates
/// are pixels, x to the right, y down, the first pixel's centre at (0.5, 0.5). A colour has one
/// value for each channel.
final class Canvas {
  private final float[] target;
  private final int offset;
  private final int channels;
  private final int size;

  /// An RGB image.
  ///
  /// @param size height and width
  Canvas(float[] target, int offset, int size) {
    this(target, offset, 3, size);
  }

  Canvas(float[] target, int offset, int channels, int size) {
    this.target = target;
    this.offset = offset;
    this.channels = channels;
    this.size = size;
  }

  /// Fills the image with one grey.
  void clear(float value) {
    Arrays.fill(target, offset, offset + channels * size * size, value);
  }

  /// Fills the image with one colour.
  void clear(float[] colour) {
    final int area = size * size;
    for (int c = 0; c < channels; c++) {
      Arrays.fill(target, offset + c * area, offset + (c + 1) * area, colour[c]);
    }
  }

  /// A polygon by its corners, each pixel by the exact share that it covers. Corners may lie
  /// outside of the image.
  void polygon(PolygonFill fill, double[] xs, double[] ys, float[] colour) {
    fill.fill(xs, ys, (x, y, coverage) -> blend(y * size + x, coverage, colour));
  }

  /// An axis-parallel ellipse with radii `rx` and `ry`.
  void disc(double cx, double cy, double rx, double ry, float[] colour) {
    final int top = first(cy - ry - 1);
    final int bottom = end(cy + ry + 1);
    final int left = first(cx - rx - 1);
    final int right = end(cx + rx + 1);
    for (int y = top; y < bottom; y++) {
      final double v = (y + 0.5 - cy) / ry;
      for (int x = left; x < right; x++) {
        final double u = (x + 0.5 - cx) / rx;
        final double k = Math.sqrt(u * u + v * v);
        // First-order distance to the edge: the implicit function over its gradient.
        final double slope = Math.sqrt((u / rx) * (u / rx) + (v / ry) * (v / ry));
        final double distance = slope == 0 ? -Math.min(rx, ry) : k * (k - 1) / slope;
        blend(y * size + x, 0.5 - distance, colour);
      }
    }
  }

  /// A straight bar from (x0, y0) to (x1, y1), `width` across, with square ends.
  void bar(double x0, double y0, double x1, double y1, double width, float[] colour) {
    final double length = Math.hypot(x1 - x0, y1 - y0);
    if (length == 0) {
      return;
    }
    final double ux = (x1 - x0) / length;
    final double uy = (y1 - y0) / length;
    final double cx = (x0 + x1) / 2;
    final double cy = (y0 + y1) / 2;
    final double reachX = (Math.abs(ux) * length + Math.abs(uy) * width) / 2 + 1;
    final double reachY = (Math.abs(uy) * length + Math.abs(ux) * width) / 2 + 1;
    final int bottom = end(cy + reachY);
    final int left = first(cx - reachX);
    final int right = end(cx + reachX);
    for (int y = first(cy - reachY); y < bottom; y++) {
      final double dy = y + 0.5 - cy;
      for (int x = left; x < right; x++) {
        final double dx = x + 0.5 - cx;
        final double along = overlap(dx * ux + dy * uy, length / 2);
        final double across = overlap(dy * ux - dx * uy, width / 2);
        blend(y * size + x, along * across, colour);
      }
    }
  }

  // Length that the unit interval around `at` shares with [-half, half].
  private static double overlap(double at, double half) {
    return Math.max(0, Math.min(half, at + 0.5) - Math.max(-half, at - 0.5));
  }

  private void blend(int pixel, double coverage, float[] colour) {
    if (coverage <= 0) {
      return;
    }
    final float share = (float) Math.min(1, coverage);
    for (int c = 0; c < channels; c++) {
      final int at = offset + c * size * size + pixel;
      target[at] += share * (colour[c] - target[at]);
    }
  }

  private int first(double at) {
    return (int) Math.max(0, Math.floor(at));
  }

  private int end(double at) {
    return (int) Math.min(size, Math.ceil(at));
  }
}
