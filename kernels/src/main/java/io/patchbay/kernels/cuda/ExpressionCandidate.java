package io.patchbay.kernels.cuda;

import io.patchbay.engine.Node;
import io.patchbay.ffi.cuda.Device;
import io.patchbay.ffi.cuda.Kernel;
import io.patchbay.ffi.cuda.Launch;
import io.patchbay.kernels.shared.ElementwiseTree;
import java.util.List;
import java.util.Optional;
import java.util.function.BiPredicate;

/// Elementwise ops, as many as possible in one pass (`expression.cu`).
final class ExpressionCandidate implements Candidate {
  private static final int HEAD = 3;

  private final Kernel kernel;
  private final Kernel many;
  private final Grid grid;
  private final BiPredicate<Node, Scope> better;

  /// @param better whether a node is left to another kernel that makes more of it
  ExpressionCandidate(final Device device, final BiPredicate<Node, Scope> better) {
    this.kernel = device.kernel("expression", "expression");
    this.many = device.kernel("expression", "expression_many");
    this.grid = Grid.of(device);
    this.better = better;
  }

  @Override
  public Optional<List<Step>> bind(final Node node, final Scope scope) {
    if (!ElementwiseTree.fits(node)) {
      return Optional.empty();
    }
    return Optional.of(List.of(step("expression", node, tree(node, scope), scope)));
  }

  /// A value as it is, repeated along positions of `node`.
  Step repeat(
      final String name, final Node node, final List<Integer> positions, final Scope scope) {
    final var leaf = Leaf.of(Leaf.Source.of(node.input(0), scope), positions, node);
    return step(name, node, Tree.of(leaf), scope);
  }

  private Tree tree(final Node node, final Scope scope) {
    return Tree.of(node, scope, n -> better.test(n, scope));
  }

  /// The tree of a node that need not stand in memory.
  Optional<Tree> interior(final Node node, final Scope scope) {
    return ElementwiseTree.fits(node) && scope.interior(node) && !better.test(node, scope)
        ? Optional.of(tree(node, scope))
        : Optional.empty();
  }

  private Step step(final String name, final Node node, final Tree tree, final Scope scope) {
    final var out = scope.value(node);
    final long rows = scope.rows(out.axis());
    return Step.of(
        name, out, tree.stored(), new Run(this, out, tree, rows, scope.most(out.axis())));
  }

  /// One tree's launch.
  ///
  /// @param rows address of the number of rows
  /// @param most the most rows
  record Run(ExpressionCandidate of, Value out, Tree tree, long rows, int most)
      implements Runnable {
    @Override
    public void run() {
      final var fields = new long[HEAD + Tree.FIELDS];
      fields[0] = out.address();
      fields[1] = rows;
      fields[2] = out.size();
      tree.put(fields, HEAD);
      final long elements = (long) most * out.size();
      final int blocks = of.grid.blocks((elements + 4L * Grid.THREADS - 1) / (4L * Grid.THREADS));
      of.kernel.launch(
          new Launch(blocks, 1, Grid.THREADS, tree.slots() * Tree.SLOT * Grid.THREADS), fields);
    }

    Kernel many() {
      return of.many;
    }

    Grid grid() {
      return of.grid;
    }
  }
}
