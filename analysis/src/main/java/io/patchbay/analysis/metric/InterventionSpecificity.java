package io.patchbay.analysis.metric;

import io.patchbay.analysis.statistics.Bootstrap;
import io.patchbay.analysis.statistics.Interval;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.DoubleUnaryOperator;

/// Intervention specificity: how concentrated a unit's effect is. With p_u the unit's effect as a
/// distribution over n elements and H its entropy in nats, the paper's form is 1 / (H + 1e-6),
/// without a bound, and the bounded form 1 - H / ln n lies in [0, 1].
///
/// A unit without effect, or one element only, has no specificity. The model's figures are over the
/// active units that have one.
///
/// An entropy of n inputs is too small by the order 1/n: entropies, and what follows from them, are
/// less the bias that resampling shows ([Bootstrap#unbiased]).
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

    static Unit of(Interval entropy, double most) {
      return new Unit(
          Optional.of(entropy.estimate()),
          Optional.of(InterventionSpecificity.paper(entropy)),
          Optional.of(InterventionSpecificity.bounded(entropy, most)));
    }
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
    double[] scratch = new double[mass.elements()];
    int[] place = new int[units];
    List<Integer> defined = new ArrayList<>();
    int counted = 0;
    int inactive = 0;
    for (int u = 0; u < units; u++) {
      place[u] = defined.size();
      inactive += active[u] ? 0 : 1;
      if (!Double.isNaN(entropy(mass, u, all, scratch))) {
        defined.add(u);
        counted += active[u] ? 1 : 0;
      } else {
        place[u] = -1;
      }
    }
    int undefined = units - inactive - counted;
    List<Interval> entropies = entropies(mass, active, defined, counted > 0, bootstrap);
    double most = Math.log(mass.elements());
    List<Unit> perUnit = new ArrayList<>(units);
    for (int u = 0; u < units; u++) {
      perUnit.add(place[u] < 0 ? Unit.UNDEFINED : Unit.of(entropies.get(place[u]), most));
    }
    int model = defined.size();
    return new InterventionSpecificity(
        perUnit,
        counted == 0 ? Optional.empty() : Optional.of(bounded(entropies.get(model), most)),
        counted == 0 ? Optional.empty() : Optional.of(paper(entropies.get(model + 1))),
        counted,
        undefined,
        inactive);
  }

  private static Interval bounded(Interval entropy, double most) {
    return falling(entropy, nats -> 1 - nats / most);
  }

  private static Interval paper(Interval entropy) {
    return falling(entropy, nats -> 1 / (nats + EPSILON));
  }

  // What a falling function makes of an interval.
  private static Interval falling(Interval entropy, DoubleUnaryOperator form) {
    double estimate = form.applyAsDouble(entropy.estimate());
    return entropy.bounded()
        ? new Interval(
            estimate,
            form.applyAsDouble(entropy.high()),
            form.applyAsDouble(entropy.low()),
            entropy.n())
        : Interval.unbounded(estimate, entropy.n());
  }

  // Entropies of the defined units, then their mean over the active ones and the entropy whose
  // paper's form is the median of theirs.
  private static List<Interval> entropies(
      EffectMass mass,
      boolean[] active,
      List<Integer> defined,
      boolean withModel,
      Bootstrap bootstrap) {
    if (defined.isEmpty()) {
      return List.of();
    }
    int model = defined.size();
    double most = Math.log(mass.elements());
    return bootstrap
        .unbiased(
            mass.blocks(),
            model + (withModel ? 2 : 0),
            0,
            most,
            (counts, out) -> {
              double[] scratch = new double[mass.elements()];
              double[] paper = new double[defined.size()];
              double sum = 0;
              int present = 0;
              for (int i = 0; i < defined.size(); i++) {
                int unit = defined.get(i);
                out[i] = entropy(mass, unit, counts, scratch);
                if (active[unit] && !Double.isNaN(out[i])) {
                  sum += out[i];
                  paper[present++] = 1 / (out[i] + EPSILON);
                }
              }
              if (withModel) {
                out[model] = present == 0 ? Double.NaN : sum / present;
                out[model + 1] = 1 / median(paper, present) - EPSILON;
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
