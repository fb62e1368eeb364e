package io.patchbay.kernels.reference;

import io.patchbay.engine.Op;
import io.patchbay.engine.Sizes;
import io.patchbay.engine.expression.PatchEvaluator;
import io.patchbay.engine.expression.PatchUnits;
import io.patchbay.engine.expression.PatchValue;
import java.util.Arrays;
import java.util.List;

/// A patch by an op of one's own: its program, unit after unit.
final class CustomPatching implements FiringStep {
  private final Op.CustomPatch op;
  private final List<Value> in;
  private final Value out;
  private final PatchEvaluator evaluator;
  private final int plane;
  private final int width;
  private int[] fired = {};

  CustomPatching(final Op.CustomPatch op, final List<Value> in, final Value out) {
    this.op = op;
    this.in = List.copyOf(in);
    this.out = out;
    this.evaluator = op.op().evaluator();
    final var shape = out.shape();
    this.width = shape.rank() == 3 ? shape.dim(2) : 1;
    this.plane = shape.rank() == 3 ? shape.dim(1) * width : 1;
  }

  @Override
  public void run(final Sizes sizes, final Workers workers) {
    final var x = in.get(Op.CustomPatch.X);
    final var ranges = in.get(Op.CustomPatch.RANGES);
    final int rows = x.rows(sizes);
    final int[] counts = new int[rows];
    out.copyFrom(x, x.elements(sizes));
    for (int i = 0; i < ranges.rows(sizes); i++) {
      final var range = Patching.Range.of(ranges, i, rows, x.rowSize());
      final var random = random(range);
      if (reads(PatchValue.VALUE)) {
        final var value = given(PatchValue.VALUE);
        evaluator.set(PatchValue.VALUE, value.data()[value.row(range.row())]);
      }
      for (int unit = range.first(); unit < range.end(); unit++) {
        set(PatchValue.CLEAN, x, range.row(), unit);
        if (reads(PatchValue.SOURCE)) {
          set(PatchValue.SOURCE, given(PatchValue.SOURCE), range.row(), unit);
        }
        if (reads(PatchValue.MEAN)) {
          set(PatchValue.MEAN, given(PatchValue.MEAN), 0, unit);
        }
        if (reads(PatchValue.RANDOM)) {
          evaluator.set(PatchValue.RANDOM, random[unit - range.first()]);
        }
        evaluator.place(unit, plane, width);
        out.data()[out.row(range.row()) + unit] = evaluator.run();
      }
      counts[range.row()] += range.size();
    }
    fired = counts;
  }

  private float[] random(final Patching.Range range) {
    if (!reads(PatchValue.RANDOM)) {
      return new float[0];
    }
    final int input = op.input(PatchValue.RANDOM);
    final var seed = in.get(input);
    final var ids = in.get(input + 1);
    final int at = ids.row(range.row());
    return PatchUnits.random(
        Noise.join(seed, seed.at()),
        Noise.join(ids, at),
        (int) ids.data()[at + 2],
        range.first(),
        range.size());
  }

  private boolean reads(final PatchValue value) {
    return op.op().reads(value);
  }

  private Value given(final PatchValue value) {
    return in.get(op.input(value));
  }

  private void set(final PatchValue value, final Value from, final int row, final int unit) {
    evaluator.set(value, from.data()[from.row(row) + unit]);
  }

  @Override
  public int[] fired() {
    return Arrays.copyOf(fired, fired.length);
  }
}
