package io.patchbay.analysis.patch;

import io.patchbay.engine.BatchProgram;
import io.patchbay.engine.Node;
import io.patchbay.engine.Plan;
import io.patchbay.engine.Program;
import io.patchbay.engine.Sizes;
import io.patchbay.vae.model.VaeGraph;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntConsumer;

/// What comes before the patches: run once per input, its values are handed on to the program of
/// the cells.
final class Prefix implements AutoCloseable {
  /// Numbers that key the noise of one input.
  private static final int KEYS = 3;

  private final VaeGraph model;
  private final BatchProgram program;
  private final Parts parts;
  private int[] ids = {};

  /// @param values that are computed
  /// @param inputs the most at a time
  Prefix(final Subject subject, final VaeGraph model, final List<Node> values, final int inputs) {
    this.model = model;
    this.program =
        BatchProgram.load(
            subject.backend(),
            subject.weights(),
            inputs,
            rows -> Plan.of(model.graph(), values, Sizes.of(model.axis(), rows)));
    this.parts = new Parts(program, values, List.of());
  }

  /// Keys the noise of the next run; only for a model with noise.
  void noise(final long seed, final long[] of, final int draw) {
    final var noise =
        model.noise().orElseThrow(() -> new IllegalStateException("this model has no noise"));
    program.program().write(noise.seed(), VaeGraph.Noise.seed(seed));
    ids = VaeGraph.Noise.ids(of, draw);
  }

  /// How many inputs an array holds.
  int count(final float[] images) {
    return images.length / model.image().shape().rowSize();
  }

  /// Runs `count` of some inputs, (C, H, W) each, from `first` on, as many at a time as fit.
  ///
  /// @param next called after each time with the number of inputs before; it may call [#hand]
  void run(final float[] images, final int first, final int count, final IntConsumer next) {
    parts.run(
        count,
        (from, to) -> {
          program.program().write(model.image(), images, first + from, 0, to - from);
          model
              .noise()
              .filter(_ -> ids.length > 0)
              .ifPresent(noise ->
                  program
                      .program()
                      .write(noise.ids(), Arrays.copyOfRange(ids, KEYS * from, KEYS * to)));
          program.program().run(Sizes.of(model.axis(), to - from));
          next.accept(from);
        });
  }

  /// A site's values of the last run, (C, H, W) each.
  float[] value(final String site) {
    return parts.read(Suffix.site(model.graph(), site));
  }

  /// Hands a value of what ran last to another program, as rows `at`.. of what is given there.
  void hand(final Node value, final Program to, final Node given, final int at) {
    to.write(given, program.program(), value, at);
  }

  long bytes() {
    return program.program().bytes();
  }

  @Override
  public String toString() {
    return program.program().toString();
  }

  @Override
  public void close() {
    program.close();
  }
}
