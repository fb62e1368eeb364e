package io.patchbay.vae.data;

/// Scales a picture with a Lanczos-3 filter whose support grows with the reduction, so that every
/// source pixel counts (as `Image.resize(LANCZOS)` of Pillow does, here in floats).
final class Resampler {
  private static final double LOBES = 3;

  private final int[] starts;
  private final float[][] weights;

  private Resampler(int from, int to) {
    final double scale = (double) from / to;
    final double stretch = Math.max(1, scale);
    starts = new int[to];
    weights = new float[to][];
    for (int i = 0; i < to; i++) {
      final double centre = (i + 0.5) * scale;
      final int first = Math.max(0, (int) Math.floor(centre - LOBES * stretch));
      final int end = Math.min(from, (int) Math.ceil(centre + LOBES * stretch));
      final double[] raw = new double[end - first];
      double sum = 0;
      for (int j = 0; j < raw.length; j++) {
        raw[j] = lanczos((first + j + 0.5 - centre) / stretch);
        sum += raw[j];
      }
      starts[i] = first;
      weights[i] = new float[raw.length];
      for (int j = 0; j < raw.length; j++) {
        weights[i][j] = (float) (raw[j] / sum);
      }
    }
  }

  /// @param source one channel, row-major, `height` x `width`
  /// @return `toHeight` x `toWidth`, not clamped
  static float[] scale(float[] source, int height, int width, int toHeight, int toWidth) {
    final Resampler across = new Resampler(width, toWidth);
    final float[] narrow = new float[height * toWidth];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < toWidth; x++) {
        narrow[y * toWidth + x] = across.dot(x, source, y * width, 1);
      }
    }
    final Resampler down = new Resampler(height, toHeight);
    final float[] result = new float[toHeight * toWidth];
    for (int y = 0; y < toHeight; y++) {
      for (int x = 0; x < toWidth; x++) {
        result[y * toWidth + x] = down.dot(y, narrow, x, toWidth);
      }
    }
    return result;
  }

  private float dot(int i, float[] values, int offset, int stride) {
    float sum = 0;
    int at = offset + starts[i] * stride;
    for (float weight : weights[i]) {
      sum += weight * values[at];
      at += stride;
    }
    return sum;
  }

  private static double lanczos(double x) {
    if (x == 0) {
      return 1;
    }
    if (Math.abs(x) >= LOBES) {
      return 0;
    }
    final double a = Math.PI * x;
    return LOBES * Math.sin(a) * Math.sin(a / LOBES) / (a * a);
  }
}
