package io.patchbay.bench;

import io.patchbay.engine.Axis;
import io.patchbay.engine.Backend;
import io.patchbay.engine.Node;
import io.patchbay.engine.Plan;
import io.patchbay.engine.Sizes;
import io.patchbay.engine.Weights;
import io.patchbay.vae.model.Vae;
import io.patchbay.vae.model.VaeGraph;
import java.util.List;

/// What a naive sweep keeps of the runs without intervention: the values of the inputs at a site.
final class CleanRuns {
  private static final int AT_ONCE = 64;

  private final Backend backend;
  private final Weights weights;
  private final SweepTask task;
  private final Axis axis = new Axis("rows");
  private final VaeGraph model;

  CleanRuns(final Backend backend, final Weights weights, final Vae vae, final SweepTask task) {
    this.backend = backend;
    this.weights = weights;
    this.task = task;
    this.model = VaeGraph.analysis(vae, axis);
  }

  /// The values of a site, one row per input.
  float[] at(final String site) {
    final Node node = model.graph().sites().get(site);
    if (node == null) {
      throw new IllegalArgumentException("no such site: site=" + site);
    }
    final int inputs = task.inputs();
    final var values = new float[inputs * node.shape().rowSize()];
    final var plan = Plan.of(model.graph(), List.of(node), Sizes.of(axis, AT_ONCE));
    try (var program = backend.load(plan, weights)) {
      for (int from = 0; from < inputs; from += AT_ONCE) {
        final int count = Math.min(AT_ONCE, inputs - from);
        program.write(model.image(), task.images(), from, 0, count);
        program.run(Sizes.of(axis, count));
        program.read(node, values, from * node.shape().rowSize());
      }
    }
    return values;
  }

  /// The table of a site that the task's cells take from, see [SweepTask#tableRow].
  float[] table(final NetSite site) {
    final var change = task.workload().change();
    return switch (change) {
      case GRID, ZERO, GREY -> {
        final var rows = new float[change.constants().size() * site.size()];
        for (int i = 0; i < rows.length; i++) {
          rows[i] = change.constants().get(i / site.size()).floatValue();
        }
        yield rows;
      }
      case MEAN -> mean(at(site.label()), task.bases());
      case SOURCE -> at(site.label());
    };
  }

  /// The mean of `count` rows.
  static float[] mean(final float[] rows, final int count) {
    final int size = rows.length / count;
    final var sums = new double[size];
    for (int i = 0; i < count * size; i++) {
      sums[i % size] += rows[i];
    }
    final var mean = new float[size];
    for (int i = 0; i < size; i++) {
      mean[i] = (float) (sums[i] / count);
    }
    return mean;
  }
}
