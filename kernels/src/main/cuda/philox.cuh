// Philox4x32-10 (Salmon, Moraes, Dror and Shaw, SC 2011), the same words as
// io.patchbay.engine.random.Philox.
//
// Operations per block of four words: 20 wide products, 40 exclusive ors and 20 sums; no memory.
#pragma once

#include "patchbay.cuh"

// What is drawn: the seed, and of a row low and high bits of the input id and the draw.
struct PhiloxKey {
  unsigned seed0, seed1, low, high, draw;

  PB_DEVICE PhiloxKey(const int *seed, const int *ids)
      : seed0(static_cast<unsigned>(seed[0])),
        seed1(static_cast<unsigned>(seed[1])),
        low(static_cast<unsigned>(ids[0])),
        high(static_cast<unsigned>(ids[1])),
        draw(static_cast<unsigned>(ids[2])) {}

  // Input ids have 48 bits.
  PB_DEVICE bool valid() const { return high <= 0xFFFFu; }

  // The words of elements 4 block to 4 block + 3.
  PB_DEVICE uint4 words(unsigned block, unsigned stream) const {
    unsigned x0 = block, x1 = draw, x2 = low, x3 = high << 16 | stream;
    unsigned key0 = seed0, key1 = seed1;
#pragma unroll
    for (int round = 0; round < 10; round++) {
      const unsigned long long first = 0xD2511F53ull * x0, second = 0xCD9E8D57ull * x2;
      x0 = static_cast<unsigned>(second >> 32) ^ x1 ^ key0;
      x1 = static_cast<unsigned>(second);
      x2 = static_cast<unsigned>(first >> 32) ^ x3 ^ key1;
      x3 = static_cast<unsigned>(first);
      key0 += 0x9E3779B9u;
      key1 += 0xBB67AE85u;
    }
    return make_uint4(x0, x1, x2, x3);
  }

  // A number in [0, 1) of 24 random bits for one element.
  PB_DEVICE float uniform(unsigned element, unsigned stream) const {
    const uint4 w = words(element / 4, stream);
    const unsigned pair = element & 2 ? (element & 1 ? w.w : w.z) : element & 1 ? w.y : w.x;
    return static_cast<float>(pair >> 8) * 0x1p-24f;
  }
};
