package io.patchbay.analysis.metric;

import io.patchbay.analysis.statistics.Bootstrap;
import io.patchbay.analysis.statistics.Interval;
import io.patchbay.analysis.statistics.Matrix;
import java.util.List;

/// KL(N(mu, exp(logvar)) || N(0, 1)) in nats, averaged over samples: per latent, and summed.
public record GaussianKl(List<Interval> latents, Interval total) {
  /// A latent below this mean KL is inactive.
  public static final double ACTIVE = 0.01;

  public GaussianKl {
    latents = List.copyOf(latents);
  }

  /// Both `[sample][latent]`.
  ///
  /// @throws IllegalArgumentException when sizes differ or a variance overflows
  public static GaussianKl of(Matrix mu, Matrix logvar, Bootstrap bootstrap) {
    if (mu.rows() != logvar.rows() || mu.columns() != logvar.columns() || mu.columns() < 1) {
      throw new IllegalArgumentException(
          "posterior: mu="
              + mu.rows()
              + "x"
              + mu.columns()
              + ", logvar="
              + logvar.rows()
              + "x"
              + logvar.columns());
    }
    double[][] divergences = new double[mu.rows()][mu.columns()];
    double[] sums = new double[mu.rows()];
    for (int sample = 0; sample < sums.length; sample++) {
      for (int latent = 0; latent < mu.columns(); latent++) {
        double m = mu.at(sample, latent);
        double v = logvar.at(sample, latent);
        // expm1: near the prior, exp(v) - 1 - v would cancel.
        divergences[sample][latent] = (m * m + Math.expm1(v) - v) / 2;
        sums[sample] += divergences[sample][latent];
      }
    }
    return new GaussianKl(bootstrap.means(Matrix.ofRows(divergences)), bootstrap.mean(sums));
  }

  /// One flag per latent: whether its KL is at least `threshold`.
  public boolean[] active(double threshold) {
    boolean[] active = new boolean[latents.size()];
    for (int i = 0; i < active.length; i++) {
      active[i] = latents.get(i).estimate() >= threshold;
    }
    return active;
  }

  /// Number of latents whose KL is at least `threshold`.
  public int activeCount(double threshold) {
    int count = 0;
    for (boolean flag : active(threshold)) {
      count += flag ? 1 : 0;
    }
    return count;
  }
}
