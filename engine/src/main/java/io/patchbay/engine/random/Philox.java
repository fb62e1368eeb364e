package io.patchbay.engine.random;

/// Philox4x32-10, the counter-based generator of Salmon, Moraes, Dror and Shaw, *Parallel random
/// numbers: as easy as 1, 2, 3* (SC 2011): a bijection of a 128-bit counter under a 64-bit key.
///
/// The one layout of the project: key = (low, high 32 bits of the seed); counter = (element / 4,
/// draw, low 32 bits of the input id, bits 32 to 47 of the id << 16 | stream). Element `e` takes
/// word `e % 4` of its block. The id names an input or an index, never a position in a batch.
public final class Philox {
  /// Words in a block.
  public static final int WORDS = 4;

  /// Input ids are below this bound (48 bits).
  public static final long ID_BOUND = 1L << 48;

  /// Stream numbers are below this bound (16 bits).
  public static final int STREAM_BOUND = 1 << 16;

  private static final long MULTIPLIER0 = 0xD2511F53L;
  private static final long MULTIPLIER1 = 0xCD9E8D57L;
  private static final int WEYL0 = 0x9E3779B9;
  private static final int WEYL1 = 0xBB67AE85;
  private static final int ROUNDS = 10;
  private static final long LOW = 0xFFFFFFFFL;

  private Philox() {}

  /// Writes the four words of the block at the counter (c0, c1, c2, c3) under the key (k0, k1).
  public static void block(int c0, int c1, int c2, int c3, int k0, int k1, int[] words) {
    int x0 = c0;
    int x1 = c1;
    int x2 = c2;
    int x3 = c3;
    int key0 = k0;
    int key1 = k1;
    for (int round = 0; round < ROUNDS; round++) {
      final long product0 = MULTIPLIER0 * (x0 & LOW);
      final long product1 = MULTIPLIER1 * (x2 & LOW);
      x0 = (int) (product1 >>> 32) ^ x1 ^ key0;
      x1 = (int) product1;
      x2 = (int) (product0 >>> 32) ^ x3 ^ key1;
      x3 = (int) product0;
      key0 += WEYL0;
      key1 += WEYL1;
    }
    words[0] = x0;
    words[1] = x1;
    words[2] = x2;
    words[3] = x3;
  }

  /// Writes the four words of elements `4 * block` to `4 * block + 3` in the project's layout.
  public static void block(long seed, int stream, long id, int draw, int block, int[] words) {
    block(block, draw, (int) id, lastCounter(stream, id), (int) seed, (int) (seed >>> 32), words);
  }

  /// The last counter word: bits 32 to 47 of the id above the stream.
  ///
  /// @throws IllegalArgumentException if the stream or the id does not fit
  public static int lastCounter(int stream, long id) {
    if (stream < 0 || stream >= STREAM_BOUND || id < 0 || id >= ID_BOUND) {
      throw new IllegalArgumentException(
          "random key out of range: stream=" + stream + ", id=" + id);
    }
    return (int) (id >>> 32) << 16 | stream;
  }

  /// A number in [0, 1) with 24 random bits, from the high bits of a word.
  public static float uniform(int word) {
    return (word >>> 8) * 0x1p-24f;
  }
}
