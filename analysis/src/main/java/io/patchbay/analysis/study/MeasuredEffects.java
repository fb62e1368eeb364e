package io.patchbay.analysis.study;

import io.patchbay.analysis.metric.FactorCells;
import io.patchbay.analysis.metric.FactorEffect;
import io.patchbay.analysis.metric.InterventionSpecificity;
import io.patchbay.analysis.semantics.CarriedEffects;
import io.patchbay.analysis.semantics.FactorChanges;
import io.patchbay.analysis.semantics.LabelStability;
import io.patchbay.analysis.semantics.UnitLabel;
import io.patchbay.analysis.statistics.Bootstrap;
import io.patchbay.analysis.statistics.Interval;
import io.patchbay.analysis.statistics.PermutationTest;
import java.util.List;

/// The effects of units on factors by one estimator, and the labels that follow.
///
/// @param factors names of the factors, the columns of `effects`
/// @param sizes F: the mean size of each unit's effect on each factor, those of a unit together;
///   for the read-out |change| in standard deviations on the pairs that differ in the factor
/// @param labels one per unit
/// @param fewerInputs base inputs of the first half
/// @param fewer labels from the first half of the inputs
/// @param specificity how concentrated the sizes of each unit are over factors
public record MeasuredEffects(
    List<String> factors,
    FactorEffect effects,
    List<Interval> sizes,
    List<UnitLabel> labels,
    int fewerInputs,
    List<UnitLabel> fewer,
    InterventionSpecificity specificity) {
  public MeasuredEffects {
    factors = List.copyOf(factors);
    sizes = List.copyOf(sizes);
    labels = List.copyOf(labels);
    fewer = List.copyOf(fewer);
  }

  /// How the labels of a study are reckoned.
  ///
  /// @param moves per unit, whether it ever changes the image
  /// @param fewer the same, of the first half of the inputs
  record Settings(UnitQuestion question, boolean[] moves, boolean[] fewer, Bootstrap bootstrap) {
    PermutationTest test() {
      return new PermutationTest(question.permutations(), bootstrap.seed());
    }

    List<UnitLabel> labels(final FactorEffect effects) {
      return question.rule().labels(effects, moves);
    }

    List<UnitLabel> fewer(final FactorEffect effects) {
      return question.rule().labels(effects, fewer);
    }
  }

  static MeasuredEffects readOut(final UnitChanges changes, final Settings settings) {
    final int half = settings.question().inputs() / 2;
    final var first = changes.units().stream().map(c -> c.within(0, half)).toList();
    final var test = settings.test();
    final var effects = CarriedEffects.of(changes.units(), settings.bootstrap(), test);
    return new MeasuredEffects(
        changes.units().stream().map(FactorChanges::factor).toList(),
        effects,
        settings.bootstrap().means(changes.sizes().table()),
        settings.labels(effects),
        half,
        settings.fewer(CarriedEffects.estimates(first, test)),
        specificity(changes.sizes(), settings));
  }

  static MeasuredEffects oracle(
      final List<String> factors, final FactorCells cells, final Settings settings) {
    final int half = cells.inputs() / 2;
    final var effects = FactorEffect.of(cells, settings.bootstrap(), settings.test());
    final var fewer = FactorEffect.of(cells.first(half), settings.bootstrap(), settings.test());
    return new MeasuredEffects(
        factors,
        effects,
        settings.bootstrap().means(cells.table()),
        settings.labels(effects),
        half,
        settings.fewer(fewer),
        specificity(cells, settings));
  }

  private static InterventionSpecificity specificity(
      final FactorCells cells, final Settings settings) {
    return InterventionSpecificity.of(cells.mass(), settings.moves(), settings.bootstrap());
  }

  /// F of a unit and a factor.
  public Interval size(final int unit, final int factor) {
    return sizes.get(unit * factors.size() + factor);
  }

  /// How far the labels stay from half the inputs to all.
  public LabelStability stability() {
    return LabelStability.of(fewer, labels);
  }

  /// Units with a label.
  public long count(final UnitLabel label, final int from, final int to) {
    return labels.subList(from, to).stream().filter(l -> l == label).count();
  }
}
