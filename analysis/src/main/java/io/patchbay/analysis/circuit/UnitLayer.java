package io.patchbay.analysis.circuit;

import io.patchbay.engine.Graph;
import io.patchbay.engine.Node;
import io.patchbay.engine.Op;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;

/// The units between two linear layers of a model: channels where the value is an image on the way
/// from one to the other (also where it is flat at either end), else its elements.
///
/// @param site the site whose units they are
/// @param units how many
/// @param made the unit of each element that the layer before makes, -1 where it leads nowhere
/// @param read the unit of each element that the layer after reads
record UnitLayer(String site, int units, int[] made, int[] read) {

  /// @param path from the value that a layer makes to the value that the next one reads, each
  ///   computed from the one before, element by element or by moving elements
  static UnitLayer of(final Graph graph, final List<Node> path) {
    final var last = path.getLast().shape();
    final int channels =
        path.stream()
            .map(Node::shape)
            .filter(s -> s.rank() == 3)
            .mapToInt(s -> s.dim(0))
            .findFirst()
            .orElse(last.rowSize());
    if (last.rowSize() % channels != 0) {
      throw new IllegalArgumentException(
          "no whole channels: channels=" + channels + ", shape=" + last);
    }
    final int each = last.rowSize() / channels;
    final var read = IntStream.range(0, last.rowSize()).map(e -> e / each).toArray();
    int[] origin = IntStream.range(0, path.getFirst().shape().rowSize()).toArray();
    for (int i = 1; i < path.size(); i++) {
      if (path.get(i).op() instanceof final Op.Slice slice) {
        origin = sliced(origin, slice, path.get(i - 1));
      }
    }
    final var made = new int[path.getFirst().shape().rowSize()];
    Arrays.fill(made, -1);
    for (int e = 0; e < origin.length; e++) {
      made[origin[e]] = read[e];
    }
    return new UnitLayer(site(graph, path), channels, made, read);
  }

  private static int[] sliced(final int[] origin, final Op.Slice slice, final Node from) {
    final var shape = from.shape();
    int inner = 1;
    for (int i = slice.position(); i < shape.rank(); i++) {
      inner *= shape.dim(i);
    }
    final int stride = inner;
    final int size = shape.dim(slice.position() - 1);
    return IntStream.range(0, origin.length)
        .filter(e -> e / stride % size >= slice.from() && e / stride % size < slice.to())
        .map(e -> origin[e])
        .toArray();
  }

  /// The last named value of the path: the activation, not what is before it.
  private static String site(final Graph graph, final List<Node> path) {
    for (final var node : path.reversed()) {
      for (final var entry : graph.sites().entrySet()) {
        if (entry.getValue() == node) {
          return entry.getKey();
        }
      }
    }
    return Objects.requireNonNullElse(graph.siteOf(path.getLast()), "input");
  }
}
