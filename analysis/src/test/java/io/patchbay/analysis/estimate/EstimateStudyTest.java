package io.patchbay.analysis.estimate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.patchbay.analysis.HostBackend;
import io.patchbay.analysis.estimate.EstimateQuestion.Method;
import io.patchbay.analysis.patch.Subject;
import io.patchbay.analysis.statistics.Interval;
import io.patchbay.analysis.sweep.Sweep;
import io.patchbay.analysis.sweep.SweepSample;
import io.patchbay.analysis.sweep.folder.Place;
import io.patchbay.analysis.sweep.folder.SweepPlan;
import io.patchbay.engine.BackendProvider.Settings;
import io.patchbay.vae.data.FactorDataset;
import io.patchbay.vae.data.Pendulum;
import io.patchbay.vae.io.BadInputException;
import io.patchbay.vae.io.NpyReader;
import io.patchbay.vae.train.TrainConfig;
import io.patchbay.vae.train.TrainedVae;
import io.patchbay.vae.train.Variant;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Estimates of an untrained model's sweeps, beside the sweeps themselves.
class EstimateStudyTest {
  private static final EstimateStudy.Listener NOBODY =
      new EstimateStudy.Listener() {
        @Override
        public void gradients(final long done, final long all) {}

        @Override
        public void cells(final long done, final long all) {}
      };

  @TempDir private Path folder;

  private static <T> T with(final int threads, final BiFunction<Subject, FactorDataset, T> asked) {
    final var config =
        TrainConfig.defaults(
            Variant.VAE, "arch.widths=4", "arch.hidden=8", "latent=3", "data=pendulum:size=16");
    try (var backend = HostBackend.open(new Settings(threads, 1L << 28));
        var data = new Pendulum(16, 0);
        var model = TrainedVae.untrained(config, data.shape(), backend)) {
      return asked.apply(new Subject(backend, model.vae(), model.weights()), data);
    }
  }

  private static SweepPlan plan(
      final String site,
      final String units,
      final String op,
      final int inputs,
      final String metric) {
    final var values = op.equals("add") ? List.of(1e-4, 2e-4) : List.<Double>of();
    return new SweepPlan(List.of(new Place(site, units, op)), values, 2, 0, inputs, metric, 5);
  }

  private static EstimateQuestion question(
      final SweepPlan plan, final Method method, final boolean signed) {
    return new EstimateQuestion(plan, method, signed, 24, 2, 16, 0.01, 0.2, false);
  }

  private static EstimateStudy estimate(
      final Subject subject, final FactorDataset data, final EstimateQuestion question) {
    return EstimateStudy.of(subject, data, question, NOBODY, () -> false);
  }

  /// Any units on any inputs, in any order, have the very effects that the sweep writes.
  @ParameterizedTest
  @CsvSource({
    "encoder.conv1, channels, interchange, l2",
    "latent.z, 0+2, interchange, l1",
    "encoder.conv1, channels, mean, mu",
    "decoder.fc1, channels, 'expr:random < 0.5 ? mean : clean', l2",
    "latent.z, channels, posterior-resample, factor:light",
    "latent.z, channels, subspace:pca:2, l2"
  })
  void cellsAreThoseOfTheSweep(
      final String site, final String units, final String op, final String metric) {
    final var plan = plan(site, units, op, 9, metric);
    with(
        2,
        (subject, data) -> {
          new Sweep(subject, data, plan, folder).run(false, (_, _) -> {}, () -> false);
          final double[] all;
          try (var reader = NpyReader.open(folder.resolve("effects.npy"))) {
            all = reader.read(1 << 20).doubles();
          }
          final var effects = new SweepSample(subject, data, plan);
          final int each = plan.places().size() * effects.variations();
          final int count = effects.units().size();
          final int[] inputs = {7, 0, 3, 3, 8};
          final int[] some = count > 1 ? new int[] {1, 0} : new int[] {0};
          final var places = new ArrayList<Integer>();
          effects.of(
              inputs,
              some,
              (place, found, _) -> {
                places.add(place);
                for (int i = 0; i < found.length; i++) {
                  final int unit = some[i / each];
                  assertEquals(
                      (float) all[(inputs[place] * count + unit) * each + i % each], found[i]);
                }
              });
          assertEquals(List.of(0, 1, 2, 3, 4), places);
          assertTrue(effects.controls().stream().noneMatch(c -> c.controls().isEmpty()));
          return null;
        });
  }

  /// A read-out is an affine function of the image: there the first order is all there is, a
  /// control variate knows everything, and a screen ranks without fault.
  @Test
  void whereTheFirstOrderIsExact() {
    with(
        2,
        (subject, data) -> {
          final var plan = plan("output", "grid:4x4/4", "interchange", 60, "factor:light");
          final var truth = means(subject, data, plan, true);
          final var found = estimate(subject, data, question(plan, Method.CONTROL_VARIATE, true));
          assertEquals(16, found.found().rows().size());
          assertEquals(24 * 16 * 2, found.cells());
          assertEquals(60, found.gradients());
          for (int u = 0; u < 16; u++) {
            final var row = found.found().rows().get(u);
            assertEquals(truth[u], row.mean().estimate(), 1e-5);
            assertTrue(
                (double) row.more().getOrDefault("rho2", Double.NaN) > 0.9999, row::toString);
            assertTrue(
                (double) row.more().getOrDefault("saved_inputs", Double.NaN) > 30, row::toString);
          }
          final var screen = estimate(subject, data, question(plan, Method.SCREEN, false));
          final var sizes = means(subject, data, plan, false);
          final var sorted =
              Arrays.stream(sizes).boxed().sorted((a, b) -> Double.compare(b, a)).toList();
          for (int i = 0; i < 2; i++) {
            assertEquals(sorted.get(i), screen.found().rows().get(i).mean().estimate(), 1e-6);
          }
          return null;
        });
  }

