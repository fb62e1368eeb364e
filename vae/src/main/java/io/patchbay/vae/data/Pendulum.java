package io.patchbay.vae.data;

import io.patchbay.engine.random.PhiloxRandom;
import io.patchbay.engine.random.Streams;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// A pendulum under a lamp and its shadow on the ground: four variables with a known causal graph,
/// after the data of CausalVAE (Yang et al., CVPR 2021), drawn by our own rasteriser and not
/// pixel-equal to theirs.
///
/// | variable | range | mechanism |
/// | --- | --- | --- |
/// | angle | -40 to 43, steps of pi/200 | exogenous: the pendulum's angle, 0 hanging down |
/// | light | 60 to 147, steps of pi/200 | exogenous: the light's elevation, 100 straight above |
/// | shadow_length | 3 to 12.6 | max(3, abs(a - b)) |
/// | shadow_position | 2.0 to 19.6 | (a + b) / 2 |
///
/// where a and b are the shadows of the pivot (10, 10.5) and of the pendulum's tip (10 + 9.5 sin
/// angle, 10.5 - 9.5 cos angle) on the ground y = -0.5, along rays at the angle `light`. The scene
/// is 0 to 20 wide and -1 to 21 high.
///
/// The rows are the grid of angle (84 values, slowest) and light (87 values: 100 is left out, as in
/// the original): 7,308 images. The shadow is drawn from its own two variables, so each of the four
/// can be set, or held, by itself.
///
/// Free shadows are more pictures of each angle and light, numbered by a third factor: 0 is the
/// shadow that the light casts, every other number one whose length and position are drawn from
/// their ranges, for each picture by itself. A model that saw these can tell the shadow from its
/// causes.
public final class Pendulum implements GenerativeDataset {
  private static final double STEP = Math.PI / 200;
  private static final double GROUND = -0.5;
  private static final double PIVOT_X = 10;
  private static final double PIVOT_Y = 10.5;
  private static final double SUN_Y = 20.5;
  private static final double SHORTEST_SHADOW = 3;
  private static final double WIDTH = 20;
  private static final double HEIGHT = 22;
  private static final double TOP = 21;
  // The original's line of 3 points is 4 pixels of its 96.
  private static final double LINE = 4 / 96.0;

  private static final float[] BLACK = {0, 0, 0};
  private static final float[] FIREBRICK = {178 / 255f, 34 / 255f, 34 / 255f};
  private static final float[] ORANGE = {1, 165 / 255f, 0};

  private static final List<Factor> CAUSES =
      List.of(
          new Factor("angle", steps(-40, 43, Integer.MIN_VALUE), false),
          new Factor("light", steps(60, 147, 100), false));
  private static final List<Variable> VARIABLES = describe();
  private static final int MOST_FREE = 100;

  private final ImageShape shape;
  private final int free;
  private final List<Factor> factors;
  private final FactorGrid grid;

  /// Without free shadows.
  ///
  /// @param size height and width in pixels, 16 to 512
  public Pendulum(int size) {
    this(size, 0);
  }

  /// @param size height and width in pixels, 16 to 512
  /// @param free pictures with a free shadow beside each with a cast one, 0 to 100
  public Pendulum(int size, int free) {
    if (size < 16 || size > 512) {
      throw new IllegalArgumentException("pendulum size: size=" + size + ", low=16, high=512");
    }
    if (free < 0 || free > MOST_FREE) {
      throw new IllegalArgumentException(
          "pendulum free shadows: free=" + free + ", low=0, high=" + MOST_FREE);
    }
    shape = new ImageShape(3, size, size);
    this.free = free;
    factors =
        free == 0
            ? CAUSES
            : List.of(
                CAUSES.get(0),
                CAUSES.get(1),
                new Factor("shadow", steps(0, free, Integer.MIN_VALUE), false));
    grid = new FactorGrid(factors);
  }

  @Override
  public String name() {
    return free == 0 ? "pendulum" : "pendulum:free=" + free;
  }

  @Override
  public ImageShape shape() {
    return shape;
  }

  @Override
  public List<Factor> factors() {
    return factors;
  }

  @Override
  public long size() {
    return grid.rows();
  }

  @Override
  public void image(long row, float[] target, int offset) {
    render(variablesOf(row), target, offset);
  }

  @Override
  public int[] factorsOf(long row) {
    return grid.indicesOf(row);
  }

  @Override
  public long rowOf(int[] factorIndices) {
    return grid.rowOf(factorIndices);
  }

  @Override
  public List<Variable> variables() {
    return VARIABLES;
  }

