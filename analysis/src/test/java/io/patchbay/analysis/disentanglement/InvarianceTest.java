package io.patchbay.analysis.disentanglement;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.patchbay.analysis.disentanglement.FactorDraws.Use;
import io.patchbay.analysis.disentanglement.Udr.Measure;
import io.patchbay.analysis.metric.MutualInformationGap;
import io.patchbay.analysis.statistics.Bootstrap;
import io.patchbay.analysis.statistics.GroupJackknife;
import io.patchbay.analysis.statistics.Matrix;
import io.patchbay.engine.random.PhiloxRandom;
import io.patchbay.engine.random.Streams;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// What no score may see in noisy, mixed codes: the order of codes, and for most, the scale and
/// sign of each.
class InvarianceTest {
  private static final int[] SIZES = {3, 4, 6};
  private static final int CODES = 4;
  private static final Bootstrap BOOTSTRAP = new Bootstrap(1, 0.95, 1);
  private static final GroupJackknife JACKKNIFE = new GroupJackknife(2, 0.95, 1);
  private static final GradientBoosting.Settings TREES = new GradientBoosting.Settings(10, 3, 0.3);
  private static final double[][] NO_CHANGE = change(new int[] {0, 1, 2, 3}, 1, 1, 1, 1);
  private static final double[][] ORDER = change(new int[] {2, 0, 3, 1}, 1, 1, 1, 1);
  // Powers of two round nothing.
  private static final double[][] SCALE = change(new int[] {0, 1, 2, 3}, 8, 0.25, 2, 1);
  private static final double[][] SIGN = change(new int[] {0, 1, 2, 3}, -1, 1, 1, -1);

  /// Train and test part of one world, and the noise of a sample of each posterior.
  private record World(Samples train, Samples test, Matrix logvar, Matrix z) {}

  private static final Map<String, ToDoubleFunction<World>> SCORES = scores();

  private static Map<String, ToDoubleFunction<World>> scores() {
    final var map = new LinkedHashMap<String, ToDoubleFunction<World>>();
    map.put(
        "MIG",
        w ->
            MutualInformationGap.of(w.train.codes(), w.train.factors(), BOOTSTRAP)
                .score()
                .orElseThrow()
                .estimate());
    map.put("posterior MIG", w -> posterior(w).gap().estimate());
    map.put("AAM", w -> posterior(w).axisAligned().estimate());
    map.put("D of DCI", w -> Dci.of(w.train, w.test, TREES).disentanglementScore());
    map.put("C of DCI", w -> Dci.of(w.train, w.test, TREES).completenessScore());
    map.put("I of DCI", w -> Dci.of(w.train, w.test, TREES).testAccuracy());
    map.put("SAP", w -> SapScore.of(w.train, w.test, BOOTSTRAP).score().estimate());
    map.put("continuous SAP", w -> SapScore.continuous(w.train, BOOTSTRAP).score().estimate());
    map.put("modularity", w -> CodeModularity.of(w.train, JACKKNIFE, BOOTSTRAP).score().estimate());
    map.put("explicitness", w -> Explicitness.of(w.train, w.test, BOOTSTRAP).score().estimate());
    map.put(
        "IRS",
        w -> InterventionalRobustness.of(w.train, Mode.CORRECTED, JACKKNIFE).score().estimate());
    map.put("TC", w -> dependence(w).totalCorrelation().orElseThrow().estimate());
    map.put("Wasserstein", w -> dependence(w).wasserstein().estimate());
    map.put("information", w -> dependence(w).information().orElseThrow().estimate());
    map.put("UDR", w -> udr(w, Measure.LASSO));
    map.put("UDR of ranks", w -> udr(w, Measure.SPEARMAN));
    return map;
  }

  /// These see the scale of a code: a machine whose weight is paid for, weights by deviation,
  /// distances.
  private static final List<String> OF_SCALE = List.of("SAP", "IRS", "Wasserstein");

  /// Bins hold their lower edge, and a threshold what lies on it: not the same from the other side.
  private static final List<String> OF_SIGN = List.of("MIG", "modularity", "information");

