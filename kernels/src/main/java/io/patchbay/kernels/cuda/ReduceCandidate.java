package io.patchbay.kernels.cuda;

import io.patchbay.engine.Node;
import io.patchbay.engine.Op;
import io.patchbay.engine.Op.ReduceKind;
import io.patchbay.engine.Shape;
import io.patchbay.ffi.cuda.Device;
import io.patchbay.ffi.cuda.Kernel;
import io.patchbay.ffi.cuda.Launch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Sums and largest elements (`reduce.cu`), in an order fixed by the shape; also of what
/// elementwise ops make for them alone (`reduce_expression.cu`).
final class ReduceCandidate implements Candidate {
  private static final int THREADS = Grid.THREADS;
  private static final int WARP = 32;

  /// Elements that a thread takes of one chunk.
  private static final int EACH = 32;

  /// Threads along the reduced elements where neighbours take neighbouring results.
  private static final int ACROSS = 8;

  private static final int MOST_Y = 65_535;

  private final Kernel elements;
  private final Kernel fours;
  private final Kernel partials;
  private final Kernel trees;
  private final Kernel treeFours;
  private final ExpressionCandidate expressions;
  private final Grid grid;

  ReduceCandidate(final Device device, final ExpressionCandidate expressions) {
    this.expressions = expressions;
    this.trees = device.kernel("reduce_expression", "reduce_expression");
    this.treeFours = device.kernel("reduce_expression", "reduce_expression_fours");
    this.elements = device.kernel("reduce", "reduce_elements");
    this.fours = device.kernel("reduce", "reduce_fours");
    this.partials = device.kernel("reduce", "reduce_partials");
    this.grid = Grid.of(device);
  }

  /// The positions of a value, joined to at most three groups that are reduced and three that are
  /// kept, in turn; rows come first, beside them.
  private record Groups(boolean overRows, boolean batched, long[] reduced, long[] kept) {
    static Optional<Groups> of(final Shape shape, final List<Integer> positions) {
      final long[] reduced = {1, 1, 1};
      final long[] kept = {1, 1, 1};
      int at = 2;
      boolean inReduced = false;
      for (int i = shape.rank() - 1; i >= 0; i--) {
        if (shape.dim(i) == 1) {
          continue;
        }
        final boolean reduce = positions.contains(i + 1);
        at -= !reduce && inReduced ? 1 : 0;
        if (at < 0) {
          return Optional.empty();
        }
        inReduced = reduce;
        (reduce ? reduced : kept)[at] *= shape.dim(i);
      }
      final boolean overRows = positions.contains(0);
      return shape.isBatched() && !overRows && reduced[0] > 1
          ? Optional.empty()
          : Optional.of(new Groups(overRows, shape.isBatched(), reduced, kept));
    }

    long elements(final int rows) {
      return (overRows ? rows : 1) * product(reduced);
    }

    long results(final int rows) {
      return (overRows ? 1 : rows) * product(kept);
    }

    private static long product(final long[] sizes) {
      return Arrays.stream(sizes).reduce(1, Math::multiplyExact);
    }

    private boolean keepsRows() {
      return batched && !overRows;
    }

    /// The distance of neighbours among the reduced elements, or 0.
    long step() {
      if (!keepsRows() && product(kept) == 1) {
        return 1;
      }
      if (reduced[1] == 1 && reduced[2] == 1) {
        return product(kept);
      }
      final boolean first = reduced[0] > 1 || overRows;
      if (!first && reduced[1] == 1) {
        return kept[2];
      }
      if (!first && reduced[2] == 1) {
        return kept[1] * kept[2];
      }
      return !keepsRows() && kept[0] == 1 && kept[1] == 1 && reduced[1] == 1 ? kept[2] : 0;
    }

    boolean across() {
      return kept[2] > 1;
    }

    /// Whether four neighbours may be read at once.
    boolean fours() {
      final boolean whole = !keepsRows() && product(kept) == 1;
      return !across() && (whole ? product(reduced) : reduced[2]) % 4 == 0;
    }

