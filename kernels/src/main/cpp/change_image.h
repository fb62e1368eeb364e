// The change of an image at the end of a chain of layers, and its size.
//
// Small changes: with y = sigmoid(l), q = sigmoid(-l) and m = exp(d) - 1, sigmoid(l + d) - sigmoid(l)
// = y q m / (q + y (1 + m)). Others: the difference of two sigmoids, of l or of -l, whichever are the
// smaller. No cancellation, however small d is and however far a pixel is saturated on either side.
#ifndef PB_CHANGE_IMAGE_H
#define PB_CHANGE_IMAGE_H

#include "change.h"

namespace {

// Floats past the end of a row that may be read or written.
constexpr int kPast = 4 * kLanes;

// exp(r) - 1 for |r| <= ln(2)/2, relative error 2e-7.
PB_INLINE vec expm1_small(vec r) {
  vec p = fma(broadcast(1.381453789e-3f), r, broadcast(8.368745320e-3f));
  p = fma(p, r, broadcast(4.166839083e-2f));
  p = fma(p, r, broadcast(1.666652040e-1f));
  p = fma(p, r, broadcast(4.999999343e-1f));
  return fma(p, r * r, r);
}

// Whether every lane is below a limit in size; a lane that is not a number is not.
PB_INLINE bool all_below(vec v, float limit) {
#if PB_LANES == 16
  return _mm512_cmp_ps_mask(_mm512_abs_ps(v), _mm512_set1_ps(limit), _CMP_LT_OQ) == 0xffff;
#else
  const ivec below = abs(v) < limit;
  bool all = true;
  for (int i = 0; i < kLanes; i++) all &= below[i] != 0;
  return all;
#endif
}

// 1 / d for 1e-38 < d < 1e38.
PB_INLINE vec inverse(vec d) {
#if PB_LANES == 16
  const vec estimate = _mm512_rcp14_ps(d);
  return fma(estimate, fnma(estimate, d, broadcast(1.0f)), estimate);
#else
  return 1.0f / d;
#endif
}

// sigmoid(l + d) - sigmoid(l) from y = sigmoid(l) and q = sigmoid(-l). Most changes are small, and
// need no powers of two; a cell's pixels lie in the same vectors whatever the other cells are.
PB_INLINE vec moved(vec y, vec q, vec l, vec d) {
  if (all_below(d, 0.34f)) {
    const vec m = expm1_small(d);
    return y * q * m * inverse(fma(y, m + 1.0f, q));
  }
  const vec after = l + d;
  const ivec above = l + after > 0.0f;
  const vec side = sigmoid(select(above, -after, after));
  const vec far = select(above, q - side, side - y);
  const ivec small = abs(d) < 0.34f;
  const vec m = expm1_small(select(small, d, vec{}));
  return select(small, y * q * m * inverse(fma(y, m + 1.0f, q)), far);
}

// The sigmoids of a base's logits and of their negatives, kept while the cells of that base pass.
struct CleanImage {
  float *y;
  float *q;
  float *l;
  int64_t size;
  int64_t base;

