package io.patchbay.vae.data;

import java.util.Arrays;
import java.util.List;
import java.util.Map;

/// A ball in a cup of water with a hole in its wall: four variables with a known causal graph,
/// after the data of CausalVAE (Yang et al., CVPR 2021), drawn by our own rasteriser and not
/// pixel-equal to theirs.
///
/// | variable | range | mechanism |
/// | --- | --- | --- |
/// | ball | 5 to 34, thirtieths | exogenous: the ball's radius |
/// | hole | 6 to 14, thirds | exogenous: the height of the hole above the ground |
/// | height | 1.0 to 5.4 | (ball / 30)^3 + water: how far the water stands above 5 |
/// | x | 17.2 to 66.1, tenths | 10 sqrt(2 0.98 height (hole / 3 - 0.5)): how far the jet reaches |
///
/// where water, 1.0 to 3.9 in steps of 0.1, is what was poured in, the noise of `height`: when the
/// ball is set, the water stays. A height below 0, which only interventions on both can give, has
/// no jet. The scene is 0 to 20 wide and high, the cup from x = 3 to 8; the jet leaves it at the
/// hole and meets the height 0.5 at 8 + x / 10.
///
/// The rows are the grid of ball (30 values, slowest), water (30) and hole (9): 8,100 images. Every
/// part of the picture is drawn from its own variable, so each of the four can be set, or held, by
/// itself. Three things differ from the original: the variables have their true values (there, they
/// are cut off to whole numbers in file names, and different pictures share a name); the drawn jet
/// is that of `x`, without a noise that the labels do not have; and the graph has the edge from
/// hole to x.
public final class Flow implements GenerativeDataset {
  private static final int BALL = 0;
  private static final int HOLE = 1;
  private static final int HEIGHT = 2;
  private static final int X = 3;
  private static final double SCENE = 20;
  private static final double LEFT_WALL = 3;
  private static final double RIGHT_WALL = 8;
  private static final double WALL_TOP = 19;
  private static final double GAP = 0.4;
  private static final double JET_END = 0.5;
  private static final double GROUND = 0.2;
  // The original's line of 2 points is 8/3 pixels of its 96.
  private static final double LINE = SCENE * 8 / 3 / 96;
  private static final int JET_STEPS = 48;

  private static final float[] BLACK = {0, 0, 0};
  private static final float[] FIREBRICK = {178 / 255f, 34 / 255f, 34 / 255f};
  private static final float[] SKY_BLUE = {135 / 255f, 206 / 255f, 250 / 255f};

  private static final List<Factor> FACTORS =
      List.of(
          new Factor("ball", steps(5, 34, 1), false),
          new Factor("water", steps(10, 39, 10), false),
          new Factor("hole", steps(6, 14, 1), false));
  private static final FactorGrid GRID = new FactorGrid(FACTORS);
  private static final List<Variable> VARIABLES = describe();

  private final ImageShape shape;

  /// @param size height and width in pixels, 16 to 512
  public Flow(int size) {
    if (size < 16 || size > 512) {
      throw new IllegalArgumentException("flow size: size=" + size + ", low=16, high=512");
    }
    shape = new ImageShape(3, size, size);
  }

  @Override
  public String name() {
    return "flow";
  }

  @Override
  public ImageShape shape() {
    return shape;
  }

  @Override
  public List<Factor> factors() {
    return FACTORS;
  }

  @Override
  public long size() {
    return GRID.rows();
  }

  @Override
  public void image(long row, float[] target, int offset) {
    render(variablesOf(row), target, offset);
  }

  @Override
  public int[] factorsOf(long row) {
    return GRID.indicesOf(row);
  }

  @Override
  public long rowOf(int[] factorIndices) {
    return GRID.rowOf(factorIndices);
  }

  @Override
  public List<Variable> variables() {
    return VARIABLES;
  }

  @Override
  public double[] variablesOf(long row) {
    return follow(GRID.indicesOf(row));
  }

  @Override
  public double[] intervene(double[] variables, Map<String, Double> set, boolean propagate) {
    final double[] result = Interventions.apply(VARIABLES, variables, set);
    if (!propagate) {
      return result;
    }
    if (!set.containsKey("height") && result[BALL] != variables[BALL]) {
      final double water = variables[HEIGHT] - displaced(variables[BALL]);
      result[HEIGHT] = displaced(result[BALL]) + water;
    }
    final boolean caused =
        set.containsKey("ball") || set.containsKey("hole") || set.containsKey("height");
    if (!set.containsKey("x") && caused) {
      result[X] = reach(result[HEIGHT], result[HOLE]);
    }
    return result;
  }

