package io.patchbay.vae.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.patchbay.vae.data.ScmShape.Circle;
import io.patchbay.vae.data.ScmShape.Ellipse;
import io.patchbay.vae.data.ScmShape.Line;
import io.patchbay.vae.data.ScmShape.Paint;
import io.patchbay.vae.data.ScmShape.Point;
import io.patchbay.vae.data.ScmShape.Polygon;
import io.patchbay.vae.data.ScmShape.Rectangle;
import io.patchbay.vae.data.ScmVariable.Cause;
import io.patchbay.vae.data.ScmVariable.Mechanism;
import io.patchbay.vae.data.ScmVariable.Range;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class ScmTest {
  static final Path LAMP = Path.of("../vae/docs/lamp.yaml");

  private final Scm lamp = Scm.open(LAMP);

  /// A chain with noise everywhere and a fork: `c` has the parents `b` and `a`, stated before them.
  private static ScmDescription chain(long seed, int samples) {
    return new ScmDescription(
        "chain",
        ScmPicture.grey(32, 32, "black"),
        seed,
        samples,
        List.of(
            ScmVariable.mechanism("c", "2 * b - a", new Noise.Normal(0.5), "b", "a"),
            ScmVariable.range("a", 0, 9, 10),
            ScmVariable.mechanism("b", "a ^ 2 / 10", new Noise.Uniform(-1, 1), "a"),
            ScmVariable.mechanism("d", "max(c, 1)", Noise.NONE, "c"),
            ScmVariable.values("e", 0, 1),
            ScmVariable.mechanism("u", "10", new Noise.Normal(2))),
        List.of(
            new Rectangle(new Point("10 + a", "20"), "2 + e", "4", "0", Paint.of("1")),
            new Circle(new Point("10 + b", "12"), "2", Paint.of("0.7")),
            new Circle(new Point("10 + c", "5"), "1 + d / 10", Paint.of("u / 20"))));
  }

  private static int index(GenerativeDataset data, String name) {
    return data.variables().stream().map(Variable::name).toList().indexOf(name);
  }

  @Test
  void theExampleIsAWorld() {
    assertEquals("lamp", lamp.name());
    assertEquals(new ImageShape(3, 64, 64), lamp.shape());
    assertEquals("[lamp[11], mast[6], stick[7], power[3]]", lamp.factors().toString());
    assertEquals(11 * 6 * 7 * 3, lamp.size());
    final List<Variable> variables = lamp.variables();
    assertEquals(
        List.of("lamp", "mast", "stick", "power", "shadow", "glow"),
        variables.stream().map(Variable::name).toList());
    assertEquals(List.of("lamp", "mast", "stick"), variables.get(4).parents());
    assertEquals(List.of("power", "mast"), variables.get(5).parents());
    assertTrue(variables.get(3).discrete());
    assertTrue(variables.get(0).exogenous());
    assertEquals(0, variables.get(5).low());
    assertEquals(3, variables.get(5).high());
    assertEquals(variables, ((GenerativeDataset) catalogue("scm:" + LAMP)).variables());
  }

  private static FactorDataset catalogue(String text) {
    return Datasets.of(Map.of()).open(text);
  }

  @Test
  void valuesAreTheMechanismsPlusNoise() {
    for (long row = 0; row < lamp.size(); row += 17) {
      final double[] v = lamp.variablesOf(row);
      final int[] at = lamp.factorsOf(row);
      assertEquals(row, lamp.rowOf(at));
      for (int k = 0; k < 4; k++) {
        assertEquals(lamp.factors().get(k).value(at[k]), v[k]);
      }
      final double noise = lamp.noiseOf(row)[4];
      assertTrue(noise >= -0.3 && noise < 0.3);
      assertEquals(v[2] * (9 - v[0]) / (v[1] - v[2]) + noise, v[4], 1e-12);
      assertEquals(1.2 + 0.5 * v[3] - 0.05 * v[1], v[5], 1e-12);
      assertEquals(0, lamp.noiseOf(row)[5]);
    }
  }

  /// The world of the doc comment of [Scm].
  @Test
  void aWorldIsStatedInJava() {
    final var world =
        new ScmDescription(
            "lamp",
            ScmPicture.rgb(64, 20, "navy"),
            List.of(
                ScmVariable.range("lamp", 1, 6, 11),
                ScmVariable.range("stick", 2, 5, 7),
                ScmVariable.mechanism(
                    "shadow",
                    "stick * (9 - lamp) / (12 - stick)",
                    new Noise.Uniform(-0.3, 0.3),
                    "lamp",
                    "stick")),
            List.of(
                new Circle(new Point("lamp", "13"), "1", Paint.of("gold")),
                new Rectangle(
                    new Point("9", "1 + stick / 2"), "0.6", "stick", "0", Paint.of("white")),
                new Line(
                    new Point("9", "1"), new Point("9 + shadow", "1"), "0.8", Paint.of("black"))));
    try (var data = new Scm(world)) {
      final double[] longer = data.counterfactual(5, Map.of("stick", 4.5));
      final float[] image = new float[data.shape().elements()];
      data.render(longer, image, 0);
      assertEquals(1, longer[0]);
      assertEquals(4.5 * 8 / 7.5 + data.noiseOf(5)[2], longer[2], 1e-12);
      assertEquals(215 / 255f, image[64 * 64 + 22 * 64 + 3], 1e-6);
      assertEquals(0, image[61 * 64 + 32]);
    }
  }

  @Test
  void parentsComeBeforeChildrenOtherwiseAsStated() {
    final Scm chain = new Scm(chain(0, 1));
    assertEquals(
        List.of("a", "b", "c", "d", "e", "u"),
        chain.variables().stream().map(Variable::name).toList());
    assertEquals(List.of("b", "a"), chain.variables().get(2).parents());
    assertEquals("[a[10], e[2]]", chain.factors().toString());
    assertTrue(chain.variables().get(5).exogenous());
  }

  @Test
  void noiseHasItsDistributionAndDependsOnNothing() {
    final Scm chain = new Scm(chain(7, 500));
    final int n = (int) chain.size();
    assertEquals(10_000, n);
    final double[][] noise = new double[6][n];
    for (int row = 0; row < n; row++) {
      final double[] of = chain.noiseOf(row);
      for (int k = 0; k < 6; k++) {
        noise[k][row] = of[k];
      }
    }
    final double[] deviations = {0, 2 / Math.sqrt(12), 0.5, 0, 0, 2};
    for (int k = 0; k < 6; k++) {
      assertEquals(0, mean(noise[k], noise[k], false), 5 * deviations[k] / 100, "mean " + k);
      final double variance = deviations[k] * deviations[k];
      assertEquals(variance, mean(noise[k], noise[k], true), 0.08 * variance, "variance " + k);
      for (int j = 0; j < k; j++) {
        assertEquals(
            0,
            mean(noise[j], noise[k], true),
            5 * deviations[j] * deviations[k] / 100,
            "covariance " + j + ", " + k);
      }
    }
    // Nor on how many pictures there are of each combination; but on the seed.
    final Scm few = new Scm(chain(7, 2));
    final Scm other = new Scm(chain(8, 2));
    for (long row = 0; row < few.size(); row++) {
      assertArrayEquals(chain.noiseOf(row / 2 * 500 + row % 2), few.noiseOf(row));
      assertFalse(Arrays.equals(few.noiseOf(row), other.noiseOf(row)));
    }
  }

  private static double mean(double[] a, double[] b, boolean product) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += product ? a[i] * b[i] : a[i];
    }
    return sum / a.length;
  }

  @Test
  void samplesAreAFactorOfTheirOwn() {
    final Scm chain = new Scm(chain(0, 3));
    assertEquals("[a[10], e[2], sample[3]]", chain.factors().toString());
    final double[] first = chain.variablesOf(chain.rowOf(new int[] {4, 1, 0}));
    final double[] second = chain.variablesOf(chain.rowOf(new int[] {4, 1, 1}));
    assertEquals(first[0], second[0]);
    assertNotEquals(first[1], second[1]);
  }

  @Test
  void aCounterfactualKeepsTheNoise() {
    final Scm chain = new Scm(chain(3, 2));
    for (long row = 0; row < chain.size(); row++) {
      final double[] base = chain.variablesOf(row);
      final double[] noise = chain.noiseOf(row);
      final double[] v = chain.counterfactual(row, Map.of("a", 6.0));
      assertEquals(6, v[0]);
      assertEquals(3.6 + noise[1], v[1]);
      assertEquals(2 * v[1] - 6 + noise[2], v[2]);
      assertEquals(Math.max(v[2], 1), v[3]);
      assertEquals(base[4], v[4]);
      assertEquals(base[5], v[5]);
      // The same from the values alone, but for the rounding of noise that must be recovered.
      assertArrayEquals(v, chain.intervene(base, Map.of("a", 6.0), true), 1e-12);
      // Some descendants set, too.
      final double[] two = chain.counterfactual(row, Map.of("a", 6.0, "c", base[2]));
      assertArrayEquals(
          new double[] {6, v[1], base[2], Math.max(base[2], 1), base[4], base[5]}, two);
    }
  }

  @Test
  void withNothingChangedTheCounterfactualIsTheSameImage() {
    for (Scm world : List.of(lamp, new Scm(chain(1, 2)))) {
      final float[] image = new float[world.shape().elements()];
      final float[] again = new float[image.length];
      for (long row = 0; row < world.size(); row += 7) {
        final double[] base = world.variablesOf(row);
        world.image(row, image, 0);
        world.render(world.counterfactual(row, Map.of()), again, 0);
        assertArrayEquals(image, again);
        // Setting every variable to what it is, one after the other and with descendants following.
        for (int i = 0; i < base.length; i++) {
          final var set = Map.of(world.variables().get(i).name(), base[i]);
          assertArrayEquals(base, world.intervene(base, set, true));
          assertArrayEquals(base, world.counterfactual(row, set));
          world.render(world.intervene(base, set, true), again, 0);
          assertArrayEquals(image, again);
        }
      }
    }
  }

  @Test
  void interventionsLeaveOthersAlone() {
    final double[] base = lamp.variablesOf(500);
    final int shadow = index(lamp, "shadow");
    final int glow = index(lamp, "glow");
    final double[] held = lamp.intervene(base, Map.of("stick", 4.25), false);
    assertEquals(4.25, held[2]);
    final double[] follows = lamp.intervene(base, Map.of("stick", 4.25), true);
    assertNotEquals(base[shadow], follows[shadow]);
    for (int i = 0; i < base.length; i++) {
      if (i != 2) {
        assertEquals(base[i], held[i]);
      }
      if (i != 2 && i != shadow) {
        assertEquals(base[i], follows[i]);
      }
    }
    // A variable without noise that was set comes back when a cause is set, as it must.
    final double[] off = lamp.intervene(base, Map.of("glow", 0.5), true);
    assertEquals(0.5, off[glow]);
    assertEquals(base[glow], lamp.intervene(off, Map.of("power", base[3]), true)[glow]);
    // But not when something else is.
    assertEquals(0.5, lamp.intervene(off, Map.of("stick", 3.0), true)[glow]);
    // Of a variable with noise, what was set counts as its noise.
    final double[] longer = lamp.intervene(base, Map.of("shadow", base[shadow] + 0.5), true);
    final double[] moved = lamp.intervene(longer, Map.of("stick", 4.25), true);
    assertEquals(follows[shadow] + 0.5, moved[shadow], 1e-12);
  }

  @Test
  void eachVariableMovesItsPartOfThePicture() {
    final float[] before = new float[lamp.shape().elements()];
    final float[] after = new float[before.length];
    final double[] base = lamp.variablesOf(700);
    lamp.render(base, before, 0);
    for (Variable variable : lamp.variables()) {
      for (double value : new double[] {variable.low(), variable.high()}) {
        final double[] moved = lamp.intervene(base, Map.of(variable.name(), value), false);
        lamp.render(moved, after, 0);
        assertEquals(
            Arrays.equals(base, moved), Arrays.equals(before, after), variable + " " + value);
      }
    }
  }

  @Test
  void shapesLieWhereTheyAreStated() {
    final Paint white = Paint.of("white");
    final Map<ScmShape, double[]> areas =
        Map.of(
            new Rectangle(new Point("10", "20"), "6", "3", "0.4 + a", white),
            new double[] {18, 10, 20},
            new Circle(new Point("12 + 0 * a", "9"), "4", white),
            new double[] {Math.PI * 16, 12, 9},
            new Ellipse(new Point("15", "15"), "12", "5", "1 + a", white),
            new double[] {Math.PI * 15, 15, 15},
            new Line(new Point("5 + 0 * a", "5"), new Point("8", "9"), "0.5", white),
            new double[] {2.5, 6.5, 7},
            new Polygon(
                new Point("16", "20"),
                List.of(new Point("0", "0"), new Point("3", "0"), new Point("0", "3")),
                "2",
                "0 * a",
                white),
            new double[] {18, 18, 22},
            // Small ones too.
            new Circle(new Point("7.3 + 0 * a", "6.1"), "0.3", white),
            new double[] {Math.PI * 0.09, 7.3, 6.1});
    areas.forEach((shape, expected) -> {
      final Scm world =
          new Scm(
              new ScmDescription(
                  "one",
                  ScmPicture.grey(96, 32, "black"),
                  List.of(ScmVariable.values("a", 0, 1)),
                  List.of(shape)));
      final float[] image = new float[96 * 96];
      world.image(0, image, 0);
      double sum = 0;
      double x = 0;
      double y = 0;
      for (int i = 0; i < image.length; i++) {
        final int row = i / 96;
        sum += image[i];
        x += image[i] * (i % 96 + 0.5) / 3;
        y += image[i] * (32 - (row + 0.5) / 3);
      }
      assertEquals(expected[0], sum / 9, 1e-4, shape.toString());
      // A half-covered pixel counts at its centre.
      final double close = 0.05 / Math.min(1, expected[0]);
      assertEquals(expected[1], x / sum, close, shape.toString());
      assertEquals(expected[2], y / sum, close, shape.toString());
    });
  }

  @Test
  void rotationIsAgainstTheClock() {
    final Scm world =
        new Scm(
            new ScmDescription(
                "turned",
                ScmPicture.grey(32, 32, "black"),
                List.of(ScmVariable.values("turn", 0, Math.PI / 4)),
                List.of(new Rectangle(new Point("16", "16"), "20", "2", "turn", Paint.of("1")))));
    final float[] image = new float[32 * 32];
    world.image(1, image, 0);
    // Up and to the right of the middle, which is row 16 from the top.
    assertEquals(1, image[11 * 32 + 20], 1e-6);
    assertEquals(0, image[20 * 32 + 20], 1e-6);
  }

  @Test
  void coloursAndOrderAndConditions() {
    final Scm world =
        new Scm(
            new ScmDescription(
                "colours",
                new ScmPicture(32, true, -1, -1, 2, List.of("a / 2", "0", "2")),
                List.of(
                    new Cause("a", List.of(0.0, 1.0), true, false),
                    ScmVariable.values("red", 0.25, 0.5)),
                List.of(
                    new Rectangle(new Point("0", "0"), "1", "1", "0", Paint.of("gold")),
                    new Rectangle(new Point("0.5", "0"), "1", "1", "0", Paint.of("red")),
                    new Rectangle(
                        new Point("0", "0"), "9", "9", "0", new Paint(List.of("0"), "a > 2")),
                    new Rectangle(
                        new Point("-0.8", "-0.8"),
                        "0.4",
                        "0.4",
                        "0",
                        new Paint(List.of("1", "-3", "a"), "a == 1")))));
    final float[] image = new float[3 * 32 * 32];
    world.image(world.rowOf(new int[] {1, 1}), image, 0);
    assertPixel(image, 16, 1, 0.5, 0, 1);
    assertPixel(image, 10, 16, 1, 215 / 255.0, 0);
    // `red` is a factor here, and so a grey; it lies over the gold.
    assertPixel(image, 20, 16, 0.5, 0.5, 0.5);
    assertPixel(image, 2, 30, 1, 0, 1);
    world.image(world.rowOf(new int[] {0, 0}), image, 0);
    assertPixel(image, 2, 30, 0, 0, 1);
    assertPixel(image, 20, 16, 0.25, 0.25, 0.25);
  }

  private static void assertPixel(float[] image, int x, int y, double... rgb) {
    for (int c = 0; c < 3; c++) {
      assertEquals(rgb[c], image[(c * 32 + y) * 32 + x], 1e-6, "channel " + c);
    }
  }

  @Test
  void theTextOfADescriptionReadsAsTheSame() {
    for (ScmDescription description :
        List.of(
            chain(-5, 2),
            lamp.description(),
            new ScmDescription(
                "all",
                new ScmPicture(128, true, -1.5, 2, 0.125, List.of("0", "0.5", "t")),
                List.of(
                    new Cause("t", List.of(-2.0, 0.1, 4.0), false, true),
                    new Mechanism(
                        "m", List.of("t"), "t > 0 ? 1 : 0", Noise.NONE, true, new Range(-1, 2)),
                    new Mechanism("n", List.of("m"), "m", new Noise.Uniform(0, 1), false, null)),
                List.of(
                    new Polygon(
                        new Point("t", "2.1"),
                        List.of(new Point("0", "0"), new Point("1", "0"), new Point("0", "1")),
                        "2",
                        "n",
                        new Paint(List.of("max(m, n)", "0", "1"), "t < 3")))))) {
      final String text = ScmText.of(description);
      assertEquals(description, ScmFile.parse("text", text, "other"), text);
    }
  }

  @Test
  void everyReadIsTheSame() {
    final Scm again = Scm.open(LAMP);
    final float[] image = new float[lamp.shape().elements()];
    final float[] second = new float[image.length + 5];
    for (long row = 3; row < lamp.size(); row += 61) {
      assertArrayEquals(lamp.variablesOf(row), again.variablesOf(row));
      lamp.image(row, image, 0);
      again.image(row, second, 5);
      assertArrayEquals(image, Arrays.copyOfRange(second, 5, second.length));
    }
    // On every machine: sines, powers and logarithms are StrictMath's.
    lamp.image(777, image, 0);
    assertEquals("cde5651b799e39f1", Pictures.fingerprint(image, 0, image.length));
  }

  @Test
  void aReferenceHoldsTheContent() {
    final String pinned = lamp.reference().toString();
    assertEquals("scm:" + LAMP + ":sha256=" + lamp.sha256(), pinned);
    assertEquals("lamp", catalogue(pinned).name());
    assertEquals(lamp.reference(), ScmReference.of(pinned).orElseThrow());
    assertTrue(ScmReference.of("pendulum").isEmpty());
    assertEquals(Path.of("a:b=c.yaml"), ScmReference.of("scm:a:b=c.yaml").orElseThrow().file());
  }

  @Test
  void wrongUseIsRefused() {
    final double[] base = lamp.variablesOf(0);
    final float[] image = new float[lamp.shape().elements()];
    for (Map<String, Double> set :
        List.of(Map.of("lamp", 40.0), Map.of("sun", 2.0), Map.of("power", 1.5))) {
      assertThrows(IllegalArgumentException.class, () -> lamp.intervene(base, set, true));
      assertThrows(IllegalArgumentException.class, () -> lamp.counterfactual(0, set));
    }
    assertThrows(IllegalArgumentException.class, () -> lamp.render(new double[3], image, 0));
    assertThrows(IllegalArgumentException.class, () -> lamp.image(0, image, 1));
    assertThrows(IllegalArgumentException.class, () -> lamp.image(lamp.size(), image, 0));
    assertThrows(IllegalArgumentException.class, () -> lamp.noiseOf(-1));
    base[1] = 1e300;
    assertThrows(IllegalArgumentException.class, () -> lamp.render(base, image, 0));
  }
}
