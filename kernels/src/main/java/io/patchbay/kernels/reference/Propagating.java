package io.patchbay.kernels.reference;

import io.patchbay.engine.Op.Propagate;
import io.patchbay.engine.Op.Propagate.Activation;
import io.patchbay.engine.Op.Propagate.End;
import io.patchbay.engine.Shape;
import io.patchbay.engine.Sizes;
import io.patchbay.engine.expression.PatchEvaluator;
import io.patchbay.engine.expression.PatchUnits;
import io.patchbay.engine.expression.PatchValue;
import java.util.ArrayList;
import java.util.List;

/// [Propagate]: every element that changes is added to all that it reaches, layer by layer.
final class Propagating implements Step {
  private static final int KERNEL = 4;

  /// Bits that a float32 has more than a bf16, and half of the least that is left.
  private static final int LOW = 16;

  private static final int HALF = 0x7fff;

  private final Propagate op;
  private final List<Value> in;
  private final Value out;
  private final PatchKernel kernel;
  private int[] fired = {};
  private int[] skipped = {};

  Propagating(final Propagate op, final List<Value> in, final Value out, final PatchKernel kernel) {
    this.op = op;
    this.in = List.copyOf(in);
    this.out = out;
    this.kernel = kernel;
  }

  /// Units that each row of the last run changed.
  int[] fired() {
    return fired.clone();
  }

  /// 1 per row of the last run that was left out, else 0.
  int[] skipped() {
    return skipped.clone();
  }

  @Override
  public void run(final Sizes sizes, final Workers workers) {
    final int rows = out.rows(sizes);
    final var counts = new int[rows];
    final var left = new int[rows];
    final var ranges = ranges(sizes, rows);
    workers.split(
        rows,
        operations(),
        (from, to) -> {
          for (int row = from; row < to; row++) {
            cell(sizes, row, ranges.get(row), counts, left);
          }
        });
    fired = counts;
    skipped = left;
  }

  private long operations() {
    long all = 0;
    for (int i = 0; i < op.layers().size(); i++) {
      all += (long) layer(i, false).shape().rowSize() * layer(i, true).rowSize();
    }
    return all;
  }

  private Value layer(final int index, final boolean clean) {
    return in.get(Propagate.LEADING + 2 * index + (clean ? 1 : 0));
  }

  private record Range(int begin, int end) {}

  private List<List<Range>> ranges(final Sizes sizes, final int rows) {
    final var list = new ArrayList<List<Range>>();
    for (int row = 0; row < rows; row++) {
      list.add(new ArrayList<>());
    }
    final var value = in.get(5);
    for (int i = 0; i < value.rows(sizes); i++) {
      final int row = (int) value.data()[value.row(i)];
      final int begin = (int) value.data()[value.row(i) + 1];
      final int end = (int) value.data()[value.row(i) + 2];
      if (row < 0 || row >= rows || begin < 0 || begin > end || end > in.get(0).rowSize()) {
        throw new IllegalArgumentException(
            "patch outside the value: row=%d, first=%d, end=%d, rows=%d, units=%d"
                .formatted(row, begin, end, rows, in.get(0).rowSize()));
      }
      list.get(row).add(new Range(begin, end));
    }
    return list;
  }

  private static int index(final Value value, final int row, final int rows) {
    final int index = (int) value.data()[value.row(row)];
    if (index < 0 || index >= rows) {
      throw new IllegalArgumentException(
          "index outside the table: row=%d, index=%d, rows=%d".formatted(row, index, rows));
    }
    return index;
  }

