package io.patchbay.analysis.reproduction;

import io.patchbay.analysis.study.FigureSize;
import io.patchbay.analysis.study.MeaningSize;
import java.util.List;

/// How much a reproduction does.
///
/// @param id its name
/// @param steps updates of each run
/// @param settings of each run, as `name=value`
/// @param aboveFactors how many latents more than factors the bottlenecks have, each
/// @param size inputs behind the figures of a run
/// @param measuring about how many steps of a VAE take as long as measuring one run; a circuit
///   takes as long once more
public record Preset(
    String id,
    long steps,
    List<String> settings,
    List<Integer> aboveFactors,
    FigureSize size,
    int measuring) {
  /// Under 15 minutes on two slow cores, which make 20 steps of a VAE a second.
  public static final Preset QUICK =
      new Preset(
          "quick",
          800,
          List.of("lr=1e-3", "log_every=20", "checkpoint_every=400"),
          List.of(),
          new FigureSize(128, 32, 4000, 2000, 1000, new MeaningSize(128, 16, 999, 16, 64, 100, 39)),
          400);

  /// The paper's seeds, with the steps, rate and samples that the field's studies use.
  public static final Preset PAPER =
      new Preset(
          "paper",
          300_000,
          List.of("lr=1e-4", "log_every=1000", "checkpoint_every=25000"),
          List.of(0, 2),
          new FigureSize(
              1024, 128, 10_000, 10_000, 5000, new MeaningSize(400, 48, 9999, 64, 1024, 200, 99)),
          10_000);

  public Preset {
    settings = List.copyOf(settings);
    aboveFactors = List.copyOf(aboveFactors);
  }

  /// Further latent sizes at which a VAE and a beta-VAE are trained, to see what becomes of them
  /// where the latents are hardly more than the factors.
  ///
  /// @param factors how many vary in the data
  public List<Integer> bottlenecks(final int factors) {
    return factors < 2 ? List.of() : aboveFactors.stream().map(above -> factors + above).toList();
  }
}
