package io.patchbay.bench.jmh;

import static io.patchbay.tests.cases.Draft.ROWS;

import io.patchbay.engine.Gradients;
import io.patchbay.engine.Node;
import io.patchbay.engine.Ops;
import io.patchbay.engine.Shape;
import io.patchbay.tests.cases.Draft;
import io.patchbay.vae.model.Decoded;
import io.patchbay.vae.model.Latent;
import io.patchbay.vae.model.Likelihood;
import java.util.List;
import java.util.Set;
import org.openjdk.jmh.annotations.Param;

/// The terms of the objective, a batch of training: of each row in nats, or with `gradient` the
/// gradient of their mean by what the network makes. Kernels `expression` and, of the terms
/// themselves, `reduce`; the gradient of `BERNOULLI`, which is needed twice, is spread by
/// `copy_strided` first.
///
/// Operations of a call, one a function: `BERNOULLI` softplus(l) - x l and the sum, 4 for each
/// pixel, its gradient 5; `GAUSSIAN` the square of x - sigmoid(l) and the sum, 4, its gradient 9;
/// `DIVERGENCE` (mu² + exp(s) - s - 1) / 2 and the sum, 7 for each latent, its gradient 6. Bytes: 4
/// for each number read and made; numbers that pass from `expression` to `reduce` stay in the cache
/// and are not counted.
///
/// Run: `java -cp 'bench/target/*:bench/target/lib/*' org.openjdk.jmh.Main LossBenchmark -rf json
/// -rff losses.json`; one: add `-p term=BERNOULLI -p gradient=false`.
public class LossBenchmark extends KernelBenchmark {
  private static final double TOLERANCE = 2e-5;
  private static final int SIDE = 64;
  private static final int LATENTS = 10;
  private static final double VARIANCE = 0.1;

  /// The term.
  @Param public Term term = Term.BERNOULLI;

  /// Whether its gradient is computed, or it.
  @Param({"false", "true"})
  public boolean gradient;

  /// Rows.
  @Param({"64"})
  public int rows = 64;

  /// Terms.
  public enum Term {
    /// Reconstruction of 64 x 64 grey pixels.
    BERNOULLI(2, 4, 5),
    /// Reconstruction of 64 x 64 grey pixels, means from sigmoids.
    GAUSSIAN(2, 4, 9),
    /// From the standard normal, of 10 latents.
    DIVERGENCE(2, 7, 6);

    private final int inputs;
    private final int forward;
    private final int backward;

    /// @param inputs numbers read for each pixel or latent
    Term(final int inputs, final int forward, final int backward) {
      this.inputs = inputs;
      this.forward = forward;
      this.backward = backward;
    }
  }

  @Override
  Piece piece() {
    final var draft = Drawn.rows(rows);
    final var image = Shape.batched(ROWS, 1, SIDE, SIDE);
    return switch (term) {
      case BERNOULLI -> reconstruction(draft, new Likelihood.Bernoulli(), image);
      case GAUSSIAN -> reconstruction(draft, new Likelihood.Gaussian(VARIANCE, true), image);
      case DIVERGENCE -> {
        final var latents = Shape.batched(ROWS, LATENTS);
        final var mu = draft.input(latents, -2, 2);
        final var logvar = draft.input(latents, -4, 1);
        yield piece(draft, Ops.sumRow(new Latent(mu, logvar).kl()), List.of(mu, logvar), LATENTS);
      }
    };
  }

  private Piece reconstruction(final Draft draft, final Likelihood likelihood, final Shape shape) {
    final var logits = draft.input(shape, -8, 8);
    final var target = draft.input(shape, 0, 1);
    final var decoded = new Decoded(logits, likelihood.output(logits));
    final var loss = likelihood.negativeLog(decoded, target);
    return piece(draft, loss, List.of(logits), shape.rowSize());
  }

  private Piece piece(
      final Draft draft, final Node loss, final List<Node> wrt, final int elements) {
    final double numbers = (double) rows * elements;
    if (gradient) {
      draft.output(Gradients.of(Ops.meanRows(loss), wrt).toArray(Node[]::new));
      final double floats = (term.inputs + wrt.size()) * numbers;
      final var kernels =
          term == Term.BERNOULLI ? Set.of("copy_strided", "expression") : Set.of("expression");
      return Piece.of(draft.trial(), kernels, TOLERANCE, term.backward * numbers, floats);
    }
    draft.output(loss);
    return Piece.of(
        draft.trial(),
        Set.of("expression", "reduce"),
        TOLERANCE,
        term.forward * numbers,
        term.inputs * numbers + rows);
  }
}
