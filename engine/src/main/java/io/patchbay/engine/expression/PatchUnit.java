package io.patchbay.engine.expression;

/// One unit of a site, as a hand-written op sees it: the values of [PatchValue] that the op has
/// declared.
///
/// Every accessor throws an [IllegalStateException] for a value that was not declared.
public interface PatchUnit {
  /// One of the values.
  double get(PatchValue value);

  default double clean() {
    return get(PatchValue.CLEAN);
  }

  default double source() {
    return get(PatchValue.SOURCE);
  }

  default double mean() {
    return get(PatchValue.MEAN);
  }

  default double value() {
    return get(PatchValue.VALUE);
  }

  default double unit() {
    return get(PatchValue.UNIT);
  }

  default double channel() {
    return get(PatchValue.CHANNEL);
  }

  default double row() {
    return get(PatchValue.ROW);
  }

  default double column() {
    return get(PatchValue.COLUMN);
  }

  default double random() {
    return get(PatchValue.RANDOM);
  }
}
