// The transposed convolution k4 s2 p1 onto an image of C = 1 or 3 channels: the last decoder layer
// (and the input gradient of the first encoder layer).
//
// With so few output channels the 16 taps take their place in the vector: each pixel of the small
// grid gives 16 C products sums over its cs channels,
//   t[px][lane] = sum over ci of x[px][ci] * packed[ci][lane]     (one zmm of 16 lanes for C = 1)
// and the image gathers them: the 2 x 2 output pixels around the corner between four small pixels
//   Y in {2 i + 1, 2 i + 2}, X in {2 j + 1, 2 j + 2}, from the pixels (i, j) .. (i + 1, j + 1)
// are a sum of one quarter (2 x 2 taps) of each of the four. Hence the lane order
//   [quarter: ky / 2, kx / 2][ky % 2][kx % 2][channel].
// For C = 1 every quarter has its own plane of memory, so that the gather is four loads of
// neighbouring corners and three additions; for C = 3 a quarter is 12 floats of a pixel.
//
// Operations: 2 * 16 C cs FLOP per small pixel (3 % of them for taps that fall outside at 32 x 32),
// 4 C additions per output pixel. Bytes: 4 cs per small pixel; t lives in two rows of scratch on
// the stack, the image in two rows, handed to a sink. Wide images go in strips of kStrip corners.
#ifndef PB_CONV_UP_THIN_H
#define PB_CONV_UP_THIN_H

#include "conv_finish.h"

