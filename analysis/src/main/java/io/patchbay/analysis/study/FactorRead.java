package io.patchbay.analysis.study;

import io.patchbay.analysis.statistics.Interval;
import io.patchbay.analysis.statistics.RegressionProbe;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// The linear read-out of one factor, or why there is none.
public final class FactorRead {
  /// R² under which a probe misses more than half of the factor's variance.
  static final double WEAK = 0.5;

  private final String factor;
  private final String trainedOn;
  private final Optional<Interval> heldOut;
  private final String reason;
  private final double[] slopes;

  private FactorRead(
      final String factor,
      final String trainedOn,
      final Optional<Interval> heldOut,
      final String reason,
      final double[] slopes) {
    this.factor = factor;
    this.trainedOn = trainedOn;
    this.heldOut = heldOut;
    this.reason = reason;
    this.slopes = slopes;
  }

  static FactorRead none(final String factor, final String reason) {
    return new FactorRead(factor, "", Optional.empty(), reason, new double[0]);
  }

  /// @param trainedOn what the probe was trained on, in a word
  /// @param features elements of an image
  /// @param deviation standard deviation of the factor, the unit of the read-out
  static FactorRead of(
      final String factor,
      final String trainedOn,
      final RegressionProbe probe,
      final int features,
      final double deviation) {
    final var slopes = new double[features];
    for (int f = 0; f < features; f++) {
      slopes[f] = probe.slope(f) / deviation;
    }
    final var heldOut = probe.heldOut();
    final var reason =
        heldOut.estimate() < WEAK
            ? String.format(Locale.ROOT, "a weak probe: R2 %.3f", heldOut.estimate())
            : "";
    return new FactorRead(factor, trainedOn, Optional.of(heldOut), reason, slopes);
  }

  public boolean usable() {
    return reason.isEmpty();
  }

  /// Why the factor is left out; empty where it is not.
  public String reason() {
    return reason;
  }

  /// R² on clean reconstructions; empty without a probe.
  public Optional<Interval> heldOut() {
    return heldOut;
  }

  /// The read-out of an image up to a constant, in standard deviations.
  double read(final float[] images, final int offset) {
    double sum = 0;
    for (int f = 0; f < slopes.length; f++) {
      sum += slopes[f] * images[offset + f];
    }
    return sum;
  }

  /// For a file.
  Map<String, Object> numbers() {
    final var map = new LinkedHashMap<String, Object>();
    map.put("factor", factor);
    map.put("r2", heldOut.map(Interval::estimate).orElse(null));
    map.put("low", heldOut.filter(Interval::bounded).map(Interval::low).orElse(null));
    map.put("high", heldOut.filter(Interval::bounded).map(Interval::high).orElse(null));
    map.put("n", heldOut.map(Interval::n).orElse(0));
    map.put("trained_on", trainedOn);
    map.put("weak_below", WEAK);
    map.put("used", usable());
    map.put("reason", reason);
    return map;
  }
}