  /// Small changes of inner sites have the effects that the gradient says, and a rotation of the
  /// codes moves no more than the codes.
  @Test
  void attributionsAreOfTheFirstOrder() {
    with(
        2,
        (subject, data) -> {
          for (final var site : List.of("input", "encoder.conv1", "encoder.mu", "decoder.fc2")) {
            final var plan = plan(site, "channels", "add", 20, "factor:light");
            final var exact = means(subject, data, plan, true);
            final var first = attributions(subject, data, plan);
            final double largest = Arrays.stream(exact).map(Math::abs).max().orElseThrow();
            assertTrue(largest > 1e-6, site);
            for (int u = 0; u < exact.length; u++) {
              assertEquals(exact[u], Populations.mean(first[u]), 0.02 * largest, site + " " + u);
            }
          }
          final var whole =
              attributions(
                  subject, data, plan("latent.z", "all", "interchange", 20, "factor:light"));
          final var each =
              attributions(
                  subject,
                  data,
                  plan("latent.z", "channels", "subspace:pca:3", 20, "factor:light"));
          for (int i = 0; i < 20; i++) {
            final double sum = each[0][i] + each[1][i] + each[2][i];
            assertEquals(whole[0][i], sum, 1e-5 * (1 + Math.abs(sum)));
            assertNotEquals(each[0][i], each[1][i]);
          }
          return null;
        });
  }

  private static double[][] attributions(
      final Subject subject, final FactorDataset data, final SweepPlan plan) {
    final var sweep = new SweepSample(subject, data, plan);
    return FirstOrder.of(
        subject,
        sweep,
        sweep.probe().orElseThrow(),
        plan.places().getFirst().site(),
        true,
        NOBODY,
        () -> false);
  }

  private static double[] means(
      final Subject subject, final FactorDataset data, final SweepPlan plan, final boolean signed) {
    final var sweep = new SweepSample(subject, data, plan);
    final var effects = new SweptEffects(sweep, signed, NOBODY, () -> false);
    final var all = effects.of(Rounds.all(plan.inputs()), Rounds.all(effects.units()));
    final var means = new double[effects.units()];
    for (int i = 0; i < all.length; i++) {
      means[i % means.length] += all[i] / plan.inputs();
    }
    return means;
  }

  /// Every method beside the whole sweep: the mean is inside nearly all intervals, and exact where
  /// the method says so.
  @Test
  void theSweepsMeansAreInside() {
    with(
        2,
        (subject, data) -> {
          int inside = 0;
          int all = 0;
          for (final var method : List.of(Method.STOP, Method.RACE, Method.CONTROL_VARIATE)) {
            final var metric = method == Method.CONTROL_VARIATE ? "factor:light" : "l2";
            final var plan = plan("decoder.fc1", "channels", "interchange", 200, metric);
            final var truth = means(subject, data, plan, false);
            final var found = estimate(subject, data, question(plan, method, false));
            assertTrue(found.cells() < found.all(), method + " saved nothing");
            for (int u = 0; u < truth.length; u++) {
              final Interval mean = found.found().rows().get(u).mean();
              all++;
              inside += mean.low() - 1e-9 <= truth[u] && truth[u] <= mean.high() + 1e-9 ? 1 : 0;
              assertTrue(mean.n() < 200 || Math.abs(mean.estimate() - truth[u]) < 1e-9);
            }
          }
          assertTrue(inside >= all - 2, inside + " of " + all);
          return null;
        });
  }

  /// The same for the same seed, whatever the threads; a stop leaves nothing.
  @Test
  void theSeedAloneDecides() {
    for (final var method : Method.values()) {
      final var metric = method.attributes() ? "factor:light" : "l2";
      final var plan = plan("decoder.fc1", "channels", "interchange", 70, metric);
      final var asked = question(plan, method, false);
      final var one = with(1, (subject, data) -> estimate(subject, data, asked).numbers());
      final var two = with(2, (subject, data) -> estimate(subject, data, asked).numbers());
      assertEquals(one, two);
      with(
          1,
          (subject, data) ->
              assertThrows(
                  CancellationException.class,
                  () -> EstimateStudy.of(subject, data, asked, NOBODY, () -> true)));
    }
  }

  @Test
  void onlyAnImageHasARange() {
    with(
        1,
        (subject, data) -> {
          final var image =
              new SweepSample(subject, data, plan("latent.z", "all", "zero", 4, "l2"));
          assertEquals(Math.sqrt(3 * 16 * 16), image.largest().orElseThrow());
          final var sum = new SweepSample(subject, data, plan("latent.z", "all", "zero", 4, "l1"));
          assertEquals(3 * 16 * 16, sum.largest().orElseThrow());
          final var bounded =
              new EstimateQuestion(
                  plan("input", "all", "zero", 4, "mu"),
                  Method.STOP,
                  false,
                  24,
                  2,
                  16,
                  0,
                  0.2,
                  true);
          assertThrows(BadInputException.class, () -> estimate(subject, data, bounded));
          return null;
        });
  }
}
