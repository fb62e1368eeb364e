package io.patchbay.analysis.estimate;

import io.patchbay.analysis.sweep.SweepSample;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;

/// The effects of a sweep's units on its inputs, each the mean over its values and sources of the
/// effects' sizes, as a sweep's own figure is, or of the effects with their signs.
final class SweptEffects implements UnitEffects {
  private final SweepSample sweep;
  private final boolean signed;
  private final EstimateStudy.Listener listener;
  private final BooleanSupplier stop;
  private final long all;
  private long cells;
  private long provedZero;

  SweptEffects(
      final SweepSample sweep,
      final boolean signed,
      final EstimateStudy.Listener listener,
      final BooleanSupplier stop) {
    this.sweep = sweep;
    this.signed = signed;
    this.listener = listener;
    this.stop = stop;
    this.all = (long) sweep.inputs() * sweep.units().size() * sweep.variations();
  }

  @Override
  public int inputs() {
    return sweep.inputs();
  }

  @Override
  public int units() {
    return sweep.units().size();
  }

  /// @throws CancellationException when it is asked to stop
  /// @throws IllegalStateException when an effect is not finite
  @Override
  public double[] of(final int[] inputs, final int[] units) {
    final int each = sweep.variations();
    final var found = new double[Math.multiplyExact(inputs.length, units.length)];
    sweep.of(
        inputs,
        units,
        (place, effects, zero) -> {
          if (stop.getAsBoolean()) {
            throw new CancellationException();
          }
          for (int i = 0; i < effects.length; i++) {
            if (!Float.isFinite(effects[i])) {
              throw new IllegalStateException(
                  "effect not finite: unit="
                      + sweep.units().get(units[i / each])
                      + ", input="
                      + inputs[place]
                      + "; a sweep says at which site");
            }
            final double effect = signed ? effects[i] : Math.abs(effects[i]);
            found[place * units.length + i / each] += effect / each;
          }
          cells += effects.length;
          provedZero += zero;
          listener.cells(cells, all);
        });
    return found;
  }

  /// Effects that were had, those that were proved to be 0 among them.
  long cells() {
    return cells;
  }

  long provedZero() {
    return provedZero;
  }

  /// Those of the whole sweep.
  long all() {
    return all;
  }
}
