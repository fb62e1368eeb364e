package io.patchbay.vae.data;

import java.util.List;

/// The picture that a [ScmDescription] draws on: a square, looking at the square of the scene with
/// the lower left corner (left, bottom) and `span` units to each side, y up.
///
/// @param size height and width in pixels: 32, 64, 96 or 128
/// @param rgb three channels, or one of greys
/// @param background colour, as [ScmShape.Paint] takes it
public record ScmPicture(
    int size, boolean rgb, double left, double bottom, double span, List<String> background) {
  static final List<Integer> SIZES = List.of(32, 64, 96, 128);

  public ScmPicture {
    background = List.copyOf(background);
  }

  /// In colour, with the scene's origin at the lower left corner.
  public static ScmPicture rgb(int size, double span, String... background) {
    return new ScmPicture(size, true, 0, 0, span, List.of(background));
  }

  /// In greys, with the scene's origin at the lower left corner.
  public static ScmPicture grey(int size, double span, String background) {
    return new ScmPicture(size, false, 0, 0, span, List.of(background));
  }

  ImageShape shape() {
    return new ImageShape(rgb ? 3 : 1, size, size);
  }
}
