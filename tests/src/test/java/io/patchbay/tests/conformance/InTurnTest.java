package io.patchbay.tests.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.patchbay.engine.Backend.Mode;
import io.patchbay.kernels.cuda.CudaBackend;
import io.patchbay.kernels.cuda.EmulatedDevice;
import io.patchbay.tests.cases.Catalogue;
import io.patchbay.tests.cases.OpCase;
import io.patchbay.tests.cases.Outputs;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// A device that records nothing, as with `CUDA_LAUNCH_BLOCKING=1`, gives the bits of one that
/// records, in every run of a program: also where packed weights are made anew.
final class InTurnTest {
  private static final long MEMORY = 1L << 30;
  private static final int ROWS = 3;

  /// How the names of programs of several launches begin: steps of training, layers with their
  /// gradients, patches, carried changes.
  private static final List<String> PROGRAMS =
      List.of(
          "Adam",
          "descent",
          "objective",
          "batch statistics",
          "effect of a patch",
          "layer then linear",
          "linear then transposed",
          "layer (16, 8, 8)",
          "propagate UNIT of",
          "propagate STRIP of",
          "propagate own op on a decoder's channel");

  private static Stream<OpCase> cases() {
    assumeTrue(EmulatedDevice.present(), "no emulator here");
    return PROGRAMS.stream()
        .flatMap(name -> {
          final var cases =
              Catalogue.all().stream().filter(c -> c.name().startsWith(name)).toList();
          assertFalse(cases.isEmpty(), name);
          return cases.stream();
        });
  }

  @ParameterizedTest
  @MethodSource("cases")
  void bothWaysGiveTheSameBits(final OpCase opCase) {
    final var recorded = runs(opCase, EmulatedDevice.open(MEMORY, 1));
    final var inTurn = runs(opCase, EmulatedDevice.inTurn(MEMORY, 1));
    for (int run = 0; run < recorded.size(); run++) {
      assertEquals("", inTurn.get(run).firstOtherBit(recorded.get(run)), "run=" + run);
    }
  }

  /// Closes the device.
  private static List<Outputs> runs(final OpCase opCase, final EmulatedDevice device) {
    final var trial = opCase.draw(ROWS, 1);
    final var outputs = new ArrayList<Outputs>();
    try (var backend = CudaBackend.on(device);
        var weights = trial.weights(backend);
        var program = backend.load(trial.plan(), weights, Mode.FAST)) {
      outputs.add(Outputs.of(program, weights, trial));
      for (final var name : weights.names()) {
        final var other = weights.read(name);
        for (int i = 0; i < other.length; i++) {
          other[i] = 0.5f - other[i];
        }
        weights.write(name, other);
      }
      outputs.add(Outputs.of(program, weights, trial));
    }
    return outputs;
  }
}
