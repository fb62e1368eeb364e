// The weight gradient of the k4 s2 p1 convolution, for both directions: x is the large grid
// (2h x 2w, cl channels), g the small one (h x w, cs).
//
//   dw[co][ci][ky][kx] = sum over n, oy, ox of
//                        g[n][oy][ox][co] x[n][2 oy - 1 + ky][2 ox - 1 + kx][ci]
//
// Wide inputs: per kernel row, kTaps neighbouring taps share the broadcasts of g: a tile of
// T channels of g x kTaps taps x V vectors of x's channels stays in registers while a block of
// samples passes. At 6 x 2 x 2 that is 10 loads for 24 fused multiply-adds.
// Operations: 2 * 16 cl cs FLOP per small pixel less the border. Bytes: each tile reads its taps
// of x and g once per block of samples, which fits the second-level cache; the tile itself goes to
// `scratch` [tap][co][ci] once per block. Rounding: sums of a block of samples, then of blocks, in
// order; `part` computes its share of the outputs, so the number of parts changes no bit.
#include "conv_wgrad_thin.h"

namespace {

constexpr int kTaps = PB_LANES == 16 ? 2 : 1;

struct Gradient {
  const float *x;
  const float *g;
  float *dw;
  float *scratch;
  int h, w, cl, cs;
};

// acc[t][k][v] += g[t] * x[k][v] over `count` pixels, taps kFrom..kTo of the group.
template <int T, int V, int kFrom, int kTo>
PB_INLINE void pixels(vec (&acc)[T][kTaps][V], const float *x, const float *g, int count, int cl,
                      int cs) {
  for (int j = 0; j < count; j++) {
    vec value[kTaps][V];
#pragma GCC unroll 2
    for (int k = kFrom; k < kTo; k++) {
#pragma GCC unroll 2
      for (int v = 0; v < V; v++) value[k][v] = load(x + k * cl + v * kLanes);
    }
#pragma GCC unroll 6
    for (int t = 0; t < T; t++) {
      const vec weight = broadcast(g[t]);
#pragma GCC unroll 2
      for (int k = kFrom; k < kTo; k++) {
#pragma GCC unroll 2
        for (int v = 0; v < V; v++) acc[t][k][v] = fma(weight, value[k][v], acc[t][k][v]);
      }
    }
    x += 2 * cl;
    g += cs;
  }
}

// One tile over `samples` samples: channels co.. of g, ci.. of x, kernel row ky, taps kx...
template <int T, int V>
__attribute__((noinline)) void tile(const Gradient &d, int ky, int kx, int co, int ci,
                                    int64_t first, int samples) {
  vec acc[T][kTaps][V] = {};
  const int cl = d.cl;
  const int cs = d.cs;
  const ptrdiff_t row = static_cast<ptrdiff_t>(2) * d.w * cl;
  const int from = ky == 0 ? 1 : 0;
  const int to = ky == 3 ? d.h - 1 : d.h;
  for (int64_t n = first; n < first + samples; n++) {
    for (int oy = from; oy < to; oy++) {
      const float *x = d.x + (n * 2 * d.h + 2 * oy - 1 + ky) * row + (kx - 1) * cl + ci;
      const float *g = d.g + (n * d.h + oy) * d.w * cs + co;
      int count = d.w;
      if (kx == 0) {
        // The first pixel has no left neighbour.
        if (kTaps == 2) pixels<T, V, kTaps - 1, kTaps>(acc, x, g, 1, cl, cs);
        x += 2 * cl;
        g += cs;
        count--;
      }
      const bool last = kx + kTaps == 4;
      if (last) count--;
      pixels<T, V, 0, kTaps>(acc, x, g, count, cl, cs);
      if (last && kTaps == 2) {
        pixels<T, V, 0, kTaps - 1>(acc, x + static_cast<ptrdiff_t>(count) * 2 * cl,
                                   g + static_cast<ptrdiff_t>(count) * cs, 1, cl, cs);
      }
    }
  }
#pragma GCC unroll 2
  for (int k = 0; k < kTaps; k++) {
    float *to_tap = d.scratch + (static_cast<ptrdiff_t>(4 * ky + kx + k) * cs + co) * cl + ci;
#pragma GCC unroll 6
    for (int t = 0; t < T; t++) {
#pragma GCC unroll 2
      for (int v = 0; v < V; v++) {
        float *p = to_tap + static_cast<ptrdiff_t>(t) * cl + v * kLanes;
        store(p, first == 0 ? acc[t][k][v] : load(p) + acc[t][k][v]);
      }
    }
  }
}

template <int T>
void channels(const Gradient &d, int ky, int kx, int co, int64_t first, int samples) {
  int ci = 0;
  for (; ci + 2 * kLanes <= d.cl; ci += 2 * kLanes) tile<T, 2>(d, ky, kx, co, ci, first, samples);
  for (; ci < d.cl; ci += kLanes) tile<T, 1>(d, ky, kx, co, ci, first, samples);
}

// Channels of g go in sixes and, where the rest is not a multiple of six, fours.
PB_INLINE int tile_of(int rest) { return rest % 6 == 0 || rest > 8 ? 6 : 4; }

int tiles_of(int cs) {
  int tiles = 0;
  for (int co = 0; co < cs; co += tile_of(cs - co)) tiles++;
  return tiles;
}

// Asks for share `unit` of `units` of what the next block of samples reads, while this one is
// multiplied: each block passes once through the second-level cache, from much further away.
void ask_for_next(const Gradient &d, int64_t first, int64_t samples, int64_t unit, int64_t units) {
  const int64_t small = samples * d.h * d.w * d.cs;
  const int64_t large = samples * 4 * d.h * d.w * d.cl;
  const int64_t g = small * unit / units;
  const int64_t x = large * unit / units;
  ask_for<kSecondLevel>(d.g + first * d.h * d.w * d.cs + g, small * (unit + 1) / units - g);
  ask_for<kSecondLevel>(d.x + first * 4 * d.h * d.w * d.cl + x, large * (unit + 1) / units - x);
}

void wide(const Gradient &d, int64_t n, int part, int parts) {
  const int groups = 16 / kTaps;
  const int tiles = tiles_of(d.cs);
  const int64_t units = static_cast<int64_t>(groups) * tiles;
  const int64_t from = units * part / parts;
  const int64_t to = units * (part + 1) / parts;
  // Enough pixels to keep a tile in registers, few enough samples to stay in cache.
  const int64_t pixels_each = static_cast<int64_t>(d.h) * d.w;
  const int block = pixels_each >= 256  ? 1
                    : pixels_each <= 16 ? 16
                                        : static_cast<int>(256 / pixels_each);
  for (int64_t first = 0; first < n || first == 0; first += block) {
    const int samples = n - first < block ? static_cast<int>(n - first) : block;
    int64_t unit = 0;
    for (int group = 0; group < groups; group++) {
      const int ky = group * kTaps / 4;
      const int kx = group * kTaps % 4;
      for (int co = 0; co < d.cs; unit++) {
        const int size = tile_of(d.cs - co);
        if (unit >= from && unit < to) {
          const int64_t rest = n - first - samples;
          ask_for_next(d, first + samples, rest < block ? rest : block, unit - from, to - from);
          if (size == 6) {
            channels<6>(d, ky, kx, co, first, samples);
          } else {
            channels<4>(d, ky, kx, co, first, samples);
          }
          if (first + block >= n) {
            for (int k = 0; k < kTaps; k++) {
              const int tap = 4 * ky + kx + k;
              const float *sums = d.scratch + (static_cast<ptrdiff_t>(tap) * d.cs + co) * d.cl;
              float *dw = d.dw + static_cast<ptrdiff_t>(co) * d.cl * 16 + tap;
              const ptrdiff_t count = static_cast<ptrdiff_t>(size) * d.cl;
              for (ptrdiff_t i = 0; i < count; i++) dw[16 * i] = sums[i];
            }
          }
        }
        co += size;
      }
    }
  }
}

}  // namespace

