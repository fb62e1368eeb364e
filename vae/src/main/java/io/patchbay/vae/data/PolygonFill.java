package io.patchbay.vae.data;

import java.util.Arrays;
import java.util.OptionalDouble;

/// The exact share of each pixel that a polygon covers. Every edge adds, to each pixel row that it
/// crosses, the signed area to its right; a sum along the row then gives the coverage. Where an
/// outline crosses itself, parts of opposite turn take each other away.
///
/// One object for one image at a time.
final class PolygonFill {
  private final int size;
  // One cell more than a row has pixels: what an edge in the last pixel adds to its right.
  private final double[] area;

  /// @param size height and width of the image in pixels
  PolygonFill(int size) {
    this.size = size;
    area = new double[size * (size + 1)];
  }

  /// What is done with a covered pixel.
  interface Pixel {
    /// @param coverage in (0, 1]
    void cover(int x, int y, double coverage);
  }

  /// Visits the covered pixels of the closed outline through the points, row by row.
  ///
  /// @param xs in pixels, to the right
  /// @param ys in pixels, down
  void fill(double[] xs, double[] ys, Pixel pixel) {
    final int top = end(Arrays.stream(ys).min(), false);
    final int bottom = end(Arrays.stream(ys).max(), true);
    final int left = end(Arrays.stream(xs).min(), false);
    final int right = end(Arrays.stream(xs).max(), true);
    if (top >= bottom || left >= right) {
      return;
    }
    Arrays.fill(area, top * (size + 1), bottom * (size + 1), 0);
    for (int i = 0, last = xs.length - 1; i < xs.length; last = i++) {
      edge(xs[last], ys[last], xs[i], ys[i]);
    }
    for (int y = top; y < bottom; y++) {
      double sum = 0;
      for (int x = left; x < right; x++) {
        sum += area[y * (size + 1) + x];
        final double coverage = Math.min(1, Math.abs(sum));
        // Below this it is the rounding of sums that should be 0.
        if (coverage > 1e-9) {
          pixel.cover(x, y, coverage);
        }
      }
    }
  }

  // The pixel border at or before a place, or the one at or after it, within the image.
  private int end(OptionalDouble place, boolean after) {
    final double at = place.orElseThrow();
    return (int) Math.clamp(after ? Math.ceil(at) : Math.floor(at), 0, size);
  }

  private void edge(double x0, double y0, double x1, double y1) {
    if (y0 == y1) {
      return;
    }
    if (y0 > y1) {
      rows(x1, y1, x0, y0, -1);
    } else {
      rows(x0, y0, x1, y1, 1);
    }
  }

  // From the upper end to the lower, one pixel row after the other.
  private void rows(double x0, double y0, double x1, double y1, double sign) {
    final double slope = (x1 - x0) / (y1 - y0);
    final int first = (int) Math.clamp(Math.floor(y0), 0, size);
    final int end = (int) Math.clamp(Math.ceil(y1), 0, size);
    for (int y = first; y < end; y++) {
      final double from = Math.max(y, y0);
      final double to = Math.min(y + 1, y1);
      final double a = from == y0 ? x0 : x0 + (from - y0) * slope;
      final double b = to == y1 ? x1 : x0 + (to - y0) * slope;
      pieces(y, Math.min(a, b), Math.max(a, b), sign * (to - from));
    }
  }

  // A piece of an edge within one row, cut where it leaves the image to the left or right.
  private void pieces(int y, double left, double right, double height) {
    if (left >= size) {
      return;
    }
    if (right <= 0) {
      area[y * (size + 1)] += height;
      return;
    }
    final double width = right - left;
    if (left < 0) {
      area[y * (size + 1)] += height * -left / width;
    }
    final double from = Math.max(0, left);
    final double to = Math.min(size, right);
    inside(y, from, to, width == 0 ? height : height * (to - from) / width);
  }

  // Within the image: pixels to the right of the piece get all of its height, those that it goes
  // through the part that lies to its right.
  private void inside(int y, double left, double right, double height) {
    final int row = y * (size + 1);
    final int first = (int) left;
    final int last = Math.min(size - 1, (int) right);
    if (first >= last) {
      final double share = Math.clamp(first + 1 - (left + right) / 2, 0, 1);
      area[row + first] += height * share;
      area[row + first + 1] += height * (1 - share);
      return;
    }
    final double each = height / (right - left);
    double before = 0;
    for (int x = first; x <= last; x++) {
      final double from = Math.max(left, x);
      final double to = Math.min(right, x + 1);
      final double passed = each * (to - from);
      // Height gained in pixels before counts whole, that of this pixel from where it is passed.
      final double covered = passed * (x + 1 - (from + to) / 2);
      area[row + x] += covered + before;
      before = passed - covered;
    }
    area[row + last + 1] += before;
  }
}
