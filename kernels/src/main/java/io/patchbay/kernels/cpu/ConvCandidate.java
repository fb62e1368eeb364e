package io.patchbay.kernels.cpu;

import io.patchbay.engine.Node;
import io.patchbay.engine.Op;
import io.patchbay.engine.Op.ReduceKind;
import io.patchbay.kernels.cpu.ConvKernels.Finish;
import io.patchbay.kernels.cpu.ConvKernels.Grid;
import io.patchbay.kernels.shared.Epilogue;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The k4 s2 p1 layers whose small side has a multiple of 16 channels and whose large side has too,
/// or is an image of one or three.
final class ConvCandidate implements Candidate {
  static final List<Integer> BIAS_POSITIONS = List.of(0, 2, 3);

  private final ConvKernels kernels;
  private final int shares;

  /// @param threads that run the steps
  ConvCandidate(final ConvKernels kernels, final int threads) {
    this.kernels = kernels;
    this.shares = Math.max(1, threads / 2);
  }

  static boolean isConv(final Op op) {
    return op instanceof Op.Conv2d || op instanceof Op.ConvInputGrad;
  }

  @Override
  public Optional<List<Step>> bind(final Node node, final Scope scope) {
    if (node.op() instanceof final Op.ConvWeightGrad op) {
      return weightGrad(node, op, scope);
    }
    if (node.op() instanceof final Op.Reduce op
        && op.kind() == ReduceKind.SUM
        && op.positions().equals(BIAS_POSITIONS)) {
      return biasGrad(node, scope);
    }
    return Epilogue.of(node, scope::interior, ConvCandidate::isConv, BIAS_POSITIONS)
        .flatMap(e -> layer(node, e, scope));
  }

  private Optional<List<Step>> layer(final Node node, final Epilogue e, final Scope scope) {
    final boolean isUp = e.core().op() instanceof Op.ConvInputGrad;
    final var grid = grid(e.core()).orElse(null);
    if (grid == null) {
      return Optional.empty();
    }
    final var x = scope.value(e.core().input(0));
    final var packed = packed(e.core().input(1), isUp, grid, scope);
    final var out = scope.value(node);
    final var bias = e.bias() == null ? null : scope.value(e.bias());
    final var gate = e.gate() == null ? null : scope.value(e.gate());
    final Step.Body body =
        (f, first, count) -> {
          final var end =
              new Finish(
                  bias == null ? 0 : bias.at(f, 0),
                  e.activation(),
                  e.alpha(),
                  gate == null ? 0 : gate.at(f, first));
          final long from = x.at(f, first);
          final long to = out.at(f, first);
          if (isUp) {
            kernels.up(from, packed.at(f, 0), end, to, grid, count);
          } else {
            kernels.down(from, packed.at(f, 0), end, to, grid, count);
          }
        };
    final var name = isUp ? "conv_up" : "conv_down";
    return Optional.of(List.of(Step.rows(name, out, reads(x, packed, bias, gate), body)));
  }

  /// Each share of a weight gradient passes over all that the gradient reads, so there are few:
  /// half as many as threads, since large layers come in pairs, of the encoder and of the decoder.
  private Optional<List<Step>> weightGrad(
      final Node node, final Op.ConvWeightGrad op, final Scope scope) {
    final var large = node.input(0).shape();
    final var small = node.input(1).shape();
    final boolean k4 = op.kernelHeight() == 4 && op.kernelWidth() == 4;
    final var grid = new Grid(small.dim(1), small.dim(2), large.dim(0), small.dim(0));
    if (!k4
        || !strided(op.stride(), op.padding())
        || !channels(grid)
        || large.dim(1) != 2 * grid.h()
        || large.dim(2) != 2 * grid.w()) {
      return Optional.empty();
    }
    final var x = scope.value(node.input(0));
    final var g = scope.value(node.input(1));
    final var out = scope.value(node);
    final int sums = Math.toIntExact(kernels.weightGradScratch(grid));
    final var scratch = scope.scratch("conv_wgrad", null, sums);
    return Optional.of(
        List.of(
            new Step(
                "conv_wgrad",
                null,
                shares,
                List.of(out, scratch),
                List.of(),
                List.of(x, g),
                (f, part, parts) ->
                    kernels.weightGrad(
                        x.address(),
                        g.address(),
                        out.address(),
                        scratch.address(),
                        grid,
                        f.rows(x.axis()),
                        part,
                        parts))));
  }

  /// The gradient of a bias: the sums of each channel over rows and places.
  private Optional<List<Step>> biasGrad(final Node node, final Scope scope) {
    final var g = scope.value(node.input(0));
    final var out = scope.value(node);
    final long pixels = (long) g.shape().dim(1) * g.shape().dim(2);
    return Optional.of(
        List.of(
            Step.whole(
                "conv_bias_grad",
                1,
                out,
                List.of(g),
                (f, part, parts) ->
                    kernels.biasGrad(
                        g.address(), out.address(), out.size(), pixels, f.rows(g.axis())))));
  }

  Value packed(final Node weights, final boolean isUp, final Grid g, final Scope scope) {
    return scope.packed(
        isUp ? "conv_up_pack" : "conv_down_pack",
        weights,
        kernels.packedSize(isUp, g.cl(), g.cs()),
        (from, to) -> kernels.pack(isUp, from, to, g.cl(), g.cs()));
  }

  /// The grid of a convolution that these kernels take.
  static Optional<Grid> grid(final Node core) {
    final boolean isUp = core.op() instanceof Op.ConvInputGrad;
    final var in = core.input(0).shape();
    final var large = isUp ? core.shape() : in;
    final var small = isUp ? in : core.shape();
    final var weights = core.input(1).shape();
    final boolean steps =
        switch (core.op()) {
          case final Op.Conv2d c -> strided(c.stride(), c.padding());
          case final Op.ConvInputGrad c -> strided(c.stride(), c.padding());
          default -> false;
        };
    final var grid = new Grid(small.dim(1), small.dim(2), large.dim(0), small.dim(0));
    final boolean fits =
        steps
            && weights.dim(2) == 4
            && weights.dim(3) == 4
            && large.dim(1) == 2 * grid.h()
            && large.dim(2) == 2 * grid.w()
            && channels(grid);
    return fits ? Optional.of(grid) : Optional.empty();
  }

  private static boolean strided(final int stride, final int padding) {
    return stride == 2 && padding == 1;
  }

  private static boolean channels(final Grid g) {
    return g.cs() % 16 == 0 && (g.cl() % 16 == 0 || g.cl() == 1 || g.cl() == 3);
  }

  static List<Value> reads(final @Nullable Value... values) {
    final var list = new ArrayList<Value>();
    for (final var value : values) {
      if (value != null) {
        list.add(value);
      }
    }
    return list;
  }
}
