package io.patchbay.analysis.report;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Arrays;

/// A small image of 8-bit samples, grey or RGB, stored row by row with the channels of a pixel
/// together.
public final class Picture {

  private final int width;
  private final int height;
  private final int channels;
  private final byte[] samples; // (height, width, channels)

  private Picture(int width, int height, int channels, byte[] samples) {
    this.width = width;
    this.height = height;
    this.channels = channels;
    this.samples = samples;
  }

  /// @param channels 1 for grey, 3 for RGB
  /// @param samples height x width x channels unsigned bytes; copied
  @JsonCreator
  public static Picture of(
      @JsonProperty("width") int width,
      @JsonProperty("height") int height,
      @JsonProperty("channels") int channels,
      @JsonProperty("samples") byte[] samples) {
    requireShape(width, height, channels, samples.length);
    return new Picture(width, height, channels, samples.clone());
  }

  /// A picture from a model's layout.
  ///
  /// @param values (channels, height, width) in [0, 1]; values outside are clipped, as a screen
  ///   would do
  /// @throws IllegalArgumentException when a value is NaN, because no colour says so
  public static Picture ofPlanes(int width, int height, int channels, float[] values) {
    requireShape(width, height, channels, values.length);
    byte[] samples = new byte[values.length];
    int plane = width * height;
    for (int i = 0; i < values.length; i++) {
      float value = values[i];
      if (Float.isNaN(value)) {
        throw new IllegalArgumentException("picture: NaN at index=" + i);
      }
      int level = Math.round(Math.clamp(value, 0f, 1f) * 255f);
      samples[i % plane * channels + i / plane] = (byte) level;
    }
    return new Picture(width, height, channels, samples);
  }

  private static void requireShape(int width, int height, int channels, int length) {
    boolean sized = width > 0 && height > 0 && (channels == 1 || channels == 3);
    if (!sized || length != (long) width * height * channels) {
      throw new IllegalArgumentException(
          "picture: width="
              + width
              + ", height="
              + height
              + ", channels="
              + channels
              + ", samples="
              + length
              + ", expected 1 or 3 channels and width * height * channels samples");
    }
  }

  @JsonProperty
  public int width() {
    return width;
  }

  @JsonProperty
  public int height() {
    return height;
  }

  @JsonProperty
  public int channels() {
    return channels;
  }

  @JsonProperty("samples")
  byte[] samples() {
    return samples.clone();
  }

  /// The sample as a level in [0, 255].
  int level(int row, int column, int channel) {
    return samples[(row * width + column) * channels + channel] & 0xff;
  }

  void requireSameSize(Picture other) {
    if (width != other.width || height != other.height || channels != other.channels) {
      throw new IllegalArgumentException("pictures differ: " + this + ", " + other);
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Picture picture
        && width == picture.width
        && height == picture.height
        && channels == picture.channels
        && Arrays.equals(samples, picture.samples);
  }

  @Override
  public int hashCode() {
    return 31 * (31 * width + height) + Arrays.hashCode(samples);
  }

  @Override
  public String toString() {
    return "Picture[" + width + "x" + height + "x" + channels + "]";
  }
}