  void of(const float *logits, int64_t row) {
    if (row == base) return;
    base = row;
    for (int64_t i = 0; i < size; i += kLanes) {
      const int rest = static_cast<int>(size - i < kLanes ? size - i : kLanes);
      const vec value = load_first(logits + i, rest);
      vec both[2] = {value, -value};
      sigmoid_each(both);
      store(y + i, both[0]);
      store(q + i, both[1]);
      store(l + i, value);
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
    const float *q = image.q + at + i;
    const float *l = image.l + at + i;
    const vec first = moved(load(y), load(q), load(l), load(d + i));
    const vec second = moved(load(y + kLanes), load(q + kLanes), load(l + kLanes), load(d + i + kLanes));
    sum = measured(sum, first, end);
    sum = measured(sum, second, end);
  }
  for (; i < count; i += kLanes) {
    const int rest = count - i < kLanes ? count - i : kLanes;
    const vec some = load_first(d + i, rest);
    const vec change = moved(load(image.y + at + i), load(image.q + at + i), load(image.l + at + i), some);
    // Past the end stands whatever stands there; nothing changes where d is zero.
    sum = measured(sum, select(some != 0.0f, change, vec{}), end);
  }
  return sum;
}

// One channel onto an image of one: sixteen taps a pixel, a row of pixels in a vector.
//   d[2 m] = a[m] w1 + a[m - 1] w3,   d[2 m + 1] = a[m] w2 + a[m + 1] w0
// Past the rectangle a is zero for three pixels, and what is computed further on is not used.
float plane_effect(const Layer &l, const Change &in, int channel, const Rect &out,
                   const CleanImage &image, int end, float *row) {
  const float *w = l.weights + 16 * channel;
  const int width = l.out_w();
  const int from = most(0, in.rect.x0 - 1);
  const int to = least(static_cast<int>(l.w), in.rect.x1 + 1);
  vec sum = {};
  for (int y = out.y0; y < out.y1; y++) {
    const float *x[2];
    vec taps[2][4];
    int rows = 0;
    for (int ky = (y + 1) & 1; ky < 4; ky += 2) {
      const int iy = (y + 1 - ky) / 2;
      if (y + 1 < ky || iy < in.rect.y0 || iy >= in.rect.y1) continue;
      x[rows] = in.at(iy, from);
      for (int kx = 0; kx < 4; kx++) taps[rows][kx] = broadcast(w[4 * ky + kx]);
      rows++;
    }
    if (rows == 1) {
      // The same steps for every row: the missing one adds nothing.
      x[1] = x[0];
      for (int kx = 0; kx < 4; kx++) taps[1][kx] = vec{};
    }
    const ptrdiff_t begin = static_cast<ptrdiff_t>(y) * width + 2 * from;
    for (int m = 0; m < to - from; m += kLanes) {
      vec even = {};
      vec odd = {};
#pragma GCC unroll 2
      for (int r = 0; r < 2; r++) {
        const vec a = load(x[r] + m);
        even = fma(a, taps[r][1], fma(load(x[r] + m - 1), taps[r][3], even));
        odd = fma(a, taps[r][2], fma(load(x[r] + m + 1), taps[r][0], odd));
      }
      vec low;
      vec high;
      interleave(even, odd, low, high);
      const int count = 2 * (to - from - m);
      if (count >= 2 * kLanes) {
        const float *ys = image.y + begin + 2 * m;
        const float *qs = image.q + begin + 2 * m;
        const float *ls = image.l + begin + 2 * m;
        sum = measured(sum, moved(load(ys), load(qs), load(ls), low), end);
        sum = measured(sum, moved(load(ys + kLanes), load(qs + kLanes), load(ls + kLanes), high), end);
      } else {
        store(row, low);
        store(row + kLanes, high);
        sum = measure_row(image, begin + 2 * m, row, count, end, sum);
      }
    }
  }
  return sum_lanes(sum);
}

// The sixteen taps of P pixels, C channels each, [ky][kx][c] in lanes.
template <class E, int P, int V>
PB_INLINE void taps_sums(const float *x, ptrdiff_t step, const float *w, ptrdiff_t slots,
                         vec (&t)[P][V]) {
#pragma GCC unroll 16
  for (int p = 0; p < P; p++) {
#pragma GCC unroll 12
    for (int v = 0; v < V; v++) t[p][v] = vec{};
  }
  for (ptrdiff_t c = 0; c < slots; c++) {
    vec weight[V];
#pragma GCC unroll 12
    for (int v = 0; v < V; v++) weight[v] = load(w + (c * V + v) * kLanes);
#pragma GCC unroll 16
    for (int p = 0; p < P; p++) {
      const vec value = broadcast(x[p * step + c]);
#pragma GCC unroll 12
      for (int v = 0; v < V; v++) t[p][v] = E::multiply_add(value, weight[v], t[p][v]);
    }
  }
}

// Adds the taps of P neighbouring pixels to the four image rows that see them.
template <class E, int C, int P>
PB_INLINE void pixels_onto(const float *x, ptrdiff_t slots, const float *w, float *d,
                           ptrdiff_t row) {
  constexpr int V = 16 * C / kLanes;
  vec t[P][V];
  taps_sums<E, P, V>(x, slots, w, slots, t);
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

#if PB_LANES == 16
template <class E, int P>
PB_INLINE void taps_to(const float *x, ptrdiff_t slots, const float *w, float *taps) {
  vec t[P][1];
  taps_sums<E, P, 1>(x, slots, w, slots, t);
#pragma GCC unroll 16
  for (int p = 0; p < P; p++) store(taps + p * kLanes, t[p][0]);
}

// An image of one channel from the taps of its pixels. Image columns 2 m .. 2 m + 3 of the rectangle
// see pixels m - 1 .. m + 1: two shuffles and an addition give them in the four rows that a row of
// pixels reaches; the upper two meet the lower two of the row before, in `below`.
template <class E>
void taps_onto(const Change &in, const float *w, float *plane, ptrdiff_t row, float *taps) {
  const int width = in.rect.width();
  const int height = in.rect.height();
  const int pairs = width / 2 + 1;
  float *below = taps + (width + 4) * kLanes;
  __builtin_memset(below, 0, sizeof(float) * 8 * pairs);
  store(taps, vec{});
  store(taps + (width + 1) * kLanes, vec{});
  store(taps + (width + 2) * kLanes, vec{});
  store(taps + (width + 3) * kLanes, vec{});
  const __m512i own = _mm512_setr_epi32(0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29);
  const __m512i before =
      _mm512_setr_epi32(2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31);
  for (int y = 0; y < height; y++) {
    const float *x = in.at(in.rect.y0 + y, in.rect.x0);
    const ptrdiff_t slots = in.channels;
    int p = 0;
    for (; p + 16 <= width; p += 16) taps_to<E, 16>(x + p * slots, slots, w, taps + (p + 1) * kLanes);
    for (; p + 4 <= width; p += 4) taps_to<E, 4>(x + p * slots, slots, w, taps + (p + 1) * kLanes);
    for (; p < width; p++) taps_to<E, 1>(x + p * slots, slots, w, taps + (p + 1) * kLanes);
    float *upper = plane + 2 * y * row;
    for (int i = 0; i < pairs; i++) {
      const float *t = taps + 2 * i * kLanes;
      const vec first = load(t + kLanes);
      const vec sum = _mm512_permutex2var_ps(first, own, load(t + 2 * kLanes)) +
                      _mm512_permutex2var_ps(load(t), before, first);
      const __m256 both = _mm512_castps512_ps256(sum) + _mm256_loadu_ps(below + 8 * i);
      _mm256_storeu_ps(below + 8 * i, _mm512_extractf32x8_ps(sum, 1));
      _mm_storeu_ps(upper + 4 * i, _mm256_castps256_ps128(both));
      _mm_storeu_ps(upper + row + 4 * i, _mm256_extractf128_ps(both, 1));
    }
  }
  float *last = plane + 2 * height * row;
  for (int i = 0; i < pairs; i++) {
    _mm_storeu_ps(last + 4 * i, _mm_loadu_ps(below + 8 * i));
    _mm_storeu_ps(last + row + 4 * i, _mm_loadu_ps(below + 8 * i + 4));
  }
}
#endif

// Many channels onto an image of C: the image's change lies in `plane`, and is measured there.
template <class E, int C>
float image_effect(const Layer &l, const Change &in, int first_slot, const Rect &out,
                   CleanImage &image, int end, float *plane, float *flat) {
  const Rect &r = in.rect;
  const float *w = l.weights + static_cast<ptrdiff_t>(16) * C * first_slot;
  ptrdiff_t row = static_cast<ptrdiff_t>(2 * r.width() + 2) * C;
#if PB_LANES == 16
  if constexpr (C == 1) {
    // Rows are written in fours.
    row += 2;
    taps_onto<E>(in, w, plane, row, flat);
  } else
#endif
  {
    __builtin_memset(plane, 0, sizeof(float) * row * (2 * r.height() + 2));
    constexpr int P = C == 1 ? (PB_LANES == 16 ? 8 : 2) : (PB_LANES == 16 ? 4 : 1);
    for (int y = r.y0; y < r.y1; y++) {
      float *d = plane + (y - r.y0) * 2 * row;
      const float *x = in.at(y, r.x0);
      int p = 0;
      for (; p + P <= r.width(); p += P) {
        pixels_onto<E, C, P>(x + static_cast<ptrdiff_t>(p) * in.channels, in.channels, w,
                             d + 2 * C * p, row);
      }
      for (; p < r.width(); p++) {
        pixels_onto<E, C, 1>(x + static_cast<ptrdiff_t>(p) * in.channels, in.channels, w,
                             d + 2 * C * p, row);
      }
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
  float *qs = ys + count + kPast;
  float *ls = qs + count + kPast;
  for (int y = 0; y < out.height(); y++) {
    for (int x = 0; x < width; x++) {
      changes[y * width + x] = inside[y * row + x];
      ys[y * width + x] = image.y[origin + y * image_row + x];
      qs[y * width + x] = image.q[origin + y * image_row + x];
      ls[y * width + x] = image.l[origin + y * image_row + x];
    }
  }
  const CleanImage part = {ys, qs, ls, count, 0};
  return sum_lanes(measure_row(part, 0, changes, count, end, sum));
}

}  // namespace

#endif
