package io.patchbay.vae.data;

/// The shape of one image: channels (1 grey, 3 RGB), height and width in pixels.
public record ImageShape(int channels, int height, int width) {
  public ImageShape {
    if (channels < 1 || height < 1 || width < 1) {
      throw new IllegalArgumentException(
          "image shape: channels=" + channels + ", height=" + height + ", width=" + width);
    }
    Math.multiplyExact(Math.multiplyExact(channels, height), width);
  }

  /// Number of values of one image, channels * height * width.
  public int elements() {
    return channels * height * width;
  }

  /// Refuses a target without room for one image at `offset`.
  void checkRoom(float[] target, int offset) {
    if (offset < 0 || offset > target.length - elements()) {
      throw new IllegalArgumentException(
          "no room for an image: shape="
              + this
              + ", offset="
              + offset
              + ", target="
              + target.length);
    }
  }

  @Override
  public String toString() {
    return channels + "x" + height + "x" + width;
  }
}
