package io.patchbay.vae.data;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/// Images as text that a person can read in a failed assertion, and as short fingerprints.
final class Pictures {
  private Pictures() {}

  /// One channel, one character per pixel, `#` where at least half lit; empty border rows cut off.
  static String ascii(float[] image, int offset, int height, int width) {
    final StringBuilder out = new StringBuilder();
    for (int y = 0; y < height; y++) {
      final StringBuilder line = new StringBuilder();
      for (int x = 0; x < width; x++) {
        line.append(image[offset + y * width + x] >= 0.5f ? '#' : '.');
      }
      if (line.indexOf("#") >= 0) {
        out.append(line).append('\n');
      }
    }
    return crop(out.toString());
  }

  /// First 16 hex digits of the SHA-256 of the image's 8-bit values.
  static String fingerprint(float[] image, int offset, int elements) {
    final StringBuilder text = new StringBuilder();
    for (int i = 0; i < elements; i++) {
      text.append(Math.round(255 * image[offset + i])).append(' ');
    }
    try {
      final byte[] hash =
          MessageDigest.getInstance("SHA-256")
              .digest(text.toString().getBytes(StandardCharsets.US_ASCII));
      return HexFormat.of().formatHex(hash).substring(0, 16);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String crop(String rows) {
    int left = Integer.MAX_VALUE;
    int right = 0;
    for (String row : rows.lines().toList()) {
      left = Math.min(left, row.indexOf('#'));
      right = Math.max(right, row.lastIndexOf('#') + 1);
    }
    final int from = left;
    final int to = right;
    final StringBuilder out = new StringBuilder();
    rows.lines().forEach(row -> out.append(row, from, to).append('\n'));
    return out.toString();
  }
}
