package io.patchbay.vae.train;

import io.patchbay.engine.Program;
import io.patchbay.engine.random.PhiloxRandom;
import io.patchbay.engine.random.Streams;
import io.patchbay.vae.data.FactorDataset;
import io.patchbay.vae.data.Sampler;
import io.patchbay.vae.model.VaeGraph.Noise;
import io.patchbay.vae.objective.AnnealedVae;
import io.patchbay.vae.objective.FactorVae;
import io.patchbay.vae.objective.TrainingGraph;

/// Writes the inputs of a training step. They depend on the seed and on the step alone, so a run
/// can go on from any step.
///
/// Rows of the data are drawn with replacement by a [Sampler]; noise is keyed by (seed, row, step),
/// the permutation of latent j by (seed, [Streams#PERMUTE], step, j).
final class StepFeed {
  private final TrainingGraph graph;
  private final TrainConfig config;
  private final FactorDataset data;
  private final Sampler sampler;
  private final float[] images;

  StepFeed(final TrainingGraph graph, final TrainConfig config, final FactorDataset data) {
    this.graph = graph;
    this.config = config;
    this.data = data;
    sampler = new Sampler(data, config.trainRows(data), config.seed());
    images = new float[Math.multiplyExact(config.batch(), data.shape().elements())];
  }

  /// Writes the inputs of the step after `step` updates.
  void write(final Program program, final long step) {
    final var model = graph.model();
    final var seed = Noise.seed(config.seed());
    final var noise = model.noise().orElseThrow();
    final long[] rows = rows(step, 0);
    program.write(model.image(), images(rows));
    program.write(noise.seed(), seed);
    program.write(noise.ids(), Noise.ids(rows, (int) step));
    for (final var group : graph.groups()) {
      program.write(group.rate(), new float[] {(float) rate(group.name())});
    }
    if (graph.objective() instanceof final AnnealedVae annealed) {
      final float capacity = (float) annealed.capacityAt(step);
      graph.capacity().ifPresent(node -> program.write(node, new float[] {capacity}));
    }
    graph
        .adversary()
        .ifPresent(adversary -> {
          program.write(adversary.order(), order(step));
          adversary
              .second()
              .ifPresent(second -> {
                final long[] others = rows(step, 1);
                program.write(second.image(), images(others));
                program.write(second.noise().seed(), seed);
                program.write(second.noise().ids(), Noise.ids(others, (int) step));
              });
        });
  }

  private double rate(final String group) {
    return group.equals("discriminator") && graph.objective() instanceof final FactorVae o
        ? o.rate()
        : config.rate();
  }

  private long[] rows(final long step, final int which) {
    final long[] rows = new long[config.batch()];
    sampler.rows(step, which, rows);
    return rows;
  }

  private float[] images(final long[] rows) {
    Sampler.read(data, rows, rows.length, images);
    return images;
  }

  /// For each row and latent, the row it takes its permuted code from.
  private int[] order(final long step) {
    final int latents = config.latent();
    final var order = new int[config.batch() * latents];
    for (int j = 0; j < latents; j++) {
      final var permutation =
          new PhiloxRandom(config.seed(), Streams.PERMUTE, step, j).permutation(config.batch());
      for (int i = 0; i < permutation.length; i++) {
        order[i * latents + j] = permutation[i];
      }
    }
    return order;
  }

  /// The first row in the batches of a step whose image is not finite, or -1.
  long nonFiniteRow(final long step) {
    final var image = new float[data.shape().elements()];
    final boolean two = graph.adversary().flatMap(TrainingGraph.Adversary::second).isPresent();
    for (int batch = 0; batch < (two ? 2 : 1); batch++) {
      for (final long row : rows(step, batch)) {
        data.image(row, image, 0);
        for (final float value : image) {
          if (!Float.isFinite(value)) {
            return row;
          }
        }
      }
    }
    return -1;
  }
}
