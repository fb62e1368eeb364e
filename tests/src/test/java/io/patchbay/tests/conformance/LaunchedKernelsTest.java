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
import java.util.stream.Stream;
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
    Stream.concat(Catalogue.all().stream(), Catalogue.narrow().stream())
        .forEach(opCase -> addSpecial(opCase, launched));
    Catalogue.all().forEach(opCase -> addGeneral(opCase, launched));
    final var left = new TreeSet<>(all());
    left.removeAll(launched);
    assertEquals(Set.of(), left);
  }

  private static void addSpecial(final OpCase opCase, final Set<String> launched) {
    final var rows = new ArrayList<>(List.of(1, CaseCheck.MANY));
    if (ManyRows.layers(opCase)) {
      rows.add(ManyRows.LAYER_ROWS);
      launched.addAll(Launches.kernels(opCase, 1, EmulatedDevice.large(MEMORY, 0)));
    }
    if (ManyRows.bent(opCase)) {
      final var large = EmulatedDevice.large(MEMORY, 0);
      launched.addAll(Launches.kernels(opCase, CaseCheck.MANY, large));
    }
    if (ManyRows.sums(opCase)) {
      rows.add(ManyRows.SUMS);
    }
    rows.forEach(
        each -> launched.addAll(Launches.kernels(opCase, each, EmulatedDevice.open(MEMORY, 0))));
  }

  private static void addGeneral(final OpCase opCase, final Set<String> launched) {
    final int rows = ManyRows.products(opCase) ? ManyRows.SUMS : CaseCheck.MANY;
    launched.addAll(Launches.kernels(opCase, rows, EmulatedDevice.open(MEMORY, 0), false));
  }

  private static Set<String> all() throws IOException {
    return Files.readAllLines(CEILINGS).stream()
        .filter(line -> !line.startsWith("#"))
        .map(line -> line.split(" ", -1))
        .map(words -> words[0] + "/" + words[1])
        .collect(Collectors.toSet());
  }
}
