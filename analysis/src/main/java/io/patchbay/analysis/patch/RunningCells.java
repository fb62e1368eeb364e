package io.patchbay.analysis.patch;

import io.patchbay.engine.Node;
import io.patchbay.engine.Running;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/// Cells that run, or have run.
final class RunningCells {
  private final Runnable end;
  private final Function<Node, float[]> outputs;
  private final Function<Node, int[]> skipped;

  private RunningCells(
      final Runnable end,
      final Function<Node, float[]> outputs,
      final Function<Node, int[]> skipped) {
    this.end = end;
    this.outputs = outputs;
    this.skipped = skipped;
  }

  /// @param patches of the sites
  RunningCells(final Running run, final CellBatch batch, final Map<String, Node> patches) {
    this(
        () -> {
          run.end();
          patches.forEach(
              (site, patch) -> batch.site(site).requireFired(site, run.misfired(patch)));
        },
        run::read,
        run::skipped);
  }

  /// What has run in parts.
  static RunningCells ended(final Parts parts, final List<Node> outputs, final List<Node> marked) {
    final var read = new HashMap<Node, float[]>();
    outputs.forEach(node -> read.put(node, parts.read(node)));
    final var skipped = new HashMap<Node, int[]>();
    marked.forEach(node -> skipped.put(node, parts.skipped(node)));
    return new RunningCells(() -> {}, read::get, skipped::get);
  }

  /// Waits for them.
  ///
  /// @throws IllegalStateException when a patch did not fire exactly as planned
  void end() {
    end.run();
  }

  /// An output that was asked for, of each cell.
  float[] read(final Node output) {
    return outputs.apply(output);
  }

  /// Per cell, 1 where it was proved to change nothing and left out at this patch.
  int[] skipped(final Node patch) {
    return skipped.apply(patch);
  }
}
