package io.patchbay.analysis.reproduction;

import io.patchbay.analysis.study.FigureSize;
import io.patchbay.analysis.study.ScoreSizes;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;

/// How much a reproduction does.
///
/// @param id its name
/// @param steps updates of each run
/// @param settings of each run, as `name=value`
/// @param aboveFactors how many latents more than factors the bottlenecks have, each
/// @param sizes inputs behind the figures of a run
/// @param effort about how many steps of a VAE take as long as each step of measuring a run
public record Preset(
    String id,
    long steps,
    List<String> settings,
    List<Integer> aboveFactors,
    MeasureSizes sizes,
    Map<Step, Integer> effort) {
  /// Under 15 minutes on two slow cores, which make 20 steps of a VAE a second.
  public static final Preset QUICK =
      new Preset(
          "quick",
          800,
          List.of("lr=1e-3", "log_every=20", "checkpoint_every=400"),
          List.of(),
          new MeasureSizes(
              new FigureSize(128, 32, 4000),
              ScoreSizes.QUICK,
              new MechanismSizes(128, 16, 999, 16, 64, 1, 64, 39, 24, 100, 39)),
          Map.of(
              Step.LATENTS, 130,
              Step.SCORES, 400,
              Step.UNITS, 120,
              Step.ATTRIBUTION, 35,
              Step.CIRCUITS, 450,
              Step.MOTIFS, 100,
              Step.PROFILE, 600,
              Step.GRAPH, 300));

  /// The paper's seeds, with the steps, rate and samples that the field's studies use.
  public static final Preset PAPER =
      new Preset(
          "paper",
          300_000,
          List.of("lr=1e-4", "log_every=1000", "checkpoint_every=25000"),
          List.of(0, 2),
          new MeasureSizes(
              new FigureSize(1024, 128, 10_000),
              ScoreSizes.STANDARD,
              new MechanismSizes(400, 48, 9999, 64, 100, 3, 1024, 1000, 200, 200, 99)),
          Map.of(
              Step.LATENTS, 300,
              Step.SCORES, 1700,
              Step.UNITS, 250,
              Step.ATTRIBUTION, 200,
              Step.CIRCUITS, 6000,
              Step.MOTIFS, 500,
              Step.PROFILE, 3500,
              Step.GRAPH, 500));

  public Preset {
    settings = List.copyOf(settings);
    aboveFactors = List.copyOf(aboveFactors);
    effort = Map.copyOf(effort);
    if (!effort.keySet().equals(EnumSet.allOf(Step.class))) {
      throw new IllegalArgumentException("effort of each step: steps=" + effort.keySet());
    }
  }

  /// Further latent sizes at which a VAE and a beta-VAE are trained, to see what becomes of them
  /// where the latents are hardly more than the factors.
  ///
  /// @param factors how many vary in the data
  public List<Integer> bottlenecks(final int factors) {
    return factors < 2 ? List.of() : aboveFactors.stream().map(above -> factors + above).toList();
  }
}
