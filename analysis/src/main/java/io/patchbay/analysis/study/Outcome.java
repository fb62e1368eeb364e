package io.patchbay.analysis.study;

import io.patchbay.analysis.patch.FactorProbe;
import io.patchbay.vae.io.BadInputException;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.IntStream;

/// The functional Y of a run that mediation follows, read from the value of one site.
public sealed interface Outcome {
  /// The name that the command line uses.
  String label();

  /// The site whose value Y is a function of.
  String site();

  /// Whether Y is a product of the image with a direction of each pair, and a number beside.
  default boolean isProduct() {
    return false;
  }

  /// Y for the pairs of these unpatched runs.
  Measure on(Runs runs);

  /// The probe behind Y, where there is one.
  default Optional<FactorProbe> probe() {
    return Optional.empty();
  }

  /// Unpatched runs: P bases, then the P sources in the same order.
  ///
  /// @param images the inputs, (C, H, W) each
  /// @param values the values at the outcome's site
  record Runs(int pairs, float[] images, float[] values) {
    private int width() {
      return values.length / (2 * pairs);
    }
  }

  /// Y of runs of known pairs.
  interface Measure {
    /// @param values one value of the site per run
    /// @param pairs the pair that each run belongs to
    double[] of(float[] values, int[] pairs);

    /// Whether Y can tell the two runs of a pair apart; a pair where it cannot is left out.
    boolean defined(int pair);
  }

  /// The projection of the image on the change that the source brings: 0 at the base, 1 at the
  /// source. Left out: pairs of one image.
  record Projection() implements Outcome {
    @Override
    public String label() {
      return "projection";
    }

    @Override
    public boolean isProduct() {
      return true;
    }

    @Override
    public String site() {
      return "output";
    }

    @Override
    public Measure on(final Runs runs) {
      final int size = runs.width();
      final var base = Arrays.copyOf(runs.values(), runs.pairs() * size);
      final var directions = new float[base.length];
      final var lengths = new double[runs.pairs()];
      for (int i = 0; i < directions.length; i++) {
        directions[i] = runs.values()[base.length + i] - base[i];
        lengths[i / size] += (double) directions[i] * directions[i];
      }
      return new Along(base, directions, lengths);
    }
  }

  /// What the image shows of the true change, in units of pixel values: the mean over the elements
  /// in which the two inputs differ, each with the sign of its difference (source - base). Left
  /// out: pairs of one input.
  record Region() implements Outcome {
    @Override
    public String label() {
      return "region";
    }

    @Override
    public boolean isProduct() {
      return true;
    }

    @Override
    public String site() {
      return "output";
    }

    @Override
    public Measure on(final Runs runs) {
      final int size = runs.width();
      final var signs = new float[runs.pairs() * size];
      final var counts = new double[runs.pairs()];
      for (int i = 0; i < signs.length; i++) {
        signs[i] = Math.signum(runs.images()[signs.length + i] - runs.images()[i]);
        counts[i / size] += Math.abs(signs[i]);
      }
      return new Along(new float[signs.length], signs, counts);
    }
  }

  /// `(value - base) . direction / length`, all three per pair.
  record Along(float[] base, float[] directions, double[] lengths) implements Measure {
    @Override
    public double[] of(final float[] values, final int[] pairs) {
      return IntStream.range(0, pairs.length)
          .parallel()
          .mapToDouble(i -> of(values, i, pairs[i]))
          .toArray();
    }

    private double of(final float[] values, final int run, final int pair) {
      final int size = directions.length / lengths.length;
      final int at = pair * size;
      double product = 0;
      for (int p = 0; p < size; p++) {
        product += (double) (values[run * size + p] - base[at + p]) * directions[at + p];
      }
      return defined(pair) ? product / lengths[pair] : 0;
    }

    @Override
    public boolean defined(final int pair) {
      return lengths[pair] > 0;
    }
  }

  /// One posterior mean.
  record Mean(int latent) implements Outcome {
    @Override
    public String label() {
      return "mu:" + latent;
    }

    @Override
    public String site() {
      return "encoder.mu";
    }

    @Override
    public Measure on(final Runs runs) {
      final int size = runs.width();
      return (Everywhere)
          (values, pairs) -> {
            final var result = new double[pairs.length];
            Arrays.setAll(result, i -> values[i * size + latent]);
            return result;
          };
    }
  }

  /// A factor as a probe reads it from the image, in standard deviations of the factor.
  record ReadOut(String factor, FactorProbe reader) implements Outcome {
    @Override
    public String label() {
      return "factor:" + factor;
    }

    @Override
    public String site() {
      return "output";
    }

    @Override
    public Measure on(final Runs runs) {
      return (Everywhere) (values, _) -> reader.read(values);
    }

    @Override
    public Optional<FactorProbe> probe() {
      return Optional.of(reader);
    }
  }

  /// An outcome of every pair.
  interface Everywhere extends Measure {
    @Override
    default boolean defined(final int pair) {
      return true;
    }
  }

  /// An outcome by its name on the command line; a probe is trained here.
  ///
  /// @throws BadInputException when there is no such outcome, latent or factor
  static Outcome named(final String text, final Scene scene) {
    if (text.equals("projection")) {
      return new Projection();
    }
    if (text.equals("region")) {
      return new Region();
    }
    if (text.startsWith("mu:")) {
      final var latent = text.substring("mu:".length());
      final int latents = scene.model().vae().latent();
      if (!latent.matches("\\d{1,6}") || Integer.parseInt(latent) >= latents) {
        throw new BadInputException(
            "--outcome", text, "no such latent", "mu:0 to mu:" + (latents - 1));
      }
      return new Mean(Integer.parseInt(latent));
    }
    if (text.startsWith("factor:")) {
      final var factor = text.substring("factor:".length());
      return new ReadOut(
          factor,
          FactorProbe.train(scene.subject(), scene.data(), "--outcome", factor, scene.seed()));
    }
    throw new BadInputException(
        "--outcome", text, "no such outcome", "projection, region, mu:J or factor:K");
  }
}