  private void cell(
      final Sizes sizes,
      final int row,
      final List<Range> ranges,
      final int[] counts,
      final int[] left) {
    final var clean = in.get(0);
    final var sources = in.get(1);
    final int base = index(in.get(2), row, clean.rows(sizes));
    final int source = index(in.get(3), row, sources.rows(sizes));
    final int size = clean.rowSize();
    final var before = new double[size];
    System.arraycopy(clean.data(), clean.row(base), before, 0, size);
    final var after = before.clone();
    final var mixed = new double[size];
    final var evaluator = op.own().map(own -> own.op().evaluator());
    for (final var range : ranges) {
      final int from = sources.row(source);
      if (evaluator.isPresent()) {
        own(evaluator.get(), row, range, from, before, mixed);
      } else {
        mix(row, range, from, before, mixed);
      }
      kernel.move(mixed, range.begin(), after, range.begin(), range.end() - range.begin());
      counts[row] += range.end() - range.begin();
    }
    double[] change = new double[size];
    boolean changes = false;
    for (int i = 0; i < size; i++) {
      change[i] =
          op.rectifies()
              ? bent(Activation.RELU, before[i], after[i] - before[i])
              : after[i] - before[i];
      changes |= change[i] != 0;
    }
    left[row] = op.eliminates() && !changes ? 1 : 0;
    for (int i = 0; i < op.layers().size(); i++) {
      final var sums = carried(i, change);
      final var value = layer(i, true);
      final boolean last = i + 1 == op.layers().size();
      if (last && op.end() == End.VALUE) {
        write(row, i, base, sums);
        return;
      }
      change = new double[sums.length];
      for (int k = 0; k < sums.length; k++) {
        change[k] =
            bent(op.layers().get(i).activation(), value.data()[value.row(base) + k], sums[k]);
      }
    }
    out.data()[out.row(row)] = measured(sizes, row, change);
  }

  /// The five numbers.
  private void mix(
      final int row,
      final Range range,
      final int source,
      final double[] before,
      final double[] mixed) {
    final var five = in.get(4);
    final int at = five.row(row);
    for (int i = range.begin(); i < range.end(); i++) {
      final double sum =
          before[i] * five.data()[at]
              + five.data()[at + 1]
              + in.get(1).data()[source + i] * five.data()[at + 2];
      mixed[i] = Math.min(Math.max(sum, five.data()[at + 3]), five.data()[at + 4]);
    }
  }

  /// An op of one's own.
  private void own(
      final PatchEvaluator evaluator,
      final int row,
      final Range range,
      final int source,
      final double[] before,
      final double[] mixed) {
    final var own = op.own().orElseThrow();
    final var five = in.get(4);
    evaluator.set(PatchValue.VALUE, five.data()[five.row(row) + 1]);
    final var random = random(row, range);
    for (int i = range.begin(); i < range.end(); i++) {
      evaluator.set(PatchValue.CLEAN, before[i]);
      evaluator.set(PatchValue.SOURCE, in.get(1).data()[source + i]);
      if (op.reads(PatchValue.MEAN)) {
        final var mean = in.get(op.input(PatchValue.MEAN));
        evaluator.set(PatchValue.MEAN, mean.data()[mean.at() + i]);
      }
      if (random.length > 0) {
        evaluator.set(PatchValue.RANDOM, random[i - range.begin()]);
      }
      evaluator.place(i, own.plane(), own.width());
      mixed[i] = evaluator.run();
    }
  }

  private float[] random(final int row, final Range range) {
    if (!op.reads(PatchValue.RANDOM)) {
      return new float[0];
    }
    final int input = op.input(PatchValue.RANDOM);
    final var seed = in.get(input);
    final var ids = in.get(input + 1);
    final int at = ids.row(row);
    return PatchUnits.random(
        Noise.join(seed, seed.at()),
        Noise.join(ids, at),
        (int) ids.data()[at + 2],
        range.begin(),
        range.end() - range.begin());
  }

  private double measured(final Sizes sizes, final int row, final double[] change) {
    double sum = 0;
    switch (op.end()) {
      case SQUARES -> {
        for (final double each : change) {
          sum += each * each;
        }
      }
      case SIZES -> {
        for (final double each : change) {
          sum += Math.abs(each);
        }
      }
      case PRODUCTS -> {
        final var directions = in.get(op.layered());
        final int direction = index(in.get(op.layered() + 1), row, directions.rows(sizes));
        for (int i = 0; i < change.length; i++) {
          sum += change[i] * directions.data()[directions.row(direction) + i];
        }
      }
      case VALUE -> throw new IllegalStateException("values are written: row=" + row);
    }
    return sum;
  }

