package io.patchbay.tests.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.patchbay.engine.Axis;
import io.patchbay.engine.Backend.Mode;
import io.patchbay.engine.Node;
import io.patchbay.engine.Op.Propagate;
import io.patchbay.engine.Op.Propagate.End;
import io.patchbay.engine.Program;
import io.patchbay.engine.Sizes;
import io.patchbay.engine.Weights;
import io.patchbay.kernels.cuda.CudaBackend;
import io.patchbay.kernels.cuda.EmulatedDevice;
import io.patchbay.tests.cases.Catalogue;
import io.patchbay.tests.cases.OpCase;
import io.patchbay.tests.cases.Outputs;
import io.patchbay.tests.cases.Trial;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// Forms in which kernels read what is given, which a program keeps from run to run: those of what
/// stands there now, each time.
final class PackedGivenTest {
  private static final long MEMORY = 1L << 30;
  private static final int ROWS = 3;

  @TestFactory
  Stream<DynamicTest> areOfWhatIsGivenNow() {
    return EmulatedDevice.present()
        ? Catalogue.all().stream()
            .filter(c -> c.name().matches("propagate (a decoder's|in FP32 squares) .*"))
            .map(c -> DynamicTest.dynamicTest(c.name(), () -> check(c)))
        : Stream.of();
  }

  private static void check(final OpCase opCase) {
    final var trial = opCase.draw(ROWS, 1);
    final var output = trial.outputs().getFirst();
    final var table = Objects.requireNonNull(output.input(0).shape().axis());
    try (var cuda = CudaBackend.apart(EmulatedDevice.open(MEMORY, 2), true);
        var weights = trial.weights(cuda);
        var program = cuda.load(trial.plan(), weights, Mode.FAST)) {
      final var first = Outputs.of(program, weights, trial);
      assertEquals("", first.firstOtherBit(again(program, weights, trial, trial.sizes())));

      final var other = scaled(trial, table, 0.75f);
      other
          .floats()
          .forEach((node, values) -> {
            if (!Arrays.equals(values, trial.floats().get(node))) {
              program.write(node, values);
            }
          });
      final var second = again(program, weights, other, other.sizes());
      assertEquals("", Outputs.of(cuda, other, Mode.FAST).firstOtherBit(second));
      assertNotEquals("", first.firstOtherBit(second));

      // One row of the table, which all cells read then, and all of it without writing it again.
      final var indices = new ArrayList<>(List.of(output.input(2), output.input(3)));
      final var op = (Propagate) output.op();
      if (op.end() == End.PRODUCTS) {
        indices.add(output.input(op.layered() + 1));
      }
      indices.forEach(node -> program.write(node, new int[ROWS]));
      trial.floats().forEach(program::write);
      final var one = again(program, weights, trial, trial.sizes().and(table, 1));
      assertNotEquals("", one.firstOtherBit(first));
      indices.forEach(
          node -> program.write(node, Objects.requireNonNull(trial.integers().get(node))));
      final var all = again(program, weights, trial, trial.sizes());
      assertEquals("", first.firstOtherBit(all));
    }
  }

  private static Outputs again(
      final Program program, final Weights weights, final Trial trial, final Sizes sizes) {
    program.run(sizes);
    final List<float[]> values = new ArrayList<>();
    trial.values().forEach(output -> values.add(program.read(output)));
    weights.names().forEach(name -> values.add(weights.read(name)));
    return new Outputs(names(trial, weights), values);
  }

  private static List<String> names(final Trial trial, final Weights weights) {
    final var names = new ArrayList<String>();
    trial.values().forEach(output -> names.add(output.toString()));
    weights.names().forEach(name -> names.add("state " + name));
    return names;
  }

  /// With other numbers in the rows of a table.
  private static Trial scaled(final Trial trial, final Axis table, final float by) {
    final Map<Node, float[]> floats = new LinkedHashMap<>();
    trial
        .floats()
        .forEach((node, values) -> {
          if (!table.equals(node.shape().axis())) {
            floats.put(node, values);
            return;
          }
          final var scaled = values.clone();
          for (int i = 0; i < scaled.length; i++) {
            scaled[i] *= by;
          }
          floats.put(node, scaled);
        });
    return new Trial(
        trial.graph(),
        trial.sizes(),
        floats,
        trial.integers(),
        trial.states(),
        trial.outputs(),
        trial.differentiable(),
        trial.precision());
  }
}
