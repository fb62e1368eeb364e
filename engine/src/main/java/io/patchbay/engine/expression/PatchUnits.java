package io.patchbay.engine.expression;

import io.patchbay.engine.random.Philox;
import io.patchbay.engine.random.Streams;

/// Neighbouring units of one row, with what the expression of a patch op may read of them. What it
/// does not read may be empty.
///
/// @param clean one number per unit, as many as there are units
/// @param source one number per unit
/// @param mean one number per unit
/// @param value of the intervention
/// @param random one number per unit, see [#random]
/// @param first number of the first unit in (C, H, W) order
/// @param plane units of a channel of the site; 1 for a flat one
/// @param width columns of a channel
@SuppressWarnings("ArrayRecordComponent") // slices that the caller holds
public record PatchUnits(
    float[] clean,
    float[] source,
    float[] mean,
    float value,
    float[] random,
    int first,
    int plane,
    int width) {
  /// The random numbers of `count` units from `first` on.
  ///
  /// @param id of the input
  public static float[] random(
      final long seed, final long id, final int draw, final int first, final int count) {
    final var numbers = new float[count];
    final var words = new int[Philox.WORDS];
    for (int i = 0; i < count; i++) {
      final int unit = first + i;
      if (i == 0 || unit % Philox.WORDS == 0) {
        Philox.block(seed, Streams.PATCH, id, draw, unit / Philox.WORDS, words);
      }
      numbers[i] = Philox.uniform(words[unit % Philox.WORDS]);
    }
    return numbers;
  }

  void load(final PatchEvaluator evaluator, final int i) {
    evaluator.set(PatchValue.CLEAN, clean[i]);
    evaluator.set(PatchValue.SOURCE, i < source.length ? source[i] : 0);
    evaluator.set(PatchValue.MEAN, i < mean.length ? mean[i] : 0);
    evaluator.set(PatchValue.VALUE, value);
    evaluator.set(PatchValue.RANDOM, i < random.length ? random[i] : 0);
    evaluator.place(first + i, plane, width);
  }
}
