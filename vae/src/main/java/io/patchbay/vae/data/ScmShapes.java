package io.patchbay.vae.data;

import io.patchbay.vae.data.ScmShape.Circle;
import io.patchbay.vae.data.ScmShape.Ellipse;
import io.patchbay.vae.data.ScmShape.Line;
import io.patchbay.vae.data.ScmShape.Paint;
import io.patchbay.vae.data.ScmShape.Point;
import io.patchbay.vae.data.ScmShape.Polygon;
import io.patchbay.vae.data.ScmShape.Rectangle;
import java.util.List;

/// Reads the shapes of a causal world's file.
final class ScmShapes {
  private static final List<String> NAMES =
      List.of("rectangle", "ellipse", "circle", "polygon", "line");
  private static final String POINT = "[x, y]";

  private ScmShapes() {}

  static List<ScmShape> read(ScmNode list) {
    return list.items("a list of shapes").stream().map(ScmShapes::shape).toList();
  }

  private static ScmShape shape(ScmNode node) {
    final ScmNode kind = node.get("shape", "one of " + NAMES);
    return switch (kind.text()) {
      case "rectangle" -> {
        final Box box = Box.of(node);
        yield new Rectangle(box.at, box.width, box.height, box.rotation, paint(node));
      }
      case "ellipse" -> {
        final Box box = Box.of(node);
        yield new Ellipse(box.at, box.width, box.height, box.rotation, paint(node));
      }
      case "circle" -> {
        node.keys("shape", "at", "radius", "colour", "when");
        yield new Circle(
            point(node.get("at", POINT)),
            node.get("radius", "a number or an expression").expression(),
            paint(node));
      }
      case "polygon" -> {
        node.keys("shape", "at", "points", "scale", "rotation", "colour", "when");
        yield new Polygon(
            node.find("at").map(ScmShapes::point).orElse(new Point("0", "0")),
            node.get("points", "a list of points").items("a list of points").stream()
                .map(ScmShapes::point)
                .toList(),
            node.find("scale").map(ScmNode::expression).orElse("1"),
            node.find("rotation").map(ScmNode::expression).orElse("0"),
            paint(node));
      }
      case "line" -> {
        node.keys("shape", "from", "to", "width", "colour", "when");
        yield new Line(
            point(node.get("from", POINT)),
            point(node.get("to", POINT)),
            node.get("width", "a number or an expression").expression(),
            paint(node));
      }
      default ->
          throw kind.wrong(
              "'" + kind.text() + "'",
              "one of " + String.join(", ", Nearest.of(kind.text(), NAMES)));
    };
  }

  private record Box(Point at, String width, String height, String rotation) {
    static Box of(ScmNode node) {
      node.keys("shape", "at", "size", "rotation", "colour", "when");
      final List<ScmNode> size = node.get("size", "[width, height]").pair("[width, height]");
      return new Box(
          point(node.get("at", POINT)),
          size.get(0).expression(),
          size.get(1).expression(),
          node.find("rotation").map(ScmNode::expression).orElse("0"));
    }
  }

  private static Point point(ScmNode node) {
    final List<ScmNode> pair = node.pair(POINT);
    return new Point(pair.get(0).expression(), pair.get(1).expression());
  }

  private static Paint paint(ScmNode node) {
    return new Paint(
        colour(node.get("colour", "a name, a grey, or [red, green, blue]")),
        node.find("when").map(ScmNode::expression).orElse("1"));
  }

  /// A name or a grey, or a list.
  static List<String> colour(ScmNode node) {
    return node.value().isArray()
        ? node.items("a colour").stream().map(ScmNode::expression).toList()
        : List.of(node.expression());
  }
}
