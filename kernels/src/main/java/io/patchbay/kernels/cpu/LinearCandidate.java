package io.patchbay.kernels.cpu;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.patchbay.engine.Node;
import io.patchbay.engine.Op;
import io.patchbay.kernels.shared.Epilogue;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.invoke.MethodHandle;
import java.util.List;
import java.util.Optional;

/// Products of matrices: linear layers from packed weights, and their weight gradients
/// (`linear_*.cpp`).
final class LinearCandidate implements Candidate {
  static final List<Integer> BIAS_POSITIONS = List.of(0);

  private static final MemoryLayout[] LAYER = {
    JAVA_LONG,
    JAVA_LONG,
    JAVA_LONG,
    JAVA_INT,
    JAVA_FLOAT,
    JAVA_LONG,
    JAVA_LONG,
    JAVA_INT,
    JAVA_INT,
    JAVA_LONG
  };

  /// Elements of one share of a weight gradient.
  private static final int SHARE = 1 << 14;

  private final MethodHandle packedSize;
  private final MethodHandle pack;
  private final MethodHandle packed;
  private final MethodHandle weightGrad;

  LinearCandidate(final KernelLibrary library) {
    packedSize =
        library.function(
            "linear_packed_size", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_INT));
    pack = library.kernel("linear_pack", JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT);
    packed = library.kernel("linear_packed", LAYER);
    weightGrad =
        library.kernel(
            "linear_tn",
            JAVA_LONG,
            JAVA_LONG,
            JAVA_LONG,
            JAVA_INT,
            JAVA_INT,
            JAVA_LONG,
            JAVA_INT,
            JAVA_INT);
  }

  @Override
  public Optional<List<Step>> bind(final Node node, final Scope scope) {
    if (node.op() instanceof final Op.MatMul m && m.transposeA()) {
      return m.transposeB() ? Optional.empty() : Optional.of(List.of(weightGrad(node, scope)));
    }
    return Epilogue.of(node, scope::interior, LinearCandidate::isLayer, BIAS_POSITIONS)
        .map(e -> List.of(layer(node, e, scope)));
  }

  static boolean isLayer(final Op op) {
    return op instanceof final Op.MatMul m && !m.transposeA();
  }

  /// `x (rows, k)` times `w (m, k)` transposed, or times `w (k, m)`.
  private Step layer(final Node node, final Epilogue e, final Scope scope) {
    final boolean asStored = ((Op.MatMul) e.core().op()).transposeB();
    final var weights = e.core().input(1);
    final int outer = weights.shape().dim(asStored ? 0 : 1);
    final int inner = weights.shape().dim(asStored ? 1 : 0);
    final var x = scope.value(e.core().input(0));
    final var panels =
        scope.packed(
            asStored ? "linear_pack" : "linear_pack_transposed",
            weights,
            size(inner, outer),
            (from, to) -> pack(from, to, inner, outer, asStored ? 0 : 1));
    final var out = scope.value(node);
    final var bias = e.bias() == null ? null : scope.value(e.bias());
    final var gate = e.gate() == null ? null : scope.value(e.gate());
    final Step.Body body =
        (f, first, count) -> {
          try {
            KernelLibrary.check(
                "linear_packed",
                (int)
                    packed.invokeExact(
                        x.at(f, first),
                        panels.at(f, 0),
                        bias == null ? 0L : bias.at(f, 0),
                        e.activation(),
                        e.alpha(),
                        gate == null ? 0L : gate.at(f, first),
                        out.at(f, first),
                        inner,
                        outer,
                        (long) count));
          } catch (final Throwable t) {
            throw KernelLibrary.unexpected("linear_packed", t);
          }
        };
    final var reads = ConvCandidate.reads(x, panels, bias, gate);
    if (out.axis() != null) {
      return Step.rows("linear_packed", out, reads, body);
    }
    final int rows = out.shape().dim(0);
    return Step.whole("linear_packed", 1, out, reads, (f, part, parts) -> body.run(f, 0, rows));
  }

  private Step weightGrad(final Node node, final Scope scope) {
    return transposedBy(scope.value(node.input(0)), scope.value(node.input(1)), scope.value(node));
  }

  /// `gᵀ x`, summed over rows in their order.
  Step transposedBy(final Value g, final Value x, final Value out) {
    final int m = out.shape().dim(0);
    final int k = out.shape().dim(1);
    return Step.whole(
        "linear_tn",
        Math.max(1, Math.min(m, m * k / SHARE)),
        out,
        List.of(g, x),
        (f, part, parts) -> {
          final long rows = g.axis() == null ? g.shape().dim(0) : f.rows(g.axis());
          try {
            KernelLibrary.check(
                "linear_tn",
                (int)
                    weightGrad.invokeExact(
                        g.address(), x.address(), out.address(), k, m, rows, part, parts));
          } catch (final Throwable t) {
            throw KernelLibrary.unexpected("linear_tn", t);
          }
        });
  }

  private long size(final int inner, final int outer) {
    try {
      return (long) packedSize.invokeExact(inner, outer);
    } catch (final Throwable t) {
      throw KernelLibrary.unexpected("linear_packed_size", t);
    }
  }

  private void pack(
      final long from, final long to, final int inner, final int outer, final int transposed) {
    try {
      KernelLibrary.check(
          "linear_pack", (int) pack.invokeExact(from, to, inner, outer, transposed));
    } catch (final Throwable t) {
      throw KernelLibrary.unexpected("linear_pack", t);
    }
  }
}
