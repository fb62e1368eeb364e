package io.patchbay.ffi.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The functions of the driver are as `cuda.h` has them; the C++ compiler compares them.
class DriverFunctionTest {
  private static final String SHAPES =
      """
      #include <cuda.h>
      template <class T> constexpr char letter() {
        static_assert(sizeof(T) == 4 || sizeof(T) == 8);
        return sizeof(T) == 4 ? 'I' : 'L';
      }
      template <class... A> constexpr bool is(CUresult (*)(A...), const char *shape) {
        const char letters[] = {letter<A>()..., 0};
        for (unsigned i = 0; i < sizeof letters; i++) {
          if (letters[i] != shape[i]) return false;
        }
        return true;
      }
      """;

  @TempDir private Path folder = Path.of("");

  private void compile(final String text) throws IOException, InterruptedException {
    final var file = Files.writeString(folder.resolve("shapes.cpp"), SHAPES + text);
    Compiler.run(List.of("-fsyntax-only", file.toString()));
  }

  @Test
  void theirShapesAreThoseOfTheHeader() throws IOException, InterruptedException {
    assumeFalse(Compiler.cudaHeaders().isEmpty(), "no cuda.h here");
    compile(
        Arrays.stream(DriverFunction.values())
            .map(f -> "static_assert(is(%s, \"%s\"), \"\");\n".formatted(f.symbol(), f.shape()))
            .collect(Collectors.joining()));
  }

  /// The check itself.
  @Test
  void aWrongShapeIsFound() {
    assumeFalse(Compiler.cudaHeaders().isEmpty(), "no cuda.h here");
    final var e =
        assertThrows(
            AssertionError.class, () -> compile("static_assert(is(cuInit, \"L\"), \"wrong\");\n"));
    assertTrue(String.valueOf(e.getMessage()).contains("wrong"), e::getMessage);
  }

  @Test
  void aCallOfAnotherShapeIsRefused() throws IOException, InterruptedException {
    final var calls = DriverCalls.bind(FakeDriver.build(folder).library());
    final var e =
        assertThrows(
            IllegalArgumentException.class, () -> calls.call(DriverFunction.MEM_FREE, 1L, 2L));
    assertEquals("cuMemFree_v2 is called wrongly: takes=L, given=LL", e.getMessage());
  }
}
