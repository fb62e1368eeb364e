package io.patchbay.kernels.cpu;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.invoke.MethodHandle;

/// The k4 s2 p1 convolutions of `conv_*.cpp`, one method per kernel. "Down" goes from the large
/// grid (2h x 2w, `cl` channels) to the small one (h x w, `cs` channels), "up" is its transpose.
final class ConvKernels {
  private static final MemoryLayout[] PACK = {JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT};
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
    JAVA_LONG
  };
  private static final MemoryLayout[] EFFECT = {
    JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT,
    JAVA_INT, JAVA_LONG
  };
  private static final MemoryLayout[] WGRAD = {
    JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG,
    JAVA_INT, JAVA_INT
  };

  private final MethodHandle downPackedSize;
  private final MethodHandle upPackedSize;
  private final MethodHandle downPack;
  private final MethodHandle upPack;
  private final MethodHandle down;
  private final MethodHandle up;
  private final MethodHandle effect;
  private final MethodHandle weightGrad;
  private final MethodHandle weightGradScratch;
  private final MethodHandle biasGrad;

  /// The small grid of a layer and the channels of both sides.
  record Grid(int h, int w, int cl, int cs) {}

  /// Addresses of what a layer adds after its sums; 0 for none.
  record Finish(long bias, int activation, float alpha, long gate) {}

  ConvKernels(final KernelLibrary library) {
    final var size = FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_INT);
    downPackedSize = library.function("conv_down_packed_size", size);
    upPackedSize = library.function("conv_up_packed_size", size);
    downPack = library.kernel("conv_down_pack", PACK);
    upPack = library.kernel("conv_up_pack", PACK);
    down = library.kernel("conv_down", LAYER);
    up = library.kernel("conv_up", LAYER);
    effect = library.kernel("conv_up_effect", EFFECT);
    weightGrad = library.kernel("conv_wgrad", WGRAD);
    weightGradScratch = library.function("conv_wgrad_scratch_size", size);
    biasGrad =
        library.kernel("conv_bias_grad", JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG);
  }

  long packedSize(final boolean isUp, final int cl, final int cs) {
    try {
      final long size;
      if (isUp) {
        size = (long) upPackedSize.invokeExact(cl, cs);
      } else {
        size = (long) downPackedSize.invokeExact(cl, cs);
      }
      return size;
    } catch (final Throwable e) {
      throw KernelLibrary.unexpected("conv_packed_size", e);
    }
  }

  void pack(final boolean isUp, final long from, final long to, final int cl, final int cs) {
    try {
      final int status;
      if (isUp) {
        status = (int) upPack.invokeExact(from, to, cl, cs);
      } else {
        status = (int) downPack.invokeExact(from, to, cl, cs);
      }
      KernelLibrary.check("conv_pack", status);
    } catch (final Throwable e) {
      throw KernelLibrary.unexpected("conv_pack", e);
    }
  }

  void down(
      final long x, final long w, final Finish end, final long y, final Grid g, final long n) {
    try {
      KernelLibrary.check(
          "conv_down",
          (int)
              down.invokeExact(
                  x,
                  w,
                  end.bias(),
                  end.activation(),
                  end.alpha(),
                  end.gate(),
                  y,
                  g.h(),
                  g.w(),
                  g.cl(),
                  g.cs(),
                  n));
    } catch (final Throwable e) {
      throw KernelLibrary.unexpected("conv_down", e);
    }
  }

  void up(final long x, final long w, final Finish end, final long y, final Grid g, final long n) {
    try {
      KernelLibrary.check(
          "conv_up",
          (int)
              up.invokeExact(
                  x,
                  w,
                  end.bias(),
                  end.activation(),
                  end.alpha(),
                  end.gate(),
                  y,
                  g.h(),
                  g.w(),
                  g.cl(),
                  g.cs(),
                  n));
    } catch (final Throwable e) {
      throw KernelLibrary.unexpected("conv_up", e);
    }
  }

  void effect(
      final long x,
      final long w,
      final long bias,
      final long reference,
      final long index,
      final long effects,
      final Grid g,
      final long n) {
    try {
      KernelLibrary.check(
          "conv_up_effect",
          (int)
              effect.invokeExact(
                  x, w, bias, reference, index, effects, g.h(), g.w(), g.cl(), g.cs(), n));
    } catch (final Throwable e) {
      throw KernelLibrary.unexpected("conv_up_effect", e);
    }
  }

  /// Floats of scratch of a weight gradient, all shares together.
  long weightGradScratch(final Grid g) {
    try {
      return (long) weightGradScratch.invokeExact(g.cl(), g.cs());
    } catch (final Throwable e) {
      throw KernelLibrary.unexpected("conv_wgrad_scratch_size", e);
    }
  }

  void weightGrad(
      final long large,
      final long small,
      final long to,
      final long scratch,
      final Grid g,
      final long n,
      final int part,
      final int parts) {
    try {
      KernelLibrary.check(
          "conv_wgrad",
          (int)
              weightGrad.invokeExact(
                  large, small, to, scratch, g.h(), g.w(), g.cl(), g.cs(), n, part, parts));
    } catch (final Throwable e) {
      throw KernelLibrary.unexpected("conv_wgrad", e);
    }
  }

  /// Sums of every channel over `n` images of `pixels` places.
  void biasGrad(final long g, final long to, final int channels, final long pixels, final long n) {
    try {
      KernelLibrary.check("conv_bias_grad", (int) biasGrad.invokeExact(g, to, channels, pixels, n));
    } catch (final Throwable e) {
      throw KernelLibrary.unexpected("conv_bias_grad", e);
    }
  }
}
