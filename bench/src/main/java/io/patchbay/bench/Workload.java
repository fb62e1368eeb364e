package io.patchbay.bench;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// What a row of the table times.
///
/// The effective multiplications count only taps inside the image. A training step is three
/// forwards (forward, input gradients, weight gradients) of a batch of 64.
public enum Workload {
  /// Latents to images; ours also forms the effect against a reference image.
  DECODE("decodes/s", 7_355_008L, 1),
  /// Images to means and log-variances.
  ENCODE("encodes/s", 7_357_568L, 1),
  /// Encode, decode from the mean, effect against a reference image.
  FORWARD("forwards/s", 14_712_576L, 1),
  /// Forward, backward and Adam on the ELBO with a Bernoulli decoder.
  TRAIN_STEP("steps/s", 3L * 64L * 14_712_576L, 64),
  E1(Layer.E1),
  E2(Layer.E2),
  E3(Layer.E3),
  E4(Layer.E4),
  D1(Layer.D1),
  D2(Layer.D2),
  D3(Layer.D3),
  D4(Layer.D4);

  private final String unit;
  private final long effectiveMacs;
  private final int samplesPerItem;
  private final Optional<Layer> layer;

  Workload(String unit, long effectiveMacs, int samplesPerItem) {
    this.unit = unit;
    this.effectiveMacs = effectiveMacs;
    this.samplesPerItem = samplesPerItem;
    this.layer = Optional.empty();
  }

  Workload(Layer layer) {
    this.unit = "us/sample";
    this.effectiveMacs = layer.effectiveMacs();
    this.samplesPerItem = 1;
    this.layer = Optional.of(layer);
  }

  /// The names of all rows.
  static List<String> labels() {
    return Arrays.stream(values()).map(Workload::label).toList();
  }

  /// The row's name: `decode`, `train-step`, `e1`.
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /// Unit of the reported figures.
  public String unit() {
    return unit;
  }

  /// Multiply-adds of one item (one decode, one step of 64 samples).
  public long effectiveMacs() {
    return effectiveMacs;
  }

  /// Samples that make one item of the unit.
  public int samplesPerItem() {
    return samplesPerItem;
  }

  /// The layer, for layer rows.
  public Optional<Layer> layer() {
    return layer;
  }

  /// An items-per-second rate in the row's unit.
  double figure(double itemsPerSecond) {
    return layer.isPresent() ? 1e6 / itemsPerSecond : itemsPerSecond;
  }
}