  @Override
  public double[] variablesOf(long row) {
    final int[] indices = grid.indicesOf(row);
    final double[] values =
        follow(CAUSES.get(0).value(indices[0]), CAUSES.get(1).value(indices[1]));
    if (free > 0 && indices[2] > 0) {
      // Of the picture, not of a user's seed: a data set is the same for every run.
      final var random = new PhiloxRandom(0, Streams.FACTORS, row / (free + 1), indices[2]);
      for (int i = CAUSES.size(); i < values.length; i++) {
        final Variable variable = VARIABLES.get(i);
        values[i] = variable.low() + random.nextDouble() * (variable.high() - variable.low());
      }
    }
    return values;
  }

  @Override
  public double[] intervene(double[] variables, Map<String, Double> set, boolean propagate) {
    final double[] result = Interventions.apply(VARIABLES, variables, set);
    if (propagate && (set.containsKey("angle") || set.containsKey("light"))) {
      final double[] mechanisms = follow(result[0], result[1]);
      for (int i = 2; i < result.length; i++) {
        if (!set.containsKey(VARIABLES.get(i).name())) {
          result[i] = mechanisms[i];
        }
      }
    }
    return result;
  }

  @Override
  public void render(double[] variables, float[] target, int offset) {
    Interventions.check(VARIABLES, variables);
    shape.checkRoom(target, offset);
    VARIABLES.get(1).check(variables[1]);
    final double theta = variables[0] * STEP;
    final int size = shape.width();
    final double sx = size / WIDTH;
    final double sy = size / HEIGHT;
    final double line = LINE * size;
    final Canvas canvas = new Canvas(target, offset, size);
    canvas.clear(1);
    final double sunX = cast(PIVOT_X, PIVOT_Y, variables[1], SUN_Y);
    canvas.disc(sunX * sx, (TOP - SUN_Y) * sy, 3 * sx, 3 * sy, ORANGE);
    final double bobX = PIVOT_X + 8 * Math.sin(theta);
    final double bobY = PIVOT_Y - 8 * Math.cos(theta);
    canvas.bar(PIVOT_X * sx, (TOP - PIVOT_Y) * sy, bobX * sx, (TOP - bobY) * sy, line, BLACK);
    canvas.disc(bobX * sx, (TOP - bobY) * sy, 1.5 * sx, 1.5 * sy, FIREBRICK);
    final double half = variables[2] / 2;
    final double y = (TOP - GROUND) * sy;
    canvas.bar((variables[3] - half) * sx, y, (variables[3] + half) * sx, y, line, BLACK);
  }

  @Override
  public void close() {}

  /// All variables as the mechanisms give them for an angle and a light.
  private static double[] follow(double angle, double light) {
    final double theta = angle * STEP;
    final double a = cast(PIVOT_X, PIVOT_Y, light, GROUND);
    final double b =
        cast(PIVOT_X + 9.5 * Math.sin(theta), PIVOT_Y - 9.5 * Math.cos(theta), light, GROUND);
    return new double[] {angle, light, Math.max(SHORTEST_SHADOW, Math.abs(a - b)), (a + b) / 2};
  }

  // Where the ray through (x, y) at the light's angle meets the height `base`. With the cotangent
  // the light may stand straight above, where the original's tangent has no value.
  private static double cast(double x, double y, double light, double base) {
    final double phi = light * STEP;
    return x + (base - y) * Math.cos(phi) / Math.sin(phi);
  }

  private static List<Variable> describe() {
    final double[] low = {-40, 60, Double.MAX_VALUE, Double.MAX_VALUE};
    final double[] high = {43, 147, 0, 0};
    for (double angle : CAUSES.get(0).values()) {
      for (double light : CAUSES.get(1).values()) {
        final double[] values = follow(angle, light);
        for (int i = 2; i < values.length; i++) {
          low[i] = Math.min(low[i], values[i]);
          high[i] = Math.max(high[i], values[i]);
        }
      }
    }
    final List<String> both = List.of("angle", "light");
    return List.of(
        new Variable("angle", low[0], high[0], false, List.of()),
        new Variable("light", low[1], high[1], false, List.of()),
        new Variable("shadow_length", low[2], high[2], false, both),
        new Variable("shadow_position", low[3], high[3], false, both));
  }

  private static double[] steps(int from, int to, int without) {
    final List<Double> values = new ArrayList<>();
    for (int i = from; i <= to; i++) {
      if (i != without) {
        values.add((double) i);
      }
    }
    return values.stream().mapToDouble(Double::doubleValue).toArray();
  }
}
