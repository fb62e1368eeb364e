package io.patchbay.engine.random;

/// A sequence of random numbers keyed by (seed, stream, id, draw): the words of blocks 0, 1, 2, ...
/// of that key, in order. Two objects with one key give the same sequence; keys that differ
/// anywhere give independent ones. Not for use by several threads at once.
public final class PhiloxRandom {
  private final int key0;
  private final int key1;
  private final int counter1;
  private final int counter2;
  private final int counter3;
  private final int[] words = new int[Philox.WORDS];
  private int block;
  private int next = Philox.WORDS;

  /// @throws IllegalArgumentException if the stream or the id is out of range, see
  ///   [Philox#lastCounter]
  public PhiloxRandom(long seed, int stream, long id, int draw) {
    key0 = (int) seed;
    key1 = (int) (seed >>> 32);
    counter1 = draw;
    counter2 = (int) id;
    counter3 = Philox.lastCounter(stream, id);
  }

  /// 32 random bits.
  public int nextInt() {
    if (next == Philox.WORDS) {
      Philox.block(block, counter1, counter2, counter3, key0, key1, words);
      block++;
      next = 0;
    }
    return words[next++];
  }

  /// Uniform in 0 to `bound - 1`, without bias: Lemire, *Fast random integer generation in an
  /// interval* (2019).
  ///
  /// @throws IllegalArgumentException if the bound is not positive
  public int nextInt(int bound) {
    if (bound <= 0) {
      throw new IllegalArgumentException("random bound must be positive: bound=" + bound);
    }
    long product = (nextInt() & 0xFFFFFFFFL) * bound;
    if ((product & 0xFFFFFFFFL) < bound) {
      final long rejected = (1L << 32) % bound;
      while ((product & 0xFFFFFFFFL) < rejected) {
        product = (nextInt() & 0xFFFFFFFFL) * bound;
      }
    }
    return (int) (product >>> 32);
  }

  /// Uniform in [0, 1), 24 random bits.
  public float nextFloat() {
    return Philox.uniform(nextInt());
  }

  /// Uniform in [0, 1), 53 random bits.
  public double nextDouble() {
    final long high = Integer.toUnsignedLong(nextInt() >>> 5);
    final long low = Integer.toUnsignedLong(nextInt() >>> 6);
    return (high << 26 | low) * 0x1p-53;
  }

  /// A fair coin.
  public boolean nextBoolean() {
    return nextInt() < 0;
  }

  /// A uniformly random order of 0 to `size - 1`.
  public int[] permutation(int size) {
    final int[] order = new int[size];
    for (int i = 0; i < size; i++) {
      order[i] = i;
    }
    shuffle(order);
    return order;
  }

  /// Puts the values in a uniformly random order (Fisher and Yates).
  public void shuffle(int[] values) {
    for (int i = values.length - 1; i > 0; i--) {
      final int j = nextInt(i + 1);
      final int swapped = values[i];
      values[i] = values[j];
      values[j] = swapped;
    }
  }

  /// `count` different numbers out of 0 to `size - 1`, every ordered choice equally likely.
  ///
  /// @throws IllegalArgumentException if there are not that many
  public int[] choose(int count, int size) {
    if (count < 0 || count > size) {
      throw new IllegalArgumentException(
          "random choice too large: count=" + count + ", size=" + size);
    }
    final int[] order = new int[size];
    for (int i = 0; i < size; i++) {
      order[i] = i;
    }
    final int[] chosen = new int[count];
    for (int i = 0; i < count; i++) {
      final int j = i + nextInt(size - i);
      chosen[i] = order[j];
      order[j] = order[i];
    }
    return chosen;
  }
}
