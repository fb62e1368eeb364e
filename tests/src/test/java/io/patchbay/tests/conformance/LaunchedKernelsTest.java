package io.patchbay.tests.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.patchbay.kernels.cuda.EmulatedDevice;
import io.patchbay.tests.cases.Catalogue;
import io.patchbay.tests.cases.ManyRows;
import io.patchbay.tests.cases.OpCase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/// Every CUDA kernel is launched by some case of the catalogue, with as many rows as it has in
/// [CudaConformanceTest], [CudaGeneralKernelsTest] or [CudaManyRowsTest]: what they hold to float64
/// is all that there is.
final class LaunchedKernelsTest {
  private static final long MEMORY = 1L << 30;

  /// All kernels, a line each: source, kernel and what it may take.
  private static final Path CEILINGS =
      Path.of("..", "kernels", "src", "main", "cuda", "ceilings.txt");

  /// Of no op: [CompiledPatchTest] and [StartedRunTest] have them.
  private static final Set<String> BESIDE =
      Set.of("patch_values/patch_values", "fired_check/fired_check", "index_spread/index_spread");

  @Test
  void everyKernelIsLaunchedBySomeCase() throws IOException {
    Assumptions.assumeTrue(EmulatedDevice.present(), "the build had no C++ compiler");
    final var launched = new TreeSet<>(BESIDE);
    Catalogue.all().forEach(opCase -> add(opCase, List.of(true, false), launched));
    Catalogue.narrow().forEach(opCase -> add(opCase, List.of(true), launched));
    final var left = new TreeSet<>(all());
    left.removeAll(launched);
    assertEquals(Set.of(), left);
  }

  private static void add(
      final OpCase opCase, final List<Boolean> forms, final Set<String> launched) {
    for (final boolean special : forms) {
      for (final int rows : rows(opCase)) {
        launched.addAll(Launches.kernels(opCase, rows, EmulatedDevice.open(MEMORY, 0), special));
        if (special) {
          launched.addAll(Launches.kernels(opCase, rows, EmulatedDevice.large(MEMORY, 0), true));
        }
      }
    }
  }

  private static List<Integer> rows(final OpCase opCase) {
    final var rows = new ArrayList<>(List.of(1, CaseCheck.MANY));
    if (ManyRows.layers(opCase)) {
      rows.add(ManyRows.LAYER_ROWS);
    }
    if (ManyRows.sums(opCase)) {
      rows.add(ManyRows.SUMS);
    }
    return rows;
  }

  private static Set<String> all() throws IOException {
    return Files.readAllLines(CEILINGS).stream()
        .filter(line -> !line.startsWith("#"))
        .map(line -> line.split(" ", -1))
        .map(words -> words[0] + "/" + words[1])
        .collect(Collectors.toSet());
  }
}
