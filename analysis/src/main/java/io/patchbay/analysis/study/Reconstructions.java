package io.patchbay.analysis.study;

import io.patchbay.analysis.statistics.Matrix;
import io.patchbay.engine.Axis;
import io.patchbay.engine.BatchProgram;
import io.patchbay.engine.Node;
import io.patchbay.engine.Plan;
import io.patchbay.engine.Sizes;
import io.patchbay.vae.data.GenerativeDataset;
import io.patchbay.vae.model.VaeGraph;
import io.patchbay.vae.train.TrainedVae;
import java.util.Arrays;
import java.util.List;

/// What becomes of images, in batches.
@FunctionalInterface
interface Reconstructions {
  /// Images in a batch at most.
  int BATCH = 128;

  /// @param images (count, C, H, W)
  /// @return as many images
  float[] of(float[] images, int count);

  /// What becomes of any number of images.
  ///
  /// @param images (n, C, H, W)
  /// @param size elements of one
  default float[] all(final float[] images, final int size) {
    final var result = new float[images.length];
    for (int from = 0; from < images.length; from += BATCH * size) {
      final var batch =
          Arrays.copyOfRange(images, from, Math.min(images.length, from + BATCH * size));
      System.arraycopy(of(batch, batch.length / size), 0, result, from, batch.length);
    }
    return result;
  }

  /// Some rows of pixels of the reconstructions of scenes, as features `[scene][c, row, x]`.
  ///
  /// @param scenes the variables of each
  default Matrix features(
      final GenerativeDataset data, final double[][] scenes, final PixelRows rows) {
    final var shape = data.shape();
    final int elements = shape.elements();
    final int width = shape.width();
    final int features = shape.channels() * rows.count() * width;
    final var values = new double[Math.multiplyExact(scenes.length, features)];
    final var images = new float[BATCH * elements];
    int at = 0;
    for (int from = 0; from < scenes.length; from += BATCH) {
      final int count = Math.min(BATCH, scenes.length - from);
      for (int i = 0; i < count; i++) {
        data.render(scenes[from + i], images, i * elements);
      }
      final var result = of(Arrays.copyOf(images, count * elements), count);
      for (int plane = 0; plane < count * shape.channels(); plane++) {
        for (final int row : rows.rows()) {
          final int start = (plane * shape.height() + row) * width;
          for (int x = 0; x < width; x++) {
            values[at++] = result[start + x];
          }
        }
      }
    }
    return Matrix.of(values, scenes.length, features);
  }

  /// A model's mean images of the means of the codes.
  record OfModel(VaeGraph graph, BatchProgram loaded) implements Reconstructions, AutoCloseable {
    static OfModel open(final TrainedVae model) {
      final var graph = VaeGraph.analysis(model.vae(), new Axis("rows"));
      final Node output = graph.decoded().output();
      return new OfModel(
          graph,
          BatchProgram.load(
              model.backend(),
              model.weights(),
              BATCH,
              most -> Plan.of(graph.graph(), List.of(output), Sizes.of(graph.axis(), most))));
    }

    @Override
    public float[] of(final float[] images, final int count) {
      final var program = loaded.program();
      final var output = graph.decoded().output();
      final int size = output.shape().rowSize();
      final var result = new float[count * size];
      for (int from = 0; from < count; from += loaded.rows()) {
        final int some = Math.min(loaded.rows(), count - from);
        program.write(graph.image(), images, from, 0, some);
        program.run(Sizes.of(graph.axis(), some));
        program.read(output, result, from * size);
      }
      return result;
    }

    @Override
    public void close() {
      loaded.close();
    }
  }
}
