package io.patchbay.tests.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.patchbay.engine.Axis;
import io.patchbay.engine.Backend;
import io.patchbay.engine.Backend.Mode;
import io.patchbay.engine.Graph;
import io.patchbay.engine.Ops;
import io.patchbay.engine.Plan;
import io.patchbay.engine.Shape;
import io.patchbay.engine.Sizes;
import io.patchbay.engine.expression.PatchOp;
import io.patchbay.engine.expression.PatchValue;
import io.patchbay.kernels.cuda.CudaBackend;
import io.patchbay.kernels.cuda.EmulatedDevice;
import io.patchbay.tests.cases.Catalogue;
import io.patchbay.tests.cases.OpCase;
import io.patchbay.tests.cases.Outputs;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The CUDA kernels with ops of one's own compiled into them, as NVRTC makes them on a GPU: the
/// source that is emitted there is compiled here by g++ and runs on the emulator, with the same
/// cases of the catalogue as the kernels that interpret them.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class CompiledPatchTest {
  private static final long MEMORY = 1L << 30;

  private HostKernels compiler;
  private CaseCheck check;

  @BeforeAll
  void open(@TempDir final Path folder) {
    assumeTrue(EmulatedDevice.present(), "no emulator here");
    compiler = new HostKernels(folder);
    check =
        new CaseCheck(settings ->
            CudaBackend.apart(EmulatedDevice.open(MEMORY, settings.threads() - 1, compiler), true));
  }

  @AfterAll
  void close() {
    if (check != null) {
      check.close();
    }
  }

  /// Every function and operator of the language, every value; patched whole, from gathered rows,
  /// and carried up and down, in regions, densely and through the kernels of a channel.
  static Stream<String> cases() {
    return Catalogue.all().stream()
        .map(Object::toString)
        .filter(name ->
            name.matches(
                "own patch (all|functions|limits|powers|steps|order|settled|written) .*(; 7|5, 4|9,"
                    + " 9|290)\\)|own patch of gathered rows.*|propagate own op on a decoder's"
                    + " channel .*|propagate own op .* of"
                    + " (5x4x4|7x9x4|3x12x10|1x16x16|2x4x8|10x1x1) to .*"));
  }

  private static void load(final Backend backend, final PatchOp op) {
    final var rows = new Axis("rows");
    final var ranges = new Axis("ranges");
    final var graph = new Graph();
    final var x = graph.input("x", Shape.batched(rows, 3, 4, 5));
    final var listed = graph.input("ranges", Shape.batched(ranges, 3).integers());
    final var patch = Ops.patch(op, x, listed, List.of());
    final var plan = Plan.of(graph, List.of(patch), Sizes.of(rows, 2).and(ranges, 2));
    try (var weights = backend.weights(List.of());
        var program = backend.load(plan, weights)) {
      assertTrue(program.bytes() > 0);
    }
  }

  private static PatchOp clipped(final String name, final double from) {
    return PatchOp.handWritten(
        name,
        Set.of(PatchValue.CLEAN),
        "__device__ float " + name + "(float clean) { return clean < 1.5f ? clean : 1.5f; }",
        unit -> Math.min(unit.clean(), from));
  }

  /// Both forms of a hand-written op are compared before it is used, and what it lacks is said.
  @Test
  void formsThatDifferAreRefused() {
    try (var backend = CudaBackend.apart(EmulatedDevice.open(MEMORY, 0, compiler), true)) {
      assertEquals("compiled by the host's compiler", backend.form(clipped("a", 1.5)).toString());
      load(backend, clipped("agrees", 1.5));
      final var e =
          assertThrows(
              IllegalArgumentException.class, () -> load(backend, clipped("differs", 1.51)));
      final var message = String.valueOf(e.getMessage());
      assertTrue(
          message.matches(
              "patch op differs: its CUDA and its Java form differ: clean=[0-9.]+: CUDA=1\\.5,"
                  + " Java=1\\.5[0-9]*"),
          message);
    }
  }

  /// Without a compiler an expression is interpreted, and says why; a hand-written op is refused.
  @Test
  void withoutACompilerItSaysSo() {
    try (var backend = CudaBackend.on(EmulatedDevice.open(MEMORY, 0))) {
      final var written = PatchOp.define("own", "clean / 2");
      assertEquals("interpreted (the emulator has no compiler)", backend.form(written).toString());
      load(backend, written);
      final var e =
          assertThrows(
              IllegalArgumentException.class, () -> load(backend, clipped("clipped", 1.5)));
      final var message = String.valueOf(e.getMessage());
      assertTrue(message.contains("nothing here compiles its CUDA function: the emul"), message);
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void agreesWithTheReference(final String name) {
    assertEquals(List.of(), check.mainFaults(known(name)));
    assertTrue(compiler.count() > 0);
  }

  /// An expression has the same bits in both forms, where the same kernels have it.
  @ParameterizedTest
  @MethodSource("cases")
  void bitsAreThoseOfTheInterpreter(final String name) {
    if (name.matches("own patch (settled|written) .*|.* a decoder's channel .*")) {
      return;
    }
    final var trial = known(name).draw(13, 5);
    try (var compiled = CudaBackend.on(EmulatedDevice.open(MEMORY, 0, compiler));
        var interpreting = CudaBackend.on(EmulatedDevice.open(MEMORY, 0))) {
      assertEquals(
          "",
          Outputs.of(compiled, trial, Mode.FAST)
              .firstOtherBit(Outputs.of(interpreting, trial, Mode.FAST)));
    }
  }

  private static OpCase known(final String name) {
    return Catalogue.all().stream().filter(c -> c.name().equals(name)).findFirst().orElseThrow();
  }
}
