package io.patchbay.engine.random;

/// Standard normal numbers keyed by (seed, stream, input id, draw, element), the same bits in Java
/// and in every native kernel.
///
/// Words (w0, w1) of a Philox block give elements 0 and 1, (w2, w3) elements 2 and 3, by Box and
/// Muller (*A note on the generation of random normal deviates*, 1958):
///
/// ```
/// u = (w0 + 1/2) 2^-32, one rounding;  r = sqrt(-2 ln u)
/// a = 2 pi w1 2^-32;                   (r cos a, r sin a)
/// ```
///
/// The logarithm, sine and cosine are our own minimax polynomials; every sum of products is an
/// explicit fused multiply-add, every other operation is exact or one IEEE operation, so there is
/// nothing that a compiler or an instruction set could round differently. The largest magnitude is
/// sqrt(66 ln 2) = 6.76.
public final class Normals {
  /// Bits of sqrt(1/2): the mantissa of the logarithm's argument is taken in [sqrt(1/2), sqrt(2)).
  private static final int SQRT_HALF_BITS = 0x3F3504F3;

  private static final float LN2 = 0.6931472f;

  // ln(1 + f) = f + f^2 (-1/2 + f (L0 + L1 f + ...)), relative error 6e-9 before rounding.
  private static final float L0 = 0.3333333134651184f;
  private static final float L1 = -0.2500081956386566f;
  private static final float L2 = 0.20001226663589478f;
  private static final float L3 = -0.16623356938362122f;
  private static final float L4 = 0.14201758801937103f;
  private static final float L5 = -0.13160182535648346f;
  private static final float L6 = 0.12761574983596802f;
  private static final float L7 = -0.07634492963552475f;

  // sin(pi x / 2) = x (S0 + S1 x^2 + ...) for |x| <= 1/2, relative error 4e-9.
  private static final float S0 = 1.5707963705062866f;
  private static final float S1 = -0.6459634900093079f;
  private static final float S2 = 0.07968003302812576f;
  private static final float S3 = -0.004601661115884781f;

  // cos(pi x / 2) = 1 + x^2 (C0 + C1 x^2 + ...) for |x| <= 1/2, relative error 7e-11.
  private static final float C0 = -1.2337005138397217f;
  private static final float C1 = 0.25366923213005066f;
  private static final float C2 = -0.02086016535758972f;
  private static final float C3 = 0.0009037665440700948f;

  private Normals() {}

  /// Writes elements 0 to `length - 1` of one key to `out[offset ...]`.
  public static void fill(
      long seed, int stream, long id, int draw, float[] out, int offset, int length) {
    final int[] words = new int[Philox.WORDS];
    for (int element = 0; element < length; element += Philox.WORDS) {
      Philox.block(seed, stream, id, draw, element / Philox.WORDS, words);
      final int count = Math.min(Philox.WORDS, length - element);
      for (int i = 0; i < count; i++) {
        out[offset + element + i] = fromWords(words, i);
      }
    }
  }

  /// One element of one key: the value that [#fill] writes at that place.
  public static float one(long seed, int stream, long id, int draw, int element) {
    final int[] words = new int[Philox.WORDS];
    Philox.block(seed, stream, id, draw, element / Philox.WORDS, words);
    return fromWords(words, element % Philox.WORDS);
  }

  private static float fromWords(int[] words, int i) {
    final int pair = i & 2;
    final float radius = radius(words[pair]);
    return (i & 1) == 0 ? radius * cosine(words[pair + 1]) : radius * sine(words[pair + 1]);
  }

  /// sqrt(-2 ln u), u = (word + 1/2) 2^-32 rounded once to float.
  static float radius(int word) {
    final float u =
        Math.fma((float) (word >>> 16), 0x1p-16f, ((float) (word & 0xFFFF) + 0.5f) * 0x1p-32f);
    final int bits = Float.floatToRawIntBits(u);
    final int exponent = (bits - SQRT_HALF_BITS) >> 23;
    final float f = Float.intBitsToFloat(bits - (exponent << 23)) - 1f;
    float p = Math.fma(L7, f, L6);
    p = Math.fma(p, f, L5);
    p = Math.fma(p, f, L4);
    p = Math.fma(p, f, L3);
    p = Math.fma(p, f, L2);
    p = Math.fma(p, f, L1);
    p = Math.fma(p, f, L0);
    p = Math.fma(p, f, -0.5f);
    final float log = Math.fma((float) exponent, LN2, Math.fma(f * f, p, f));
    return (float) Math.sqrt(-2f * log); // rounding twice is exact rounding for a square root
  }

  /// cos(2 pi word / 2^32).
  static float cosine(int word) {
    return circle(word, word + 0x4000_0000);
  }

  /// sin(2 pi word / 2^32).
  static float sine(int word) {
    return circle(word, word);
  }

  /// The angle is `word` quarter-turned into [-pi/4, pi/4]; `phase` is the same angle, a quarter
  /// turn further for the cosine, and says which function of the rest and which sign is meant.
  private static float circle(int word, int phase) {
    final int nearest = (word + 0x2000_0000) & 0xC000_0000;
    final int quadrant = (phase + 0x2000_0000) >>> 30;
    final float x = (float) (word - nearest) * 0x1p-30f;
    final float t = x * x;
    final float value;
    if ((quadrant & 1) == 0) {
      float p = Math.fma(S3, t, S2);
      p = Math.fma(p, t, S1);
      p = Math.fma(p, t, S0);
      value = p * x;
    } else {
      float p = Math.fma(C3, t, C2);
      p = Math.fma(p, t, C1);
      p = Math.fma(p, t, C0);
      value = Math.fma(p, t, 1f);
    }
    return quadrant >= 2 ? -value : value;
  }
}
