// The change of an image at the end of a chain of layers, and its size.
//
// With y = sigmoid(l) and q = sigmoid(-l), sigmoid(l + d) - sigmoid(l) is
//   while |d| < 1.6, with t = tanh(d / 2), a polynomial:   2 y q t / (1 + (y - q) t)
//   else, with m = exp(-|d|), n = 1 - m and s the one of y and q on d's side of zero:
//                                                          +- y q n / (m + s n)
//   where q or y may be lost in the smallest numbers:      the difference of two sigmoids
// No cancellation, however small d is and however far a pixel is saturated on either side.
//
// Operations per vector of pixels: 15, 28 or 60, a row or two at a time by its largest change.
#ifndef PB_CHANGE_IMAGE_H
#define PB_CHANGE_IMAGE_H

#include "change.h"

namespace {

// Floats past the end of a row that may be read or written.
constexpr int kPast = 4 * kLanes;

constexpr float kSmall = 1.6f;

// tanh(d / 2) for |d| < kSmall from r = d * d, relative error 6e-8 and what rounding adds.
PB_INLINE vec tanh_half(vec d, vec r) {
  vec p = fma(broadcast(-2.12661075e-6f), r, broadcast(3.72916002e-5f));
  p = fma(p, r, broadcast(-4.14955575e-4f));
  p = fma(p, r, broadcast(4.16282751e-3f));
  p = fma(p, r, broadcast(-4.16658446e-2f));
  p = fma(p, r, broadcast(4.9999997e-1f));
  return p * d;
}

// exp(r) - 1 for |r| <= ln(2)/2, relative error 2e-7.
PB_INLINE vec expm1_small(vec r) {
  vec p = fma(broadcast(1.381453789e-3f), r, broadcast(8.368745320e-3f));
  p = fma(p, r, broadcast(4.166839083e-2f));
  p = fma(p, r, broadcast(1.666652040e-1f));
  p = fma(p, r, broadcast(4.999999343e-1f));
  return fma(p, r * r, r);
}

// Whether every lane is below a limit; one that is not a number is not.
PB_INLINE bool all_below(vec v, float limit) {
#if PB_LANES == 16
  return _mm512_cmp_ps_mask(v, _mm512_set1_ps(limit), _CMP_LT_OQ) == 0xffff;
#else
  const ivec below = v < limit;
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

// What is known of the clean pixels of an image, kept while the cells of one base pass.
struct CleanImage {
  float *slope;   // 2 y q
  float *lean;    // y - q
  float *y;
  float *q;
  float *logits;
  int64_t size;
  int64_t base;
  bool extreme;  // whether some logit is beyond kFar

  static constexpr int kPlanes = 5;
  static constexpr float kFar = 60.0f;

  // The planes lie one after the other, `plane` floats each.
  static CleanImage in(float *room, int64_t plane, int64_t size) {
    return {room,           room + plane, room + 2 * plane, room + 3 * plane,
            room + 4 * plane, size,         -1,               false};
  }

  void of(const float *clean, int64_t row) {
    if (row == base) return;
    base = row;
    vec largest = {};
    for (int64_t i = 0; i < size; i += kLanes) {
      const int rest = static_cast<int>(size - i < kLanes ? size - i : kLanes);
      const vec value = load_first(clean + i, rest);
      vec both[2] = {value, -value};
      sigmoid_each(both);
      store(slope + i, 2.0f * both[0] * both[1]);
      store(lean + i, both[0] - both[1]);
      store(y + i, both[0]);
      store(q + i, both[1]);
      store(logits + i, value);
      largest = max(abs(value), largest);
    }
    extreme = !all_below(largest, kFar);
  }
};

// The change of pixels from element `at` on, by the size of d and of the logits.
struct Little {
  PB_INLINE static vec moved(const CleanImage &image, ptrdiff_t at, vec d) {
    const vec t = tanh_half(d, d * d);
    return load(image.slope + at) * t * inverse(fma(load(image.lean + at), t, broadcast(1.0f)));
  }
};

struct Large {
  PB_INLINE static vec moved(const CleanImage &image, ptrdiff_t at, vec d) {
    const vec y = load(image.y + at);
    const vec q = load(image.q + at);
    // m = 2^k exp(r), by the same steps as exp; 1 - m from 1 - 2^k, which is exact.
    const vec x = -min(broadcast(87.0f), abs(d));
    const vec magic = broadcast(12582912.0f);
    const vec shifted = fma(x, broadcast(1.44269504f), magic);
    const vec k = shifted - magic;
    vec r = fnma(k, broadcast(0.693359375f), x);
    r = fma(k, broadcast(2.12194440e-4f), r);
    const vec p = expm1_small(r);
#if PB_LANES == 16
    const vec power = _mm512_scalef_ps(_mm512_set1_ps(1.0f), k);
#else
    const vec power = power_of_two(as_int(shifted) - as_int(magic));
#endif
    const vec m = fma(power, p, power);
    const vec n = fnma(power, p, 1.0f - power);
    const vec side = select(d < 0.0f, q, y);
    return copysign(y * q * n * inverse(fma(side, n, m)), d);
  }
};

struct Extreme {
  PB_INLINE static vec moved(const CleanImage &image, ptrdiff_t at, vec d) {
    const vec y = load(image.y + at);
    const vec q = load(image.q + at);
    const vec l = load(image.logits + at);
    const vec after = l + d;
    const ivec above = l + after > 0.0f;
    const vec side = sigmoid(select(above, -after, after));
    const vec far = select(above, q - side, side - y);
    const ivec small = abs(d) < kSmall;
    return select(small, Little::moved(image, at, select(small, d, vec{})), far);
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

template <class Way>
PB_INLINE vec measure_as(const CleanImage &image, ptrdiff_t at, const float *d, int count, int end,
                         vec sum) {
  int i = 0;
  for (; i + 2 * kLanes <= count; i += 2 * kLanes) {
    const vec first = Way::moved(image, at + i, load(d + i));
    const vec second = Way::moved(image, at + i + kLanes, load(d + i + kLanes));
    sum = measured(sum, first, end);
    sum = measured(sum, second, end);
  }
  for (; i < count; i += kLanes) {
    const vec some = load_first(d + i, count - i < kLanes ? count - i : kLanes);
    // Past the end stands whatever stands there; nothing changes where d is zero.
    sum = measured(sum, select(some != 0.0f, Way::moved(image, at + i, some), vec{}), end);
  }
  return sum;
}

// A row of d: `count` changes of the logits, against the image from element `at` on. A cell's pixels
// lie in the same rows and vectors whatever the other cells are.
PB_INLINE vec measure_row(const CleanImage &image, ptrdiff_t at, const float *d, int count, int end,
                          vec sum) {
  vec largest = {};
  int i = 0;
  for (; i + kLanes <= count; i += kLanes) largest = max(largest, abs(load(d + i)));
  if (i < count) largest = max(largest, abs(load_first(d + i, count - i)));
  if (all_below(largest, kSmall)) return measure_as<Little>(image, at, d, count, end, sum);
  return image.extreme ? measure_as<Extreme>(image, at, d, count, end, sum)
                       : measure_as<Large>(image, at, d, count, end, sum);
}

// One channel onto an image of one: sixteen taps a pixel, a row of pixels in a vector.
//   d[2 j - 1][2 m] = a[j][m] w01 + a[j][m - 1] w03 + a[j - 1][m] w21 + a[j - 1][m - 1] w23
// and the like for its three neighbours, [2 m + 1] and [2 j]: these four see the same pixels.
// Past the rectangle a is zero for three pixels, and what is computed further on is not used.
//
// @param rows room for two rows of the image
float plane_effect(const Layer &l, const Change &in, int channel, const Rect &out,
                   const CleanImage &image, int end, float *rows) {
  const float *w = l.weights + 16 * channel;
  const Rect &r = in.rect;
  const int width = l.out_w();
  const int from = most(0, r.x0 - 1);
  const int to = least(static_cast<int>(l.w), r.x1 + 1);
  const int count = 2 * (to - from);
  const bool whole = count == width && count % (2 * kLanes) == 0;
  const ptrdiff_t apart = whole ? width : count + 2 * kLanes;
  vec taps[4][4];
  for (int i = 0; i < 16; i++) taps[i / 4][i % 4] = broadcast(w[i]);
  const vec none[4] = {};
  vec sum = {};
  for (int j = r.y0; j <= r.y1; j++) {
    // What a row outside would add is nothing: the same steps for every row.
    const bool above = j > r.y0;
    const bool below = j < r.y1;
    const float *x[2] = {in.at(above ? j - 1 : j, from), in.at(below ? j : j - 1, from)};
    const vec *const t[2][2] = {{above ? taps[2] : none, below ? taps[0] : none},
                                {above ? taps[3] : none, below ? taps[1] : none}};
    for (int m = 0; m < to - from; m += kLanes) {
      vec a[2][3];
#pragma GCC unroll 2
      for (int i = 0; i < 2; i++) {
#pragma GCC unroll 3
        for (int k = 0; k < 3; k++) a[i][k] = load(x[i] + m + k - 1);
      }
#pragma GCC unroll 2
      for (int y = 0; y < 2; y++) {
        vec even = {};
        vec odd = {};
#pragma GCC unroll 2
        for (int i = 0; i < 2; i++) {
          even = fma(a[i][1], t[y][i][1], fma(a[i][0], t[y][i][3], even));
          odd = fma(a[i][1], t[y][i][2], fma(a[i][2], t[y][i][0], odd));
        }
        vec low;
        vec high;
        interleave(even, odd, low, high);
        store(rows + y * apart + 2 * m, low);
        store(rows + y * apart + 2 * m + kLanes, high);
      }
    }
    const int y = 2 * j - 1;
    const ptrdiff_t begin = static_cast<ptrdiff_t>(y) * width + 2 * from;
    if (whole && y >= out.y0 && y + 1 < out.y1) {
      sum = measure_row(image, begin, rows, 2 * count, end, sum);
      continue;
    }
    for (int i = 0; i < 2; i++) {
      if (y + i >= out.y0 && y + i < out.y1) {
        sum = measure_row(image, begin + i * width, rows + i * apart, count, end, sum);
      }
    }
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
  const int64_t plane_size = count + kPast;
  CleanImage part = CleanImage::in(flat + plane_size, plane_size, count);
  part.extreme = image.extreme;
  const auto gather = [&](const float *from, ptrdiff_t from_row, float *to) {
    for (int y = 0; y < out.height(); y++) {
      for (int x = 0; x < width; x++) to[y * width + x] = from[y * from_row + x];
    }
  };
  gather(inside, row, flat);
  gather(image.slope + origin, image_row, part.slope);
  gather(image.lean + origin, image_row, part.lean);
  gather(image.y + origin, image_row, part.y);
  gather(image.q + origin, image_row, part.q);
  gather(image.logits + origin, image_row, part.logits);
  return sum_lanes(measure_row(part, 0, flat, count, end, sum));
}

}  // namespace

#endif
