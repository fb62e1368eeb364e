package io.patchbay.tests.conformance;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.patchbay.engine.expression.PatchOp;
import io.patchbay.engine.expression.PatchProgram;
import io.patchbay.engine.expression.PatchUnits;
import io.patchbay.ffi.Library;
import io.patchbay.ffi.NativeException;
import io.patchbay.kernels.cpu.CpuBackend;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The kernels that compute the new values of a unit by themselves, `patch_values` and
/// `patch_random`, of every instruction set that this machine has, beside the Java form.
final class PatchValuesTest {
  private static final float SENTINEL = -12345.5f;

  private static final List<PatchOp> OPS =
      List.of(
          PatchOp.define("blend", "clean + alpha * (source - clean)", Map.of("alpha", 0.3)),
          PatchOp.define("shrink", "clean > mean ? mean + (clean - mean) / 2 : -source * value"),
          PatchOp.define("places", "0.01 * unit + channel - row / (1 + column)"),
          PatchOp.define("drawn", "random < 0.4 ? source : clean * random"),
          PatchOp.define("set", "value"),
          PatchOp.define("functions", "tanh(clean) + sigmoid(source) * exp(mean) - floor(clean)"));

  /// Rows of the site are of 7 columns, channels of 42 units.
  private static final int WIDTH = 7;

  private static final int PLANE = 42;

  /// The kernels of one instruction set.
  record Kernels(String isa, MethodHandle values, MethodHandle random) {
    @Override
    public String toString() {
      return isa;
    }
  }

  static Stream<Kernels> kernels() {
    final var resource = Optional.ofNullable(CpuBackend.class.getResource("libpatchbay.so"));
    return resource.stream()
        .flatMap(file -> {
          final var library = Library.open(file, "patchbay");
          return Stream.of("avx512", "avx2", "generic")
              .filter(isa -> isHere(library, isa))
              .map(isa -> bind(library, isa));
        });
  }

  private static boolean isHere(final Library library, final String isa) {
    final var symbol = "pb_" + isa + "_isa_supported";
    try {
      return library.has(symbol)
          && (int) library.function(symbol, FunctionDescriptor.of(JAVA_INT)).invokeExact() != 0;
    } catch (final Throwable e) {
      throw new NativeException(symbol, e);
    }
  }

  private static Kernels bind(final Library library, final String isa) {
    final var values =
        FunctionDescriptor.of(
            JAVA_INT,
            JAVA_LONG,
            JAVA_INT,
            JAVA_LONG,
            JAVA_INT,
            JAVA_LONG,
            JAVA_LONG,
            JAVA_LONG,
            JAVA_FLOAT,
            JAVA_LONG,
            JAVA_INT,
            JAVA_INT,
            JAVA_INT,
            JAVA_LONG,
            JAVA_LONG);
    final var random =
        FunctionDescriptor.of(
            JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG);
    return new Kernels(
        isa,
        library.function("pb_" + isa + "_patch_values", values),
        library.function("pb_" + isa + "_patch_random", random));
  }

  /// Every length around whole vectors and whole tiles, from an odd place on; what stands behind
  /// the result is not touched.
  @ParameterizedTest
  @MethodSource("kernels")
  void agreesWithTheJavaForm(final Kernels kernels) {
    final var random = new SplittableRandom(4);
    for (final var op : OPS) {
      for (final int count :
          new int[] {0, 1, 2, 3, 5, 15, 16, 17, 31, 33, 64, 255, 256, 257, 511, 512, 700}) {
        final int first = 5 + count % 11;
        final var units =
            new PatchUnits(
                draw(random, count),
                draw(random, count),
                draw(random, count),
                0.75f,
                PatchUnits.random(9, 3, 1, first, count),
                first,
                PLANE,
                WIDTH);
        final var expected = op.values(units);
        final var found = run(kernels, op.program(), units);
        for (int i = 0; i < count; i++) {
          final int at = i;
          assertEquals(
              expected[i],
              found[i],
              3e-6 * Math.max(1, Math.abs(expected[i])),
              () -> op + ", count=" + count + ", unit=" + at);
        }
        for (int i = count; i < found.length; i++) {
          assertEquals(SENTINEL, found[i], op + ", behind the result, count=" + count);
        }
      }
    }
  }