  @Override
  public void render(double[] variables, float[] target, int offset) {
    Interventions.check(VARIABLES, variables);
    shape.checkRoom(target, offset);
    VARIABLES.get(BALL).check(variables[BALL]);
    VARIABLES.get(HOLE).check(variables[HOLE]);
    final int size = shape.width();
    final double unit = size / SCENE;
    final double line = LINE * unit;
    final double ground = size - GROUND * unit;
    final double left = LEFT_WALL * unit;
    final double right = RIGHT_WALL * unit;
    final double hole = variables[HOLE] / 3;
    final double radius = variables[BALL] / 30 * unit;
    final Canvas canvas = new Canvas(target, offset, size);
    canvas.clear(1);
    final double level = size - (5 + variables[HEIGHT]) * unit;
    final double middle = (left + right) / 2;
    canvas.bar(middle, Math.min(size, level), middle, size, right - left, SKY_BLUE);
    final double wallTop = size - WALL_TOP * unit;
    canvas.bar(left, wallTop, left, size, line, BLACK);
    canvas.bar(right, size - hole * unit, right, size, line, BLACK);
    canvas.bar(right, wallTop, right, size - (hole + GAP) * unit, line, BLACK);
    canvas.disc(middle, size - JET_END * unit - radius, radius, radius, FIREBRICK);
    jet(canvas, hole, variables[X] / 10, unit);
    canvas.bar(0, ground, size, ground, line, BLACK);
  }

  @Override
  public void close() {}

  // The outline of the jet, one side down and the other up, around x = 8 + reach s,
  // y = hole - (hole - 0.5) s^2 for s from 0 to 1.
  private void jet(Canvas canvas, double hole, double reach, double unit) {
    final int count = JET_STEPS + 1;
    final double[] xs = new double[2 * count];
    final double[] ys = new double[2 * count];
    final double fall = hole - JET_END;
    for (int i = 0; i < count; i++) {
      final double s = (double) i / JET_STEPS;
      final double x = RIGHT_WALL + reach * s;
      final double y = hole - fall * s * s;
      final double slope = Math.hypot(reach, 2 * fall * s);
      final double dx = slope == 0 ? 0 : LINE / 2 * 2 * fall * s / slope;
      final double dy = slope == 0 ? LINE / 2 : LINE / 2 * reach / slope;
      xs[i] = (x + dx) * unit;
      ys[i] = shape.height() - (y + dy) * unit;
      xs[2 * count - 1 - i] = (x - dx) * unit;
      ys[2 * count - 1 - i] = shape.height() - (y - dy) * unit;
    }
    canvas.polygon(new PolygonFill(shape.width()), xs, ys, SKY_BLUE);
  }

  private static double[] follow(int[] indices) {
    final double ball = FACTORS.get(0).value(indices[0]);
    final double water = FACTORS.get(1).value(indices[1]);
    final double hole = FACTORS.get(2).value(indices[2]);
    final double height = displaced(ball) + water;
    return new double[] {ball, hole, height, reach(height, hole)};
  }

  private static double displaced(double ball) {
    final double radius = ball / 30;
    return radius * radius * radius;
  }

  private static double reach(double height, double hole) {
    return 10 * Math.sqrt(2 * 0.98 * Math.max(0, height) * (hole / 3 - JET_END));
  }

  private static List<Variable> describe() {
    final double[] low = follow(new int[] {0, 0, 0});
    final double[] high = low.clone();
    for (long row = 0; row < GRID.rows(); row++) {
      final double[] values = follow(GRID.indicesOf(row));
      for (int i = 0; i < values.length; i++) {
        low[i] = Math.min(low[i], values[i]);
        high[i] = Math.max(high[i], values[i]);
      }
    }
    return List.of(
        new Variable("ball", low[BALL], high[BALL], false, List.of()),
        new Variable("hole", low[HOLE], high[HOLE], false, List.of()),
        new Variable("height", low[HEIGHT], high[HEIGHT], false, List.of("ball")),
        new Variable("x", low[X], high[X], false, List.of("height", "hole")));
  }

  private static double[] steps(int from, int to, double divisor) {
    final double[] values = new double[to - from + 1];
    Arrays.setAll(values, i -> (from + i) / divisor);
    return values;
  }
}
