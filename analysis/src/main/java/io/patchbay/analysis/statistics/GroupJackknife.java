package io.patchbay.analysis.statistics;

import io.patchbay.engine.random.PhiloxRandom;
import io.patchbay.engine.random.Streams;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/// Delete-a-group jackknife (Shao and Tu 1995, section 2.3; Kott 2001), for figures that cost too
/// much to be drawn 2,000 times, or that repeated observations of a bootstrap would falsify:
/// observations are dealt at random to groups, and the figure is computed again without each group
/// in turn. With t_g those values and G groups, the variance is (G - 1) / G sum (t_g - mean)², and
/// the interval is Student's, with G - 1 degrees of freedom, about the figure of all observations.
/// A bias of the figure stays in it.
///
/// @param groups how many groups, at least 2
/// @param level nominal coverage, in (0, 1)
/// @param seed deals the groups
public record GroupJackknife(int groups, double level, long seed) {
  private static final int GROUPS = 10;

  public GroupJackknife {
    if (groups < 2 || !(level > 0 && level < 1)) {
      throw new IllegalArgumentException("jackknife: groups=" + groups + ", level=" + level);
    }
  }

  /// 10 groups, 95 %.
  public static GroupJackknife standard(long seed) {
    return new GroupJackknife(GROUPS, 0.95, seed);
  }

  /// Several figures of some of the observations, NaN where one is undefined.
  @FunctionalInterface
  public interface Statistics {
    /// @param rows the observations, ascending
    double[] of(int[] rows);
  }

  /// The group of each observation, below [#groups]; all sizes differ by one at most.
  public int[] groupOf(int observations) {
    int[] order = new PhiloxRandom(seed, Streams.SPLIT, 1, 0).permutation(observations);
    int[] group = new int[observations];
    for (int i = 0; i < observations; i++) {
      group[order[i]] = i % groups;
    }
    return group;
  }

  /// Figures with their intervals.
  ///
  /// @param estimates the figures of all observations
  /// @param least of the figures' values: bounds are held inside
  /// @param most of the figures' values
  public List<Interval> intervals(
      int observations, double[] estimates, double least, double most, Statistics statistics) {
    int[] groupOf = groupOf(observations);
    double[][] without = new double[groups][];
    for (int g = 0; g < groups; g++) {
      int left = g;
      without[g] =
          statistics.of(IntStream.range(0, observations).filter(i -> groupOf[i] != left).toArray());
    }
    List<Interval> result = new ArrayList<>();
    for (int f = 0; f < estimates.length; f++) {
      double[] mine = new double[groups];
      for (int g = 0; g < groups; g++) {
        mine[g] = without[g][f];
      }
      result.add(interval(observations, estimates[f], mine, least, most));
    }
    return List.copyOf(result);
  }

  /// The interval of one figure; unbounded where there are fewer observations than groups, or the
  /// figure is undefined without one of the groups.
  ///
  /// @param without the figure without each group
  /// @throws IllegalArgumentException when there are not as many as groups
  public Interval interval(
      int observations, double estimate, double[] without, double least, double most) {
    if (without.length != groups) {
      throw new IllegalArgumentException(
          "jackknife: groups=" + groups + ", figures=" + without.length);
    }
    Summary summary = new Summary();
    for (double value : without) {
      if (observations < groups || !Double.isFinite(value)) {
        return Interval.unbounded(estimate, observations);
      }
      summary.add(value);
    }
    double deviation = Math.sqrt((groups - 1.0) * summary.populationVariance());
    double half = TInterval.quantile((1 + level) / 2, groups - 1) * deviation;
    return new Interval(
        estimate,
        Math.clamp(estimate - half, Math.min(least, estimate), most),
        Math.clamp(estimate + half, least, Math.max(most, estimate)),
        observations);
  }
}
