// The change of an image at the end of a chain of layers, and its size.
//
// With y = sigmoid(l) and m = exp(d) - 1, sigmoid(l + d) - sigmoid(l) = y (1 - y) m / (1 + y m): no
// cancellation, however small d is. Operations per pixel: about 25.
#ifndef PB_CHANGE_IMAGE_H
#define PB_CHANGE_IMAGE_H

#include "change.h"

namespace {

// Floats past the end of a row that may be read or written.
constexpr int kPast = 4 * kLanes;

// exp(x) - 1, relative error 2e-7: 2^n (expm1(r)) + (2^n - 1).
PB_INLINE vec expm1(vec x) {
  x = max(broadcast(-87.0f), min(broadcast(87.0f), x));
  const vec magic = broadcast(12582912.0f);
  const vec shifted = fma(x, broadcast(1.44269504f), magic);
  const vec n = shifted - magic;
  vec r = fnma(n, broadcast(0.693359375f), x);
  r = fma(n, broadcast(2.12194440e-4f), r);
  vec p = fma(broadcast(1.381453789e-3f), r, broadcast(8.368745320e-3f));
  p = fma(p, r, broadcast(4.166839083e-2f));
  p = fma(p, r, broadcast(1.666652040e-1f));
  p = fma(p, r, broadcast(4.999999343e-1f));
  p = fma(p, r * r, r);
  const vec scale = power_of_two(as_int(shifted) - as_int(magic));
  return fma(scale, p, scale - 1.0f);
}

// sigmoid(l + d) - sigmoid(l) from y = sigmoid(l) and slope = y (1 - y).
PB_INLINE vec moved(vec y, vec slope, vec d) {
  const vec m = expm1(d);
  return slope * m / fma(y, m, broadcast(1.0f));
}

// The sigmoid of a base's logits and its slope, kept while the cells of that base pass.
struct CleanImage {
  float *y;
  float *slope;
  int64_t size;
  int64_t base;

