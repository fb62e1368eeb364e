package io.patchbay.vae.objective;

/// reconstruction + gamma |KL - C|, KL the mean over the batch, with a capacity C that rises
/// linearly from 0 (Burgess et al. 2018).
///
/// @param capacity the capacity at the end, nats
/// @param steps steps until the end is reached
public record AnnealedVae(double gamma, double capacity, long steps) implements Objective {
  /// The weight in Locatello et al. 2019.
  public static final double GAMMA = 1000;

  /// Nats at the end of the schedule, as in Burgess et al. 2018 for dSprites.
  public static final double CAPACITY = 25;

  /// Steps of the schedule in both papers.
  public static final long STEPS = 100_000;

  public AnnealedVae {
    if (!(gamma >= 0) || !(capacity >= 0) || Double.isInfinite(gamma + capacity) || steps < 1) {
      throw new IllegalArgumentException(
          "annealing: gamma=" + gamma + ", capacity=" + capacity + ", steps=" + steps);
    }
  }

  /// The capacity after `step` updates.
  public double capacityAt(final long step) {
    return Math.min(capacity, capacity * step / steps);
  }

  @Override
  public String name() {
    return "annealed-vae";
  }
}
