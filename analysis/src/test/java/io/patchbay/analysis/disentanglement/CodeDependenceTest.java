package io.patchbay.analysis.disentanglement;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.patchbay.analysis.statistics.Bootstrap;
import io.patchbay.analysis.statistics.Matrix;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class CodeDependenceTest {
  private static final Bootstrap BOOTSTRAP = new Bootstrap(100, 0.95, 3);

  private static CodeDependence of(final Function<int[], double[]> code) {
    return CodeDependence.of(Worlds.grid(new int[] {4, 5, 3}, 3, code).codes(), BOOTSTRAP);
  }

  @Test
  void independentCodesScoreZero() {
    for (final var code : List.of(Worlds.IDENTITY, Worlds.PERMUTED)) {
      final var score = of(code);
      assertEquals(0, score.totalCorrelation().orElseThrow().estimate(), 1e-12);
      assertEquals(0, score.wasserstein().estimate(), 1e-12);
      assertEquals(0, score.wassersteinShare().orElseThrow().estimate(), 1e-12);
      assertEquals(0, score.information().orElseThrow().estimate(), 1e-12);
      assertEquals(180, score.wasserstein().n());
    }
  }

  /// x = 1 1 -1 -1, y = 2 0 0 -2: variances 4/3 and 8/3, covariance 4/3. The square root of a 2x2
  /// matrix has the trace sqrt(tr + 2 sqrt(det)).
  @Test
  void twoCodesByHand() {
    final var codes = Matrix.ofRows(new double[][] {{1, 2}, {1, 0}, {-1, 0}, {-1, -2}});
    final var score = CodeDependence.of(codes, BOOTSTRAP);
    assertEquals(Math.log(2) / 2, score.totalCorrelation().orElseThrow().estimate(), 1e-12);
    final double root = Math.sqrt(80 / 9.0 + 2 * Math.sqrt(512) / 9);
    assertEquals(8 - 2 * root, score.wasserstein().estimate(), 1e-12);
    assertEquals(2 - root / 2, score.wassersteinShare().orElseThrow().estimate(), 1e-12);
    // Knowing y tells x where y is not 0: half of a bit.
    assertEquals(Math.log(2) / 2, score.information().orElseThrow().estimate(), 1e-12);
  }

  @Test
  void aCodeThatIsThereTwiceIsSingular() {
    final var score = of(Worlds.DUPLICATED);
    assertTrue(score.totalCorrelation().isEmpty());
    assertTrue(score.wasserstein().estimate() > 0.1);
    // One pair of six shares ln 4.
    assertEquals(Math.log(4) / 6, score.information().orElseThrow().estimate(), 1e-12);
  }

  @Test
  void constantCodesDependOnNothing() {
    final var none = of(Worlds.ZERO);
    assertEquals(0, none.totalCorrelation().orElseThrow().estimate());
    assertEquals(0, none.wasserstein().estimate());
    assertTrue(none.wassersteinShare().isEmpty());
    final Function<int[], double[]> pair = v -> new double[] {v[0], v[0] + v[1]};
    final Function<int[], double[]> more = v -> new double[] {v[0], 0.1, v[0] + v[1]};
    assertEquals(
        of(pair).totalCorrelation().orElseThrow().estimate(),
        of(more).totalCorrelation().orElseThrow().estimate(),
        1e-12);
    assertEquals(
        of(pair).information().orElseThrow().estimate() / 3,
        of(more).information().orElseThrow().estimate(),
        1e-12);
  }

  @Test
  void scaleMattersToTheDistanceAlone() {
    final Function<int[], double[]> mixed = v -> new double[] {v[0], v[0] + v[1], v[2] - v[1]};
    final var plain = of(mixed);
    final var larger = of(Worlds.scaled(mixed, 1, 16));
    assertTrue(plain.totalCorrelation().orElseThrow().estimate() > 0.1);
    assertEquals(
        plain.totalCorrelation().orElseThrow().estimate(),
        larger.totalCorrelation().orElseThrow().estimate(),
        1e-12);
    assertEquals(
        plain.information().orElseThrow().estimate(),
        larger.information().orElseThrow().estimate(),
        1e-12);
    assertTrue(larger.wasserstein().estimate() > plain.wasserstein().estimate() + 0.1);
  }

  @Test
  void oneCodeHasNoPairs() {
    assertTrue(of(v -> new double[] {v[0]}).information().isEmpty());
    assertThrows(
        IllegalArgumentException.class,
        () -> CodeDependence.of(Matrix.ofColumn(new double[] {1}), BOOTSTRAP));
  }
}