    /// Threads along the elements of one result.
    int lanes() {
      if (across()) {
        return overRows ? ACROSS : (int) Math.min(ACROSS, powerFrom(elements(1)));
      }
      final long loads = elements(1) / (fours() ? 4 : 1);
      return overRows ? THREADS : (int) Math.min(THREADS, powerFrom((loads + 3) / 4));
    }

    /// Elements of a result that one block takes.
    long chunk() {
      final long usual = (long) lanes() * EACH;
      return overRows || elements(1) > 2 * usual ? usual : elements(1);
    }

    private static long powerFrom(final long least) {
      return least <= 1 ? 1 : Long.highestOneBit(least - 1) << 1;
    }
  }

  @Override
  public Optional<List<Step>> bind(final Node node, final Scope scope) {
    if (!(node.op() instanceof final Op.Reduce op)) {
      return Optional.empty();
    }
    return Groups.of(node.input(0).shape(), op.positions()).map(g -> bind(node, op, g, scope));
  }

  private List<Step> bind(
      final Node node, final Op.Reduce op, final Groups groups, final Scope scope) {
    final var input = node.input(0);
    final var tree = groups.across() ? Optional.<Tree>empty() : expressions.interior(input, scope);
    final var x = tree.isPresent() ? null : scope.value(input);
    final var out = scope.value(node);
    final var axis = input.shape().axis();
    final int rows = Math.max(1, scope.most(axis));
    final long results = groups.results(rows);
    final long chunks = (groups.elements(rows) + groups.chunk() - 1) / groups.chunk();
    final var partial =
        chunks == 1
            ? null
            : scope.scratch(
                "partial(%" + node.id() + ")", null, Math.toIntExact(2 * chunks * results));
    final boolean mayBeEmpty = op.kind() == ReduceKind.MAX && groups.overRows();
    final long fault = mayBeEmpty ? scope.fault("the largest of no elements: " + node) : 0;
    final var call = new Call(op.kind(), groups, x, out, partial, scope.rows(axis), fault);
    final long atOnce = THREADS / groups.lanes();
    final int shared = THREADS * Double.BYTES;
    final var shape =
        new Launch(
            grid.blocks((results + atOnce - 1) / atOnce),
            (int) Math.min(chunks, MOST_Y),
            THREADS,
            shared + tree.map(Tree::slots).orElse(0) * Tree.SLOT * THREADS);
    final var steps = new ArrayList<Step>();
    steps.add(
        Step.of(
            tree.isPresent() ? "reduce_expression" : "reduce",
            partial == null ? out : partial,
            tree.map(Tree::stored).orElseGet(() -> List.of(scope.value(input))),
            () -> kernel(tree.isPresent(), groups).launch(shape, fields(call, tree))));
    if (partial != null) {
      final long warps = THREADS / WARP;
      final var second = new Launch(grid.blocks((results + warps - 1) / warps), 1, THREADS, shared);
      steps.add(
          Step.of(
              "reduce_partials",
              out,
              List.of(partial),
              () -> partials.launch(second, call.fields())));
    }
    return steps;
  }

  private Kernel kernel(final boolean ofTree, final Groups groups) {
    if (ofTree) {
      return groups.fours() ? treeFours : trees;
    }
    return groups.fours() ? fours : elements;
  }

  private static long[] fields(final Call call, final Optional<Tree> tree) {
    final var own = call.fields();
    if (tree.isEmpty()) {
      return own;
    }
    final var fields = Arrays.copyOf(own, own.length + Tree.FIELDS);
    tree.get().put(fields, own.length);
    return fields;
  }

  private record Call(
      ReduceKind kind,
      Groups groups,
      @Nullable Value x,
      Value out,
      @Nullable Value partial,
      long rows,
      long fault) {
    @SuppressWarnings("EnumOrdinal") // the kernel's codes are the order of the enum
    long[] fields() {
      final var reduced = groups.reduced();
      final var kept = groups.kept();
      return new long[] {
        x == null ? 0 : x.address(),
        out.address(),
        partial == null ? 0 : partial.address(),
        rows,
        fault,
        kind.ordinal(),
        groups.overRows() ? 1 : 0,
        reduced[0],
        kept[0],
        reduced[1],
        kept[1],
        reduced[2],
        kept[2],
        groups.step(),
        groups.lanes(),
        groups.chunk()
      };
    }
  }
}
