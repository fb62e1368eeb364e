package io.patchbay.kernels.cuda;

import io.patchbay.engine.expression.PatchEvaluator;
import io.patchbay.engine.expression.PatchOp;
import io.patchbay.engine.expression.PatchUnits;
import io.patchbay.engine.expression.PatchValue;
import io.patchbay.ffi.cuda.Device;
import io.patchbay.ffi.cuda.Kernel;
import io.patchbay.ffi.cuda.Launch;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.SplittableRandom;
import java.util.StringJoiner;

/// Whether the CUDA form of an op agrees with its Java form: both are computed at random units,
/// before the op is first used on a device.
///
/// They agree where they differ by no more than `1e-4` of the largest number on the way (and of 1),
/// beside what the Java form moves by where one of the values does by `2^-20` of itself: so what
/// float32 cannot tell apart, as at the edge of a comparison, is not held against either. Both may
/// be infinite alike, or not a number.
final class OwnAgreement {
  private static final int UNITS = 4096;
  private static final int VALUES = 4;
  private static final int THREADS = 256;
  private static final double RELATIVE = 1e-4;
  private static final double NUDGE = 0x1p-20;

  /// Of the site whose units they are: three channels.
  private static final int WIDTH = 24;

  private static final int PLANE = 18 * WIDTH;
  private static final int SIZE = 3 * PLANE;
  private static final long SEED = 0x5eed_0f_0b_5e55edL;

  /// Values that can be told from 0, 1 and each other, some of them equal: activations behind a
  /// rectifier are.
  private static final double[] SCALES = {0.1, 1, 1, 4};

  private static final List<PatchValue> NUMBERS =
      List.of(PatchValue.CLEAN, PatchValue.SOURCE, PatchValue.MEAN, PatchValue.VALUE);

  private final float[] values = new float[VALUES * UNITS];
  private final int[] units = new int[UNITS];
  private final int[] ids = new int[3 * UNITS];

  private OwnAgreement() {
    final var random = new SplittableRandom(SEED);
    for (int i = 0; i < UNITS; i++) {
      units[i] = random.nextInt(SIZE);
      ids[3 * i] = random.nextInt();
      ids[3 * i + 1] = random.nextInt(1 << 16);
      ids[3 * i + 2] = random.nextInt(1 << 10);
      for (int k = 0; k < VALUES; k++) {
        final int like = random.nextInt(8 * VALUES);
        final double drawn = SCALES[random.nextInt(SCALES.length)] * random.nextGaussian();
        values[VALUES * i + k] =
            like < k ? values[VALUES * i + like] : like == VALUES ? 0 : (float) drawn;
      }
    }
  }

  /// @param kernel `patch_values` with the op in it
  /// @throws IllegalArgumentException when the forms do not agree: the op, the values of the first
  ///   unit where they do not, and both results
  static void check(final PatchOp op, final Kernel kernel, final Device device) {
    new OwnAgreement().compare(op, kernel, device);
  }

  private void compare(final PatchOp op, final Kernel kernel, final Device device) {
    final var found = new float[UNITS];
    try (var memory = new Memory(device)) {
      final long y = memory.allocate("patch values", 4L * UNITS);
      final long four = memory.allocate("patch values", 4L * values.length);
      device.upload(four, MemorySegment.ofArray(values));
      final long[] fields = {
        four,
        memory.table("patch units", units),
        memory.table("patch ids", ids),
        memory.table("patch seed", new int[] {(int) SEED, (int) (SEED >>> Integer.SIZE)}),
        y,
        UNITS
      };
      kernel.launch(
          Launch.of(UNITS / THREADS, THREADS),
          ChangeCells.concat(fields, PatchCode.NONE.fields(memory, PLANE, WIDTH)));
      device.download(MemorySegment.ofArray(found), y);
    }
    final var evaluator = op.evaluator();
    for (int i = 0; i < UNITS; i++) {
      set(evaluator, i);
      final double expected = evaluator.run();
      final double size = Math.max(1, evaluator.largest());
      if (!agree(found[i], expected, RELATIVE * size)
          && !agree(found[i], expected, RELATIVE * size + moved(op, evaluator, i, expected))) {
        throw new IllegalArgumentException(refusal(op, i, found[i], (float) expected));
      }
    }
  }

  private static boolean agree(final float found, final double expected, final double room) {
    final float rounded = (float) expected;
    return Float.compare(found, rounded) == 0 || Math.abs(found - expected) <= room;
  }

  /// How far the result moves where a value does.
  private double moved(
      final PatchOp op, final PatchEvaluator evaluator, final int i, final double expected) {
    double most = 0;
    for (int k = 0; k < VALUES; k++) {
      if (op.reads(NUMBERS.get(k))) {
        final double value = values[VALUES * i + k];
        for (final double step : new double[] {-NUDGE, NUDGE}) {
          set(evaluator, i);
          evaluator.set(NUMBERS.get(k), value + step * Math.max(Math.abs(value), NUDGE));
          final double moved = Math.abs(evaluator.run() - expected);
          most = Math.max(most, Double.isNaN(moved) ? Double.POSITIVE_INFINITY : moved);
        }
      }
    }
    return most;
  }

  private void set(final PatchEvaluator evaluator, final int i) {
    for (int k = 0; k < VALUES; k++) {
      evaluator.set(NUMBERS.get(k), values[VALUES * i + k]);
    }
    evaluator.place(units[i], PLANE, WIDTH);
    final long id = Integer.toUnsignedLong(ids[3 * i]) | (long) ids[3 * i + 1] << Integer.SIZE;
    evaluator.set(PatchValue.RANDOM, PatchUnits.random(SEED, id, ids[3 * i + 2], units[i], 1)[0]);
  }

  private String refusal(final PatchOp op, final int i, final float found, final float expected) {
    final var evaluator = op.evaluator();
    set(evaluator, i);
    final var at = new StringJoiner(", ");
    for (final var value : op.reads()) {
      at.add(value.text() + "=" + (float) evaluator.get(value));
    }
    return "patch op "
        + op.name()
        + ": its CUDA and its Java form differ: "
        + at
        + ": CUDA="
        + found
        + ", Java="
        + expected;
  }
}
