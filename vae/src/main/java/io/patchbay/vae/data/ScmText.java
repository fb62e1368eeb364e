package io.patchbay.vae.data;

import io.patchbay.vae.data.ScmShape.Circle;
import io.patchbay.vae.data.ScmShape.Ellipse;
import io.patchbay.vae.data.ScmShape.Line;
import io.patchbay.vae.data.ScmShape.Point;
import io.patchbay.vae.data.ScmShape.Polygon;
import io.patchbay.vae.data.ScmShape.Rectangle;
import io.patchbay.vae.data.ScmVariable.Cause;
import io.patchbay.vae.data.ScmVariable.Mechanism;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.dataformat.yaml.YAMLMapper;

/// The text of the file that [ScmFile] reads as a given description.
final class ScmText {
  private static final ObjectMapper YAML = YAMLMapper.builder().build();

  private ScmText() {}

  static String of(ScmDescription description) {
    final ScmPicture picture = description.picture();
    final Map<String, Object> frame = new LinkedHashMap<>();
    frame.put("size", picture.size());
    frame.put("colour", picture.rgb() ? "rgb" : "grey");
    frame.put("left", picture.left());
    frame.put("bottom", picture.bottom());
    frame.put("span", picture.span());
    frame.put("background", colour(picture.background()));
    final Map<String, Object> factors = new LinkedHashMap<>();
    description.variables().forEach(v -> factors.put(v.name(), variable(v)));
    final Map<String, Object> top = new LinkedHashMap<>();
    top.put("name", description.name());
    top.put("picture", frame);
    top.put("seed", description.seed());
    top.put("samples", description.samples());
    top.put("factors", factors);
    top.put("shapes", description.shapes().stream().map(ScmText::shape).toList());
    return YAML.writeValueAsString(top);
  }

  private static Map<String, Object> variable(ScmVariable variable) {
    final Map<String, Object> map = new LinkedHashMap<>();
    switch (variable) {
      case Cause cause -> {
        map.put("values", cause.values());
        map.put("circular", cause.circular());
      }
      case Mechanism mechanism -> {
        map.put("parents", mechanism.parents());
        map.put("mechanism", mechanism.expression());
        map.put("noise", noise(mechanism.noise()));
        final ScmVariable.Range range = mechanism.range();
        if (range != null) {
          map.put("range", List.of(range.low(), range.high()));
        }
      }
    }
    map.put("discrete", variable.discrete());
    return map;
  }

  private static Object noise(Noise noise) {
    return switch (noise) {
      case Noise.None _ -> "none";
      case Noise.Uniform u -> Map.of("uniform", List.of(u.low(), u.high()));
      case Noise.Normal n -> Map.of("normal", n.deviation());
    };
  }

  private static Map<String, Object> shape(ScmShape shape) {
    final Map<String, Object> map = new LinkedHashMap<>();
    switch (shape) {
      case Rectangle r -> box(map, "rectangle", r.at(), r.width(), r.height(), r.rotation());
      case Ellipse e -> box(map, "ellipse", e.at(), e.width(), e.height(), e.rotation());
      case Circle circle -> {
        map.put("shape", "circle");
        map.put("at", point(circle.at()));
        map.put("radius", circle.radius());
      }
      case Polygon polygon -> {
        map.put("shape", "polygon");
        map.put("at", point(polygon.at()));
        map.put("points", polygon.points().stream().map(ScmText::point).toList());
        map.put("scale", polygon.scale());
        map.put("rotation", polygon.rotation());
      }
      case Line line -> {
        map.put("shape", "line");
        map.put("from", point(line.from()));
        map.put("to", point(line.to()));
        map.put("width", line.width());
      }
    }
    map.put("colour", colour(shape.paint().colour()));
    map.put("when", shape.paint().when());
    return map;
  }

  private static void box(
      Map<String, Object> map, String name, Point at, String width, String height, String turn) {
    map.put("shape", name);
    map.put("at", point(at));
    map.put("size", List.of(width, height));
    map.put("rotation", turn);
  }

  private static List<String> point(Point point) {
    return List.of(point.x(), point.y());
  }

  private static Object colour(List<String> colour) {
    return colour.size() == 1 ? colour.getFirst() : colour;
  }
}
