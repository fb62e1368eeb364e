package io.patchbay.bench;

import io.patchbay.engine.BadSettingException;
import io.patchbay.ffi.Library;
import io.patchbay.kernels.cpu.CpuBackend;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.List;

/// The C++ kernels called directly, for what has no graph: the FMA ceiling and single layers. They
/// are the same entries that the cpu backend binds.
final class Kernels {
  private static final MemoryLayout P = ValueLayout.ADDRESS;
  private static final MemoryLayout I = ValueLayout.JAVA_INT;
  private static final MemoryLayout L = ValueLayout.JAVA_LONG;
  private static final MemoryLayout F = ValueLayout.JAVA_FLOAT;

  /// Instruction sets, the widest first.
  private static final List<String> ISAS = List.of("avx512", "avx2", "generic");

  private static final long BURST = 2_000_000L;
  private static final int RELU = 1;

  private final String isa;
  private final int peakFlops;
  private final MethodHandle peak;
  private final MethodHandle pack;
  private final MethodHandle packUp;
  private final MethodHandle down;
  private final MethodHandle up;
  private final MethodHandle values;
  private final MethodHandle random;

  private Kernels(final Library library, final String isa) {
    final MemoryLayout[] packing = {P, P, I, I};
    final MemoryLayout[] convolution = {P, P, P, I, F, P, P, I, I, I, I, L};
    this.isa = isa;
    this.peakFlops = ask(library, isa, "fma_peak_flops");
    this.peak = bind(library, isa, "fma_peak", L, P);
    this.pack = bind(library, isa, "conv_down_pack", packing);
    this.packUp = bind(library, isa, "conv_up_pack", packing);
    this.down = bind(library, isa, "conv_down", convolution);
    this.up = bind(library, isa, "conv_up", convolution);
    this.values = bind(library, isa, "patch_values", P, I, P, I, P, P, P, F, P, I, I, I, P, L);
    this.random = bind(library, isa, "patch_random", I, I, P, I, P, L);
  }

  /// Opens the library of the cpu backend for the widest instruction set that runs here, or the one
  /// that `PATCHBAY_ISA` forces there.
  static Kernels open() {
    final var resource = CpuBackend.class.getResource("libpatchbay.so");
    if (resource == null) {
      throw new IllegalStateException("the build had no C++ compiler, so there is nothing to time");
    }
    final var library = Library.open(resource, "patchbay");
    final var forced = System.getenv("PATCHBAY_ISA");
    for (final var isa : forced == null || forced.isBlank() ? ISAS : List.of(forced)) {
      if (library.has("pb_" + isa + "_isa_supported") && ask(library, isa, "isa_supported") != 0) {
        return new Kernels(library, isa);
      }
    }
    throw new BadSettingException(
        "PATCHBAY_ISA", String.valueOf(forced), "one of " + ISAS + ", which this machine runs");
  }

  /// `avx512`, `avx2` or `generic`.
  String isa() {
    return isa;
  }

  /// Runs fused multiply-adds on registers alone for some milliseconds; the operations done.
  double fmaBurst() {
    try (var arena = Arena.ofConfined()) {
      check("fma_peak", (int) peak.invokeExact(BURST, arena.allocate(ValueLayout.JAVA_FLOAT)));
    } catch (final Throwable e) {
      throw failed("fma_peak", e);
    }
    return (double) BURST * peakFlops;
  }

  /// The packed form of a layer's weight, for [#convolve].
  void pack(final Layer layer, final MemorySegment weight, final MemorySegment packed) {
    try {
      check(
          "pack",
          (int)
              (layer.down() ? pack : packUp)
                  .invokeExact(weight, packed, layer.largeChannels(), layer.smallChannels()));
    } catch (final Throwable e) {
      throw failed("pack", e);
    }
  }

  /// One layer on `n` samples, `(n, H, W, C)` in and out, with its bias and its ReLU.
  void convolve(
      final Layer layer,
      final MemorySegment x,
      final MemorySegment packed,
      final MemorySegment bias,
      final MemorySegment y,
      final long n) {
    try {
      check(
          "convolve",
          (int)
              (layer.down() ? down : up)
                  .invokeExact(
                      x,
                      packed,
                      bias,
                      layer.relu() ? RELU : 0,
                      0.0f,
                      MemorySegment.NULL,
                      y,
                      layer.side(),
                      layer.side(),
                      layer.largeChannels(),
                      layer.smallChannels(),
                      n));
    } catch (final Throwable e) {
      throw failed("convolve", e);
    }
  }

  /// What `count` units of one flat row become by a program, from the first unit on.
  ///
  /// @param words of the program, five an instruction
  /// @param random the numbers that the program may read
  void values(
      final MemorySegment words,
      final int instructions,
      final MemorySegment constants,
      final int constantCount,
      final MemorySegment clean,
      final MemorySegment source,
      final MemorySegment random,
      final MemorySegment out,
      final long count) {
    try {
      check(
          "patch_values",
          (int)
              values.invokeExact(
                  words,
                  instructions,
                  constants,
                  constantCount,
                  clean,
                  source,
                  MemorySegment.NULL,
                  0.0f,
                  random,
                  0,
                  1,
                  1,
                  out,
                  count));
    } catch (final Throwable e) {
      throw failed("patch_values", e);
    }
  }

  /// The random numbers of `count` units of one input, from the first unit on.
  ///
  /// @param ids id low 32 bits, id high 16 bits, draw
  void random(final long seed, final MemorySegment ids, final MemorySegment out, final long count) {
    try {
      check(
          "patch_random",
          (int) random.invokeExact((int) seed, (int) (seed >>> Integer.SIZE), ids, 0, out, count));
    } catch (final Throwable e) {
      throw failed("patch_random", e);
    }
  }

  private static MethodHandle bind(
      final Library library, final String isa, final String name, final MemoryLayout... arguments) {
    return library.function(
        "pb_" + isa + "_" + name, FunctionDescriptor.of(ValueLayout.JAVA_INT, arguments));
  }

  private static int ask(final Library library, final String isa, final String name) {
    try {
      return (int) bind(library, isa, name).invokeExact();
    } catch (final Throwable e) {
      throw failed(name, e);
    }
  }

  private static void check(final String name, final int status) {
    if (status != 0) {
      throw new IllegalStateException("kernel refused: name=" + name + ", status=" + status);
    }
  }

  private static RuntimeException failed(final String name, final Throwable cause) {
    return cause instanceof final RuntimeException e
        ? e
        : new IllegalStateException("kernel failed: name=" + name, cause);
  }
}
