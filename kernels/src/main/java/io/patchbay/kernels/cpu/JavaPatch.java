package io.patchbay.kernels.cpu;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.patchbay.engine.expression.PatchEvaluator;
import io.patchbay.engine.expression.PatchOp;
import io.patchbay.engine.expression.PatchUnits;
import io.patchbay.engine.expression.PatchValue;
import io.patchbay.ffi.NativeException;
import java.lang.foreign.MemorySegment;

/// What `patch_program.cpp` does, by the Java function of a hand-written op: the same call, the
/// same places.
final class JavaPatch {
  /// Ids of inputs have 48 bits: the words of a key, and what the second may be.
  private static final int KEY = 3;

  private static final int RANGE = 3;
  private static final int MOST_HIGH = 0xFFFF;

  private final PatchOp op;
  private final PatchEvaluator evaluator;
  private final Rows x;
  private final Rows source;
  private final MemorySegment mean;
  private final MemorySegment value;
  private final MemorySegment seed;
  private final MemorySegment ids;
  private final MemorySegment ranges;
  private final MemorySegment y;
  private final MemorySegment fired;
  private final int count;
  private final int channels;
  private final int plane;
  private final int width;
  private final int size;
  private final int first;
  private final int rows;

  /// Rows of a value, or of a table by an index per row.
  private record Rows(long at, long index, long count) {
    MemorySegment row(final int row, final int size, final String what) {
      final long picked =
          index == 0 ? row : Memory.at(index, 4L * (row + 1)).getAtIndex(JAVA_INT, row);
      if (index != 0 && (picked < 0 || picked >= count)) {
        throw new NativeException(
            "index outside the table: kernel=patch, of=" + what + ", index=" + picked);
      }
      return Memory.at(at + 4L * size * picked, 4L * size);
    }
  }

  /// @param fields of `PatchCall`
  JavaPatch(final PatchOp op, final long[] fields) {
    this.op = op;
    this.evaluator = op.evaluator();
    this.channels = (int) fields[14];
    this.width = (int) fields[16];
    this.plane = (int) fields[15] * width;
    this.size = channels * plane;
    this.first = (int) fields[17];
    this.rows = (int) fields[18];
    this.x = new Rows(fields[0], fields[1], fields[2]);
    this.source = new Rows(fields[3], fields[4], fields[5]);
    this.mean = Memory.at(fields[6], 4L * size);
    this.value = Memory.at(fields[7], 4L * rows);
    this.seed = Memory.at(fields[8], 8);
    this.ids = Memory.at(fields[9], 4L * KEY * rows);
    this.count = (int) fields[11];
    this.ranges = Memory.at(fields[10], 4L * RANGE * count);
    this.y = Memory.at(fields[12], 4L * size * rows);
    this.fired = Memory.at(fields[13], 4L * rows);
  }

  /// @throws NativeException when a range or an index is outside of what it is of
  void run() {
    for (int row = 0; row < rows; row++) {
      y.asSlice(4L * size * row, 4L * size).copyFrom(x.row(row, size, "value"));
    }
    int last = 0;
    for (int i = 0; i < count; i++) {
      final int row = ranges.getAtIndex(JAVA_INT, (long) RANGE * i);
      final int begin = ranges.getAtIndex(JAVA_INT, (long) RANGE * i + 1);
      final int end = ranges.getAtIndex(JAVA_INT, (long) RANGE * i + 2);
      if (row < last || begin < 0 || end < begin || end > size) {
        throw new NativeException("kernel refused: name=patch, argument=ranges");
      }
      last = row;
      if (row >= first && row < first + rows) {
        patch(row - first, begin, end);
      }
    }
  }

  private void patch(final int row, final int begin, final int end) {
    final var clean = x.row(row, size, "value");
    final var from =
        op.reads(PatchValue.SOURCE) ? source.row(row, size, "source") : MemorySegment.NULL;
    if (op.reads(PatchValue.VALUE)) {
      evaluator.set(PatchValue.VALUE, value.getAtIndex(JAVA_FLOAT, row));
    }
    final var random = random(row, begin, end - begin);
    for (int unit = begin; unit < end; unit++) {
      final long at = (long) unit % plane * channels + unit / plane;
      evaluator.set(PatchValue.CLEAN, clean.getAtIndex(JAVA_FLOAT, at));
      if (op.reads(PatchValue.SOURCE)) {
        evaluator.set(PatchValue.SOURCE, from.getAtIndex(JAVA_FLOAT, at));
      }
      if (op.reads(PatchValue.MEAN)) {
        evaluator.set(PatchValue.MEAN, mean.getAtIndex(JAVA_FLOAT, at));
      }
      if (random.length > 0) {
        evaluator.set(PatchValue.RANDOM, random[unit - begin]);
      }
      evaluator.place(unit, plane, width);
      final float made = (float) evaluator.run();
      y.setAtIndex(
          JAVA_FLOAT, (long) size * row + at, Math.abs(made) < Float.MIN_NORMAL ? 0 : made);
    }
    fired.setAtIndex(JAVA_INT, row, fired.getAtIndex(JAVA_INT, row) + end - begin);
  }

  private float[] random(final int row, final int begin, final int units) {
    if (!op.reads(PatchValue.RANDOM)) {
      return new float[0];
    }
    final long at = (long) KEY * row;
    final int high = ids.getAtIndex(JAVA_INT, at + 1);
    if (high < 0 || high > MOST_HIGH) {
      throw new NativeException("random key out of range: kernel=patch, high=" + high);
    }
    return PatchUnits.random(
        joined(seed.getAtIndex(JAVA_INT, 0), seed.getAtIndex(JAVA_INT, 1)),
        joined(ids.getAtIndex(JAVA_INT, at), high),
        ids.getAtIndex(JAVA_INT, at + 2),
        begin,
        units);
  }

  private static long joined(final int low, final int high) {
    return Integer.toUnsignedLong(low) | (long) high << Integer.SIZE;
  }
}
