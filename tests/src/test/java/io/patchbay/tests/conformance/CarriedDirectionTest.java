package io.patchbay.tests.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.patchbay.engine.Backend.Mode;
import io.patchbay.engine.Node;
import io.patchbay.engine.Op.Propagate;
import io.patchbay.engine.Op.Propagate.End;
import io.patchbay.engine.Sizes;
import io.patchbay.kernels.cuda.CudaBackend;
import io.patchbay.kernels.cuda.EmulatedDevice;
import io.patchbay.tests.cases.Catalogue;
import io.patchbay.tests.cases.OpCase;
import io.patchbay.tests.cases.Outputs;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// A cell whose direction is not in the table ends the run of a carried change with a message that
/// names its row, however the cell goes and whether it changes anything; nothing outside of the
/// table is read, and the next run is right.
final class CarriedDirectionTest {
  private static final long MEMORY = 1L << 30;
  private static final int ROWS = 13;

  /// The kernels that measure an image's change where it arises take these changes too.
  @Test
  void measuredWhereItArises() {
    Assumptions.assumeTrue(EmulatedDevice.present(), "the build had no C++ compiler");
    final var launched =
        products()
            .flatMap(c -> Launches.kernels(c, ROWS, EmulatedDevice.open(MEMORY, 0)).stream())
            .filter(kernel -> kernel.endsWith("_products"))
            .collect(Collectors.toSet());
    assertEquals(
        Set.of(
            "change_pixels/change_pixels_products",
            "tail_channel/tail_channel_products",
            "tail_colors/tail_colors_products",
            "tail_exact/tail_exact_products",
            "tail_exact_colors/tail_exact_colors_products",
            "tail_streamed/tail_streamed_products"),
        launched);
  }

  @TestFactory
  Stream<DynamicTest> aWrongOneEndsTheRun() {
    return EmulatedDevice.present()
        ? products().map(c -> DynamicTest.dynamicTest(c.name(), () -> check(c)))
        : Stream.of();
  }

  private static Stream<OpCase> products() {
    return Catalogue.all().stream().filter(c -> c.name().endsWith(End.PRODUCTS.toString()));
  }

  private static void check(final OpCase c) {
    final var trial = c.draw(ROWS, 3);
    final var change = trial.outputs().getFirst();
    final var op = (Propagate) change.op();
    final var table = change.input(op.layered());
    final var direction = change.input(op.layered() + 1);
    final int count = rows(trial.sizes(), table);
    try (var backend = CudaBackend.apart(EmulatedDevice.open(MEMORY, 0), true);
        var weights = trial.weights(backend);
        var program = backend.load(trial.plan(), weights, Mode.FAST)) {
      final var right = Outputs.of(program, weights, trial);
      for (int row = 0; row < ROWS; row += 4) {
        final int[] own = Objects.requireNonNull(trial.integers().get(direction));
        final int before = own[row];
        own[row] = row % 8 == 0 ? count : -1;
        final var e =
            assertThrows(IllegalArgumentException.class, () -> Outputs.of(program, weights, trial));
        final var text = String.valueOf(e.getMessage());
        assertTrue(text.startsWith("direction outside the table, at the row before: "), text);
        assertTrue(text.endsWith(": code=" + (row + 1)), text);
        own[row] = before;
      }
      assertEquals("", Outputs.of(program, weights, trial).firstOtherBit(right));
    }
  }

  private static int rows(final Sizes sizes, final Node table) {
    return sizes.of(Objects.requireNonNull(table.shape().axis()));
  }
}
