// Copies that change where elements lie: materialised broadcasts, slices, permutes, and the change
// between (C, H, W) and (H, W, C).
//
// Operations: none; bytes: 4 read and 4 written per element. Three inner loops: dense rows (memcpy),
// one value repeated (fill), and a transpose, where the dense dimension of one side is another one
// of the other side. A transpose goes through a square of PB_LANES x PB_LANES in registers, so both
// sides are touched in whole vectors; walking it element by element costs up to one cache line per
// element, and for power-of-two channel strides all those lines fall into one cache set. Any other
// pair of strides is copied element by element.
#include <string.h>

#include "strides.h"

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
void transpose_plane(const float *x, int64_t xstride, float *y, int64_t ystride, int64_t h,
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

void copy_row(const float *x, int64_t xstride, float *y, int64_t ystride, int64_t length) {
  if (ystride == 1 && xstride == 1) {
    memcpy(y, x, static_cast<size_t>(length) * sizeof(float));
  } else if (ystride == 1 && xstride == 0) {
    const float value = *x;
    for (int64_t i = 0; i < length; i++) y[i] = value;
  } else {
    for (int64_t i = 0; i < length; i++) y[i * ystride] = x[i * xstride];
  }
}

void copy(const Loop<2> &loop, const float *x, float *y) {
  const int64_t *d = loop.dims;
  const int64_t *sx = loop.strides[0];
  const int64_t *sy = loop.strides[1];
  // The dense dimension of x, to be exchanged with the last one, dense in y.
  int dense = 4;
  for (int i = 0; i < 4; i++) {
    if (sx[i] == 1 && d[i] > 1 && sy[4] == 1 && sx[4] > 1) dense = i;
  }
  int outer[4];
  int rank = 0;
  for (int i = 0; i < 4; i++) {
    if (i != dense) outer[rank++] = i;
  }
  if (dense == 4) rank = 4;
  int64_t at[4] = {0, 0, 0, 0};
  for (;;) {
    const float *p = x;
    float *q = y;
    for (int k = 0; k < rank; k++) {
      p += at[k] * sx[outer[k]];
      q += at[k] * sy[outer[k]];
    }
    if (dense == 4) {
      copy_row(p, sx[4], q, sy[4], d[4]);
    } else {
      transpose_plane(p, sx[4], q, sy[dense], d[dense], d[4]);
    }
    int k = rank - 1;
    while (k >= 0 && ++at[k] == d[outer[k]]) at[k--] = 0;
    if (k < 0) return;
  }
}

int32_t dense_strides(const int64_t *dims, int64_t *strides) {
  int64_t step = 1;
  for (int i = kDims - 1; i >= 0; i--) {
    strides[i] = step;
    step *= dims[i];
  }
  return 0;
}

// n planes of (h, w) to n planes of (w, h).
int32_t transpose_planes(const float *x, float *y, int64_t h, int64_t w, int64_t n) {
  for (int64_t i = 0; i < n; i++) {
    transpose_plane(x + i * h * w, w, y + i * h * w, h, w, h);
  }
  return 0;
}

}  // namespace

// y[i] at strides_y = x[i] at strides_x, for every index i of dims. x and y are different memory.
PB_EXPORT int32_t PB_NAME(copy_strided)(const float *x, const int64_t *strides_x, float *y,
                                        const int64_t *strides_y, const int64_t *dims) {
  if (strides_x == nullptr) return 2;
  if (strides_y == nullptr) return 4;
  if (dims == nullptr) return 5;
  const int64_t count = elements(dims);
  if (count < 0) return 5;
  if (count == 0) return 0;
  if (x == nullptr) return 1;
  if (y == nullptr) return 3;
  copy(merge<2>(dims, {strides_x, strides_y}), x, y);
  return 0;
}

// The same to y dense over dims: a broadcast (stride 0), a permute, a slice.
PB_EXPORT int32_t PB_NAME(broadcast)(const float *x, float *y, const int64_t *dims,
                                     const int64_t *strides_x) {
  if (dims == nullptr) return 3;
  if (strides_x == nullptr) return 4;
  const int64_t count = elements(dims);
  if (count < 0) return 3;
  if (count == 0) return 0;
  if (x == nullptr) return 1;
  if (y == nullptr) return 2;
  int64_t strides_y[kDims];
  dense_strides(dims, strides_y);
  copy(merge<2>(dims, {strides_x, strides_y}), x, y);
  return 0;
}

// x[n][C][H][W] to y[n][H][W][C].
PB_EXPORT int32_t PB_NAME(layout_to_nhwc)(const float *x, float *y, int32_t c, int32_t h,
                                          int32_t w, int64_t n) {
  if (c < 0) return 3;
  if (h < 0) return 4;
  if (w < 0) return 5;
  if (n < 0) return 6;
  if (c == 0 || h == 0 || w == 0 || n == 0) return 0;
  if (x == nullptr) return 1;
  if (y == nullptr) return 2;
  return transpose_planes(x, y, c, static_cast<int64_t>(h) * w, n);
}

// x[n][H][W][C] to y[n][C][H][W].
PB_EXPORT int32_t PB_NAME(layout_to_nchw)(const float *x, float *y, int32_t c, int32_t h,
                                          int32_t w, int64_t n) {
  if (c < 0) return 3;
  if (h < 0) return 4;
  if (w < 0) return 5;
  if (n < 0) return 6;
  if (c == 0 || h == 0 || w == 0 || n == 0) return 0;
  if (x == nullptr) return 1;
  if (y == nullptr) return 2;
  return transpose_planes(x, y, static_cast<int64_t>(h) * w, c, n);
}
