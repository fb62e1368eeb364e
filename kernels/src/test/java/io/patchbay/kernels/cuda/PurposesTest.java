package io.patchbay.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.patchbay.engine.Axis;
import io.patchbay.engine.Backend.Mode;
import io.patchbay.engine.Graph;
import io.patchbay.engine.Node;
import io.patchbay.engine.Ops;
import io.patchbay.engine.Plan;
import io.patchbay.engine.Shape;
import io.patchbay.engine.Sizes;
import io.patchbay.ffi.NativeException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// A kernel that fails while a program runs is said with the step that it was for: here one that
/// lacks a barrier, recorded or not.
class PurposesTest {
  private static final long MEMORY = 1L << 26;
  private static final Axis ROWS = new Axis("rows");
  private static final Axis RANGES = new Axis("ranges");
  private static final Sizes SIZES = Sizes.of(ROWS, 2).and(RANGES, 2);

  /// How a program may ask for its steps.
  enum Way {
    RECORDED(Mode.FAST),
    IN_TURN(Mode.FAST),
    STEP_BY_STEP(Mode.STEP);

    private final Mode mode;

    Way(final Mode mode) {
      this.mode = mode;
    }

    EmulatedDevice device() {
      return this == IN_TURN ? EmulatedDevice.inTurn(MEMORY, 0) : EmulatedDevice.open(MEMORY, 0);
    }
  }

  private final Graph graph = new Graph();

  @BeforeEach
  void requireEmulator() {
    Assumptions.assumeTrue(EmulatedDevice.present(), "the build had no C++ compiler");
  }

  @AfterEach
  void takeAllBarriers() {
    if (EmulatedDevice.present()) {
      EmulatedDevice.open(MEMORY, 0).leaveOut("");
    }
  }

  private Node convolution(final String name, final Node x) {
    final var weights = graph.state(name + ".weight", Shape.of(32, 32, 4, 4));
    return Ops.relu(Ops.conv2d(x, weights, 2, 1));
  }

  /// What is said when the kernel of `source` lacks one of its barriers.
  private String failure(final Way way, final String source, final Node... outputs) {
    final var plan = Plan.of(graph, List.of(outputs), SIZES);
    final var device = way.device();
    try (var backend = CudaBackend.apart(device, true);
        var weights = backend.weights(List.copyOf(graph.states().values()));
        var program = backend.load(plan, weights, way.mode)) {
      for (final var name : weights.names()) {
        weights.write(name, new float[weights.shape(name).rowSize()]);
      }
      for (final var given : plan.given()) {
        if (given.shape().type() == Shape.Type.F32) {
          program.write(given, new float[2 * given.shape().rowSize()]);
        } else {
          program.write(given, new int[] {0, 0, 1, 1, 2, 3});
        }
      }
      device.barriers();
      program.run(SIZES);
      final var barriers =
          device.barriers().keySet().stream().filter(b -> b.startsWith(source)).toList();
      for (final var barrier : barriers) {
        device.leaveOut(barrier);
        try {
          program.run(SIZES);
        } catch (final NativeException e) {
          return String.valueOf(e.getMessage());
        }
      }
      throw new AssertionError("nothing fails without one of " + barriers);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aFailureNamesTheStepAndTheSite(final Way way) {
    final var x = graph.input("x", Shape.batched(ROWS, 32, 16, 16));
    final var first = graph.site("encoder.conv1", convolution("encoder.conv1", x));
    final var second = graph.site("encoder.conv2", convolution("encoder.conv2", first));
    final var message = failure(way, "conv_down_held.cu:", second);
    assertTrue(message.startsWith("kernel conv_down_held/conv_down_held_8_"), message);
    // Step by step the convolution stands apart from its activation, which has the site.
    final var served =
        way == Way.STEP_BY_STEP
            ? first.input(0).id() + " (reads x, encoder.conv1.weight)"
            : first.id() + " (site encoder.conv1)";
    assertTrue(message.endsWith(", step=conv_down %" + served), message);
  }

  @Test
  void whereThereAreNoSitesItNamesWhatIsRead() {
    final var x = graph.input("latent.z.numbers", Shape.batched(ROWS, 40));
    final var weights = graph.state("decoder.linear1.weight", Shape.of(24, 40));
    final var bias = graph.state("decoder.linear1.bias", Shape.of(24));
    final var product = Ops.matMul(x, weights, false, true);
    final var y = Ops.add(product, Ops.broadcast(bias, product.shape()));
    final var message = failure(Way.RECORDED, "linear_tensor.cu:", y);
    final var step =
        ", step=linear %"
            + y.id()
            + " (reads latent.z.numbers, decoder.linear1.weight, decoder.linear1.bias)";
    assertTrue(message.endsWith(step), message);
  }
}
