package io.patchbay.engine;

import java.util.Arrays;

/// A plan bound to a backend: write the given values, run, read the outputs. For one thread at a
/// time. Values at this boundary are in logical (C, H, W) order, rows one after the other.
public interface Program extends AutoCloseable {
  /// Writes the leading rows of a given value: as many as `values` holds.
  void write(Node given, float[] values);

  /// Writes the leading rows of a given integer value.
  void write(Node given, int[] values);

  /// Writes `count` rows from `values`, starting at row `fromRow` of the array and `toRow` here.
  void write(Node given, float[] values, int fromRow, int toRow, int count);

  /// Writes the rows of an output of another program's last run, `toRow` being the first here. Both
  /// values have as many elements a row, taken in logical order.
  default void write(final Node given, final Program from, final Node output, final int toRow) {
    final var values = from.read(output);
    write(given, values, 0, toRow, values.length / given.shape().rowSize());
  }

  /// Writes `rows` rows of a given integer value of one element a row, by a pattern: row i is
  /// `values[i / block * each + i % each]`.
  ///
  /// @param block rows that take from the same `each` values, a multiple of it
  default void spread(
      final Node given, final int[] values, final int block, final int each, final int rows) {
    final var all = new int[rows];
    for (int from = 0; from < rows; from += block) {
      final int end = Math.min(rows, from + block);
      if (each == 1) {
        Arrays.fill(all, from, end, values[from / block]);
        continue;
      }
      for (int at = from; at < end; at += each) {
        System.arraycopy(values, from / block * each, all, at, Math.min(each, end - at));
      }
    }
    write(given, all);
  }

  /// Computes the outputs for these lengths, then carries out the assigns.
  void run(Sizes sizes);

  /// As [#run], but where the backend can, what is asked of the program afterwards is prepared
  /// while the run goes on.
  default Running start(final Sizes sizes, final Running.Wanted wanted) {
    run(sizes);
    return new Ended(this, wanted);
  }

  /// The rows of an output of the last run.
  float[] read(Node output);

  /// Copies the rows of an output of the last run into `target`, from element `offset` on.
  void read(Node output, float[] target, int offset);

  /// How many units each row of an [Op.Patch] or [Op.Propagate] node changed in the last run.
  int[] fired(Node patch);

  /// Per row of an [Op.Propagate] node, 1 where the last run proved that its patch changes nothing
  /// and computed no more of it, else 0.
  int[] skipped(Node propagation);

  /// Bytes of memory this program holds.
  long bytes();

  @Override
  void close();
}
