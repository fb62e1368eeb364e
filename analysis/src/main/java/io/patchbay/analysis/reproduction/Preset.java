package io.patchbay.analysis.reproduction;

import io.patchbay.analysis.study.FigureSize;
import java.util.List;

/// How much a reproduction does.
public enum Preset {
  /// Under 15 minutes on two slow cores.
  QUICK(
      "quick",
      800,
      List.of("lr=1e-3", "log_every=20", "checkpoint_every=400"),
      List.of(),
      new FigureSize(128, 32, 4000, 2000, 1000),
      400),
  /// The paper's seeds, with the steps, rate and samples that the field's studies use.
  PAPER(
      "paper",
      300_000,
      List.of("lr=1e-4", "log_every=1000", "checkpoint_every=25000"),
      List.of(0, 2),
      new FigureSize(1024, 128, 10_000, 10_000, 5000),
      10_000);

  private final String id;
  private final long steps;
  private final List<String> settings;
  private final List<Integer> aboveFactors;
  private final FigureSize size;
  private final int measuring;

  Preset(
      final String id,
      final long steps,
      final List<String> settings,
      final List<Integer> aboveFactors,
      final FigureSize size,
      final int measuring) {
    this.id = id;
    this.steps = steps;
    this.settings = settings;
    this.aboveFactors = aboveFactors;
    this.size = size;
    this.measuring = measuring;
  }

  public String id() {
    return id;
  }

  /// Updates of each run.
  public long steps() {
    return steps;
  }

  /// Settings of each run, as `name=value`.
  public List<String> settings() {
    return settings;
  }

  /// Further latent sizes at which a VAE and a beta-VAE are trained, to see what becomes of them
  /// where the latents are hardly more than the factors.
  ///
  /// @param factors how many vary in the data
  public List<Integer> latents(final int factors) {
    return factors < 2 ? List.of() : aboveFactors.stream().map(above -> factors + above).toList();
  }

  public FigureSize size() {
    return size;
  }

  /// About how many steps of a VAE take as long as measuring one run, for the remaining time.
  int measuring() {
    return measuring;
  }
}
