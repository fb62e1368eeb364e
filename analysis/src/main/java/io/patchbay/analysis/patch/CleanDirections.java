package io.patchbay.analysis.patch;

import io.patchbay.engine.Axis;
import io.patchbay.engine.BatchProgram;
import io.patchbay.engine.Graph;
import io.patchbay.engine.Node;
import io.patchbay.engine.Ops;
import io.patchbay.engine.Plan;
import io.patchbay.engine.Program;
import io.patchbay.engine.Running;
import io.patchbay.engine.Shape;
import io.patchbay.engine.Sizes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/// Directions from the clean image of one base to that of another, computed where the images stand:
/// they do not pass through the host.
final class CleanDirections implements AutoCloseable {
  private static final Axis IMAGES = new Axis("images");
  private static final Axis ROWS = new Axis("rows");

  private final Node clean;
  private final int most;
  private final Node images;
  private final Node from;
  private final Node to;
  private final Node directions;
  private final Node squares;
  private final BatchProgram loaded;

  /// Whoever takes directions.
  @FunctionalInterface
  interface Taker {
    /// @param of has run
    /// @param directions an output of it
    /// @param at the number of the first of its rows
    void take(Program of, Node directions, int at);
  }

  /// @param clean the image in the graph that computes it
  /// @param most images that are held
  /// @param wanted directions that are asked for at a time, at most
  CleanDirections(final Subject subject, final Node clean, final int most, final int wanted) {
    this.clean = clean;
    this.most = most;
    final var graph = new Graph();
    this.images = graph.input("images", clean.shape().on(IMAGES));
    this.from = graph.input("from", Shape.batched(ROWS).integers());
    this.to = graph.input("to", Shape.batched(ROWS).integers());
    this.directions = Ops.sub(Ops.gather(images, to), Ops.gather(images, from));
    this.squares = Ops.sumRow(Ops.square(directions));
    this.loaded =
        BatchProgram.load(
            subject.backend(),
            subject.weights(),
            Math.min(wanted, Together.runs(subject.backend())),
            rows -> Plan.of(graph, List.of(directions, squares), sizes(rows)));
  }

  private Sizes sizes(final int rows) {
    return Sizes.of(ROWS, rows).and(IMAGES, most);
  }

  /// Takes the images of what a prefix ran last, as rows `at`.. here.
  void take(final Prefix prefix, final int at) {
    prefix.hand(clean, loaded.program(), images, at);
  }

  /// Computes directions.
  ///
  /// @param of where each begins
  /// @param towards where it ends
  /// @return when it is asked, the square of the length of each
  Supplier<float[]> of(final int[] of, final int[] towards, final Taker taker) {
    final var program = loaded.program();
    final var runs = new ArrayList<Running>();
    final var wanted = new Running.Wanted(List.of(squares), List.of(), Map.of());
    for (int at = 0; at < of.length; at += loaded.rows()) {
      final int end = Math.min(of.length, at + loaded.rows());
      program.write(from, Arrays.copyOfRange(of, at, end));
      program.write(to, Arrays.copyOfRange(towards, at, end));
      runs.add(program.start(sizes(end - at), wanted));
      taker.take(program, directions, at);
    }
    return () -> joined(runs, of.length);
  }

  private float[] joined(final List<Running> runs, final int count) {
    final var all = new float[count];
    int at = 0;
    for (final var run : runs) {
      final var some = run.read(squares);
      System.arraycopy(some, 0, all, at, some.length);
      at += some.length;
    }
    return all;
  }

  long bytes() {
    return loaded.program().bytes();
  }

  @Override
  public void close() {
    loaded.close();
  }
}
