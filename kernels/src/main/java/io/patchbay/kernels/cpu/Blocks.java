package io.patchbay.kernels.cpu;

/// How the rows of a phase go round: blocks of the most rows that fit a core's cache as long as
/// every worker gets one, and what is left in equal shares.
///
/// @param full how many blocks have `most` rows
/// @param share rows of each of the others, but for the last
record Blocks(int rows, int full, int most, int share) {
  static Blocks of(final int rows, final int most, final int threads) {
    final int full = rows / (threads * most) * threads;
    final int left = rows - full * most;
    return new Blocks(rows, full, most, Math.max(1, (left + threads - 1) / threads));
  }

  int count() {
    return full + (rows - full * most + share - 1) / share;
  }

  /// The first row of a block; of the one after the last, the number of rows.
  int first(final int block) {
    return Math.min(rows, block * most - Math.max(0, block - full) * (most - share));
  }
}
