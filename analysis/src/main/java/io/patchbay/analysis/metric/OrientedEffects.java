package io.patchbay.analysis.metric;

/// Accumulates, for one site, how every latent moves every unit: the signed means da, over base
/// inputs and grid values, of sign(v - z) (a' - a), and the standard deviation of a over the base
/// inputs by which it is divided.
///
/// Every latent must get the same number of cells for every input. Memory: 8 bytes x latents x
/// blocks x units.
public final class OrientedEffects {
  private final String site;
  private final int latents;
  private final int units;
  private final InputBlocks blocks;
  private final double[][] sums;
  private final long[] cells;
  private final double[] first;
  private final double[] shifted;
  private final double[] squares;
  private int bases;

  /// In 64 blocks of inputs, or as many as there are inputs.
  public OrientedEffects(String site, int latents, int units, int inputs) {
    this(site, latents, units, inputs, Math.min(inputs, InputBlocks.USUAL));
  }

  /// @param blocks groups of consecutive inputs that are resampled together, at most `inputs`
  public OrientedEffects(String site, int latents, int units, int inputs, int blocks) {
    if (latents < 1 || units < 1) {
      throw new IllegalArgumentException(
          "oriented effects: site=" + site + ", latents=" + latents + ", units=" + units);
    }
    this.site = site;
    this.latents = latents;
    this.units = units;
    this.blocks = new InputBlocks(inputs, blocks);
    this.sums = new double[Math.multiplyExact(latents, blocks)][units];
    this.cells = new long[latents];
    this.first = new double[units];
    this.shifted = new double[units];
    this.squares = new double[units];
  }

  /// Adds the site's activation on a base input, once per input: `activation[offset ..]`.
  public void addBase(float[] activation, int offset) {
    for (int u = 0; u < units; u++) {
      double value = finite(activation[offset + u], u);
      if (bases == 0) {
        first[u] = value;
      }
      // Shifted by the first value, so that a constant unit has variance zero exactly.
      double distance = value - first[u];
      shifted[u] += distance;
      squares[u] += distance * distance;
    }
    bases++;
  }

  /// Adds one cell: latent i of an input set to v, `orientation` = v - z_i (its sign is used), the
  /// site's activation without and with the intervention.
  public void add(
      int latent,
      int input,
      double orientation,
      float[] base,
      int baseOffset,
      float[] changed,
      int changedOffset) {
    double[] sum = sums[index(latent, input)];
    double sign = sign(orientation);
    for (int u = 0; u < units; u++) {
      sum[u] += sign * (finite(changed[changedOffset + u], u) - finite(base[baseOffset + u], u));
    }
    cells[latent]++;
  }

  /// As `add`, from the difference a' - a.
  public void addDifference(
      int latent, int input, double orientation, float[] difference, int offset) {
    double[] sum = sums[index(latent, input)];
    double sign = sign(orientation);
    for (int u = 0; u < units; u++) {
      sum[u] += sign * finite(difference[offset + u], u);
    }
    cells[latent]++;
  }

  public String site() {
    return site;
  }

  public int latents() {
    return latents;
  }

  public int units() {
    return units;
  }

  /// da_i, not yet divided by the standard deviation; zeros for a latent without cells.
  public double[] meanEffect(int latent) {
    double[] mean = new double[units];
    for (int b = 0; b < blocks.blocks(); b++) {
      double[] sum = sums[latent * blocks.blocks() + b];
      for (int u = 0; u < units; u++) {
        mean[u] += sum[u];
      }
    }
    if (cells[latent] > 0) {
      for (int u = 0; u < units; u++) {
        mean[u] /= cells[latent];
      }
    }
    return mean;
  }

  /// Standard deviation of each unit over the base inputs, divided by their number.
  ///
  /// @throws IllegalStateException when there was no base input
  public double[] deviations() {
    if (bases == 0) {
      throw new IllegalStateException("no base activation: site=" + site);
    }
    double[] result = new double[units];
    for (int u = 0; u < units; u++) {
      double mean = shifted[u] / bases;
      result[u] = Math.sqrt(Math.max(0, squares[u] / bases - mean * mean));
    }
    return result;
  }

  InputBlocks blocks() {
    return blocks;
  }

  /// Sum of a latent's cells over one block of inputs; the array is this object's own.
  double[] blockSum(int latent, int block) {
    return sums[latent * blocks.blocks() + block];
  }

  private int index(int latent, int input) {
    if (latent < 0 || latent >= latents) {
      throw new IllegalArgumentException(
          "no such latent: site=" + site + ", latent=" + latent + ", latents=" + latents);
    }
    return latent * blocks.blocks() + blocks.of(input);
  }

  private double sign(double orientation) {
    if (Double.isNaN(orientation)) {
      throw new IllegalArgumentException("orientation not a number: site=" + site);
    }
    return Math.signum(orientation);
  }

  private double finite(float value, int unit) {
    if (!Float.isFinite(value)) {
      throw new IllegalArgumentException(
          "activation not finite: site=" + site + ", unit=" + unit + ", value=" + value);
    }
    return value;
  }
}