PB_EXPORT int64_t PB_NAME(conv_wgrad_scratch_size)(int32_t cl, int32_t cs) {
  return int64_t{16} * cl * cs;
}

// x[n][2h][2w][cl], g[n][h][w][cs], scratch of conv_wgrad_scratch_size floats shared by all parts
// -> dw[cs][cl][4][4]; cl 1, 3 or a multiple of 16, cs a multiple of 16.
PB_EXPORT int32_t PB_NAME(conv_wgrad)(const float *x, const float *g, float *dw, float *scratch,
                                      int32_t h, int32_t w, int32_t cl, int32_t cs, int64_t n,
                                      int32_t part, int32_t parts) {
  const FlushDenormals flushed;
  if (x == nullptr && n > 0) return 1;
  if (g == nullptr && n > 0) return 2;
  if (dw == nullptr) return 3;
  if (scratch == nullptr) return 4;
  if (h < 1) return 5;
  if (w < 1) return 6;
  if (cl != 1 && cl != 3 && (cl < 16 || cl % 16 != 0)) return 7;
  if (cs < 16 || cs % 16 != 0) return 8;
  if (n < 0) return 9;
  if (parts < 1) return 11;
  if (part < 0 || part >= parts) return 10;
  if (cl == 1) {
    thin_wgrad<1>(x, g, dw, scratch, h, w, cs, n, part, parts);
  } else if (cl == 3) {
    thin_wgrad<3>(x, g, dw, scratch, h, w, cs, n, part, parts);
  } else {
    wide({x, g, dw, scratch, h, w, cl, cs}, n, part, parts);
  }
  return 0;
}
