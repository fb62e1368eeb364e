package io.patchbay.vae.train;

/// Mean and log-variance of the posteriors of `n` images over `d` latents. The arrays are (n, d),
/// rows one after the other; they are not copied.
public final class Codes {
  private final int latents;
  private final float[] mu;
  private final float[] logvar;

  /// @throws IllegalArgumentException when the arrays are not whole rows of one number
  public Codes(final int latents, final float[] mu, final float[] logvar) {
    if (latents < 1 || mu.length % latents != 0 || mu.length != logvar.length) {
      throw new IllegalArgumentException(
          "codes are rows: latents=" + latents + ", mu=" + mu.length + ", logvar=" + logvar.length);
    }
    this.latents = latents;
    this.mu = mu;
    this.logvar = logvar;
  }

  /// Number of images.
  public int n() {
    return mu.length / latents;
  }

  /// Number of latents.
  public int d() {
    return latents;
  }

  public float[] mu() {
    return mu;
  }

  public float[] logvar() {
    return logvar;
  }

  public float mu(final int row, final int latent) {
    return mu[row * latents + latent];
  }

  public float logvar(final int row, final int latent) {
    return logvar[row * latents + latent];
  }

  /// The divergence of each latent from the prior in nats, a mean over the images: (d).
  public double[] klPerLatent() {
    final var kl = new double[latents];
    for (int i = 0; i < mu.length; i++) {
      final double m = mu[i];
      kl[i % latents] += (m * m + Math.exp(logvar[i]) - logvar[i] - 1) / 2 / n();
    }
    return kl;
  }
}