namespace {

constexpr int kStrip = 64;
// Slots of a scratch row: the pixels of a strip and what the last group of corners reads past it.
constexpr int kSlots = kStrip + 1 + 2 * (kLanes / 4);

template <int C>
struct ThinRow {
  float t[16 * C * kSlots];
};

// Four lanes per quarter, each quarter to its plane.
PB_INLINE void store_pixel(ThinRow<1> &row, int slot, const vec *sums) {
  float *to = row.t + 4 * slot;
#if PB_LANES == 16
  _mm_storeu_ps(to, _mm512_castps512_ps128(sums[0]));
  _mm_storeu_ps(to + 4 * kSlots, _mm512_extractf32x4_ps(sums[0], 1));
  _mm_storeu_ps(to + 8 * kSlots, _mm512_extractf32x4_ps(sums[0], 2));
  _mm_storeu_ps(to + 12 * kSlots, _mm512_extractf32x4_ps(sums[0], 3));
#elif PB_LANES == 8
  _mm_storeu_ps(to, _mm256_castps256_ps128(sums[0]));
  _mm_storeu_ps(to + 4 * kSlots, _mm256_extractf128_ps(sums[0], 1));
  _mm_storeu_ps(to + 8 * kSlots, _mm256_castps256_ps128(sums[1]));
  _mm_storeu_ps(to + 12 * kSlots, _mm256_extractf128_ps(sums[1], 1));
#else
  for (int q = 0; q < 4; q++) store(to + 4 * kSlots * q, sums[q]);
#endif
}

PB_INLINE void store_pixel(ThinRow<3> &row, int slot, const vec *sums) {
#pragma GCC unroll 12
  for (int v = 0; v < 48 / kLanes; v++) store(row.t + 48 * slot + v * kLanes, sums[v]);
}

// Three pixels in eight (C = 1): then load ports and arithmetic are equally busy.
PB_INLINE constexpr bool shuffled(int C, int p) { return C == 1 && p % 8 % 3 == 0; }

// kStep floats of x at a time: acc[p][v] += x[p * cs + k] * packed[k][v]. Where one multiply-add
// per broadcast would leave the load ports short (C = 1), some pixels take their four floats with
// one load and spread them with shuffles.
template <int C, int P, int kStep>
PB_INLINE void thin_channels(vec (&acc)[P][16 * C / kLanes], const float *x, const float *packed,
                             ptrdiff_t cs) {
  constexpr int V = 16 * C / kLanes;
#if PB_LANES == 16
  vec four[P];
#pragma GCC unroll 16
  for (int p = 0; p < P; p++) {
    if (kStep == 4 && shuffled(C, p)) {
      four[p] = _mm512_broadcast_f32x4(_mm_loadu_ps(x + p * cs));
    }
  }
#endif
#pragma GCC unroll 4
  for (int k = 0; k < kStep; k++) {
    vec weight[V];
#pragma GCC unroll 12
    for (int v = 0; v < V; v++) weight[v] = load(packed + (k * V + v) * kLanes);
#pragma GCC unroll 16
    for (int p = 0; p < P; p++) {
      vec value;
#if PB_LANES == 16
      if (kStep == 4 && shuffled(C, p)) {
        value = k == 0   ? _mm512_permute_ps(four[p], 0x00)
                : k == 1 ? _mm512_permute_ps(four[p], 0x55)
                : k == 2 ? _mm512_permute_ps(four[p], 0xaa)
                         : _mm512_permute_ps(four[p], 0xff);
      } else {
        value = broadcast(x[p * cs + k]);
      }
#else
      value = broadcast(x[p * cs + k]);
#endif
#pragma GCC unroll 12
      for (int v = 0; v < V; v++) acc[p][v] = fma(value, weight[v], acc[p][v]);
    }
  }
}

// kCs: the channels, where the compiler may know them; else 0 and `cs` counts.
template <int C, int P, int kCs>
PB_INLINE void thin_pixels(const float *x, const float *packed, int cs, ThinRow<C> &row, int slot) {
  constexpr int V = 16 * C / kLanes;
  const ptrdiff_t channels = kCs == 0 ? cs : kCs;
  vec acc[P][V] = {};
  ptrdiff_t ci = 0;
  for (; ci + 4 <= channels; ci += 4) {
    thin_channels<C, P, 4>(acc, x + ci, packed + ci * V * kLanes, channels);
  }
  if (kCs == 0) {
    for (; ci < channels; ci++) {
      thin_channels<C, P, 1>(acc, x + ci, packed + ci * V * kLanes, channels);
    }
  }
#pragma GCC unroll 16
  for (int p = 0; p < P; p++) store_pixel(row, slot + p, acc[p]);
}

// The sums of `count` neighbouring pixels into slots slot.. of a scratch row.
template <int C, int kCs>
__attribute__((noinline)) void thin_sums(const float *x, const float *packed, int cs, int count,
                                         ThinRow<C> &row, int slot) {
  constexpr int most = PB_LANES == 16 ? (C == 1 ? 16 : 8)
                       : PB_LANES == 8 ? (C == 1 ? 4 : 2)
                                       : (C == 1 ? 2 : 1);
  for (; count >= most; count -= most) {
    thin_pixels<C, most, kCs>(x, packed, cs, row, slot);
    x += static_cast<ptrdiff_t>(most) * cs;
    slot += most;
  }
  for (; count > 0; count--) {
    thin_pixels<C, 1, kCs>(x, packed, cs, row, slot++);
    x += cs;
  }
}

// Every other pair of floats of the two vectors.
PB_INLINE void split_pairs(vec a, vec b, vec &even, vec &odd) {
#if PB_LANES == 16
  even = __builtin_shuffle(a, b, ivec{0, 1, 4, 5, 8, 9, 12, 13, 16, 17, 20, 21, 24, 25, 28, 29});
  odd = __builtin_shuffle(a, b, ivec{2, 3, 6, 7, 10, 11, 14, 15, 18, 19, 22, 23, 26, 27, 30, 31});
#elif PB_LANES == 8
  even = __builtin_shuffle(a, b, ivec{0, 1, 4, 5, 8, 9, 12, 13});
  odd = __builtin_shuffle(a, b, ivec{2, 3, 6, 7, 10, 11, 14, 15});
#else
  even = __builtin_shuffle(a, b, ivec{0, 1, 4, 5});
  odd = __builtin_shuffle(a, b, ivec{2, 3, 6, 7});
#endif
}

// `corners` corners between the rows above and below -> two image rows, each beginning at the
// odd pixel right of the strip's first slot. Writes whole groups, so a little past the end.
PB_INLINE void gather(const ThinRow<1> &above, const ThinRow<1> &below, const float *bias,
                      int corners, float *upper, float *lower) {
  const vec start = broadcast(bias == nullptr ? 0.0f : *bias);
  constexpr int plane = 4 * kSlots;
  for (int at = 0; at < corners; at += kLanes / 2) {
    vec sum[2];
#pragma GCC unroll 2
    for (int half = 0; half < 2; half++) {
      const int left = 4 * at + half * kLanes;
      sum[half] = start + load(above.t + 3 * plane + left);
      sum[half] += load(above.t + 2 * plane + left + 4);
      sum[half] += load(below.t + plane + left);
      sum[half] += load(below.t + left + 4);
    }
    vec even;
    vec odd;
    split_pairs(sum[0], sum[1], even, odd);
    store(upper + 2 * at, even);
    store(lower + 2 * at, odd);
  }
}

// Six floats, two pixels of three channels, ride in eight: the next store covers the two too many.
typedef float eight __attribute__((vector_size(32), aligned(4), may_alias));

PB_INLINE void gather(const ThinRow<3> &above, const ThinRow<3> &below, const float *bias,
                      int corners, float *upper, float *lower) {
  float pattern[8] = {};
  if (bias != nullptr) {
    for (int i = 0; i < 6; i++) pattern[i] = bias[i % 3];
  }
  const eight start = *reinterpret_cast<const eight *>(pattern);
  for (int at = 0; at < corners; at++) {
#pragma GCC unroll 2
    for (int parity = 0; parity < 2; parity++) {
      const float *up = above.t + 48 * at + 6 * parity;
      const float *down = below.t + 48 * at + 6 * parity;
      eight sum = start + *reinterpret_cast<const eight *>(up + 36);
      sum += *reinterpret_cast<const eight *>(up + 48 + 24);
      sum += *reinterpret_cast<const eight *>(down + 12);
      sum += *reinterpret_cast<const eight *>(down + 48);
      *reinterpret_cast<eight *>((parity == 0 ? upper : lower) + 6 * at) = sum;
    }
  }
}

// One sample x[h][w][cs]: sink.take(at, values, count) receives pieces of image rows, bias added,
// before any activation: `count` floats at offset `at` of y[2h][2w][C].
template <int C, class Sink>
void thin_up(const float *x, const float *packed, const float *bias, int h, int w, int cs,
             Sink &sink) {
  // One extra row of lanes: the gather writes whole groups.
  float upper[2 * C * kSlots + 2 * kLanes];
  float lower[2 * C * kSlots + 2 * kLanes];
  ThinRow<C> rows[2];
  for (int corner = -1; corner < w; corner += kStrip) {
    const int corners = w - corner < kStrip ? w - corner : kStrip;
    const int first = corner < 0 ? 0 : corner;
    const int end = corner + corners + 1 < w ? corner + corners + 1 : w;
    const int cut = corner < 0 ? C : 0;
    const int count = 2 * corners * C - cut - (corner + corners == w ? C : 0);
    const ptrdiff_t at = static_cast<ptrdiff_t>(2 * corner + 1) * C + cut;
    const ptrdiff_t width = static_cast<ptrdiff_t>(2) * w * C;
    // Slot 0 is pixel `corner`; what no pixel of the image fills stays zero.
    __builtin_memset(rows, 0, sizeof rows);
    for (int i = -1; i < h; i++) {
      ThinRow<C> &above = rows[(i + 1) & 1];
      ThinRow<C> &below = rows[i & 1];
      if (i + 1 < h) {
        const float *from = x + (static_cast<ptrdiff_t>(i + 1) * w + first) * cs;
        if (cs == 32) {
          thin_sums<C, 32>(from, packed, cs, end - first, below, first - corner);
        } else {
          thin_sums<C, 0>(from, packed, cs, end - first, below, first - corner);
        }
      } else {
        __builtin_memset(&below, 0, sizeof below);
      }
      gather(above, below, bias, corners, upper, lower);
      if (i >= 0) sink.take((2 * i + 1) * width + at, upper + cut, count);
      if (i + 1 < h) sink.take((2 * i + 2) * width + at, lower + cut, count);
    }
  }
}

}  // namespace

#endif
