// Philox4x32-10 (Salmon, Moraes, Dror and Shaw, SC 2011) on PB_LANES counters at once, the same
// words as io.patchbay.engine.random.Philox.
//
// Operations per vector of four words: 10 rounds of 2 wide products, 4 exclusive ors and 2 sums; no
// memory. Integers only, so every instruction set gives the same bits.
#ifndef PB_PHILOX_H
#define PB_PHILOX_H

#include "vec.h"

namespace {

typedef uint32_t uvec __attribute__((vector_size(PB_LANES * 4)));
typedef uint64_t qvec __attribute__((vector_size(PB_LANES * 4)));

// The 64-bit products of the even 32-bit lanes.
PB_INLINE qvec even_products(qvec a, qvec b) {
#if PB_LANES == 16
  return (qvec)_mm512_maskz_mul_epu32(0xFF, (__m512i)a, (__m512i)b);
#elif PB_LANES == 8
  return (qvec)_mm256_mul_epu32((__m256i)a, (__m256i)b);
#else
  return (a & 0xFFFFFFFFu) * (b & 0xFFFFFFFFu);
#endif
}

// The even 32-bit lanes of a and the odd ones of b.
PB_INLINE uvec even_and_odd(qvec a, qvec b) {
#if PB_LANES == 16
  return (uvec)_mm512_mask_blend_epi32(0xAAAA, (__m512i)a, (__m512i)b);
#elif PB_LANES == 8
  return (uvec)_mm256_blend_epi32((__m256i)a, (__m256i)b, 0xAA);
#else
  return (uvec)((a & 0xFFFFFFFFu) | (b & 0xFFFFFFFF00000000u));
#endif
}

PB_INLINE void wide_product(uvec a, uint32_t multiplier, uvec& high, uvec& low) {
  const qvec m = qvec{} + multiplier;
  const qvec even = even_products((qvec)a, m);
  const qvec odd = even_products((qvec)a >> 32, m);
#if PB_LANES == 16
  high = (uvec)_mm512_mask_movehdup_ps((__m512)odd, 0x5555, (__m512)even);
  low = (uvec)_mm512_mask_moveldup_ps((__m512)even, 0xAAAA, (__m512)odd);
#else
  high = even_and_odd(even >> 32, odd);
  low = even_and_odd(even, odd << 32);
#endif
}

// Philox4x32-10 on N times PB_LANES counters at once: a round waits for the one before it, and
// only neighbouring counters keep the units busy.
template <int N>
PB_INLINE void philox(uvec (&x)[N][4], uint32_t key0, uint32_t key1) {
  for (int round = 0; round < 10; round++) {
    _Pragma("GCC unroll 4") for (int i = 0; i < N; i++) {
      uvec high0, low0, high1, low1;
      wide_product(x[i][0], 0xD2511F53u, high0, low0);
      wide_product(x[i][2], 0xCD9E8D57u, high1, low1);
      x[i][0] = high1 ^ x[i][1] ^ key0;
      x[i][1] = low1;
      x[i][2] = high0 ^ x[i][3] ^ key1;
      x[i][3] = low0;
    }
    key0 += 0x9E3779B9u;
    key1 += 0xBB67AE85u;
  }
}

PB_INLINE void philox(uvec x[4], uint32_t key0, uint32_t key1) {
  philox(reinterpret_cast<uvec(&)[1][4]>(*x), key0, key1);
}

}  // namespace

#endif
