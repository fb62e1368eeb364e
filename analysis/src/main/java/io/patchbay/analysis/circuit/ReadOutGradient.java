package io.patchbay.analysis.circuit;

import io.patchbay.analysis.patch.Subject;
import io.patchbay.engine.Axis;
import io.patchbay.engine.BatchProgram;
import io.patchbay.engine.Gradients;
import io.patchbay.engine.Node;
import io.patchbay.engine.Plan;
import io.patchbay.engine.Sizes;
import io.patchbay.engine.Weights;
import io.patchbay.vae.model.VaeGraph;
import java.util.List;

/// The gradient of an outcome Y at one site of a model: what attribution patching multiplies by the
/// change of the site (Nanda 2023). One forward and one backward pass per input.
public final class ReadOutGradient implements AutoCloseable {
  private static final int BATCH = 32;

  private final VaeGraph model;
  private final Node gradient;
  private final Weights weights;
  private final BatchProgram loaded;
  private final boolean readsImages;

  /// @param site one that Y depends on
  /// @throws IllegalArgumentException when there is no such site
  public ReadOutGradient(final Subject subject, final LinearReadOut readOut, final String site) {
    this.model = VaeGraph.analysis(subject.vae(), new Axis("inputs"));
    final var sites = model.graph().sites();
    final var read = sites.get(readOut.site());
    final var at = sites.get(site);
    if (read == null || at == null) {
      throw new IllegalArgumentException("no such site: site=" + site + ", read=" + readOut.site());
    }
    this.gradient = Gradients.of(readOut.append(read), List.of(at)).getFirst();
    this.weights = CleanRuns.weights(subject, model.graph().states().values(), readOut);
    // At the site that is read it is the read-out itself, whatever the image.
    this.readsImages = plan(1).given().contains(model.image());
    try {
      this.loaded = BatchProgram.load(subject.backend(), weights, BATCH, this::plan);
    } catch (final RuntimeException e) {
      weights.close();
      throw e;
    }
  }

  private Plan plan(final int rows) {
    return Plan.of(model.graph(), List.of(gradient), Sizes.of(model.axis(), rows));
  }

  /// At the value of each run, in (C, H, W) order.
  ///
  /// @param images inputs, (C, H, W) one after the other
  public float[] of(final float[] images) {
    final int rows = images.length / model.image().shape().rowSize();
    final int size = gradient.shape().rowSize();
    final var all = new float[rows * size];
    final var program = loaded.program();
    for (int from = 0; from < rows; from += loaded.rows()) {
      final int count = Math.min(loaded.rows(), rows - from);
      if (readsImages) {
        program.write(model.image(), images, from, 0, count);
      }
      program.run(Sizes.of(model.axis(), count));
      program.read(gradient, all, from * size);
    }
    return all;
  }

  @Override
  public void close() {
    loaded.close();
    weights.close();
  }
}
