package io.patchbay.analysis.disentanglement;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.patchbay.analysis.disentanglement.FactorDraws.Use;
import io.patchbay.analysis.statistics.Matrix;
import java.util.Arrays;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class PosteriorGapTest {
  private static final int[] SIZES = {4, 3};

  /// @param deviation of every posterior
  private static PosteriorGap of(
      final Function<int[], double[]> code, final double deviation, final Mode mode) {
    final var samples = Worlds.grid(SIZES, 6, code);
    final int n = samples.codes().rows();
    final int d = samples.codes().columns();
    final var noise = FactorDraws.normals(Use.NOISE, 8, n, d);
    final double[][] z = new double[n][d];
    final double[][] logvar = new double[n][d];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < d; j++) {
        // Copies of a code take the same noise.
        z[i][j] = samples.codes().at(i, j) + deviation * noise.at(i, 0);
        logvar[i][j] = 2 * Math.log(deviation);
      }
    }
    return PosteriorGap.of(samples, Matrix.ofRows(logvar), Matrix.ofRows(z), mode);
  }

  /// Posteriors that do not meet: the mixture has the entropy of the factor more than its parts.
  @Test
  void theFactorsThemselvesScoreOne() {
    for (final var code : Arrays.asList(Worlds.IDENTITY, Worlds.PERMUTED)) {
      final var gap = of(code, 0.01, Mode.CORRECTED);
      assertEquals(1, gap.gap(), 1e-9);
      assertEquals(1, gap.axisAligned(), 1e-9);
    }
    final var gap = of(Worlds.IDENTITY, 0.01, Mode.CORRECTED);
    assertEquals(Math.log(4), gap.information()[0][0], 1e-9);
    assertEquals(Math.log(3), gap.information()[1][1], 1e-9);
    assertEquals(0, gap.information()[0][1], 1e-9);
  }

  @Test
  void codesThatSayNothingOrTheSameHaveNoGap() {
    final var none = of(Worlds.ZERO, 1, Mode.CORRECTED);
    assertEquals(0, none.gap(), 1e-9);
    assertEquals(0, none.axisAligned(), 1e-9);
    final var copies = of(Worlds.DUPLICATED, 0.01, Mode.CORRECTED);
    assertEquals(0.5, copies.gap(), 1e-9);
    assertEquals(0.5, copies.axisAligned(), 1e-9);
  }

  /// Read in the wrong order, a code's samples are those of other codes and inputs.
  @Test
  void asPublishedTheFactorsThemselvesScoreNothing() {
    final var gap = of(Worlds.IDENTITY, 0.3, Mode.AS_PUBLISHED);
    assertTrue(of(Worlds.IDENTITY, 0.3, Mode.CORRECTED).gap() > 0.6);
    assertTrue(gap.gap() < 0.3, gap::toString);
  }

  @Test
  void sizesMustAgree() {
    final var samples = Worlds.grid(SIZES, 1, Worlds.IDENTITY);
    final var other = Matrix.ofRows(new double[12][3]);
    assertThrows(
        IllegalArgumentException.class,
        () -> PosteriorGap.of(samples, other, samples.codes(), Mode.CORRECTED));
  }
}
