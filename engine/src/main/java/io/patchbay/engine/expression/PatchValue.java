package io.patchbay.engine.expression;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/// A value that the expression of a patch op may read. A unit is one element of the patched site,
/// counted in (C, H, W) order; of a flat site the channel is the unit, and row and column are 0.
///
/// The order is the numbering of operands that the kernels know.
public enum PatchValue {
  /// The unit's activation without the patch.
  CLEAN,
  /// The unit's activation in the run of the source.
  SOURCE,
  /// The unit's mean over the inputs.
  MEAN,
  /// The number of the intervention, the same for all of its units.
  VALUE,
  /// The number of the unit.
  UNIT,
  /// The unit's channel.
  CHANNEL,
  /// The unit's row in its channel.
  ROW,
  /// The unit's column in its channel.
  COLUMN,
  /// Uniform in [0, 1), 24 bits, by (seed, input, draw, unit): stream
  /// [io.patchbay.engine.random.Streams#PATCH], so it is the same alone or among others.
  RANDOM;

  /// As it is written.
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  static List<String> names() {
    return Arrays.stream(values()).map(PatchValue::text).toList();
  }
}
