package io.patchbay.analysis.patch;

import io.patchbay.engine.BatchProgram;
import io.patchbay.engine.Node;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/// What a program computes of a batch that may be more rows than it takes at a time: runs of a part
/// each, and their values joined.
final class Parts {
  private final BatchProgram program;
  private final List<Node> outputs;
  private final List<Node> marked;
  private final Map<Node, float[]> values = new HashMap<>();
  private final Map<Node, int[]> skipped = new HashMap<>();

  /// @param outputs of which every row of the batch has one
  /// @param marked nodes whose rows may be left out
  Parts(final BatchProgram program, final List<Node> outputs, final List<Node> marked) {
    this.program = program;
    this.outputs = List.copyOf(outputs);
    this.marked = List.copyOf(marked);
  }

  /// Nodes whose rows may be left out.
  List<Node> marked() {
    return marked;
  }

  /// What the program runs next is a whole batch.
  void whole() {
    values.clear();
    skipped.clear();
  }

  /// Runs rows 0 to `rows - 1`.
  ///
  /// @param run runs the program on the rows from the first number to before the second
  void run(final int rows, final BiConsumer<Integer, Integer> run) {
    whole();
    if (rows <= program.rows()) {
      run.accept(0, rows);
      return;
    }
    for (int from = 0; from < rows; from += program.rows()) {
      final int to = Math.min(rows, from + program.rows());
      run.accept(from, to);
      for (final var node : outputs) {
        final var part = program.program().read(node);
        final int each = part.length / (to - from);
        final var all = values.computeIfAbsent(node, _ -> new float[rows * each]);
        System.arraycopy(part, 0, all, from * each, part.length);
      }
      for (final var node : marked) {
        final var part = program.program().skipped(node);
        final var all = skipped.computeIfAbsent(node, _ -> new int[rows]);
        System.arraycopy(part, 0, all, from, part.length);
      }
    }
  }

  /// An output of all rows.
  float[] read(final Node output) {
    final var joined = values.get(output);
    return joined == null ? program.program().read(output) : joined.clone();
  }

  /// See [io.patchbay.engine.Program#skipped], of all rows.
  int[] skipped(final Node node) {
    final var joined = skipped.get(node);
    return joined == null ? program.program().skipped(node) : joined.clone();
  }
}