  /// Of splits that part a small node alike, trees take that of the first code.
  private static final List<String> OF_ORDER = List.of("D of DCI", "C of DCI", "I of DCI");

  private static PosteriorGap posterior(final World world) {
    return PosteriorGap.of(world.train, world.logvar, world.z, Mode.CORRECTED, JACKKNIFE);
  }

  private static CodeDependence dependence(final World world) {
    return CodeDependence.of(world.train.codes(), BOOTSTRAP);
  }

  /// Beside a model that is not changed.
  private static double udr(final World world, final Measure measure) {
    final double[] kl = {1, 1, 1, 1};
    final var other = new Udr.Model(world(NO_CHANGE, 9).train.codes(), kl);
    return Udr.of(List.of(other, new Udr.Model(world.train.codes(), kl)), measure)
        .scores()
        .get(1)
        .estimate();
  }

  private static double[][] change(final int[] order, final double... scales) {
    final double[][] change = new double[CODES][CODES];
    for (int j = 0; j < CODES; j++) {
      change[j][order[j]] = scales[j];
    }
    return change;
  }

  private static World world(final double[][] change, final int key) {
    final BiFunction<Use, Integer, Samples> draw =
        (use, count) -> {
          final var random = new PhiloxRandom(key, Streams.NOISE, use.key(), 0);
          return Worlds.drawn(
              SIZES,
              use,
              count,
              v -> {
                final double[] code = {
                  v[0] + 0.5 * v[1] + random.nextDouble(),
                  v[1] - 0.3 * v[2] + random.nextDouble(),
                  0.4 * v[2] + random.nextDouble(),
                  random.nextDouble() + 0.2 * v[0]
                };
                return changed(code, change);
              });
        };
    final var train = draw.apply(Use.TRAINING, 300);
    final int n = train.codes().rows();
    final var noise = FactorDraws.normals(Use.NOISE, key, n, CODES);
    final double[][] logvar = new double[n][];
    final double[][] z = new double[n][];
    for (int i = 0; i < n; i++) {
      final double[] deviation = {0.3, 0.2, 0.5, 0.4};
      final double[] moved = new double[CODES];
      for (int j = 0; j < CODES; j++) {
        moved[j] = deviation[j] * noise.at(i, j);
      }
      z[i] = changed(moved, change);
      logvar[i] = changed(deviation, change);
      for (int j = 0; j < CODES; j++) {
        z[i][j] += train.codes().at(i, j);
        logvar[i][j] = 2 * Math.log(Math.abs(logvar[i][j]));
      }
    }
    return new World(train, draw.apply(Use.TEST, 200), Matrix.ofRows(logvar), Matrix.ofRows(z));
  }

  private static double[] changed(final double[] code, final double[][] change) {
    return IntStream.range(0, CODES)
        .mapToDouble(j -> IntStream.range(0, CODES).mapToDouble(i -> change[j][i] * code[i]).sum())
        .toArray();
  }

  @TestFactory
  Stream<DynamicTest> nothingIsSeenOfWhatMayNotBe() {
    final var plain = world(NO_CHANGE, 4);
    final var turned = world(ORDER, 4);
    final var scaled = world(SCALE, 4);
    final var mirrored = world(SIGN, 4);
    return SCORES.entrySet().stream()
        .map(e ->
            dynamicTest(
                e.getKey(),
                () -> {
                  final var score = e.getValue();
                  final double value = score.applyAsDouble(plain);
                  assertNotEquals(0, value, "a score to compare");
                  assertEquals(
                      value,
                      score.applyAsDouble(turned),
                      OF_ORDER.contains(e.getKey()) ? 0.02 : 1e-6,
                      "order");
                  if (OF_SCALE.contains(e.getKey())) {
                    assertNotEquals(value, score.applyAsDouble(scaled), 1e-6, "scale");
                  } else {
                    assertEquals(value, score.applyAsDouble(scaled), 1e-6, "scale");
                  }
                  assertEquals(
                      value,
                      score.applyAsDouble(mirrored),
                      OF_SIGN.contains(e.getKey()) || OF_ORDER.contains(e.getKey()) ? 0.02 : 1e-6,
                      "sign");
                }));
  }
}
