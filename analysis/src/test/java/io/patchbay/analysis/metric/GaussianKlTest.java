package io.patchbay.analysis.metric;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.patchbay.analysis.statistics.Bootstrap;
import io.patchbay.analysis.statistics.Matrix;
import org.junit.jupiter.api.Test;

class GaussianKlTest {
  private static final Bootstrap BOOTSTRAP = new Bootstrap(100, 0.95, 3);

  @Test
  void closedForm() {
    Matrix mu = Matrix.ofRows(new double[][] {{2, 0, 0, 1e-3}, {0, 0, 0, -1e-3}});
    double shrink = Math.log(0.25);
    Matrix logvar = Matrix.ofRows(new double[][] {{0, shrink, 0, 0}, {0, shrink, 0, 1e-6}});
    GaussianKl kl = GaussianKl.of(mu, logvar, BOOTSTRAP);
    // mean shift 2 in one of two samples: 4 / 2 / 2; variance 1/4: (1/4 + ln 4 - 1) / 2
    assertEquals(1, kl.latents().get(0).estimate(), 1e-15);
    assertEquals((0.25 + Math.log(4) - 1) / 2, kl.latents().get(1).estimate(), 1e-15);
    assertEquals(0, kl.latents().get(2).estimate());
    assertEquals(5e-7 + 1.25e-13, kl.latents().get(3).estimate(), 1e-17);
    double sum = kl.latents().stream().mapToDouble(latent -> latent.estimate()).sum();
    assertEquals(sum, kl.total().estimate(), 1e-14);
    assertArrayEquals(new boolean[] {true, true, false, false}, kl.active(GaussianKl.ACTIVE));
    assertEquals(2, kl.activeCount(GaussianKl.ACTIVE));
    assertEquals(2, kl.total().n());
  }

  @Test
  void refusesOtherSizesAndOverflow() {
    Matrix one = Matrix.ofRows(new double[][] {{1, 2}});
    assertThrows(
        IllegalArgumentException.class,
        () -> GaussianKl.of(one, Matrix.ofRows(new double[][] {{1}}), BOOTSTRAP));
    assertThrows(
        IllegalArgumentException.class,
        () -> GaussianKl.of(one, Matrix.ofRows(new double[][] {{0, 800}}), BOOTSTRAP));
  }
}
