package io.patchbay.vae.data;

import io.patchbay.engine.expression.Expression;
import io.patchbay.vae.data.ScmShape.Circle;
import io.patchbay.vae.data.ScmShape.Ellipse;
import io.patchbay.vae.data.ScmShape.Line;
import io.patchbay.vae.data.ScmShape.Point;
import io.patchbay.vae.data.ScmShape.Polygon;
import io.patchbay.vae.data.ScmShape.Rectangle;
import io.patchbay.vae.io.BadInputException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// The shapes of a causal world, ready to draw. Every edge is smooth: a pixel takes the share of a
/// shape's colour that the shape covers of it.
final class ScmScene {
  /// The largest number of a picture, either way of 0.
  static final double MOST = 1e9;

  private static final double LEAST_SPAN = 1e-6;

  private final String source;
  private final ScmPicture picture;
  private final List<String> names;
  private final Part[] background;
  private final List<Drawn> shapes = new ArrayList<>();

  /// A number of a shape and where it is stated.
  private record Part(String place, Expression expression) {
    double at(double[] values) {
      final double value = expression.at(values);
      if (!(Math.abs(value) <= MOST)) {
        throw new NotANumberException(place, value);
      }
      return value;
    }
  }

  private record Drawn(Part when, Part[] colour, ScmOutline outline, Part[] numbers) {}

  /// A number of a picture that cannot be drawn, for some values of the variables.
  static final class NotANumberException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;
    private final String place;
    private final double value;

    NotANumberException(String place, double value) {
      super("number of a picture: place=" + place + ", value=" + value);
      this.place = place;
      this.value = value;
    }

    String place() {
      return place;
    }

    double value() {
      return value;
    }
  }

  /// @param names of the variables, in the order of their values
  /// @throws BadInputException naming the place of what is wrong
  ScmScene(String source, ScmDescription description, List<String> names) {
    this.source = source;
    this.names = names;
    picture = description.picture();
    check();
    background = colour("picture.background", picture.background());
    if (description.shapes().isEmpty()) {
      throw new BadInputException(source, "shapes", "none", "at least one shape to draw");
    }
    for (int i = 0; i < description.shapes().size(); i++) {
      shapes.add(compile("shapes[" + i + "].", description.shapes().get(i)));
    }
  }

  private void check() {
    if (!ScmPicture.SIZES.contains(picture.size())) {
      throw new BadInputException(
          source, "picture.size", "" + picture.size(), "one of " + ScmPicture.SIZES);
    }
    if (!(picture.span() >= LEAST_SPAN && picture.span() <= MOST)) {
      throw new BadInputException(
          source,
          "picture.span",
          "" + picture.span(),
          "a number from " + LEAST_SPAN + " to " + MOST);
    }
    if (!(Math.abs(picture.left()) <= MOST && Math.abs(picture.bottom()) <= MOST)) {
      throw new BadInputException(
          source,
          "picture.left",
          picture.left() + ", bottom " + picture.bottom(),
          "numbers of at most " + MOST);
    }
  }

  private Drawn compile(String at, ScmShape shape) {
    final List<Part> numbers = new ArrayList<>();
    switch (shape) {
      case Circle circle -> {
        add(numbers, at + "at", circle.at());
        add(numbers, at + "radius", circle.radius());
      }
      case Ellipse e -> box(numbers, at, e.at(), e.width(), e.height(), e.rotation());
      case Rectangle r -> box(numbers, at, r.at(), r.width(), r.height(), r.rotation());
      case Line line -> {
        add(numbers, at + "from", line.from());
        add(numbers, at + "to", line.to());
        add(numbers, at + "width", line.width());
      }
      case Polygon polygon -> {
        if (polygon.points().size() < 3) {
          throw new BadInputException(
              source, at + "points", polygon.points().size() + " points", "at least 3");
        }
        add(numbers, at + "at", polygon.at());
        add(numbers, at + "scale", polygon.scale());
        add(numbers, at + "rotation", polygon.rotation());
        for (int i = 0; i < polygon.points().size(); i++) {
          add(numbers, at + "points[" + i + "]", polygon.points().get(i));
        }
      }
    }
    return new Drawn(
        part(at + "when", shape.paint().when()),
        colour(at + "colour", shape.paint().colour()),
        ScmOutline.of(shape),
        numbers.toArray(Part[]::new));
  }

  private Part[] colour(String place, List<String> colour) {
    final Expression[] bands = ScmColours.compile(source, place, colour, picture.rgb(), names);
    return Arrays.stream(bands).map(band -> new Part(place, band)).toArray(Part[]::new);
  }

  private void box(
      List<Part> numbers, String at, Point middle, String width, String height, String rotation) {
    add(numbers, at + "at", middle);
    add(numbers, at + "size[0]", width);
    add(numbers, at + "size[1]", height);
    add(numbers, at + "rotation", rotation);
  }

  private void add(List<Part> numbers, String place, Point point) {
    add(numbers, place + "[0]", point.x());
    add(numbers, place + "[1]", point.y());
  }

  private void add(List<Part> numbers, String place, String text) {
    numbers.add(part(place, text));
  }

  private Part part(String place, String text) {
    return new Part(place, ScmGraph.parse(source, place, text, names));
  }

  /// Draws the picture of these values.
  ///
  /// @throws NotANumberException naming the place of a number that is none or too large
  void draw(double[] values, float[] target, int offset) {
    final ImageShape shape = picture.shape();
    final Canvas canvas = new Canvas(target, offset, shape.channels(), picture.size());
    canvas.clear(colour(background, values));
    final PolygonFill fill = new PolygonFill(picture.size());
    final double scale = picture.size() / picture.span();
    for (Drawn drawn : shapes) {
      if (drawn.when().at(values) == 0) {
        continue;
      }
      final double[] numbers = new double[drawn.numbers().length];
      for (int i = 0; i < numbers.length; i++) {
        numbers[i] = drawn.numbers()[i].at(values);
      }
      final double[][] corners = drawn.outline().corners(numbers);
      if (corners[0].length == 0) {
        continue;
      }
      final double[] xs = corners[0];
      final double[] ys = corners[1];
      for (int i = 0; i < xs.length; i++) {
        xs[i] = (xs[i] - picture.left()) * scale;
        ys[i] = picture.size() - (ys[i] - picture.bottom()) * scale;
      }
      canvas.polygon(fill, xs, ys, colour(drawn.colour(), values));
    }
  }

  private static float[] colour(Part[] parts, double[] values) {
    final float[] colour = new float[parts.length];
    for (int c = 0; c < colour.length; c++) {
      colour[c] = (float) Math.clamp(parts[c].at(values), 0, 1);
    }
    return colour;
  }
}
