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

PB_INLINE void wide_product(uvec a, uint32_t multiplier, uvec& high, uvec& low) {
  const qvec m = qvec{} + multiplier;
  const qvec even = even_products((qvec)a, m);
  const qvec odd = even_products((qvec)a >> 32, m);
  high = (uvec)((even >> 32) | (odd & 0xFFFFFFFF00000000u));
  low = (uvec)((even & 0xFFFFFFFFu) | (odd << 32));
}

// Philox4x32-10 on PB_LANES counters at once.
PB_INLINE void philox(uvec x[4], uint32_t key0, uint32_t key1) {
  for (int round = 0; round < 10; round++) {
    uvec high0, low0, high1, low1;
    wide_product(x[0], 0xD2511F53u, high0, low0);
    wide_product(x[2], 0xCD9E8D57u, high1, low1);
    x[0] = high1 ^ x[1] ^ key0;
    x[1] = low1;
    x[2] = high0 ^ x[3] ^ key1;
    x[3] = low0;
    key0 += 0x9E3779B9u;
    key1 += 0xBB67AE85u;
  }
}

}  // namespace

#endif
