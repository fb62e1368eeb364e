package io.patchbay.vae.data;

import io.patchbay.vae.data.ScmVariable.Cause;
import io.patchbay.vae.data.ScmVariable.Mechanism;
import io.patchbay.vae.data.ScmVariable.Range;
import io.patchbay.vae.io.BadInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.dataformat.yaml.YAMLMapper;

/// A causal world in a YAML file. `vae/docs/lamp.yaml` shows every key.
record ScmFile(String text, ScmDescription description) {
  private static final long LARGEST = 1 << 20;
  private static final int MOST_VALUES = 1 << 16;
  private static final ObjectMapper YAML =
      YAMLMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  /// @throws BadInputException naming the file and the place of what is wrong
  static ScmFile read(Path file) {
    final String text;
    try {
      if (Files.isRegularFile(file) && Files.size(file) > LARGEST) {
        throw new BadInputException(file, "size", Files.size(file) + " bytes", "at most 1 MiB");
      }
      text = Files.readString(file);
    } catch (IOException e) {
      throw BadInputException.unreadable(file.toString(), "causal world", e);
    }
    final String name = String.valueOf(file.getFileName());
    final int dot = name.lastIndexOf('.');
    return new ScmFile(text, parse(file.toString(), text, dot > 0 ? name.substring(0, dot) : name));
  }

  /// @param source names the text in messages
  /// @param name of the world where the text gives none
  static ScmDescription parse(String source, String text, String name) {
    final JsonNode root;
    try {
      root = YAML.readTree(text);
    } catch (JacksonException e) {
      final var at = e.getLocation();
      final String place =
          at == null ? "text" : "line " + at.getLineNr() + ", column " + at.getColumnNr();
      throw new BadInputException(
          source,
          place,
          e.getOriginalMessage().lines().findFirst().orElse("no text"),
          "YAML, each key once",
          e);
    }
    final ScmNode top =
        new ScmNode(source, "", root)
            .keys("name", "picture", "seed", "samples", "factors", "shapes");
    return new ScmDescription(
        top.find("name").map(ScmNode::text).orElse(name),
        picture(top.find("picture")),
        top.find("seed").map(ScmNode::whole).orElse(0L),
        top.find("samples").map(n -> n.count(1, 1 << 20)).orElse(1),
        top
            .get("factors", "at least one factor by its name")
            .entries("at least one factor by its name")
            .stream()
            .map(ScmFile::variable)
            .toList(),
        ScmShapes.read(top.get("shapes", "a list of shapes")));
  }

  private static ScmPicture picture(Optional<ScmNode> given) {
    if (given.isEmpty()) {
      return ScmPicture.rgb(64, 1, "white");
    }
    final ScmNode node = given.get().keys("size", "colour", "left", "bottom", "span", "background");
    final Optional<ScmNode> colour = node.find("colour");
    final String named = colour.map(ScmNode::text).orElse("rgb");
    if (colour.isPresent() && !List.of("rgb", "grey").contains(named)) {
      throw colour.get().wrong("'" + named + "'", "rgb or grey");
    }
    return new ScmPicture(
        node.find("size").map(n -> n.count(1, 1 << 16)).orElse(64),
        named.equals("rgb"),
        node.find("left").map(ScmNode::number).orElse(0.0),
        node.find("bottom").map(ScmNode::number).orElse(0.0),
        node.find("span").map(ScmNode::number).orElse(1.0),
        node.find("background").map(ScmShapes::colour).orElse(List.of("white")));
  }

  private static ScmVariable variable(Map.Entry<String, ScmNode> entry) {
    final ScmNode node = entry.getValue();
    if (!node.value().isObject()) {
      throw node.wrong(
          "no values and no mechanism", "values, or a range with a count, or a mechanism");
    }
    return node.has("mechanism") || node.has("parents") || node.has("noise")
        ? mechanism(entry.getKey(), node)
        : cause(entry.getKey(), node);
  }

  private static Cause cause(String name, ScmNode node) {
    node.keys("values", "range", "count", "discrete", "circular");
    final boolean discrete = node.find("discrete").map(ScmNode::flag).orElse(false);
    final boolean circular = node.find("circular").map(ScmNode::flag).orElse(false);
    final List<Double> values = new ArrayList<>();
    if (node.has("values")) {
      if (node.has("range") || node.has("count")) {
        throw node.wrong("values beside a range", "either");
      }
      node.get("values", "").items("a list of numbers").forEach(n -> values.add(n.number()));
    } else {
      final Range range =
          range(node.get("range", "a range with a count, or values, or a mechanism"));
      final int count = node.get("count", "how many values").count(2, MOST_VALUES);
      Arrays.stream(ScmVariable.evenly(range.low(), range.high(), count)).forEach(values::add);
    }
    return new Cause(name, values, discrete, circular);
  }

  private static Mechanism mechanism(String name, ScmNode node) {
    node.keys("parents", "mechanism", "noise", "range", "discrete");
    final List<String> parents = new ArrayList<>();
    node.find("parents")
        .ifPresent(
            list -> list.items("a list of names").forEach(parent -> parents.add(parent.text())));
    return new Mechanism(
        name,
        parents,
        node.get("mechanism", "an expression of the parents").expression(),
        node.find("noise").map(ScmFile::noise).orElse(Noise.NONE),
        node.find("discrete").map(ScmNode::flag).orElse(false),
        node.find("range").map(ScmFile::range).orElse(null));
  }

  private static Range range(ScmNode node) {
    final List<ScmNode> ends = node.pair("[low, high]");
    final double low = ends.get(0).number();
    final double high = ends.get(1).number();
    if (!(low < high)) {
      throw node.wrong(low + " to " + high, "a low end below a high one");
    }
    return new Range(low, high);
  }

  private static Noise noise(ScmNode node) {
    if (!node.value().isObject() && node.value().asString("").equals("none")) {
      return Noise.NONE;
    }
    final String expected = "none, {uniform: [low, high]} or {normal: deviation}";
    final List<Map.Entry<String, ScmNode>> entries = node.entries(expected);
    if (entries.size() == 1) {
      final ScmNode size = entries.getFirst().getValue();
      switch (entries.getFirst().getKey()) {
        case "uniform" -> {
          final Range range = range(size);
          return new Noise.Uniform(range.low(), range.high());
        }
        case "normal" -> {
          if (!(size.number() > 0)) {
            throw size.wrong("" + size.number(), "a deviation above 0");
          }
          return new Noise.Normal(size.number());
        }
        default -> {
          // Refused below.
        }
      }
    }
    throw node.wrong(String.join(", ", entries.stream().map(Map.Entry::getKey).toList()), expected);
  }
}
