package io.patchbay.analysis.disentanglement;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.patchbay.analysis.disentanglement.FactorDraws.Use;
import io.patchbay.analysis.statistics.GroupJackknife;
import io.patchbay.analysis.statistics.Matrix;
import java.util.Arrays;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PosteriorGapTest {
  private static final int[] SIZES = {4, 3};
  private static final GroupJackknife JACKKNIFE = new GroupJackknife(4, 0.95, 2);

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
    return PosteriorGap.of(samples, Matrix.ofRows(logvar), Matrix.ofRows(z), mode, JACKKNIFE);
  }

  /// Posteriors that do not meet: the mixture has the entropy of the factor more than its parts.
  @Test
  void theFactorsThemselvesScoreOne() {
    for (final var code : Arrays.asList(Worlds.IDENTITY, Worlds.PERMUTED)) {
      final var gap = of(code, 0.01, Mode.CORRECTED);
      assertEquals(1, gap.gap().estimate(), 1e-9);
      assertEquals(1, gap.axisAligned().estimate(), 1e-9);
    }
    final var gap = of(Worlds.IDENTITY, 0.01, Mode.CORRECTED);
    assertEquals(Math.log(4), gap.information()[0][0], 1e-9);
    assertEquals(Math.log(3), gap.information()[1][1], 1e-9);
    assertEquals(0, gap.information()[0][1], 1e-9);
  }

  @Test
  void codesThatSayNothingOrTheSameHaveNoGap() {
    final var none = of(Worlds.ZERO, 1, Mode.CORRECTED);
    assertEquals(0, none.gap().estimate(), 1e-9);
    assertEquals(0, none.axisAligned().estimate(), 1e-9);
    final var copies = of(Worlds.DUPLICATED, 0.01, Mode.CORRECTED);
    assertEquals(0.5, copies.gap().estimate(), 1e-9);
    assertEquals(0.5, copies.axisAligned().estimate(), 1e-9);
  }

  /// Read in the wrong order, a code's samples are those of other codes and inputs.
  @Test
  void asPublishedTheFactorsThemselvesScoreNothing() {
    final var gap = of(Worlds.IDENTITY, 0.3, Mode.AS_PUBLISHED);
    assertTrue(of(Worlds.IDENTITY, 0.3, Mode.CORRECTED).gap().estimate() > 0.6);
    assertTrue(gap.gap().estimate() < 0.3, gap::toString);
  }

  @Test
  void sizesMustAgree() {
    final var samples = Worlds.grid(SIZES, 1, Worlds.IDENTITY);
    final var other = Matrix.ofRows(new double[12][3]);
    assertThrows(
        IllegalArgumentException.class,
        () -> PosteriorGap.of(samples, other, samples.codes(), Mode.CORRECTED, JACKKNIFE));
  }

  /// What the sums leave out is what a gap of the other inputs alone is without.
  @Test
  void intervalsAreFromTheOtherInputsAlone() {
    final Function<int[], double[]> mixed = v -> new double[] {v[0] + 0.6 * v[1], v[1], v[0]};
    final var samples = Worlds.grid(SIZES, 6, mixed);
    final int n = samples.codes().rows();
    final var noise = FactorDraws.normals(Use.NOISE, 8, n, 3);
    final double[][] z = new double[n][3];
    final double[][] logvar = new double[n][3];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < 3; j++) {
        logvar[i][j] = -1 - 0.3 * j - 0.1 * (i % 5);
        z[i][j] = samples.codes().at(i, j) + Math.exp(logvar[i][j] / 2) * noise.at(i, j);
      }
    }
    final var logs = Matrix.ofRows(logvar);
    final var points = Matrix.ofRows(z);
    final var all = PosteriorGap.of(samples, logs, points, Mode.CORRECTED, JACKKNIFE);
    final int[] groups = JACKKNIFE.groupOf(n);
    final double[] gaps = new double[4];
    final double[] axisAligned = new double[4];
    for (int g = 0; g < 4; g++) {
      final int left = g;
      final int[] rows = IntStream.range(0, n).filter(i -> groups[i] != left).toArray();
      final var part =
          PosteriorGap.of(
              samples.select(rows),
              logs.select(rows),
              points.select(rows),
              Mode.CORRECTED,
              JACKKNIFE);
      gaps[g] = part.gap().estimate();
      axisAligned[g] = part.axisAligned().estimate();
    }
    final var expected = JACKKNIFE.interval(n, all.gap().estimate(), gaps, 0, 1);
    assertEquals(expected.low(), all.gap().low(), 1e-9);
    assertEquals(expected.high(), all.gap().high(), 1e-9);
    assertTrue(expected.low() < expected.high());
    final var other = JACKKNIFE.interval(n, all.axisAligned().estimate(), axisAligned, 0, 1);
    assertEquals(other.high(), all.axisAligned().high(), 1e-9);
    assertEquals(n, all.gap().n());
  }
}
