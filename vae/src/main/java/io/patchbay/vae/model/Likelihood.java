package io.patchbay.vae.model;

import io.patchbay.engine.Node;
import io.patchbay.engine.Ops;

/// The distribution of an image given the decoder's last values ("logits"), pixel by pixel.
public sealed interface Likelihood {
  /// The mean image.
  Node output(Node logits);

  /// The negative log-likelihood of each row in nats, summed over its pixels: (axis).
  Node negativeLog(Decoded decoded, Node image);

  /// Each pixel is Bernoulli with probability sigmoid(logit). Images between 0 and 1 are taken as
  /// probabilities: the cross-entropy.
  record Bernoulli() implements Likelihood {
    @Override
    public Node output(final Node logits) {
      return Ops.sigmoid(logits);
    }

    /// `sum softplus(l) - x l`, finite for every finite logit.
    @Override
    public Node negativeLog(final Decoded decoded, final Node image) {
      final var logits = decoded.logits();
      return Ops.sumRow(Ops.sub(Ops.softplus(logits), Ops.mul(image, logits)));
    }
  }

  /// Each pixel is normal around the output with a given variance.
  ///
  /// @param sigmoid whether the mean is the sigmoid of the decoder's last values, or these values
  record Gaussian(double variance, boolean sigmoid) implements Likelihood {
    public Gaussian {
      if (!(variance > 0) || Double.isInfinite(variance)) {
        throw new IllegalArgumentException("variance must be positive: variance=" + variance);
      }
    }

    @Override
    public Node output(final Node logits) {
      return sigmoid ? Ops.sigmoid(logits) : logits;
    }

    /// `sum (x - y)^2 / (2 v) + ln(2 pi v) / 2`.
    @Override
    public Node negativeLog(final Decoded decoded, final Node image) {
      final var squares = Ops.sumRow(Ops.square(Ops.sub(image, decoded.output())));
      final double constant = image.shape().rowSize() * Math.log(2 * Math.PI * variance) / 2;
      return Ops.add(Ops.mul(squares, 0.5 / variance), constant);
    }
  }
}