  private static float[] draw(final SplittableRandom random, final int count) {
    final var values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextDouble(-2, 2);
    }
    return values;
  }

  /// The result, and what stands behind it.
  private static float[] run(
      final Kernels kernels, final PatchProgram program, final PatchUnits units) {
    final int count = units.clean().length;
    try (var arena = Arena.ofConfined()) {
      final var out = arena.allocate(4L * (count + 64), 64);
      for (int i = 0; i < count + 64; i++) {
        out.setAtIndex(JAVA_FLOAT, i, SENTINEL);
      }
      final int[] words = program.words();
      assertEquals(
          0,
          call(
              kernels,
              arena.allocateFrom(JAVA_INT, words),
              words.length / PatchProgram.WORDS,
              floats(arena, program.numbers()),
              program.constants().size(),
              floats(arena, units.clean()),
              floats(arena, units.source()),
              floats(arena, units.mean()),
              units,
              floats(arena, units.random()),
              out,
              count));
      return out.toArray(JAVA_FLOAT);
    }
  }

  private static MemorySegment floats(final Arena arena, final float[] values) {
    return arena.allocateFrom(JAVA_FLOAT, Arrays.copyOf(values, values.length + 1));
  }

  private static int call(
      final Kernels kernels,
      final MemorySegment words,
      final int length,
      final MemorySegment constants,
      final int constantCount,
      final MemorySegment clean,
      final MemorySegment source,
      final MemorySegment mean,
      final PatchUnits units,
      final MemorySegment random,
      final MemorySegment out,
      final long count) {
    try {
      return (int)
          kernels
              .values()
              .invokeExact(
                  words.address(),
                  length,
                  constants.address(),
                  constantCount,
                  clean.address(),
                  source.address(),
                  mean.address(),
                  units.value(),
                  random.address(),
                  units.first(),
                  units.plane(),
                  units.width(),
                  out.address(),
                  count);
    } catch (final Throwable e) {
      throw new NativeException("patch_values", e);
    }
  }

  /// Nothing is computed by what is no program: registers that nobody wrote, operands and codes
  /// that there are not, constants that were not given, values that are read and missing.
  @ParameterizedTest
  @MethodSource("kernels")
  void refusesWhatIsNoProgram(final Kernels kernels) {
    final int[][] wrong = {
      {}, {9, 64, 0, 65, 0}, {9, 64, 0, 16, 0}, {20, 64, 0, 0, 0}, {-1, 64, 0, 0, 0},
      {0, 63, 0, 0, 0}, {0, 88, 0, 0, 0}, {0, 64, 9, 0, 0}, {0, 64, -1, 0, 0}, {19, 64, 0, 0, 70}
    };
    try (var arena = Arena.ofConfined()) {
      final var values = floats(arena, new float[16]);
      final var units =
          new PatchUnits(new float[0], new float[0], new float[0], 0, new float[0], 0, 1, 1);
      for (final int[] words : wrong) {
        final var program = arena.allocateFrom(JAVA_INT, Arrays.copyOf(words, 5));
        final int status =
            call(
                kernels,
                program,
                words.length / 5,
                values,
                0,
                values,
                values,
                values,
                units,
                values,
                values,
                16);
        assertEquals(1, status, Arrays.toString(words));
      }
      final var source = arena.allocateFrom(JAVA_INT, 0, 64, 1, 0, 0);
      final var none = MemorySegment.NULL;
      assertEquals(
          6, call(kernels, source, 1, values, 0, values, none, none, units, none, values, 16));
      assertEquals(
          0, call(kernels, source, 1, values, 0, none, values, none, units, none, values, 16));
    }
  }

  /// The same bits as in Java, from any unit on.
  @ParameterizedTest
  @MethodSource("kernels")
  void randomNumbersAreThoseOfJava(final Kernels kernels) {
    final long seed = 0x1234_5678_9abc_def0L;
    final long id = (1L << 40) + 77;
    for (final int first : new int[] {0, 1, 3, 250}) {
      for (final int count : new int[] {1, 4, 63, 64, 65, 300}) {
        try (var arena = Arena.ofConfined()) {
          final var ids = arena.allocateFrom(JAVA_INT, (int) id, (int) (id >>> 32), 12);
          final var out = arena.allocate(4L * count, 64);
          final int status =
              (int)
                  kernels
                      .random()
                      .invokeExact(
                          (int) seed,
                          (int) (seed >>> 32),
                          ids.address(),
                          first,
                          out.address(),
                          (long) count);
          assertEquals(0, status);
          assertArrayEquals(PatchUnits.random(seed, id, 12, first, count), out.toArray(JAVA_FLOAT));
        } catch (final Throwable e) {
          throw new NativeException("patch_random", e);
        }
      }
    }
  }

  @Test
  void someInstructionSetIsHere() {
    assertTrue(
        CpuBackend.class.getResource("libpatchbay.so") == null || kernels().findAny().isPresent());
  }
}
