// The transpose of a plane through squares of kLanes x kLanes in registers.
//
// Both sides are touched in whole vectors; element by element it would cost up to one cache line
// per element, and for power-of-two widths all those lines fall into one cache set. Operations:
// about log2(kLanes) shuffles per vector; bytes: 4 read and 4 written per element.
#ifndef PB_TRANSPOSE_H
#define PB_TRANSPOSE_H

#include "vec.h"

namespace {

// Lanes of a and b by turns: the first half of both, or the second half.
template <bool kSecond>
PB_INLINE vec interleave(vec a, vec b) {
  ivec turn;
  for (int i = 0; i < kLanes; i++) {
    turn[i] = i / 2 + (kSecond ? kLanes / 2 : 0) + (i % 2) * kLanes;
  }
  return __builtin_shuffle(a, b, turn);
}

// rows[i][j] <-> rows[j][i]: every pass interleaves row i with row i + kLanes / 2 (a perfect
// shuffle), log2(kLanes) passes are the transpose.
PB_INLINE void transpose(vec (&rows)[kLanes]) {
  for (int pass = 1; pass < kLanes; pass *= 2) {
    vec next[kLanes];
    for (int i = 0; i < kLanes / 2; i++) {
      next[2 * i] = interleave<false>(rows[i], rows[i + kLanes / 2]);
      next[2 * i + 1] = interleave<true>(rows[i], rows[i + kLanes / 2]);
    }
    for (int i = 0; i < kLanes; i++) rows[i] = next[i];
  }
}

// y[i * ystride + j] = x[j * xstride + i] for i < h, j < w.
inline void transpose_plane(const float *x, int64_t xstride, float *y, int64_t ystride, int64_t h,
                     int64_t w) {
  for (int64_t i = 0; i < h; i += kLanes) {
    const int tall = static_cast<int>(h - i < kLanes ? h - i : kLanes);
    for (int64_t j = 0; j < w; j += kLanes) {
      const int wide = static_cast<int>(w - j < kLanes ? w - j : kLanes);
      const float *from = x + j * xstride + i;
      float *to = y + i * ystride + j;
      vec rows[kLanes];
      if (tall == kLanes && wide == kLanes) {
        for (int k = 0; k < kLanes; k++) rows[k] = load(from + k * xstride);
        transpose(rows);
        for (int k = 0; k < kLanes; k++) store(to + k * ystride, rows[k]);
        continue;
      }
      if (tall * wide <= 2 * kLanes) {  // too thin for a square
        for (int r = 0; r < tall; r++) {
          for (int c = 0; c < wide; c++) to[r * ystride + c] = from[c * xstride + r];
        }
        continue;
      }
      for (int k = 0; k < kLanes; k++) {
        rows[k] = k < wide ? load_first(from + k * xstride, tall) : vec{};
      }
      transpose(rows);
      for (int k = 0; k < tall; k++) store_first(to + k * ystride, rows[k], wide);
    }
  }
}

}  // namespace

#endif
