package io.patchbay.vae.data;

/// The three shapes of the sprites, as inside tests in the shape's own frame: pixels at full scale,
/// origin at the centre of rotation, `u` to the right and `v` down before rotation.
///
/// The sizes give every sprite room to turn at every grid position, and a mean of 4.3 % lit pixels
/// over the grid, near the 4.2 % published for dSprites. The exact figures (and the fraction of a
/// pixel in [Sprites]) were searched for so that all images of the grid differ but for orientation
/// 0 and 2 pi; with symmetrical ones a small square looks alike at angles 90 degrees apart.
enum SpriteShape {
  SQUARE(15.3) {
    @Override
    boolean contains(double u, double v) {
      return Math.abs(u) <= 10.8 && Math.abs(v) <= 10.8;
    }
  },
  ELLIPSE(10.9) {
    @Override
    boolean contains(double u, double v) {
      final double x = u / 10.8;
      final double y = v / 6.015;
      return x * x + y * y <= 1;
    }
  },
  /// (x^2 + y^2 - 1)^3 <= x^2 y^3, with the middle of its height at the origin and its tip down.
  HEART(10.6) {
    @Override
    boolean contains(double u, double v) {
      final double x = u * (1 / 7.88);
      final double y = 0.118 - v * (1 / 7.88);
      final double xx = x * x;
      final double a = xx + y * y - 1;
      return a * a * a <= xx * y * y * y;
    }
  };

  /// Every point farther from the origin than this is outside.
  final double outerRadius;

  SpriteShape(double outerRadius) {
    this.outerRadius = outerRadius;
  }

  abstract boolean contains(double u, double v);
}
