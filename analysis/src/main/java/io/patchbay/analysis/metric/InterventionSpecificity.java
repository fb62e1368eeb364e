package io.patchbay.analysis.metric;

import io.patchbay.analysis.statistics.Bootstrap;
import io.patchbay.analysis.statistics.Interval;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// Intervention specificity: how concentrated a unit's effect is. With p_u the unit's effect as a
/// distribution over n elements and H its entropy in nats, the paper's form is 1 / (H + 1e-6),
/// without a bound, and the bounded form 1 - H / ln n lies in [0, 1].
///
/// A unit without effect, or one element only, has no specificity. The model's figures are over the
/// active units that have one.
///
/// @param units one entry per unit
/// @param bounded mean of the bounded form over active units
/// @param paperMedian median of the paper's form over active units
/// @param counted active units with a specificity
/// @param undefined active units without one
/// @param inactive units left out because they are inactive
public record InterventionSpecificity(
    List<Unit> units,
    Optional<Interval> bounded,
    Optional<Interval> paperMedian,
    int counted,
    int undefined,
    int inactive) {
  private static final double EPSILON = 1e-6;

  /// One unit's entropy in nats and its two forms; all empty where undefined.
  public record Unit(
      Optional<Double> entropy, Optional<Interval> paper, Optional<Interval> bounded) {
    static final Unit UNDEFINED = new Unit(Optional.empty(), Optional.empty(), Optional.empty());
  }

  public InterventionSpecificity {
    units = List.copyOf(units);
  }

  /// All units count as active.
  public static InterventionSpecificity of(EffectMass mass, Bootstrap bootstrap) {
    boolean[] active = new boolean[mass.units()];
    Arrays.fill(active, true);
    return of(mass, active, bootstrap);
  }

  /// Intervals resample the blocks of inputs of `mass`, all units of a block together.
  public static InterventionSpecificity of(EffectMass mass, boolean[] active, Bootstrap bootstrap) {
    int units = mass.units();
    if (active.length != units) {
      throw new IllegalArgumentException(
          "active flags: length=" + active.length + ", units=" + units);
    }
    int[] all = new int[mass.blocks()];
    Arrays.fill(all, 1);
    double[] mine = new double[mass.elements()];
    double[] entropies = new double[units];
    int[] place = new int[units];
    List<Integer> defined = new ArrayList<>();
    int counted = 0;
    int inactive = 0;
    for (int u = 0; u < units; u++) {
      entropies[u] = entropy(mass, u, all, mine);
      place[u] = defined.size();
      inactive += active[u] ? 0 : 1;
      if (!Double.isNaN(entropies[u])) {
        defined.add(u);
        counted += active[u] ? 1 : 0;
      }
    }
    int undefined = units - inactive - counted;
    List<Interval> figures = intervals(mass, active, defined, counted > 0, bootstrap);
    List<Unit> perUnit = new ArrayList<>(units);
    for (int u = 0; u < units; u++) {
      perUnit.add(
          Double.isNaN(entropies[u])
              ? Unit.UNDEFINED
              : new Unit(
                  Optional.of(entropies[u]),
                  Optional.of(figures.get(2 * place[u])),
                  Optional.of(figures.get(2 * place[u] + 1))));
    }
    int model = 2 * defined.size();
    return new InterventionSpecificity(
        perUnit,
        counted == 0 ? Optional.empty() : Optional.of(figures.get(model)),
        counted == 0 ? Optional.empty() : Optional.of(figures.get(model + 1)),
        counted,
        undefined,
        inactive);
  }

  // Figures: paper's and bounded form of each defined unit, then the model's two.
  private static List<Interval> intervals(
      EffectMass mass,
      boolean[] active,
      List<Integer> defined,
      boolean withModel,
      Bootstrap bootstrap) {
    if (defined.isEmpty()) {
      return List.of();
    }
    int model = 2 * defined.size();
    double scale = Math.log(mass.elements());
    return bootstrap
        .statistics(
            mass.blocks(),
            model + (withModel ? 2 : 0),
            (counts, out) -> {
              double[] scratch = new double[mass.elements()];
              double[] paper = new double[defined.size()];
              double boundedSum = 0;
              int present = 0;
              for (int i = 0; i < defined.size(); i++) {
                int unit = defined.get(i);
                double entropy = entropy(mass, unit, counts, scratch);
                out[2 * i] = 1 / (entropy + EPSILON);
                out[2 * i + 1] = 1 - entropy / scale;
                if (active[unit] && !Double.isNaN(entropy)) {
                  boundedSum += out[2 * i + 1];
                  paper[present++] = out[2 * i];
                }
              }
              if (withModel) {
                out[model] = present == 0 ? Double.NaN : boundedSum / present;
                out[model + 1] = median(paper, present);
              }
            })
        .stream()
        .map(interval -> interval.withN(mass.inputs()))
        .toList();
  }

  // H = ln T - sum m ln m / T, T the total mass; NaN without mass or with one element.
  private static double entropy(EffectMass mass, int unit, int[] counts, double[] scratch) {
    mass.weighted(unit, counts, scratch);
    double total = 0;
    for (double m : scratch) {
      total += m;
    }
    if (scratch.length < 2 || total == 0) {
      return Double.NaN;
    }
    double entropy = 0;
    for (double m : scratch) {
      if (m > 0) {
        double p = m / total;
        entropy -= p * Math.log(p);
      }
    }
    return Math.min(Math.max(entropy, 0), Math.log(scratch.length));
  }

  private static double median(double[] values, int count) {
    if (count == 0) {
      return Double.NaN;
    }
    Arrays.sort(values, 0, count);
    return (values[(count - 1) / 2] + values[count / 2]) / 2;
  }
}
