package io.patchbay.tests.conformance;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.patchbay.engine.Backend.Mode;
import io.patchbay.engine.BackendProvider;
import io.patchbay.engine.BackendProvider.Settings;
import io.patchbay.engine.Backends;
import io.patchbay.ffi.Library;
import io.patchbay.ffi.NativeException;
import io.patchbay.kernels.cpu.CpuBackend;
import io.patchbay.kernels.reference.ReferenceBackend;
import io.patchbay.tests.cases.Catalogue;
import java.lang.foreign.FunctionDescriptor;
import java.lang.invoke.MethodHandle;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// Every case of the catalogue on every backend that can run here, against float64; the same bits
/// for any number of threads, for a row alone or in a batch, and run after run.
final class ConformanceTest {
  static final String REFERENCE = "reference";

  private static final Pattern CONVOLUTIONS =
      Pattern.compile("^(convolution|input gradient|weight gradient|layer|transposed layer|leaky)");

  private static List<BackendProvider> others() {
    return Backends.providers().stream()
        .filter(p -> !p.name().equals(REFERENCE) && p.unavailable().isEmpty())
        .toList();
  }

  @TestFactory
  Stream<DynamicContainer> agreesWithTheReference() {
    return others().stream().map(ConformanceTest::cases);
  }

  private static DynamicContainer cases(final BackendProvider provider) {
    final var check = new CaseCheck(provider::open);
    final var tests =
        Catalogue.all().stream()
            .map(c ->
                DynamicTest.dynamicTest(c.name(), () -> assertEquals(List.of(), check.faults(c))))
            .onClose(check::close);
    return DynamicContainer.dynamicContainer(provider.name(), tests);
  }

  /// The kernels for all shapes of convolutions, on the shapes that have kernels of their own too,
  /// with a fence around every buffer. [InstructionSetTest] has the others so.
  @TestFactory
  Stream<DynamicTest> generalConvolutionsTakeEveryShape() {
    if (!hasCpu()) {
      return Stream.of();
    }
    final var check = new CaseCheck(s -> CpuBackend.fenced(s, null, false));
    return Catalogue.all().stream()
        .filter(c -> CONVOLUTIONS.matcher(c.name()).find())
        .map(c ->
            DynamicTest.dynamicTest(c.name(), () -> assertEquals(List.of(), check.mainFaults(c))))
        .onClose(check::close);
  }

  /// The fence itself: a kernel that writes one number too far is named, before a buffer or after.
  @Test
  void aWriteBesideABufferIsFound() {
    assumeTrue(hasCpu(), "no cpu backend here");
    final var opCase =
        Catalogue.all().stream()
            .filter(c -> c.name().startsWith("patch "))
            .findFirst()
            .orElseThrow();
    final var trial = opCase.draw(5, 1);
    for (final int shift : new int[] {-4, 4}) {
      try (var backend =
              CpuBackend.fenced(new Settings(1, 1L << 28), new Shifted(shift)::patch, true);
          var weights = trial.weights(backend);
          var program = backend.load(trial.plan(), weights, Mode.FAST)) {
        trial.write(program);
        final var e = assertThrows(IllegalStateException.class, () -> program.run(trial.sizes()));
        final var text = String.valueOf(e.getMessage());
        assertTrue(text.startsWith("a kernel wrote outside its buffer"), text);
        assertTrue(text.contains(shift < 0 ? "before=4 bytes" : "after=0 bytes"), text);
      }
    }
  }

  /// The kernel of patches, told a place beside the one that it is to write to.
  private record Shifted(int bytes, MethodHandle kernel) {
    Shifted(final int bytes) {
      this(
          bytes,
          Library.open(
                  Objects.requireNonNull(CpuBackend.class.getResource("libpatchbay.so")),
                  "patchbay")
              .function(
                  "pb_generic_patch",
                  FunctionDescriptor.of(
                      JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT,
                      JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG)));
    }

    void patch(
        final long x,
        final long source,
        final long ranges,
        final long y,
        final int channels,
        final int height,
        final int width,
        final int firstRow,
        final long n,
        final long m,
        final long fired) {
      try {
        final int status =
            (int)
                kernel.invokeExact(
                    x, source, ranges, y + bytes, channels, height, width, firstRow, n, m, fired);
        assertEquals(0, status);
      } catch (final Throwable e) {
        throw new NativeException("patch beside its place: bytes=" + bytes, e);
      }
    }
  }

  private static boolean hasCpu() {
    return Backends.providers().stream()
        .anyMatch(p -> p.name().equals("cpu") && p.unavailable().isEmpty());
  }

  /// The check itself: a patch that counts its units and moves nothing does not pass it.
  @Test
  void aPatchThatMovesNothingIsFound() {
    try (var check =
        new CaseCheck(s -> new ReferenceBackend(s, (from, at, to, place, count) -> {}))) {
      final var patches =
          Catalogue.all().stream().filter(c -> c.name().startsWith("patch ")).toList();
      assertTrue(patches.size() >= 3);
      patches.forEach(c -> assertNotEquals(List.of(), check.faults(c), c.name()));
    }
  }

  @Test
  void theReferenceIsNotComparedWithItself() {
    assertTrue(Backends.providers().stream().anyMatch(p -> p.name().equals(REFERENCE)));
    assertTrue(others().stream().noneMatch(p -> p.name().equals(REFERENCE)));
    final boolean cpu =
        Backends.providers().stream()
            .anyMatch(p -> p.name().equals("cpu") && p.unavailable().isEmpty());
    assertEquals(cpu, others().stream().anyMatch(p -> p.name().equals("cpu")));
  }
}
