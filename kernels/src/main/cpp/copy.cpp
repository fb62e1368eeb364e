// Copies that change where elements lie: materialised broadcasts, slices, permutes, and the change
// between (C, H, W) and (H, W, C).
//
// Operations: none; bytes: 4 read and 4 written per element. Three inner loops: dense rows
// (memcpy), one value repeated (fill), and a transpose, where the dense dimension of one side is
// another one of the other side. A transpose goes through squares in registers, see transpose.h.
// Any other pair of strides is copied element by element.
#include <string.h>

#include "strides.h"
#include "transpose.h"

namespace {

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
