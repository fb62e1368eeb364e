package io.patchbay.vae.data;

import java.util.Arrays;
import java.util.List;
import java.util.Map;

/// White sprites on black, drawn on demand: the factor grid of dSprites (Matthey, Higgins, Hassabis
/// and Lerchner 2017) without a file. 64x64x1, 737,280 rows, row-major with posY fastest:
///
/// | factor | size | values |
/// | --- | --- | --- |
/// | shape | 3 | 1 square, 2 ellipse, 3 heart |
/// | scale | 6 | 0.5 to 1 |
/// | orientation | 40 | 0 to 2 pi, both ends included: the first and the last image are the same |
/// | posX | 32 | 0 left to 1 right |
/// | posY | 32 | 0 top to 1 bottom |
///
/// The file's `color` factor has one value and is left out; it does not change the order of rows.
/// One grid step of a position is one pixel, and every sprite lies inside the image as a whole. The
/// images follow the same description as dSprites but are not pixel-equal to it.
public final class Sprites implements GenerativeDataset {
  static final int SIDE = 64;

  private static final ImageShape SHAPE = new ImageShape(1, SIDE, SIDE);
  private static final List<Factor> FACTORS =
      List.of(
          new Factor("shape", new double[] {1, 2, 3}, false),
          new Factor("scale", linear(0.5, 1, 6), false),
          new Factor("orientation", linear(0, 2 * Math.PI, 40), true),
          new Factor("posX", linear(0, 1, 32), false),
          new Factor("posY", linear(0, 1, 32), false));
  private static final List<Variable> VARIABLES =
      List.of(
          new Variable("shape", 1, 3, true, List.of()),
          new Variable("scale", 0.5, 1, false, List.of()),
          new Variable("orientation", 0, 2 * Math.PI, false, List.of()),
          new Variable("posX", 0, 1, false, List.of()),
          new Variable("posY", 0, 1, false, List.of()));
  private static final FactorGrid GRID = new FactorGrid(FACTORS);
  private static final List<SpriteShape> SHAPES = List.of(SpriteShape.values());
  private static final double FIRST_CENTRE_X = 16.768;
  private static final double FIRST_CENTRE_Y = 16.786;
  private static final double CENTRE_RANGE = 31;
  private static final int SAMPLES = 8;

  private final boolean antialias;

  /// @param antialias false for pixels of 0 and 1 by their centre, as in dSprites; true for the
  ///   covered share of each pixel, from 8 x 8 points along the boundary
  public Sprites(boolean antialias) {
    this.antialias = antialias;
  }

  @Override
  public String name() {
    return "sprites";
  }

  @Override
  public ImageShape shape() {
    return SHAPE;
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
    final int[] indices = GRID.indicesOf(row);
    final double[] values = new double[indices.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = FACTORS.get(i).value(indices[i]);
    }
    return values;
  }

  /// No variable has a mechanism, so `propagate` makes no difference.
  @Override
  public double[] intervene(double[] variables, Map<String, Double> set, boolean propagate) {
    return Interventions.apply(VARIABLES, variables, set);
  }

  @Override
  public void render(double[] variables, float[] target, int offset) {
    Interventions.check(VARIABLES, variables);
    SHAPE.checkRoom(target, offset);
    Arrays.fill(target, offset, offset + SHAPE.elements(), 0f);
    for (int i = 0; i < variables.length; i++) {
      VARIABLES.get(i).check(variables[i]);
    }
    final SpriteShape shape = SHAPES.get((int) variables[0] - 1);
    final double scale = variables[1];
    final double cos = Math.cos(variables[2]) / scale;
    final double sin = Math.sin(variables[2]) / scale;
    final double centreX = FIRST_CENTRE_X + CENTRE_RANGE * variables[3];
    final double centreY = FIRST_CENTRE_Y + CENTRE_RANGE * variables[4];
    final double reach = shape.outerRadius * scale;
    final int left = Math.max(0, (int) Math.floor(centreX - reach));
    final int right = Math.min(SIDE, (int) Math.ceil(centreX + reach));
    final int top = Math.max(0, (int) Math.floor(centreY - reach));
    final int bottom = Math.min(SIDE, (int) Math.ceil(centreY + reach));
    for (int y = top; y < bottom; y++) {
      final double dy = y + 0.5 - centreY;
      for (int x = left; x < right; x++) {
        final double dx = x + 0.5 - centreX;
        final double u = dx * cos + dy * sin;
        final double v = dy * cos - dx * sin;
        if (antialias) {
          target[offset + y * SIDE + x] = coverage(shape, u, v, cos, sin);
        } else if (shape.contains(u, v)) {
          target[offset + y * SIDE + x] = 1f;
        }
      }
    }
  }

  @Override
  public void close() {}

  // Share of the pixel around (u, v) that the shape covers. Where the centre and the corners agree
  // the pixel counts as whole: only the boundary is worth 64 tests.
  private static float coverage(SpriteShape shape, double u, double v, double cos, double sin) {
    final boolean centre = shape.contains(u, v);
    final double a = 0.5 * (cos + sin);
    final double b = 0.5 * (cos - sin);
    if (centre == shape.contains(u + a, v + b)
        && centre == shape.contains(u - a, v - b)
        && centre == shape.contains(u + b, v - a)
        && centre == shape.contains(u - b, v + a)) {
      return centre ? 1f : 0f;
    }
    int inside = 0;
    for (int j = 0; j < SAMPLES; j++) {
      final double dy = (j + 0.5) / SAMPLES - 0.5;
      for (int i = 0; i < SAMPLES; i++) {
        final double dx = (i + 0.5) / SAMPLES - 0.5;
        if (shape.contains(u + dx * cos + dy * sin, v + dy * cos - dx * sin)) {
          inside++;
        }
      }
    }
    return inside / (float) (SAMPLES * SAMPLES);
  }

  private static double[] linear(double from, double to, int count) {
    final double[] values = new double[count];
    for (int i = 0; i < count; i++) {
      values[i] = i == count - 1 ? to : from + i * (to - from) / (count - 1);
    }
    return values;
  }
}
