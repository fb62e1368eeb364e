package io.patchbay.analysis.study;

import io.patchbay.analysis.patch.Subject;
import io.patchbay.engine.random.PhiloxRandom;
import io.patchbay.engine.random.Streams;
import io.patchbay.vae.data.FactorDataset;
import io.patchbay.vae.io.BadInputException;
import io.patchbay.vae.train.TrainedVae;

/// A trained model, the data it is asked about, and the seed of every choice.
public record Scene(TrainedVae model, FactorDataset data, long seed) {
  /// @throws BadInputException when the model takes images of another shape
  public Scene {
    if (!data.shape().equals(model.vae().image())) {
      throw new BadInputException(
          "--data", data.name(), data.shape() + " images", model.vae().image() + " images");
    }
  }

  public Subject subject() {
    return new Subject(model.backend(), model.vae(), model.weights());
  }

  /// Base inputs drawn without regard to the model: the first `count` of the seed's order, so that
  /// a smaller study sees a part of a larger one.
  public long[] rows(final int count) {
    final var random = new PhiloxRandom(seed, Streams.METRIC, 0, 0);
    final var rows = new long[count];
    for (int i = 0; i < count; i++) {
      rows[i] = (long) (random.nextDouble() * data.size());
    }
    return rows;
  }

  /// The images of these rows, one after the other, (C, H, W) each.
  public float[] images(final long[] rows) {
    final int size = imageSize();
    final var images = new float[Math.multiplyExact(rows.length, size)];
    for (int i = 0; i < rows.length; i++) {
      data.image(rows[i], images, i * size);
    }
    return images;
  }

  /// Numbers in one image.
  public int imageSize() {
    final var shape = data.shape();
    return shape.channels() * shape.height() * shape.width();
  }
}
