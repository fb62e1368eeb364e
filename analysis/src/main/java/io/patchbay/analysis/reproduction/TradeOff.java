package io.patchbay.analysis.reproduction;

import io.patchbay.analysis.statistics.Bootstrap;
import io.patchbay.analysis.statistics.Interval;
import io.patchbay.analysis.statistics.PermutationTest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;

/// Whether causal effect strength and DCI disentanglement go against each other over the runs of
/// one data set: Pearson's r over runs of the same latent size, tested by permuting one of the two
/// among the runs. Runs of one variant are alike, so few variants make few independent points: r
/// with each variant's means taken off stands beside it.
final class TradeOff {
  private static final Claim CLAIM =
      new Claim(
          "trade_off",
          Claim.V3,
          "within a data set causal effect strength correlates negatively with DCI disentanglement",
          "Pearson's r over the runs of the table; held where at most 5 % of permuted runs have one"
              + " as low, not held where at most 5 % have one as high; a seed holds where r over"
              + " its models is below zero");

  private static final int PERMUTATIONS = 10_000;
  private static final int FEWEST = 4;
  private static final double LEVEL = 0.05;

  private TradeOff() {}

  private record Point(double strength, double disentanglement) {}

  static Finding of(final Evidence evidence, final int latent) {
    final var points = new ArrayList<Point>();
    final var centred = new ArrayList<Point>();
    final var bySeed = new TreeMap<Long, List<Point>>();
    for (final var variant : evidence.variants(latent)) {
      final var strength = evidence.values(variant, latent, Measure.STRENGTH);
      final var score = evidence.values(variant, latent, Measure.DISENTANGLEMENT);
      strength.keySet().retainAll(score.keySet());
      final double s = strength.values().stream().mapToDouble(x -> x).average().orElse(0);
      final double d =
          strength.keySet().stream()
              .mapToDouble(seed -> Evidence.at(score, seed))
              .average()
              .orElse(0);
      strength.forEach((seed, value) -> {
        final var point = new Point(value, Evidence.at(score, seed));
        points.add(point);
        centred.add(new Point(value - s, point.disentanglement() - d));
        bySeed.computeIfAbsent(seed, _ -> new ArrayList<>()).add(point);
      });
    }
    final double r = correlation(points, ones(points.size()));
    if (points.size() < FEWEST || Double.isNaN(r)) {
      return Finding.notTested(
          CLAIM, points.size() + " runs with both figures, which must differ; at least " + FEWEST);
    }
    final var interval =
        Bootstrap.standard(ReproductionPlan.INPUT_SEED)
            .statistic(points.size(), counts -> correlation(points, counts));
    final double negative = p(points, -1);
    final double positive = p(points, 1);
    final double within = correlation(centred, ones(points.size()));
    final var perSeed =
        bySeed.values().stream()
            .filter(l -> l.size() > 2)
            .mapToDouble(l -> correlation(l, ones(l.size())))
            .filter(x -> !Double.isNaN(x))
            .toArray();
    final var numbers = new LinkedHashMap<String, Object>();
    numbers.put("runs", points.size());
    numbers.put("r", Json.interval(interval));
    numbers.put("p_negative", negative);
    numbers.put("p_positive", positive);
    if (!Double.isNaN(within)) {
      numbers.put("r_within_models", within);
    }
    final var status =
        negative <= LEVEL ? Status.HELD : positive <= LEVEL ? Status.NOT_HELD : Status.UNDECIDED;
    return new Finding(
        CLAIM,
        status,
        reason(interval, points.size(), negative, within),
        (int) Arrays.stream(perSeed).filter(x -> x < 0).count(),
        perSeed.length,
        numbers);
  }

  private static String reason(
      final Interval r, final int runs, final double p, final double within) {
    final var inside =
        Double.isNaN(within)
            ? ""
            : String.format(Locale.ROOT, "; %.2f with each model's mean taken off", within);
    final var bounds =
        r.bounded() ? String.format(Locale.ROOT, " [%.2f, %.2f]", r.low(), r.high()) : "";
    return String.format(
        Locale.ROOT,
        "r = %.2f%s over %d runs, p = %.2g of one as low among permuted runs%s",
        r.estimate(),
        bounds,
        runs,
        p,
        inside);
  }

  private static double p(final List<Point> points, final int sign) {
    return new PermutationTest(PERMUTATIONS, ReproductionPlan.INPUT_SEED)
        .pValue(
            points.size(),
            order -> {
              final var shuffled = new ArrayList<Point>();
              for (int i = 0; i < order.length; i++) {
                shuffled.add(
                    new Point(points.get(i).strength(), points.get(order[i]).disentanglement()));
              }
              return sign * correlation(shuffled, ones(order.length));
            });
  }

  private static int[] ones(final int length) {
    final var ones = new int[length];
    Arrays.fill(ones, 1);
    return ones;
  }

  /// Pearson's r of points that occur so often; NaN where one of the two does not vary.
  private static double correlation(final List<Point> points, final int[] counts) {
    double n = 0;
    double x = 0;
    double y = 0;
    for (int i = 0; i < counts.length; i++) {
      n += counts[i];
      x += counts[i] * points.get(i).strength();
      y += counts[i] * points.get(i).disentanglement();
    }
    double xx = 0;
    double yy = 0;
    double xy = 0;
    for (int i = 0; i < counts.length; i++) {
      final double dx = points.get(i).strength() - x / n;
      final double dy = points.get(i).disentanglement() - y / n;
      xx += counts[i] * dx * dx;
      yy += counts[i] * dy * dy;
      xy += counts[i] * dx * dy;
    }
    return xx > 0 && yy > 0 ? xy / Math.sqrt(xx * yy) : Double.NaN;
  }
}
