package io.patchbay.kernels.cpu;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.patchbay.engine.Node;
import io.patchbay.engine.Op;
import java.lang.foreign.MemoryLayout;
import java.lang.invoke.MethodHandle;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// Ops on rows: gather, scatter, patch, noise, reparameterise (`gather.cpp`, `patch.cpp`,
/// `noise.cpp`).
final class RowCandidate implements Candidate {
  private final MethodHandle gatherRows;
  private final MethodHandle gatherElements;
  private final MethodHandle scatterRows;
  private final MethodHandle scatterElements;
  private final MethodHandle normal;
  private final MethodHandle reparameterise;
  private final PatchKernel patch;
  private final Map<Node, Value> fired = new ConcurrentHashMap<>();

  RowCandidate(final KernelLibrary library, final PatchKernel patch) {
    final MemoryLayout[] rows = {JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_LONG};
    this.gatherRows = library.kernel("gather_rows", rows);
    this.gatherElements = library.kernel("gather_elements", rows);
    this.scatterRows = library.kernel("scatter_rows", rows);
    this.scatterElements = library.kernel("scatter_elements", rows);
    this.normal =
        library.kernel(
            "normal", JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_LONG);
    this.reparameterise =
        library.kernel("reparameterise", JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);
    this.patch = patch;
  }

  /// Where the counts of each patch node stand.
  Map<Node, Value> fired() {
    return fired;
  }

  @Override
  public Optional<List<Step>> bind(final Node node, final Scope scope) {
    return switch (node.op()) {
      case Op.Gather _ -> Optional.of(List.of(gather(node, scope)));
      case Op.Scatter _ -> Optional.of(List.of(scatter(node, scope)));
      case final Op.Normal n -> Optional.of(List.of(normal(node, n, scope)));
      case Op.Reparameterise _ -> Optional.of(List.of(reparameterise(node, scope)));
      case Op.Patch _ -> Optional.of(List.of(patch(node, scope)));
      default -> Optional.empty();
    };
  }

  private Step gather(final Node node, final Scope scope) {
    final var table = scope.value(node.input(0));
    final var index = scope.value(node.input(1));
    final var out = scope.value(node);
    final var kernel = index.shape().rank() == 0 ? gatherRows : gatherElements;
    return Step.rows(
        "gather",
        out,
        List.of(index),
        List.of(table),
        (f, first, count) -> {
          try {
            KernelLibrary.check(
                "gather",
                (int)
                    kernel.invokeExact(
                        table.address(),
                        index.at(f, first),
                        out.at(f, first),
                        out.size(),
                        f.rows(table.axis()),
                        (long) count));
          } catch (final Throwable t) {
            throw KernelLibrary.unexpected("gather", t);
          }
        });
  }

  private Step scatter(final Node node, final Scope scope) {
    final var g = scope.value(node.input(0));
    final var index = scope.value(node.input(1));
    final var out = scope.value(node);
    final var kernel = index.shape().rank() == 0 ? scatterRows : scatterElements;
    return Step.whole(
        "scatter",
        1,
        out,
        List.of(g, index),
        (f, part, parts) -> {
          try {
            KernelLibrary.check(
                "scatter",
                (int)
                    kernel.invokeExact(
                        g.address(),
                        index.address(),
                        out.address(),
                        out.size(),
                        f.rows(out.axis()),
                        (long) f.rows(g.axis())));
          } catch (final Throwable t) {
            throw KernelLibrary.unexpected("scatter", t);
          }
        });
  }

  private Step normal(final Node node, final Op.Normal op, final Scope scope) {
    final var seed = scope.value(node.input(0));
    final var ids = scope.value(node.input(1));
    final var out = scope.value(node);
    return Step.rows(
        "normal",
        out,
        List.of(seed, ids),
        (f, first, count) -> {
          final var key = Memory.at(seed.at(f, 0), 8);
          try {
            KernelLibrary.check(
                "normal",
                (int)
                    normal.invokeExact(
                        key.getAtIndex(JAVA_INT, 0),
                        key.getAtIndex(JAVA_INT, 1),
                        ids.at(f, first),
                        op.stream(),
                        out.at(f, first),
                        out.size(),
                        (long) count));
          } catch (final Throwable t) {
            throw KernelLibrary.unexpected("normal", t);
          }
        });
  }

  private Step reparameterise(final Node node, final Scope scope) {
    final var mu = scope.value(node.input(0));
    final var logvar = scope.value(node.input(1));
    final var eps = scope.value(node.input(2));
    final var out = scope.value(node);
    final Step.Body body =
        (f, first, count) -> {
          final int n = out.axis() == null ? 1 : count;
          try {
            KernelLibrary.check(
                "reparameterise",
                (int)
                    reparameterise.invokeExact(
                        mu.at(f, first),
                        logvar.at(f, first),
                        eps.at(f, first),
                        out.at(f, first),
                        (long) n * out.size()));
          } catch (final Throwable t) {
            throw KernelLibrary.unexpected("reparameterise", t);
          }
        };
    final var reads = List.of(mu, logvar, eps);
    return out.axis() == null
        ? Step.whole("reparameterise", 1, out, reads, body)
        : Step.rows("reparameterise", out, reads, body);
  }

  private Step patch(final Node node, final Scope scope) {
    final var x = scope.value(node.input(0));
    final var source = scope.value(node.input(1));
    final var ranges = scope.value(node.input(2));
    final var out = scope.value(node);
    final var count = scope.scratch("fired(%" + node.id() + ")", out.axis(), 1);
    fired.put(node, count);
    final int channels = x.hwc() ? x.shape().dim(0) : x.size();
    final int height = x.hwc() ? x.shape().dim(1) : 1;
    final int width = x.hwc() ? x.shape().dim(2) : 1;
    return new Step(
        "patch",
        out.axis(),
        1,
        List.of(out, count),
        List.of(x, source),
        List.of(ranges),
        (f, first, rows) -> {
          Memory.at(count.at(f, first), 4L * rows).fill((byte) 0);
          patch.patch(
              x.at(f, first),
              source.at(f, first),
              ranges.address(),
              out.at(f, first),
              channels,
              height,
              width,
              first,
              rows,
              f.rows(ranges.axis()),
              count.at(f, first));
        });
  }
}
