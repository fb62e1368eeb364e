package io.patchbay.vae.train;

/// The evidence lower bound of images in nats per image, larger is better, and its two terms.
public final class Bound {
  private final double reconstruction;
  private final double kl;
  private final double[] perImage;

  Bound(final double reconstruction, final double kl, final double[] perImage) {
    this.reconstruction = reconstruction;
    this.kl = kl;
    this.perImage = perImage;
  }

  /// Number of images.
  public int n() {
    return perImage.length;
  }

  /// The mean over the images.
  public double elbo() {
    return -(reconstruction + kl);
  }

  /// The mean negative log-likelihood.
  public double reconstruction() {
    return reconstruction;
  }

  /// The mean divergence, summed over latents.
  public double kl() {
    return kl;
  }

  /// A copy of the bound of each image, (n).
  public double[] perImage() {
    return perImage.clone();
  }
}
