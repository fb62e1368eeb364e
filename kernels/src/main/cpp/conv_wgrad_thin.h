// The weight gradient of the k4 s2 p1 convolution whose large grid is an image of C = 1 or 3
// channels: the first encoder layer and the last decoder layer.
//
// The 4 taps of a kernel row are 4 C neighbouring floats of the image, so the roles change: those
// floats are broadcast, and the vectors run over the channels of g. R kernel rows (two for C = 1,
// one for C = 3) x 4 C floats x V vectors of g stay in registers for a whole sample:
// 10 loads for 16 fused multiply-adds, 14 for 24.
// Sums: pixels of a band of rows in order, then bands and samples in order, in `scratch`
// [ky][kx][c][co]. A band of g (32 KB) is read from far away once, for all kernel rows.
#ifndef PB_CONV_WGRAD_THIN_H
#define PB_CONV_WGRAD_THIN_H

#include "vec.h"

namespace {

// acc[r][i][v] += x[r][i] * g[v] for floats kFrom..kTo of the kernel rows kTop..kBottom.
template <int R, int C, int V, int kTop, int kBottom, int kFrom, int kTo>
PB_INLINE void thin_pixel(vec (&acc)[R][4 * C][V], const float *x, ptrdiff_t row, const float *g) {
  vec value[V];
#pragma GCC unroll 2
  for (int v = 0; v < V; v++) value[v] = load(g + v * kLanes);
#pragma GCC unroll 2
  for (int r = kTop; r < kBottom; r++) {
#pragma GCC unroll 12
    for (int i = kFrom; i < kTo; i++) {
      const vec weight = broadcast(x[r * row + i]);
#pragma GCC unroll 2
      for (int v = 0; v < V; v++) acc[r][i][v] = fma(weight, value[v], acc[r][i][v]);
    }
  }
}

// One row of pixels; the first has no left neighbour, the last no right one.
template <int R, int C, int V, int kTop, int kBottom>
PB_INLINE void thin_line(vec (&acc)[R][4 * C][V], const float *x, ptrdiff_t row, const float *g,
                         int w, int cs) {
  if (w == 1) {
    thin_pixel<R, C, V, kTop, kBottom, C, 3 * C>(acc, x, row, g);
    return;
  }
  thin_pixel<R, C, V, kTop, kBottom, C, 4 * C>(acc, x, row, g);
  for (int j = 1; j < w - 1; j++) {
    x += 2 * C;
    g += cs;
    thin_pixel<R, C, V, kTop, kBottom, 0, 4 * C>(acc, x, row, g);
  }
  thin_pixel<R, C, V, kTop, kBottom, 0, 3 * C>(acc, x + 2 * C, row, g + cs);
}

// Kernel rows ky.. of rows oy..to of one sample, V vectors of g; `sums` is scratch at ky and these
// channels.
template <int R, int C, int V>
__attribute__((noinline)) void thin_tile(const float *x, const float *g, float *sums, int ky,
                                         int oy, int to, int h, int w, int cs, bool begin) {
  vec acc[R][4 * C][V] = {};
  const ptrdiff_t row = static_cast<ptrdiff_t>(2) * w * C;
  x += (2 * oy - 1 + ky) * row - C;
  g += static_cast<ptrdiff_t>(oy) * w * cs;
  for (; oy < to; oy++) {
    const bool top = 2 * oy - 1 + ky >= 0;
    const bool bottom = 2 * oy - 1 + ky + R - 1 < 2 * h;
    if (R == 2 && !top) {
      thin_line<R, C, V, R - 1, R>(acc, x, row, g, w, cs);
    } else if (R == 2 && !bottom) {
      thin_line<R, C, V, 0, 1>(acc, x, row, g, w, cs);
    } else if (top && bottom) {
      thin_line<R, C, V, 0, R>(acc, x, row, g, w, cs);
    }
    x += 2 * row;
    g += static_cast<ptrdiff_t>(w) * cs;
  }
#pragma GCC unroll 2
  for (int r = 0; r < R; r++) {
#pragma GCC unroll 12
    for (int i = 0; i < 4 * C; i++) {
#pragma GCC unroll 2
      for (int v = 0; v < V; v++) {
        float *p = sums + static_cast<ptrdiff_t>(r * 4 * C + i) * cs + v * kLanes;
        store(p, begin ? acc[r][i][v] : load(p) + acc[r][i][v]);
      }
    }
  }
}

template <int C>
void thin_wgrad(const float *x, const float *g, float *dw, float *scratch, int h, int w, int cs,
                int64_t n, int part, int parts) {
  constexpr int R = C == 1 ? 2 : 1;
  constexpr int most = PB_LANES == 16 ? 2 : 1;
  const int step = most * kLanes;
  const int blocks = (cs + step - 1) / step;
  const int64_t units = static_cast<int64_t>(4 / R) * blocks;
  const ptrdiff_t image = static_cast<ptrdiff_t>(4) * h * w * C;
  const ptrdiff_t small = static_cast<ptrdiff_t>(h) * w * cs;
  const int64_t begin = units * part / parts;
  const int64_t end = units * (part + 1) / parts;
  // Rows of g that stay in the first-level cache for all units.
  const int64_t line = static_cast<int64_t>(w) * cs;
  const int band = line >= 8192 ? 1 : static_cast<int>(8192 / line);
  for (int64_t i = 0; i < n; i++) {
    for (int oy = 0; oy < h; oy += band) {
      const int to = oy + band < h ? oy + band : h;
      const bool fresh = i == 0 && oy == 0;
      for (int64_t unit = begin; unit < end; unit++) {
        const int ky = static_cast<int>(unit / blocks) * R;
        const int co = static_cast<int>(unit % blocks) * step;
        float *sums = scratch + static_cast<ptrdiff_t>(ky) * 4 * C * cs + co;
        if (cs - co >= step) {
          thin_tile<R, C, most>(x + i * image, g + i * small + co, sums, ky, oy, to, h, w, cs,
                                fresh);
        } else {
          thin_tile<R, C, 1>(x + i * image, g + i * small + co, sums, ky, oy, to, h, w, cs, fresh);
        }
      }
    }
  }
  for (int64_t unit = begin; unit < end; unit++) {
    const int ky = static_cast<int>(unit / blocks) * R;
    const int co = static_cast<int>(unit % blocks) * step;
    const int size = cs - co < step ? cs - co : step;
    const float *sums = scratch + static_cast<ptrdiff_t>(ky) * 4 * C * cs + co;
    for (int k = 0; k < 4 * R; k++) {
      for (int c = 0; c < C; c++) {
        for (int o = 0; o < size; o++) {
          dw[(static_cast<ptrdiff_t>(co + o) * C + c) * 16 + 4 * ky + k] =
              n == 0 ? 0.0f : sums[static_cast<ptrdiff_t>(k * C + c) * cs + o];
        }
      }
    }
  }
}

}  // namespace

#endif
