package io.patchbay.analysis.sweep;

import io.patchbay.engine.Node;
import io.patchbay.engine.Plan;
import io.patchbay.engine.Program;
import io.patchbay.engine.Sizes;
import io.patchbay.vae.model.VaeGraph;
import java.util.List;

/// What comes before the patches: run once per input, its values are handed on to the program of
/// the cells.
final class Prefix implements AutoCloseable {
  private final VaeGraph model;
  private final Program program;

  /// @param values that are computed
  /// @param inputs the most at a time
  Prefix(final Subject subject, final VaeGraph model, final List<Node> values, final int inputs) {
    this.model = model;
    this.program =
        subject
            .backend()
            .load(
                Plan.of(model.graph(), values, Sizes.of(model.axis(), inputs)), subject.weights());
  }

  /// Keys the noise of the next run; only for a model with noise.
  void noise(final long seed, final long[] ids, final int draw) {
    final var noise =
        model.noise().orElseThrow(() -> new IllegalStateException("this model has no noise"));
    program.write(noise.seed(), VaeGraph.Noise.seed(seed));
    program.write(noise.ids(), VaeGraph.Noise.ids(ids, draw));
  }

  /// How many inputs an array holds.
  int count(final float[] images) {
    return images.length / model.image().shape().rowSize();
  }

  /// Runs `count` of some inputs, (C, H, W) each, from `first` on.
  void run(final float[] images, final int first, final int count) {
    program.write(model.image(), images, first, 0, count);
    program.run(Sizes.of(model.axis(), count));
  }

  /// A site's values of the last run, (C, H, W) each.
  float[] value(final String site) {
    return program.read(Suffix.site(model.graph(), site));
  }

  /// Hands a value of the last run to another program, as rows `at`.. of what is given there.
  void hand(final Node value, final Program to, final Node given, final int at) {
    to.write(given, program, value, at);
  }

  long bytes() {
    return program.bytes();
  }

  @Override
  public String toString() {
    return program.toString();
  }

  @Override
  public void close() {
    program.close();
  }
}
