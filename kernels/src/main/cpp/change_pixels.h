// The change of the pixels of an image whose logits change, and its size.
//
// With y = sigmoid(l) and q = sigmoid(-l), sigmoid(l + d) - sigmoid(l) is
//   while |d| < 1.6, with t = tanh(d / 2), a polynomial:   2 y q t / (1 + (y - q) t)
//   else, with m = exp(-|d|), n = 1 - m and s the one of y and q on d's side of zero:
//                                                          +- y q n / (m + s n)
//   where q or y may be lost in the smallest numbers:      the difference of two sigmoids
// No cancellation, however small d is and however far a pixel is saturated on either side.
//
// Operations per vector of pixels: 15, 28 or 60, a row or two at a time by its largest change.
#ifndef PB_CHANGE_PIXELS_H
#define PB_CHANGE_PIXELS_H

#include "change_ends.h"

namespace {

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

template <class Way>
PB_INLINE vec measure_as(const CleanImage &image, ptrdiff_t at, const float *d, int count,
                         const Measure &measure, vec sum) {
  int i = 0;
  for (; i + 2 * kLanes <= count; i += 2 * kLanes) {
    const vec first = Way::moved(image, at + i, load(d + i));
    const vec second = Way::moved(image, at + i + kLanes, load(d + i + kLanes));
    sum = measure.add(sum, first, at + i);
    sum = measure.add(sum, second, at + i + kLanes);
  }
  for (; i < count; i += kLanes) {
    const int rest = count - i < kLanes ? count - i : kLanes;
    const vec some = load_first(d + i, rest);
    // Past the end stands whatever stands there; nothing changes where d is zero.
    const vec change = select(some != 0.0f, Way::moved(image, at + i, some), vec{});
    sum = measure.add_first(sum, change, at + i, rest);
  }
  return sum;
}

// A row of d: `count` changes of the logits, against the image from element `at` on. A cell's pixels
// lie in the same rows and vectors whatever the other cells are.
PB_INLINE vec measure_row(const CleanImage &image, ptrdiff_t at, const float *d, int count,
                          const Measure &measure, vec sum) {
  vec largest = {};
  int i = 0;
  for (; i + kLanes <= count; i += kLanes) largest = max(largest, abs(load(d + i)));
  if (i < count) largest = max(largest, abs(load_first(d + i, count - i)));
  if (all_below(largest, kSmall)) return measure_as<Little>(image, at, d, count, measure, sum);
  return image.extreme ? measure_as<Extreme>(image, at, d, count, measure, sum)
                       : measure_as<Large>(image, at, d, count, measure, sum);
}

}  // namespace

#endif