  private void write(final int row, final int layer, final int base, final double[] sums) {
    final var value = layer(layer, true);
    for (int k = 0; k < sums.length; k++) {
      final double all = value.data()[value.row(base) + k] + sums[k];
      out.data()[out.row(row) + k] = apply(op.layers().get(layer).activation(), all);
    }
  }

  /// How far the activation moves where its argument moves by `change`.
  private static double bent(final Activation activation, final double clean, final double change) {
    return apply(activation, clean + change) - apply(activation, clean);
  }

  private static double apply(final Activation activation, final double x) {
    return switch (activation) {
      case NONE -> x;
      case RELU -> Math.max(x, 0);
      case SIGMOID -> x < 0 ? Math.exp(x) / (1 + Math.exp(x)) : 1 / (1 + Math.exp(-x));
    };
  }

  /// What a change of a layer's input adds to its sums, both in (C, H, W) order.
  private double[] carried(final int layer, final double[] change) {
    final var operand = new double[change.length];
    for (int i = 0; i < change.length; i++) {
      operand[i] = rounded(layer, change[i]);
    }
    return switch (op.layers().get(layer).kind()) {
      case LINEAR -> multiplied(layer, operand);
      case UP -> convolved(layer, true, operand);
      case DOWN -> convolved(layer, false, operand);
    };
  }

  /// A number as a layer multiplies it.
  private double rounded(final int layer, final double number) {
    return switch (op.precision()) {
      case FP32, TF32 -> number;
      case BF16 -> op.rounds(layer) ? bf16(number) : number;
    };
  }

  /// The nearest number of 8 bits, of two as near the even one.
  private static double bf16(final double number) {
    final int bits = Float.floatToRawIntBits((float) number);
    if (!Float.isFinite((float) number)) {
      return number;
    }
    return Float.intBitsToFloat((bits + HALF + ((bits >>> LOW) & 1)) >>> LOW << LOW);
  }

  private double[] multiplied(final int layer, final double[] change) {
    final var weights = layer(layer, false);
    final var sums = new double[layer(layer, true).rowSize()];
    for (int o = 0; o < sums.length; o++) {
      for (int i = 0; i < change.length; i++) {
        if (change[i] != 0) {
          sums[o] +=
              change[i] * rounded(layer, weights.data()[weights.at() + o * change.length + i]);
        }
      }
    }
    return sums;
  }

  private double[] convolved(final int layer, final boolean up, final double[] change) {
    final var weights = layer(layer, false);
    final Shape shape = layer(layer, true).shape();
    final int large = weights.shape().dim(1);
    final int channels = weights.shape().dim(up ? 0 : 1);
    final int height = up ? shape.dim(1) / 2 : 2 * shape.dim(1);
    final int width = up ? shape.dim(2) / 2 : 2 * shape.dim(2);
    final var sums = new double[shape.rowSize()];
    for (int i = 0; i < change.length; i++) {
      if (change[i] == 0) {
        continue;
      }
      final int c = i / (height * width);
      final int y = i / width % height;
      final int x = i % width;
      for (int o = 0; o < shape.dim(0); o++) {
        final int pair = up ? c * large + o : o * channels + c;
        for (int ky = 0; ky < KERNEL; ky++) {
          final int to = up ? 2 * y - 1 + ky : y + 1 - ky;
          if (to < 0 || (!up && to % 2 != 0) || (up ? to : to / 2) >= shape.dim(1)) {
            continue;
          }
          for (int kx = 0; kx < KERNEL; kx++) {
            final int across = up ? 2 * x - 1 + kx : x + 1 - kx;
            if (across < 0
                || (!up && across % 2 != 0)
                || (up ? across : across / 2) >= shape.dim(2)) {
              continue;
            }
            final int place =
                (o * shape.dim(1) + (up ? to : to / 2)) * shape.dim(2) + (up ? across : across / 2);
            final double weight = weights.data()[weights.at() + (pair * KERNEL + ky) * KERNEL + kx];
            sums[place] += change[i] * rounded(layer, weight);
          }
        }
      }
    }
    return sums;
  }
}
