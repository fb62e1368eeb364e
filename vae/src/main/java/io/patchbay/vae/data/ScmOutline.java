package io.patchbay.vae.data;

import io.patchbay.vae.data.ScmShape.Circle;
import io.patchbay.vae.data.ScmShape.Ellipse;
import io.patchbay.vae.data.ScmShape.Line;
import io.patchbay.vae.data.ScmShape.Polygon;
import io.patchbay.vae.data.ScmShape.Rectangle;

/// The corners of a shape from its numbers: {xs, ys} in units of the scene, or none where it has no
/// size. Sines and cosines are [StrictMath]'s, so a picture has the same bits on every machine.
enum ScmOutline {
  /// x, y, radius.
  CIRCLE {
    @Override
    double[][] corners(double[] n) {
      return n[2] > 0 ? round(n[0], n[1], n[2], n[2], 0) : NOTHING;
    }
  },
  /// x, y, width, height, rotation.
  ELLIPSE {
    @Override
    double[][] corners(double[] n) {
      return n[2] > 0 && n[3] > 0 ? round(n[0], n[1], n[2] / 2, n[3] / 2, n[4]) : NOTHING;
    }
  },
  /// x, y, width, height, rotation.
  RECTANGLE {
    @Override
    double[][] corners(double[] n) {
      if (!(n[2] > 0 && n[3] > 0)) {
        return NOTHING;
      }
      final double[] xs = {-n[2] / 2, n[2] / 2, n[2] / 2, -n[2] / 2};
      final double[] ys = {-n[3] / 2, -n[3] / 2, n[3] / 2, n[3] / 2};
      return turned(n[0], n[1], xs, ys, 1, n[4]);
    }
  },
  /// x, y, scale, rotation, then x and y of each point.
  POLYGON {
    @Override
    double[][] corners(double[] n) {
      if (!(n[2] > 0)) {
        return NOTHING;
      }
      final int count = (n.length - 4) / 2;
      final double[] xs = new double[count];
      final double[] ys = new double[count];
      for (int i = 0; i < count; i++) {
        xs[i] = n[4 + 2 * i];
        ys[i] = n[5 + 2 * i];
      }
      return turned(n[0], n[1], xs, ys, n[2], n[3]);
    }
  },
  /// x and y of one end, of the other, and the width.
  LINE {
    @Override
    double[][] corners(double[] n) {
      final double dx = n[2] - n[0];
      final double dy = n[3] - n[1];
      final double length = Math.sqrt(dx * dx + dy * dy);
      if (!(n[4] > 0 && length > 0)) {
        return NOTHING;
      }
      final double ux = -dy / length * n[4] / 2;
      final double uy = dx / length * n[4] / 2;
      return new double[][] {
        {n[0] + ux, n[2] + ux, n[2] - ux, n[0] - ux},
        {n[1] + uy, n[3] + uy, n[3] - uy, n[1] - uy}
      };
    }
  };

  private static final double[][] NOTHING = {{}, {}};
  private static final int ROUND = 96;
  // A polygon inside of an ellipse is smaller: scaled by this, it has the ellipse's area.
  private static final double SAME_AREA =
      Math.sqrt(2 * Math.PI / ROUND / StrictMath.sin(2 * Math.PI / ROUND));

  abstract double[][] corners(double[] n);

  static ScmOutline of(ScmShape shape) {
    return switch (shape) {
      case Circle _ -> CIRCLE;
      case Ellipse _ -> ELLIPSE;
      case Rectangle _ -> RECTANGLE;
      case Polygon _ -> POLYGON;
      case Line _ -> LINE;
    };
  }

  private static double[][] round(double x, double y, double rx, double ry, double rotation) {
    final double[] xs = new double[ROUND];
    final double[] ys = new double[ROUND];
    for (int i = 0; i < ROUND; i++) {
      final double angle = 2 * Math.PI * i / ROUND;
      xs[i] = rx * SAME_AREA * StrictMath.cos(angle);
      ys[i] = ry * SAME_AREA * StrictMath.sin(angle);
    }
    return turned(x, y, xs, ys, 1, rotation);
  }

  private static double[][] turned(
      double x, double y, double[] xs, double[] ys, double scale, double rotation) {
    final double cos = scale * StrictMath.cos(rotation);
    final double sin = scale * StrictMath.sin(rotation);
    final double[][] corners = new double[2][xs.length];
    for (int i = 0; i < xs.length; i++) {
      corners[0][i] = x + xs[i] * cos - ys[i] * sin;
      corners[1][i] = y + xs[i] * sin + ys[i] * cos;
    }
    return corners;
  }
}
