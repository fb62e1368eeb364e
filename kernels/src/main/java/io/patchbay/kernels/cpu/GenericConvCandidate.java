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

/// Convolutions of any kernel, stride, padding and number of channels (`conv_generic.cpp`).
final class GenericConvCandidate implements Candidate {
  private static final int PARTS = 8;

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
    JAVA_INT,
    JAVA_INT,
    JAVA_INT,
    JAVA_INT,
    JAVA_INT,
    JAVA_INT,
    JAVA_INT,
    JAVA_INT,
    JAVA_LONG
  };
  private static final MemoryLayout[] WGRAD = {
    JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT,
    JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_INT
  };

  private final MethodHandle forward;
  private final MethodHandle inputGrad;
  private final MethodHandle weightGrad;
  private final Packing forwardPack;
  private final Packing inputGradPack;

  /// How the weights of one direction are laid out.
  private record Packing(String name, MethodHandle size, MethodHandle pack) {
    static Packing of(final KernelLibrary library, final String name, final String size) {
      return new Packing(
          name,
          library.function(
              size, FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT)),
          library.kernel(name, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));
    }

    long size(final Geometry g) {
      try {
        return (long) size.invokeExact(g.c(), g.o(), g.kh(), g.kw());
      } catch (final Throwable t) {
        throw KernelLibrary.unexpected(name, t);
      }
    }

    void pack(final long from, final long to, final Geometry g) {
      try {
        KernelLibrary.check(name, (int) pack.invokeExact(from, to, g.c(), g.o(), g.kh(), g.kw()));
      } catch (final Throwable t) {
        throw KernelLibrary.unexpected(name, t);
      }
    }
  }

  /// The sizes of a convolution, from its image side (c, h, w) to its feature side (o, oh, ow).
  private record Geometry(
      int c, int h, int w, int o, int kh, int kw, int stride, int padding, int oh, int ow) {}

  GenericConvCandidate(final KernelLibrary library) {
    this.forward = library.kernel("conv_generic_forward", LAYER);
    this.inputGrad = library.kernel("conv_generic_igrad", LAYER);
    this.weightGrad = library.kernel("conv_generic_wgrad", WGRAD);
    this.forwardPack = Packing.of(library, "conv_generic_pack", "conv_generic_packed_size");
    this.inputGradPack =
        Packing.of(library, "conv_generic_igrad_pack", "conv_generic_igrad_packed_size");
  }

  @Override
  public Optional<List<Step>> bind(final Node node, final Scope scope) {
    if (node.op() instanceof final Op.ConvWeightGrad op) {
      return Optional.of(List.of(weightGrad(node, op, scope)));
    }
    return Epilogue.of(node, scope::interior, ConvCandidate::isConv, ConvCandidate.BIAS_POSITIONS)
        .map(e -> List.of(layer(node, e, scope)));
  }

  private Step layer(final Node node, final Epilogue e, final Scope scope) {
    final boolean isUp = e.core().op() instanceof Op.ConvInputGrad;
    final var g = geometry(e.core());
    final var x = scope.value(e.core().input(0));
    final var packed = packed(e.core().input(1), isUp, g, scope);
    final var out = scope.value(node);
    final var bias = e.bias() == null ? null : scope.value(e.bias());
    final var gate = e.gate() == null ? null : scope.value(e.gate());
    final var kernel = isUp ? inputGrad : forward;
    final var name = isUp ? "conv_generic_igrad" : "conv_generic_forward";
    return Step.rows(
        name,
        out,
        ConvCandidate.reads(x, packed, bias, gate),
        (f, first, count) -> {
          try {
            KernelLibrary.check(
                name,
                (int)
                    kernel.invokeExact(
                        x.at(f, first),
                        packed.at(f, 0),
                        bias == null ? 0L : bias.at(f, 0),
                        e.activation(),
                        e.alpha(),
                        gate == null ? 0L : gate.at(f, first),
                        out.at(f, first),
                        g.c(),
                        g.h(),
                        g.w(),
                        g.o(),
                        g.kh(),
                        g.kw(),
                        g.stride(),
                        g.padding(),
                        g.oh(),
                        g.ow(),
                        (long) count));
          } catch (final Throwable t) {
            throw KernelLibrary.unexpected(name, t);
          }
        });
  }

  private Step weightGrad(final Node node, final Op.ConvWeightGrad op, final Scope scope) {
    final var x = scope.value(node.input(0));
    final var g = scope.value(node.input(1));
    final var out = scope.value(node);
    final var in = x.shape();
    final var to = g.shape();
    return Step.whole(
        "conv_generic_wgrad",
        PARTS,
        out,
        List.of(x, g),
        (f, part, parts) -> {
          try {
            KernelLibrary.check(
                "conv_generic_wgrad",
                (int)
                    weightGrad.invokeExact(
                        x.address(),
                        g.address(),
                        out.address(),
                        in.dim(0),
                        in.dim(1),
                        in.dim(2),
                        to.dim(0),
                        op.kernelHeight(),
                        op.kernelWidth(),
                        op.stride(),
                        op.padding(),
                        to.dim(1),
                        to.dim(2),
                        (long) f.rows(x.axis()),
                        part,
                        parts));
          } catch (final Throwable t) {
            throw KernelLibrary.unexpected("conv_generic_wgrad", t);
          }
        });
  }

  private Value packed(
      final Node weights, final boolean isUp, final Geometry g, final Scope scope) {
    final var packing = isUp ? inputGradPack : forwardPack;
    return scope.packed(
        packing.name(), weights, packing.size(g), (from, to) -> packing.pack(from, to, g));
  }

  private static Geometry geometry(final Node core) {
    final var w = core.input(1).shape();
    final var in = core.input(0).shape();
    final var out = core.shape();
    return switch (core.op()) {
      case final Op.Conv2d c ->
          new Geometry(
              in.dim(0),
              in.dim(1),
              in.dim(2),
              w.dim(0),
              w.dim(2),
              w.dim(3),
              c.stride(),
              c.padding(),
              out.dim(1),
              out.dim(2));
      case final Op.ConvInputGrad c ->
          new Geometry(
              out.dim(0),
              out.dim(1),
              out.dim(2),
              w.dim(0),
              w.dim(2),
              w.dim(3),
              c.stride(),
              c.padding(),
              in.dim(1),
              in.dim(2));
      default -> throw new IllegalArgumentException("not a convolution: " + core);
    };
  }
}