  void of(const float *logits, int64_t row) {
    if (row == base) return;
    base = row;
    for (int64_t i = 0; i < size; i += kLanes) {
      const int rest = static_cast<int>(size - i < kLanes ? size - i : kLanes);
      const vec l = load_first(logits + i, rest);
      vec both[2] = {l, -l};
      sigmoid_each(both);
      store(y + i, both[0]);
      store(slope + i, both[0] * both[1]);
    }
  }
};

// Two vectors, lane by lane in turns.
PB_INLINE void interleave(vec a, vec b, vec &low, vec &high) {
#if PB_LANES == 16
  low = __builtin_shuffle(a, b, ivec{0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23});
  high = __builtin_shuffle(a, b, ivec{8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31});
#elif PB_LANES == 8
  low = __builtin_shuffle(a, b, ivec{0, 8, 1, 9, 2, 10, 3, 11});
  high = __builtin_shuffle(a, b, ivec{4, 12, 5, 13, 6, 14, 7, 15});
#else
  low = __builtin_shuffle(a, b, ivec{0, 4, 1, 5});
  high = __builtin_shuffle(a, b, ivec{2, 6, 3, 7});
#endif
}

// A row of d: `count` changes of the logits, against the image from element `at` on.
PB_INLINE vec measure_row(const CleanImage &image, ptrdiff_t at, const float *d, int count, int end,
                          vec sum) {
  int i = 0;
  for (; i + 2 * kLanes <= count; i += 2 * kLanes) {
    const float *y = image.y + at + i;
    const float *slope = image.slope + at + i;
    const vec first = moved(load(y), load(slope), load(d + i));
    const vec second = moved(load(y + kLanes), load(slope + kLanes), load(d + i + kLanes));
    sum = measured(sum, first, end);
    sum = measured(sum, second, end);
  }
  for (; i < count; i += kLanes) {
    const int rest = count - i < kLanes ? count - i : kLanes;
    const vec change = moved(load(image.y + at + i), load(image.slope + at + i),
                             load_first(d + i, rest));
    sum = measured(sum, change, end);
  }
  return sum;
}

// One channel onto an image of one: sixteen taps a pixel, a row of pixels in a vector.
//   d[2 m + 1] = a[m] w2 + a[m + 1] w0,   d[2 m + 2] = a[m] w3 + a[m + 1] w1
float plane_effect(const Layer &l, const Change &in, int channel, const Rect &out, CleanImage &image,
                   int end, float *row) {
  const float *w = l.weights + 16 * channel;
  const int width = l.out_w();
  vec sum = {};
  for (int y = out.y0; y < out.y1; y++) {
    const int pairs = in.rect.width() + 1;
    const int first = in.rect.x0 - 1;
    const float *x[2];
    const float *taps[2];
    int rows = 0;
    for (int ky = (y + 1) & 1; ky < 4; ky += 2) {
      const int iy = (y + 1 - ky) / 2;
      if (y + 1 < ky || iy < in.rect.y0 || iy >= in.rect.y1) continue;
      x[rows] = in.at(iy, first);
      taps[rows++] = w + 4 * ky;
    }
    for (int m = 0; m < pairs; m += kLanes) {
      vec odd = {};
      vec even = {};
      for (int r = 0; r < rows; r++) {
        const vec a = load_first(x[r] + m, pairs - m < kLanes ? pairs - m : kLanes);
        const vec b = load_first(x[r] + m + 1, pairs - m < kLanes ? pairs - m : kLanes);
        odd = fma(a, broadcast(taps[r][2]), fma(b, broadcast(taps[r][0]), odd));
        even = fma(a, broadcast(taps[r][3]), fma(b, broadcast(taps[r][1]), even));
      }
      vec low;
      vec high;
      interleave(odd, even, low, high);
      store(row + 2 * m, low);
      store(row + 2 * m + kLanes, high);
    }
    const int skip = out.x0 - (2 * in.rect.x0 - 1);
    sum = measure_row(image, static_cast<ptrdiff_t>(y) * width + out.x0, row + skip, out.width(),
                      end, sum);
  }
  return sum_lanes(sum);
}

// The sixteen taps of P pixels, C channels each, [ky][kx][c] in lanes.
template <int P, int V>
PB_INLINE void taps_sums(const float *x, ptrdiff_t step, const float *w, ptrdiff_t channels,
                         vec (&t)[P][V]) {
#pragma GCC unroll 8
  for (int p = 0; p < P; p++) {
#pragma GCC unroll 12
    for (int v = 0; v < V; v++) t[p][v] = vec{};
  }
  for (ptrdiff_t c = 0; c < channels; c++) {
    vec weight[V];
#pragma GCC unroll 12
    for (int v = 0; v < V; v++) weight[v] = load(w + (c * V + v) * kLanes);
#pragma GCC unroll 8
    for (int p = 0; p < P; p++) {
      const vec value = broadcast(x[p * step + c]);
#pragma GCC unroll 12
      for (int v = 0; v < V; v++) t[p][v] = fma(value, weight[v], t[p][v]);
    }
  }
}

// Adds the taps of P neighbouring pixels to the four image rows that see them.
template <int C, int P>
PB_INLINE void pixels_onto(const float *x, ptrdiff_t channels, const float *w, float *d,
                           ptrdiff_t row) {
  constexpr int V = 16 * C / kLanes;
  vec t[P][V];
  taps_sums<P, V>(x, channels, w, channels, t);
#pragma GCC unroll 8
  for (int p = 0; p < P; p++) {
    float lanes[16 * C];
#pragma GCC unroll 12
    for (int v = 0; v < V; v++) store(lanes + v * kLanes, t[p][v]);
#pragma GCC unroll 4
    for (int ky = 0; ky < 4; ky++) {
      float *to = d + ky * row + 2 * C * p;
#pragma GCC unroll 12
      for (int i = 0; i < 4 * C; i++) to[i] += lanes[4 * C * ky + i];
    }
  }
}

// Many channels onto an image of C: the image's change lies in `plane`, and is measured there.
template <int C>
float image_effect(const Layer &l, const Change &in, int first_channel, const Rect &out,
                   CleanImage &image, int end, float *plane, float *flat) {
  const Rect &r = in.rect;
  const float *w = l.weights + static_cast<ptrdiff_t>(16) * C * first_channel;
  const ptrdiff_t row = static_cast<ptrdiff_t>(2 * r.width() + 2) * C;
  __builtin_memset(plane, 0, sizeof(float) * row * (2 * r.height() + 2));
  constexpr int P = C == 1 ? (PB_LANES == 16 ? 8 : 2) : (PB_LANES == 16 ? 4 : 1);
  for (int y = r.y0; y < r.y1; y++) {
    float *d = plane + (y - r.y0) * 2 * row;
    const float *x = in.at(y, r.x0);
    int p = 0;
    for (; p + P <= r.width(); p += P) {
      pixels_onto<C, P>(x + static_cast<ptrdiff_t>(p) * in.channels, in.channels, w,
                        d + 2 * C * p, row);
    }
    for (; p < r.width(); p++) {
      pixels_onto<C, 1>(x + static_cast<ptrdiff_t>(p) * in.channels, in.channels, w,
                        d + 2 * C * p, row);
    }
  }
  const int width = out.width() * C;
  const float *inside =
      plane + (out.y0 - (2 * r.y0 - 1)) * row + static_cast<ptrdiff_t>(out.x0 - (2 * r.x0 - 1)) * C;
  const ptrdiff_t image_row = static_cast<ptrdiff_t>(l.out_w()) * C;
  const ptrdiff_t origin = out.y0 * image_row + static_cast<ptrdiff_t>(out.x0) * C;
  vec sum = {};
  if (width >= 2 * kLanes) {
    for (int y = 0; y < out.height(); y++) {
      sum = measure_row(image, origin + y * image_row, inside + y * row, width, end, sum);
    }
    return sum_lanes(sum);
  }
  // Narrow rows one after the other fill the vectors.
  const int count = width * out.height();
  float *changes = flat;
  float *ys = changes + count + kPast;
  float *slopes = ys + count + kPast;
  for (int y = 0; y < out.height(); y++) {
    for (int x = 0; x < width; x++) {
      changes[y * width + x] = inside[y * row + x];
      ys[y * width + x] = image.y[origin + y * image_row + x];
      slopes[y * width + x] = image.slope[origin + y * image_row + x];
    }
  }
  const CleanImage part = {ys, slopes, count, 0};
  return sum_lanes(measure_row(part, 0, changes, count, end, sum));
}

}  // namespace

#endif
