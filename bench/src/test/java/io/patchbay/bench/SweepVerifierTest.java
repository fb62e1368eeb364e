package io.patchbay.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.patchbay.vae.data.Sprites;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// A sweep with wrong effects must not be timed.
final class SweepVerifierTest {
  private static final int BATCH = 4;

  private final Conv4Weights weights = Conv4Weights.random(3);
  private final float[] pool = TrainedConv4.images(new Sprites(false), 4, 1);
  private final SweepTask task = SweepTask.of(SweepWorkload.ABLATE_32, pool, 4, 1);
  private final SweepVerifier verifier = new SweepVerifier(weights, task, BATCH, 2);

  @Test
  void theRightEffectsPass() {
    assertEquals(0, verifier.check(contestant(0, e -> e), SweepVerifier.BOUND), 1e-6);
  }

  @Test
  void effectsThatAreOffByALittleAreRefused() {
    refused(0, e -> e * 1.01);
  }

  @Test
  void effectsOfOtherCellsAreRefused() {
    refused(1, e -> e);
  }

  @Test
  void effectsThatAreNotNumbersAreRefused() {
    refused(0, _ -> Double.NaN);
  }

  private void refused(final int shift, final DoubleUnaryOperator change) {
    assertThrows(
        IllegalStateException.class,
        () -> verifier.check(contestant(shift, change), SweepVerifier.ROUNDING));
  }

  /// The judge's own effects, of cells that lie `shift` further, or changed.
  private SweepContestant contestant(final int shift, final DoubleUnaryOperator change) {
    final var judge = new Float64Sweep(weights, task);
    return new SweepContestant() {
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
        first = turn % 8 * BATCH;
      }

      @Override
      public int[] cells() {
        return IntStream.range(first, first + BATCH).toArray();
      }

      @Override
      public float[] effects() {
        final float[] effects = new float[BATCH];
        for (int i = 0; i < BATCH; i++) {
          final double effect = judge.of(first + i + shift).effects().getFirst();
          effects[i] = (float) change.applyAsDouble(effect);
        }
        return effects;
      }

      @Override
      public void close() {}
    };
  }
}
