package io.patchbay.bench.gpu;

import io.patchbay.vae.data.Datasets;
import io.patchbay.vae.train.TrainConfig;
import io.patchbay.vae.train.Trainer;
import io.patchbay.vae.train.Variant;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// Each variant trained for some hundred steps on the device and on the CPU, from the same weights
/// on the same batches, at the rate that trainings have by default. Two trainings in float32 part
/// step by step, so the first losses must agree closely and later ones on the average.
///
/// How far rounding alone takes them apart is measured beside it: the CPU trains once more at a
/// rate that is larger by a millionth. At the default rate that moves the mean loss of the last
/// third by 0.2 percent, at ten times that rate by 7: no bound would tell a fault from it there.
final class TrainingRuns implements Section {
  private static final int SECONDS = 100;
  private static final int FIRST = 10;
  private static final double CLOSE = 1e-3;
  private static final double ALIKE = 0.01;
  private static final double RATE = 1e-4;
  private static final double MILLIONTH = 1 + 1e-6;

  TrainingRuns() {}

  @Override
  public String name() {
    return "training";
  }

  @Override
  public int seconds() {
    return SECONDS;
  }

  /// @param losses of each step
  private record Trained(List<Double> losses, double stepsPerSecond) {}

  @Override
  public Map<String, Object> run(final Bench bench) throws IOException {
    final var result = new LinkedHashMap<String, Object>();
    boolean passed = true;
    for (final var variant : Variant.values()) {
      if (bench.left() < 5) {
        passed = false;
        break;
      }
      final int steps = bench.size(300, 12);
      final var own = train(bench, variant, bench.options().device(), RATE, steps);
      final var cpu = train(bench, variant, "cpu", RATE, steps);
      final var beside = train(bench, variant, "cpu", RATE * MILLIONTH, steps);
      final int tail = steps / 3;
      final double first = largest(own.losses(), cpu.losses(), Math.min(FIRST, steps));
      final double later = apart(own, cpu, steps - tail);
      final boolean fine = first <= CLOSE && later <= ALIKE;
      passed &= fine;
      final var row = new LinkedHashMap<String, Object>();
      row.put("steps", steps);
      row.put("passed", fine);
      row.put("first_steps_differ", first);
      row.put("last_third_differs", later);
      row.put("last_third_of_cpu_beside_itself", apart(beside, cpu, steps - tail));
      row.put("loss", own.losses().getLast());
      row.put("loss_cpu", cpu.losses().getLast());
      row.put("steps_per_second", own.stepsPerSecond());
      row.put("steps_per_second_cpu", cpu.stepsPerSecond());
      result.put(variant.id(), row);
      bench.keep(result);
    }
    result.put("passed", passed);
    return result;
  }

  private static double largest(final List<Double> a, final List<Double> b, final int count) {
    double largest = 0;
    for (int i = 0; i < count; i++) {
      largest = Math.max(largest, Math.abs(a.get(i) - b.get(i)) / Math.abs(b.get(i)));
    }
    return largest;
  }

  private static double apart(final Trained a, final Trained b, final int from) {
    return Math.abs(mean(a.losses(), from) / mean(b.losses(), from) - 1);
  }

  private static double mean(final List<Double> values, final int from) {
    return values.subList(from, values.size()).stream()
        .mapToDouble(Double::doubleValue)
        .average()
        .orElse(Double.NaN);
  }

  private static Trained train(
      final Bench bench,
      final Variant variant,
      final String device,
      final double learningRate,
      final int steps)
      throws IOException {
    final var folder = Files.createTempDirectory("patchbay-training");
    final var losses = new ArrayList<Double>();
    final double[] rate = {0};
    final var config =
        TrainConfig.defaults(
            variant,
            "data=sprites",
            "lr=" + learningRate,
            "seed=1",
            "batch=" + bench.size(64, 4),
            "steps=" + steps);
    try (var open = OpenDevice.open(device);
        var data = Datasets.of(System.getenv()).open(config.data())) {
      new Trainer(
              config,
              data,
              open.backend(),
              (_, _, step, perSecond) -> {
                losses.add(step.term("loss"));
                rate[0] = perSecond;
              },
              () -> false)
          .run(folder, false);
    } finally {
      delete(folder);
    }
    return new Trained(losses, rate[0]);
  }

  private static void delete(final Path folder) throws IOException {
    try (var walk = Files.walk(folder)) {
      for (final var path : walk.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(Objects.requireNonNull(path));
      }
    }
  }
}
