package io.patchbay.tests.science;

import io.patchbay.vae.data.Factor;
import io.patchbay.vae.data.GenerativeDataset;
import io.patchbay.vae.data.ImageShape;
import io.patchbay.vae.data.Variable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/// A linear causal world: x = W x + u, the noises u on a grid of quarters, and three pixels of a
/// 1x4x4 image per variable that show a quarter of its value. Parents come before children.
///
/// @param weights W, lower triangular
/// @param hidden a variable whose pixels stay black, or -1
/// @param shuffled whether each row says the variables of another row than its image shows
record ScmImages(double[][] weights, int hidden, boolean shuffled) implements GenerativeDataset {
  static final ImageShape SHAPE = new ImageShape(1, 4, 4);
  static final int PIXELS = 3;
  static final double SCALE = 4;

  private static final int LEVELS = 5;

  @Override
  public String name() {
    return "scm";
  }

  @Override
  public ImageShape shape() {
    return SHAPE;
  }

  static ScmImages of(final double[][] weights) {
    return new ScmImages(weights, -1, false);
  }

  /// How many variables there are.
  int count() {
    return weights.length;
  }

  @Override
  public List<Factor> factors() {
    final var values = IntStream.range(0, LEVELS).mapToDouble(i -> i / 4.0).toArray();
    return IntStream.range(0, count()).mapToObj(i -> new Factor("u" + i, values, false)).toList();
  }

  @Override
  public List<Variable> variables() {
    final var variables = new ArrayList<Variable>();
    final var low = new double[count()];
    final var high = new double[count()];
    for (int i = 0; i < count(); i++) {
      final int child = i;
      high[i] = 1;
      for (int j = 0; j < i; j++) {
        low[i] += Math.min(weights[i][j] * low[j], weights[i][j] * high[j]);
        high[i] += Math.max(weights[i][j] * low[j], weights[i][j] * high[j]);
      }
      final var parents =
          IntStream.range(0, i).filter(j -> weights[child][j] != 0).mapToObj(j -> "x" + j).toList();
      variables.add(new Variable("x" + i, low[i], high[i], false, parents));
    }
    return variables;
  }

  /// The variables that noises give.
  private double[] follow(final double[] noises) {
    final var values = noises.clone();
    for (int i = 0; i < count(); i++) {
      values[i] += LinearModel.dot(Arrays.copyOf(weights[i], i), Arrays.copyOf(values, i));
    }
    return values;
  }

  @Override
  public long size() {
    return Math.round(Math.pow(LEVELS, count()));
  }

  @Override
  public int[] factorsOf(final long row) {
    final var at = new int[count()];
    long rest = row;
    for (int i = count() - 1; i >= 0; i--) {
      at[i] = (int) (rest % LEVELS);
      rest /= LEVELS;
    }
    return at;
  }

  @Override
  public long rowOf(final int[] at) {
    return Arrays.stream(at).asLongStream().reduce(0, (row, i) -> row * LEVELS + i);
  }

  @Override
  public double[] variablesOf(final long row) {
    // 7 has no divisor in common with a power of 5.
    return shown(shuffled ? (7 * row + 3) % size() : row);
  }

  private double[] shown(final long row) {
    return follow(Arrays.stream(factorsOf(row)).mapToDouble(i -> i / 4.0).toArray());
  }

  @Override
  public double[] intervene(
      final double[] variables, final Map<String, Double> set, final boolean propagate) {
    final var result = variables.clone();
    for (int i = 0; i < count(); i++) {
      final var row = Arrays.copyOf(weights[i], i);
      final double noise = variables[i] - LinearModel.dot(row, Arrays.copyOf(variables, i));
      final double made = LinearModel.dot(row, Arrays.copyOf(result, i)) + noise;
      result[i] = set.getOrDefault("x" + i, propagate ? made : variables[i]);
    }
    return result;
  }

  @Override
  public void image(final long row, final float[] target, final int offset) {
    render(shown(row), target, offset);
  }

  @Override
  public void render(final double[] variables, final float[] target, final int offset) {
    Arrays.fill(target, offset, offset + SHAPE.elements(), 0);
    for (int p = 0; p < PIXELS * count(); p++) {
      target[offset + p] = p / PIXELS == hidden ? 0 : (float) (variables[p / PIXELS] / SCALE);
    }
  }

  /// An autoencoder that has learned the mechanisms: each latent is the noise of one variable, and
  /// the decoder makes the variables of the noises. A last latent carries nothing.
  AffineModel mechanisms() {
    final int n = count();
    final var unmix = new double[n][n];
    final var mix = new double[n][];
    for (int i = 0; i < n; i++) {
      final var unit = new double[n];
      unit[i] = 1;
      mix[i] = follow(unit);
      for (int j = 0; j < n; j++) {
        unmix[i][j] = (i == j ? 1 : 0) - weights[i][j];
      }
    }
    final var transposed = new double[n][n];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        transposed[i][j] = mix[j][i];
      }
    }
    return model(unmix, transposed);
  }

  /// An autoencoder whose latents are the variables, each drawn by itself: it knows no mechanism.
  AffineModel separate() {
    final var unit = new double[count()][count()];
    for (int i = 0; i < count(); i++) {
      unit[i][i] = 1;
    }
    return model(unit, unit);
  }

  /// @param encode from variables to latents
  /// @param decode from latents to variables
  private AffineModel model(final double[][] encode, final double[][] decode) {
    final int n = count();
    final int pixels = SHAPE.elements();
    final var in = new double[n + 1][pixels];
    final var out = new double[pixels][n + 1];
    final var spread = new double[n + 1];
    for (int i = 0; i < n; i++) {
      spread[i] = -2;
      for (int p = 0; p < PIXELS * n; p++) {
        in[i][p] = encode[i][p / PIXELS] * SCALE / PIXELS;
        out[p][i] = decode[p / PIXELS][i] / SCALE;
      }
    }
    return new AffineModel(SHAPE, in, spread, out);
  }

  @Override
  public void close() {}
}
