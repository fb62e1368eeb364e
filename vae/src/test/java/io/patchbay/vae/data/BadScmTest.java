package io.patchbay.vae.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.patchbay.vae.data.ScmShape.Circle;
import io.patchbay.vae.data.ScmShape.Paint;
import io.patchbay.vae.data.ScmShape.Point;
import io.patchbay.vae.io.BadInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Texts that state no world: each is refused in one line with the place and what was expected.
final class BadScmTest {
  private static final String GOOD =
      """
      picture: {size: 32, span: 10}
      samples: 2
      factors:
        light: {values: [1, 2, 3]}
        size: {range: [1, 4], count: 4}
        shade: {parents: [light, size], mechanism: light * size, noise: {uniform: [0, 1]}}
      shapes:
        - {shape: circle, at: [light, 5], radius: size / 2, colour: 0.5}
        - {shape: rectangle, at: [5, 5], size: [shade, 1], colour: red}
      """;

  private static final String SIGNS = "()[]{}:,-+*/^.0123456789eE<>=!? \n\t\"'&#";
  private static final int MUTATIONS = 1000;

  /// @param from part of the good text that is replaced
  record Case(String from, String to, String place, String found, String expected) {}

  @TempDir Path folder;

  static List<Case> cases() {
    return List.of(
        new Case("{size: 32,", "{size: 32 [", "line 1, column", "expected", "YAML"),
        new Case("size: {range", "light: {range", "line 5, column", "light", "each key once"),
        new Case("samples: 2", "sample: 2", "sample", "an unknown key", "one of samples"),
        new Case("samples: 2", "samples: 0", "samples", "0", "a whole number from 1"),
        new Case("samples: 2", "seed: 1.5", "seed", "'1.5'", "a whole number"),
        new Case("size: 32", "size: 50", "picture.size", "50", "one of [32, 64, 96, 128]"),
        new Case("span: 10", "span: -1", "picture.span", "-1.0", "a number from"),
        new Case("span: 10", "colour: cmyk", "picture.colour", "'cmyk'", "rgb or grey"),
        new Case("span: 10", "colour: grey", "shapes[1].colour", "'red' on a", "a grey"),
        new Case("span: 10", "background: bleu", "picture.background", "'bleu'", "one of blue"),
        // Factors.
        new Case("[1, 2, 3]", "[2]", "factors.light.values", "[2.0]", "at least two"),
        new Case("[1, 2, 3]", "[1, 3, 2]", "factors.light.values", "2.0 after 3.0", "ascending"),
        new Case("[1, 2, 3]", "[1, one]", "factors.light.values[1]", "'one'", "a finite number"),
        new Case("[1, 2, 3]", "3", "factors.light.values", "'3'", "a list of numbers"),
        new Case("[1, 2, 3]", "[1, 2.5], discrete: true", "factors.light.values", "2.5", "whole"),
        new Case("[1, 4]", "[4, 1]", "factors.size.range", "4.0 to 1.0", "a low end below"),
        new Case("[1, 4]", "[1, .inf]", "factors.size.range[1]", "'Infinity'", "a finite number"),
        new Case("[1, 4]", "[1, 2, 3]", "factors.size.range", "a list of 3", "[low, high]"),
        new Case("count: 4", "count: 1", "factors.size.count", "1", "a whole number from 2"),
        new Case(", count: 4", "", "factors.size.count", "nothing", "how many values"),
        new Case("count: 4", "number: 4", "factors.size.number", "an unknown key", "one of"),
        new Case("{values: [1, 2, 3]}", "7", "factors.light", "no values", "a mechanism"),
        new Case("light:", "2light:", "factors", "the name '2light'", "letters, digits"),
        new Case("light:", "max:", "factors.max", "a word with", "another name"),
        new Case("light:", "sample:", "factors.sample", "a word with", "another name"),
        // Edges and mechanisms.
        new Case("[light, size]", "[lihgt]", "factors.shade.parents", "'lihgt'", "one of light"),
        new Case(
            "[light, size]", "[light, light]", "factors.shade.parents", "'light' twice", "once"),
        new Case(
            "[light, size], mechanism: light * size",
            "[shade], mechanism: shade",
            "factors.shade.parents",
            "the cycle shade -> shade",
            "do not depend on it"),
        new Case(
            "size: {range: [1, 4], count: 4}",
            "size: {parents: [shade, light], mechanism: shade - light}",
            "factors.size.parents",
            "the cycle size -> shade -> size",
            "do not depend on it"),
        new Case(
            "[light, size], m",
            "[light], m",
            "factors.shade.mechanism, column 9",
            "'size'",
            "one of light"),
        new Case(
            "light * size,",
            "light + 2,",
            "factors.shade.parents",
            "'size', which the mechanism does not read",
            "the names that it reads"),
        new Case("light * size,", "light * (size,", "factors.shade.mechanism", "the end", "')'"),
        new Case(
            "light * size,",
            "light * logg(size),",
            "factors.shade.mechanism, column 9",
            "function 'logg'",
            "one of min"),
        new Case(
            "light * size,",
            "log(light - size),",
            "factors.shade.mechanism",
            "-Infinity at light=1.0, size=1.0",
            "a finite number"),
        new Case(
            "light * size,",
            "light * size, range: [0, 5],",
            "factors.shade.range",
            "at light=",
            "a mechanism within 0.0 to 5.0"),
        new Case(
            "noise: {uniform: [0, 1]}",
            "range: [8, 3]",
            "factors.shade.range",
            "8.0 to 3.0",
            "a low end below"),
        new Case(
            "light * size, noise: {uniform: [0, 1]}",
            "light * 0 + size * 0",
            "factors.shade.mechanism",
            "0.0 in every picture",
            "a value that varies"),
        new Case(
            "parents: [light, size], mechanism: light * size, noise: {uniform: [0, 1]}",
            "mechanism: 4",
            "factors.shade",
            "neither parents nor noise",
            "either"),
        new Case("{uniform: [0, 1]}", "{normal: -1}", "shade.noise.normal", "-1.0", "above 0"),
        new Case("{uniform: [0, 1]}", "{uniform: [1, 1]}", "noise.uniform", "1.0 to", "a low end"),
        new Case("{uniform: [0, 1]}", "{cauchy: 1}", "shade.noise", "cauchy", "none, {uniform"),
        new Case("{uniform: [0, 1]}", "0.5", "shade.noise", "'0.5'", "none, {uniform"),
        new Case("noise:", "discrete: true, noise:", "shade.noise", "noise on whole", "no noise"),
        new Case(
            "size, noise: {uniform: [0, 1]}",
            "size / 3, discrete: true",
            "factors.shade.mechanism",
            "at light=1.0",
            "whole numbers"),
        // Pictures.
        new Case("circle", "cirlce", "shapes[0].shape", "'cirlce'", "one of circle"),
        new Case(", radius: size / 2", "", "shapes[0].radius", "nothing", "a number or"),
        new Case("radius: size", "radius: r", "shapes[0].radius, column 1", "'r'", "one of light"),
        new Case("colour: 0.5", "colour: redd", "shapes[0].colour", "'redd'", "one of red"),
        new Case("colour: 0.5", "colour: [1, 0]", "shapes[0].colour", "a list of 2", "red, green"),
        new Case(
            "colour: 0.5", "colour: [1, 0, b]", "shapes[0].colour[2], column 1", "'b'", "one of"),
        new Case("colour: 0.5", "color: 0.5", "shapes[0].color", "an unknown key", "one of colour"),
        new Case("[light, 5]", "[max(light, 2), 5]", "shapes[0].at", "a list of 3", "quotes"),
        new Case("[light, 5]", "[log(light - 2), 5]", "shapes[0].at[0]", "NaN at", "a number"),
        new Case(
            "[light, 5]", "[1 / (light - 2), 5]", "shapes[0].at[0]", "Infinity at", "a number"),
        new Case("- {shape: circle", "- {when: q, shape: circle", "shapes[0].when", "'q'", "one"),
        new Case("span: 10", "left: 100", "shapes", "nothing but background", "within the picture"),
        new Case(GOOD, "- 1\n- 2\n", "text", "a list", "names with values"),
        new Case(GOOD, "", "text", "nothing", "names with values"),
        new Case(GOOD, "shapes: []\n", "factors", "nothing", "at least one factor"),
        new Case(GOOD.substring(GOOD.indexOf("shapes")), "", "shapes", "nothing", "a list"),
        new Case(
            GOOD.substring(GOOD.indexOf("shapes")),
            "shapes: []",
            "shapes",
            "none",
            "at least one"));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void isRefusedWithItsPlace(Case bad) throws IOException {
    assertTrue(GOOD.contains(bad.from()), bad.from());
    final Path file = folder.resolve("bad.yaml");
    Files.writeString(file, GOOD.replace(bad.from(), bad.to()));
    final BadInputException e =
        assertThrows(BadInputException.class, () -> Datasets.of(Map.of()).open("scm:" + file));
    final String message = String.valueOf(e.getMessage());
    assertEquals(1, message.lines().count(), message);
    assertEquals(file.toString(), e.file());
    assertTrue(e.place().contains(bad.place()), message);
    assertTrue(message.contains(": found "), message);
    assertTrue(message.contains(bad.found()), message);
    assertTrue(e.expected().contains(bad.expected()), message);
  }

  @Test
  void theTextBeforeItsChangesIsAWorld() {
    assertEquals(24, new Scm(ScmFile.parse("good", GOOD, "good")).size());
  }

  /// Pieces cut out, doubled, or put elsewhere: what comes of it is a world, or is refused.
  @Test
  void noTextDoesAnythingElse() {
    final Random random = new Random(11);
    int worlds = 0;
    for (int i = 0; i < MUTATIONS; i++) {
      String text = GOOD;
      for (int edits = 1 + random.nextInt(3); edits > 0; edits--) {
        final int from = random.nextInt(text.length());
        final int to = Math.min(text.length(), from + 1 + random.nextInt(8));
        final int at = random.nextInt(text.length());
        final String piece = text.substring(from, to);
        text =
            switch (random.nextInt(3)) {
              case 0 -> text.substring(0, from) + text.substring(to);
              case 1 -> text.substring(0, at) + piece + text.substring(at);
              default ->
                  text.substring(0, at)
                      + SIGNS.charAt(random.nextInt(SIGNS.length()))
                      + text.substring(at);
            };
      }
      try (Scm world = new Scm(ScmFile.parse("text", text, "mutated"))) {
        world.image(world.size() - 1, new float[world.shape().elements()], 0);
        worlds++;
      } catch (BadInputException e) {
        assertEquals(1, String.valueOf(e.getMessage()).lines().count(), text);
      }
    }
    assertTrue(worlds >= 5, worlds + " worlds");
  }

  @Test
  void aMissingFileIsNamed() throws IOException {
    final Path missing = folder.resolve("none.yaml");
    assertEquals(
        missing + ": causal world: found no such file, expected a readable file",
        refused("scm:" + missing));
    assertTrue(refused("scm:").contains("expected scm:FILE.yaml"));
    final Path large = folder.resolve("large.yaml");
    Files.write(large, new byte[(1 << 20) + 1]);
    assertTrue(refused("scm:" + large).contains("at most 1 MiB"));
  }

  @Test
  void aChangedFileIsNoticed() throws IOException {
    final Path file = folder.resolve("world.yaml");
    Files.writeString(file, GOOD);
    final String pinned = Scm.open(file).reference().toString();
    Datasets.of(Map.of()).open(pinned).close();
    Files.writeString(file, GOOD.replace("[1, 4]", "[1, 5]"));
    final String message = refused(pinned);
    assertTrue(message.startsWith(file + ": sha256: found "), message);
    assertTrue(message.endsWith("that of the file when it was used before"), message);
  }

  @Test
  void whatJavaStatesIsCheckedAlike() {
    final List<ScmShape> shapes =
        List.of(new Circle(new Point("0.5", "0.5"), "0.2", Paint.of("black")));
    final ScmPicture picture = ScmPicture.rgb(32, 1, "white");
    final ScmVariable a = ScmVariable.values("a", 0, 1);
    final var twice = new ScmDescription("twice", picture, List.of(a, a), shapes);
    assertEquals("twice: factors.a: found it twice, expected each name once", refused(twice));
    final ScmVariable b = ScmVariable.mechanism("b", "c", Noise.NONE, "c");
    final ScmVariable c = ScmVariable.mechanism("c", "b + a", Noise.NONE, "b", "a");
    final var cycle = new ScmDescription("cycle", picture, List.of(a, b, c), shapes);
    assertEquals(
        "cycle: factors.b.parents: found the cycle b -> c -> b,"
            + " expected parents that do not depend on it",
        refused(cycle));
    final var wrongName = new ScmDescription("a b", picture, List.of(a), shapes);
    assertTrue(refused(wrongName).contains("'a b'"));
    final ScmVariable many = ScmVariable.range("many", 0, 1, 60_000);
    final ScmVariable more = ScmVariable.range("more", 0, 1, 60_000);
    final var large = new ScmDescription("large", picture, List.of(many, more), shapes);
    assertTrue(refused(large).contains("3600000000 pictures"));
    assertThrows(IllegalArgumentException.class, () -> ScmVariable.range("a", 0, 1, -1));
    assertThrows(IllegalArgumentException.class, () -> new Noise.Uniform(1, 1));
    assertThrows(IllegalArgumentException.class, () -> new Noise.Normal(Double.NaN));
  }

  private static String refused(ScmDescription description) {
    return String.valueOf(
        assertThrows(BadInputException.class, () -> new Scm(description)).getMessage());
  }

  private static String refused(String name) {
    return String.valueOf(
        assertThrows(BadInputException.class, () -> Datasets.of(Map.of()).open(name)).getMessage());
  }
}
