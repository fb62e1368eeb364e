package io.patchbay.analysis.causal;

import io.patchbay.analysis.metric.FactorEffect;
import io.patchbay.engine.random.PhiloxRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/// Which factor each latent stands for.
///
/// @param factorOf per latent, the number of its factor, or [#NONE]
public record LatentAssignment(List<Integer> factorOf) {
  /// The factor of a latent that stands for none.
  public static final int NONE = -1;

  public LatentAssignment {
    factorOf = List.copyOf(factorOf);
  }

  /// Each latent to the factor that moves it most when it is re-rendered alone, the first of
  /// equals.
  ///
  /// @param g the matrix G: rows are latents, the effect is that of a factor on the latent
  /// @param active false for a latent that carries nothing, which stands for none; as does one that
  ///   no factor moves
  public static LatentAssignment byLargest(final FactorEffect g, final boolean[] active) {
    if (active.length != g.rows().size()) {
      throw new IllegalArgumentException(
          "latents: effects=" + g.rows().size() + ", flags=" + active.length);
    }
    final var factors = new ArrayList<Integer>();
    for (int latent = 0; latent < active.length; latent++) {
      final int largest = g.largest(latent);
      final boolean moves = g.at(latent, largest).effect().estimate() > 0;
      factors.add(active[latent] && moves ? largest : NONE);
    }
    return new LatentAssignment(factors);
  }

  /// The latents of a factor, ascending.
  public List<Integer> latentsOf(final int factor) {
    return IntStream.range(0, factorOf.size())
        .filter(latent -> factorOf.get(latent) == factor)
        .boxed()
        .toList();
  }

  /// The same numbers of latents per factor, but which ones is drawn: latents that stand for none
  /// stay so.
  public LatentAssignment shuffled(final PhiloxRandom random) {
    final var assigned =
        IntStream.range(0, factorOf.size()).filter(i -> factorOf.get(i) != NONE).toArray();
    final var order = random.permutation(assigned.length);
    final var factors = new ArrayList<>(factorOf);
    for (int i = 0; i < assigned.length; i++) {
      factors.set(assigned[i], factorOf.get(assigned[order[i]]));
    }
    return new LatentAssignment(factors);
  }
}
