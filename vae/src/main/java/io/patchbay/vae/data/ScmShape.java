package io.patchbay.vae.data;

import java.util.List;

/// A shape of a picture. Every number is an expression over the variables, in units of the scene, y
/// up; angles are radians, against the clock. What has a size of 0 or less is not drawn.
public sealed interface ScmShape {
  Paint paint();

  /// How a shape is filled.
  ///
  /// @param colour the name of a colour, or a grey from 0 to 1, or red, green and blue from 0 to 1
  ///   (not on a picture of greys); beyond these it is cut off
  /// @param when drawn where this is not 0
  record Paint(List<String> colour, String when) {
    public Paint {
      colour = List.copyOf(colour);
    }

    /// Always drawn.
    public static Paint of(String... colour) {
      return new Paint(List.of(colour), "1");
    }
  }

  /// A point.
  record Point(String x, String y) {}

  /// A circle around a point.
  record Circle(Point at, String radius, Paint paint) implements ScmShape {}

  /// An ellipse in the middle of a rectangle, turned around its middle.
  record Ellipse(Point at, String width, String height, String rotation, Paint paint)
      implements ScmShape {}

  /// A rectangle, turned around its middle.
  record Rectangle(Point at, String width, String height, String rotation, Paint paint)
      implements ScmShape {}

  /// A polygon: its points are scaled and turned around (0, 0), which then lies at `at`.
  record Polygon(Point at, List<Point> points, String scale, String rotation, Paint paint)
      implements ScmShape {
    public Polygon {
      points = List.copyOf(points);
    }
  }

  /// A straight line with square ends.
  record Line(Point from, Point to, String width, Paint paint) implements ScmShape {}
}
