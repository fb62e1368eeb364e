package io.patchbay.analysis.intervention;

import io.patchbay.vae.data.ImageShape;

/// A change of a whole image. Where it looks outside the image, the border's values go on; between
/// pixels it interpolates bilinearly.
public enum ImageTransform {
  /// A Gaussian blur; the value is its standard deviation in pixels.
  BLUR("blur", 0, 100),
  /// A shift to the right, in pixels.
  TRANSLATE_X("translate-x", -10_000, 10_000),
  /// A shift downwards, in pixels.
  TRANSLATE_Y("translate-y", -10_000, 10_000),
  /// A rotation about the middle, in degrees, counterclockwise as one looks at the image.
  ROTATE("rotate", -360, 360);

  /// Standard deviations at which a Gaussian is cut.
  private static final int REACH = 4;

  private final String label;
  private final double low;
  private final double high;

  ImageTransform(final String label, final double low, final double high) {
    this.label = label;
    this.low = low;
    this.high = high;
  }

  /// The name that the command line uses.
  public String label() {
    return label;
  }

  /// The smallest value.
  public double low() {
    return low;
  }

  /// The largest value.
  public double high() {
    return high;
  }

  /// A new image, (C, H, W) as the given one.
  ///
  /// @throws IllegalArgumentException when the image has another shape or the value is out of range
  public float[] apply(final ImageShape shape, final float[] image, final double value) {
    if (image.length != shape.elements() || !(value >= low && value <= high)) {
      throw new IllegalArgumentException(
          "image transform: name="
              + label
              + ", value="
              + value
              + ", low="
              + low
              + ", high="
              + high
              + ", elements="
              + image.length
              + ", shape="
              + shape);
    }
    final double angle = Math.toRadians(value);
    return switch (this) {
      case BLUR -> blur(shape, image, value);
      case TRANSLATE_X -> sample(shape, image, 1, 0, value, 0);
      case TRANSLATE_Y -> sample(shape, image, 1, 0, 0, value);
      case ROTATE -> sample(shape, image, Math.cos(angle), Math.sin(angle), 0, 0);
    };
  }

  /// Every pixel from where it was before a rotation about the middle and then a shift.
  private static float[] sample(
      final ImageShape shape,
      final float[] image,
      final double cos,
      final double sin,
      final double right,
      final double down) {
    final int height = shape.height();
    final int width = shape.width();
    final double middleX = (width - 1) / 2.0;
    final double middleY = (height - 1) / 2.0;
    final var result = new float[image.length];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        final double dx = x - right - middleX;
        final double dy = y - down - middleY;
        final double fromX = clamp(middleX + dx * cos - dy * sin, width);
        final double fromY = clamp(middleY + dx * sin + dy * cos, height);
        final int left = Math.min((int) fromX, Math.max(0, width - 2));
        final int top = Math.min((int) fromY, Math.max(0, height - 2));
        final int stepX = width > 1 ? 1 : 0;
        final int stepY = height > 1 ? width : 0;
        final double shareX = fromX - left;
        final double shareY = fromY - top;
        for (int c = 0; c < shape.channels(); c++) {
          final int at = (c * height + top) * width + left;
          final double above = mix(image[at], image[at + stepX], shareX);
          final double below = mix(image[at + stepY], image[at + stepY + stepX], shareX);
          result[(c * height + y) * width + x] = (float) mix(above, below, shareY);
        }
      }
    }
    return result;
  }

  private static double clamp(final double place, final int size) {
    return Math.min(Math.max(place, 0), size - 1);
  }

  private static double mix(final double a, final double b, final double share) {
    return (1 - share) * a + share * b;
  }

  private static float[] blur(final ImageShape shape, final float[] image, final double deviation) {
    if (deviation == 0) {
      return image.clone();
    }
    final int reach = (int) Math.ceil(REACH * deviation);
    final var weights = new double[2 * reach + 1];
    double sum = 0;
    for (int i = 0; i < weights.length; i++) {
      final double distance = (i - reach) / deviation;
      weights[i] = Math.exp(-0.5 * distance * distance);
      sum += weights[i];
    }
    for (int i = 0; i < weights.length; i++) {
      weights[i] /= sum;
    }
    return along(along(image, weights, shape.width(), 1), weights, shape.height(), shape.width());
  }

  /// One pass of the blur over lines of `length` elements that lie `step` apart.
  private static float[] along(
      final float[] image, final double[] weights, final int length, final int step) {
    final int reach = weights.length / 2;
    final var result = new float[image.length];
    for (int i = 0; i < image.length; i++) {
      final int at = i / step % length;
      final int start = i - at * step;
      double sum = 0;
      for (int k = 0; k < weights.length; k++) {
        final int from = Math.min(Math.max(at + k - reach, 0), length - 1);
        sum += weights[k] * image[start + from * step];
      }
      result[i] = (float) sum;
    }
    return result;
  }
}
