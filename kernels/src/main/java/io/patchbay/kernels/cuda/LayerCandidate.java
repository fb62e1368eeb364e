package io.patchbay.kernels.cuda;

import io.patchbay.engine.Node;
import io.patchbay.engine.Op;
import io.patchbay.engine.Shape;
import io.patchbay.ffi.cuda.Device;
import io.patchbay.kernels.cuda.WeightGradients.ChannelSums;
import io.patchbay.kernels.shared.Epilogue;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Products of matrices and convolutions with what follows their sums, and weight gradients.
final class LayerCandidate implements Candidate {
  private final Layers layers;
  private final BiasGradients biases;

  /// @param special whether the forms for usual shapes are used too
  LayerCandidate(final Device device, final boolean special) {
    this(new Layers(device, special));
  }

  LayerCandidate(final Layers layers) {
    this.layers = layers;
    this.biases = new BiasGradients(layers.weightGradients());
  }

  static boolean isConv(final Op op) {
    return op instanceof Op.Conv2d || op instanceof Op.ConvInputGrad;
  }

  @Override
  public Optional<List<Step>> bind(final Node node, final Scope scope) {
    if (node.op() instanceof final Op.ConvWeightGrad op) {
      return Optional.of(List.of(weightGrad(node, op, scope)));
    }
    if (node.op() instanceof Op.Reduce) {
      // The step of a weight gradient makes it.
      return biases.isMade(node, scope) ? Optional.of(List.of()) : Optional.empty();
    }
    return convolution(node, scope)
        .map(e -> List.of(convolution(node, e, scope)))
        .or(() -> product(node, scope).map(e -> List.of(product(node, e, scope))));
  }

  /// Whether a node is the end of a convolution or a product with what follows it.
  static boolean isEnd(final Node node, final Scope scope) {
    return convolution(node, scope).or(() -> product(node, scope)).isPresent();
  }

  private static Optional<Epilogue> convolution(final Node node, final Scope scope) {
    return Epilogue.of(
        node, scope::interior, scope::isView, LayerCandidate::isConv, Epilogue.CHANNELS);
  }

  private static Optional<Epilogue> product(final Node node, final Scope scope) {
    return Epilogue.of(
        node, scope::interior, scope::isView, Op.MatMul.class::isInstance, Epilogue.COLUMNS);
  }

  private Step convolution(final Node node, final Epilogue e, final Scope scope) {
    final var x = scope.value(e.core().input(0));
    final var w = scope.value(e.core().input(1));
    final var out = scope.value(node);
    final var end = new End(e, scope);
    final var made = e.core().shape();
    final var rows = rows(made, scope);
    final var in = x.shape();
    final var weights = w.shape();
    return switch (e.core().op()) {
      case final Op.Conv2d c -> {
        final var s = conv(in, made, weights, c.stride(), c.padding());
        yield Step.of(
            "conv_down",
            out,
            end.reads(x, w),
            () -> layers.convDown(s, x.address(), w.address(), out.address(), end.get(), rows));
      }
      case final Op.ConvInputGrad c -> {
        final var s = conv(made, in, weights, c.stride(), c.padding());
        yield Step.of(
            "conv_up",
            out,
            end.reads(x, w),
            () -> layers.convUp(s, x.address(), w.address(), out.address(), end.get(), rows));
      }
      default -> throw new IllegalArgumentException("not a convolution: " + e.core());
    };
  }

  private Step weightGrad(final Node node, final Op.ConvWeightGrad op, final Scope scope) {
    final var x = scope.value(node.input(0));
    final var g = scope.value(node.input(1));
    final var out = scope.value(node);
    final var rows = rows(x.shape(), scope);
    final var s = conv(x.shape(), g.shape(), out.shape(), op.stride(), op.padding());
    final var bias = biases.of(node, s, scope).orElse(null);
    final var sums = bias == null ? null : scope.value(bias);
    final int channels = sums == null ? 0 : sums.size();
    final boolean ofX = bias != null && bias.input(0).equals(node.input(0));
    final int needed = layers.weightGradients().scratch(s, rows.most(), channels);
    final var scratch = needed == 0 ? null : scope.scratch("conv_wgrad", null, needed);
    return new Step(
        "conv_wgrad",
        present(out, sums, scratch),
        List.of(x, g),
        () ->
            layers
                .weightGradients()
                .run(
                    s,
                    x.address(),
                    g.address(),
                    out.address(),
                    address(scratch),
                    new ChannelSums(address(sums), channels, ofX),
                    rows));
  }

