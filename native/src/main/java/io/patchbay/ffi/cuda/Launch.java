package io.patchbay.ffi.cuda;

/// How many blocks of how many threads run a kernel, each block with `shared` bytes of memory.
///
/// @param awaits whether the kernel waits itself for what was launched before, and reads nothing
///   until then that such a launch writes: a device may begin it earlier
public record Launch(int blocksX, int blocksY, int threads, int shared, boolean awaits) {
  /// Blocks along the second axis that a device takes.
  private static final int MOST_Y = 65_535;

  public Launch {
    if (blocksX < 1
        || blocksY < 1
        || blocksY > MOST_Y
        || threads < 1
        || threads > 1024
        || shared < 0) {
      throw new IllegalArgumentException(
          "no such launch: blocks="
              + blocksX
              + "x"
              + blocksY
              + ", threads="
              + threads
              + ", shared="
              + shared);
    }
  }

  public Launch(final int blocksX, final int blocksY, final int threads, final int shared) {
    this(blocksX, blocksY, threads, shared, false);
  }

  /// The same of a kernel that waits itself.
  public Launch awaiting() {
    return new Launch(blocksX, blocksY, threads, shared, true);
  }

  public static Launch of(final int blocks, final int threads) {
    return new Launch(blocks, 1, threads, 0);
  }

  /// One thread for each of `count` elements, none beyond `most` blocks: threads take several then.
  public static Launch covering(final long count, final int threads, final int most) {
    return of(Math.clamp((count + threads - 1) / threads, 1, most), threads);
  }
}
