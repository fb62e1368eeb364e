package io.patchbay.analysis.sweep;

import io.patchbay.analysis.sweep.folder.SweepPlan;
import io.patchbay.engine.random.PhiloxRandom;
import io.patchbay.engine.random.Streams;
import io.patchbay.vae.io.BadInputException;

/// Which inputs a base takes activations from: others, drawn by (seed, base input) from the data or
/// from the inputs of the sweep.
///
/// @param size inputs of the data
/// @param inputs base inputs of the sweep
@SuppressWarnings("ArrayRecordComponent") // shared, never changed
record SweepSources(SweepPlan plan, long size, long[] inputs) {
  /// Draws that may come out as the base itself, one after the other.
  private static final int TRIES = 1000;

  /// `count` rows of the data.
  long[] of(final long row, final int count) {
    return switch (plan.pool()) {
      case DATA -> {
        final var random = new PhiloxRandom(plan.seed(), Streams.RESAMPLE, row, 0);
        final var rows = new long[count];
        for (int k = 0; k < count; k++) {
          final long drawn = (long) (random.nextDouble() * (size - 1));
          rows[k] = drawn >= row ? drawn + 1 : drawn;
        }
        yield rows;
      }
      case INPUTS -> {
        final var places = places(row, count);
        final var rows = new long[count];
        for (int k = 0; k < count; k++) {
          rows[k] = inputs[places[k]];
        }
        yield rows;
      }
    };
  }

  /// The places of `count` sources among the inputs of the sweep; none is the base itself.
  int[] places(final long row, final int count) {
    final var random = new PhiloxRandom(plan.seed(), Streams.RESAMPLE, row, 1);
    final var places = new int[count];
    for (int k = 0; k < count; k++) {
      int tries = 0;
      do {
        if (tries++ == TRIES) {
          throw new BadInputException(
              "--sources-from", "inputs", "one input only", "at least two different ones");
        }
        places[k] = (int) (random.nextDouble() * inputs.length);
      } while (inputs[places[k]] == row);
    }
    return places;
  }
}
