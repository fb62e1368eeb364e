package io.patchbay.tests.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.patchbay.kernels.cuda.EmulatedDevice;
import io.patchbay.tests.cases.Catalogue;
import io.patchbay.tests.cases.OpCase;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// Which kernels convolutions take whose squares do not overlap, on a device of many
/// multiprocessors.
final class CudaDisjointTest {
  private static final long MEMORY = 1L << 30;
  private static final int FEW = 64;
  private static final int MANY = 1024;

  private static final String DOWN = "conv_disjoint/conv_disjoint_down";
  private static final String UP = "conv_disjoint/conv_disjoint_up";
  private static final String GRADIENT = "conv_disjoint_wgrad/conv_disjoint_wgrad_tf32";
  private static final String JOIN = "conv_generic/conv_generic_join";
  private static final String GENERIC = "conv_generic/conv_generic_";

  /// By case what it launches on few rows, and on many.
  private static final Map<String, List<List<String>>> TAKEN =
      Map.ofEntries(
          // The layers of an autoencoder.
          always("convolution (32, 16, 16) -> 64", DOWN + "_few_tf32x3", DOWN + "_tf32x3"),
          always("convolution (64, 8, 8) -> 64", DOWN + "_few_tf32x3", DOWN + "_tf32x3"),
          always("input gradient (32, 16, 16) -> 64", UP + "_tf32x3", UP + "_tf32x3"),
          always("input gradient (64, 8, 8) -> 64", UP + "_few_tf32x3", UP + "_tf32x3"),
          Map.entry(
              "weight gradient (32, 16, 16) -> 64, k2x2 s2 p0",
              List.of(List.of(GRADIENT + "x3", JOIN), List.of(GRADIENT + "x3", JOIN))),
          Map.entry(
              "weight gradient (64, 8, 8) -> 64, k2x2 s2 p0",
              List.of(List.of(GRADIENT + "x3", JOIN), List.of(GRADIENT + "x3", JOIN))),
          always("tf32 convolution (64, 8, 8) -> 20", DOWN + "_few_tf32", DOWN + "_tf32"),
          always("tf32 transposed convolution (33, 8, 8) -> 70", UP + "_few_tf32", UP + "_tf32"),
          // Weights that no block has room for.
          always("convolution (228, 4, 4) -> 9", DOWN + "_few_tf32x3", DOWN + "_few_tf32x3"),
          always("input gradient (9, 4, 4) -> 801", UP + "_few_tf32x3", UP + "_few_tf32x3"),
          // An odd width, a row that no square sees.
          always("convolution (4, 6, 6) -> 8", GENERIC + "down_thin", GENERIC + "down_thin"),
          always("input gradient (4, 9, 8) -> 8", GENERIC + "up_thin", GENERIC + "up_thin"));

  private static Map.Entry<String, List<List<String>>> always(
      final String name, final String few, final String many) {
    return Map.entry(name + ", k2x2 s2 p0", List.of(List.of(few), List.of(many)));
  }

  @TestFactory
  Stream<DynamicTest> layersTakeTheKernelsForDisjointSquares() {
    if (!EmulatedDevice.present()) {
      return Stream.of();
    }
    final var cases =
        Stream.concat(Catalogue.all().stream(), Catalogue.narrow().stream())
            .filter(c -> TAKEN.containsKey(c.name()))
            .toList();
    assertEquals(TAKEN.size(), cases.size());
    return cases.stream().map(c -> DynamicTest.dynamicTest(c.name(), () -> check(c)));
  }

  /// The gradient of a bias comes from the kernel of the weight gradient, of g or of x.
  @TestFactory
  Stream<DynamicTest> biasesAreSummedBesideWeights() {
    return EmulatedDevice.present()
        ? Catalogue.all().stream()
            .filter(c -> c.name().contains("layers of disjoint squares"))
            .map(c ->
                DynamicTest.dynamicTest(
                    c.name(),
                    () -> {
                      final var device = EmulatedDevice.large(MEMORY, 0);
                      final var kernels = Launches.kernels(c, FEW, device);
                      assertEquals(2, Collections.frequency(kernels, GRADIENT + "x3"));
                      assertTrue(kernels.stream().noneMatch(k -> k.startsWith("reduce")));
                    }))
        : Stream.of();
  }

  private static void check(final OpCase opCase) {
    final var found =
        Stream.of(FEW, MANY)
            .map(rows -> Launches.kernels(opCase, rows, EmulatedDevice.large(MEMORY, 0)))
            .toList();
    assertEquals(TAKEN.get(opCase.name()), found);
  }
}