  private Step product(final Node node, final Epilogue e, final Scope scope) {
    final var op = (Op.MatMul) e.core().op();
    final var a = scope.value(e.core().input(0));
    final var b = scope.value(e.core().input(1));
    final var out = scope.value(node);
    final var end = new End(e, scope);
    final int across = a.shape().dim(a.shape().rank() - 1);
    final int down = a.shape().isBatched() ? 1 : a.shape().dim(0);
    final int bAcross = b.shape().dim(b.shape().rank() - 1);
    final var one = new Rows(scope.rows(null), 1);
    final var counted = rows(a.shape(), scope);
    final var s =
        new Product(
            op.transposeA() ? one : counted,
            op.transposeA() ? across : down,
            op.transposeA() ? counted : one,
            op.transposeA() ? down : across,
            e.core().shape().dim(e.core().shape().rank() - 1),
            op.transposeA() ? 1 : across,
            op.transposeA() ? across : 1,
            op.transposeB() ? 1 : bAcross,
            op.transposeB() ? bAcross : 1);
    if (op.transposeA() && a.shape().isBatched()) {
      final int needed = layers.sumsScratch(s);
      final var scratch = needed == 0 ? null : scope.scratch("linear_sums", null, needed);
      return new Step(
          "linear_sums",
          present(out, scratch),
          end.reads(a, b),
          () ->
              layers.sums(s, a.address(), b.address(), out.address(), address(scratch), end.get()));
    }
    if (a.shape().isBatched()) {
      return Step.of(
          "linear",
          out,
          end.reads(a, b),
          () ->
              layers.linear(
                  across,
                  s.columns(),
                  op.transposeB(),
                  a.address(),
                  b.address(),
                  out.address(),
                  end.get(),
                  counted,
                  one.count()));
    }
    return Step.of(
        "product",
        out,
        end.reads(a, b),
        () -> layers.product(s, a.address(), b.address(), out.address(), end.get()));
  }

  /// What follows the sums of a step, with its values.
  private static final class End implements Supplier<Finish> {
    private final Epilogue epilogue;
    private final @Nullable Value bias;
    private final @Nullable Value gate;

    End(final Epilogue e, final Scope scope) {
      this.epilogue = e;
      this.bias = e.bias() == null ? null : scope.value(e.bias());
      this.gate = e.gate() == null ? null : scope.value(e.gate());
    }

    List<Value> reads(final Value first, final Value second) {
      return present(first, second, bias, gate);
    }

    @Override
    public Finish get() {
      return Finish.plain(address(bias), epilogue.activation(), epilogue.alpha(), address(gate));
    }
  }

  static Conv conv(
      final Shape image,
      final Shape features,
      final Shape weights,
      final int stride,
      final int padding) {
    return new Conv(
        image.dim(0),
        image.dim(1),
        image.dim(2),
        features.dim(0),
        features.dim(1),
        features.dim(2),
        weights.dim(2),
        weights.dim(3),
        stride,
        padding);
  }

  private static Rows rows(final Shape of, final Scope scope) {
    final var axis = of.axis();
    return new Rows(scope.rows(axis), axis == null ? 1 : scope.most(axis));
  }

  private static long address(final @Nullable Value value) {
    return value == null ? 0 : value.address();
  }

  private static List<Value> present(final @Nullable Value... values) {
    final var list = new ArrayList<Value>();
    for (final var value : values) {
      if (value != null) {
        list.add(value);
      }
    }
    return list;
  }
}
