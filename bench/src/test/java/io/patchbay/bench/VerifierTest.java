package io.patchbay.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

/// A wrong result must not be timed.
final class VerifierTest {
  private static final int BATCH = 64;

  private final Conv4Weights weights = Conv4Weights.random(3);
  private final InputPool inputs = new InputPool(4);
  private final Verifier verifier = new Verifier(weights, inputs);

  @Test
  void theRightActivationsPass() {
    assertEquals(0, verifier.check(Workload.D1, layer(0, 1)), 1e-6);
  }

  @Test
  void activationsThatAreOffByALittleAreRefused() {
    assertThrows(IllegalStateException.class, () -> verifier.check(Workload.D1, layer(0, 1.0001)));
  }

  @Test
  void activationsThatAreNotNumbersAreRefused() {
    assertThrows(
        IllegalStateException.class, () -> verifier.check(Workload.D1, layer(0, Double.NaN)));
  }

  @Test
  void activationsOfAnotherBatchAreRefused() {
    assertThrows(IllegalStateException.class, () -> verifier.check(Workload.D1, layer(-BATCH, 1)));
  }

  /// The first transposed convolution, computed by the judge's own loops for other samples or with
  /// other values.
  private Contestant layer(final int shift, final double factor) {
    final var net = new Float64Net(weights);
    final float[] input = inputs.layerInput(Layer.D1);
    return new Contestant() {
      private int first;

      @Override
      public String form() {
        return "test";
      }

      @Override
      public int batch() {
        return BATCH;
      }

      @Override
      public void run(final int turn) {
        first = turn * BATCH + shift;
      }

      @Override
      public float[] result() {
        final int size = Layer.D1.inputSize();
        final float[] values = new float[BATCH * Layer.D1.outputSize()];
        for (int i = 0; i < BATCH; i++) {
          final double[] y = net.layer(Layer.D1, Float64Net.widen(input, (first + i) * size, size));
          for (int j = 0; j < y.length; j++) {
            values[i * y.length + j] = (float) (y[j] * factor);
          }
        }
        return values;
      }

      @Override
      public Output output() {
        return Output.ACTIVATIONS;
      }

      @Override
      public void close() {}
    };
  }
}
