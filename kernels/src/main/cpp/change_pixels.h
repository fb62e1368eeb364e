// The change of the pixels of an image whose logits change, and its size.
//
// With y = sigmoid(l) and s the smaller of y and 1 - y, let x be the logit's change over ln 2, turned
// over where s is 1 - y. The pixel then moves, turned over likewise, by
//   (1 - s) u / (1 + u)  with  u = s (2^x - 1)
// Nothing cancels, however small d is and however far a pixel is saturated on either side: u is
// over -1/2. A logit counts as kFar at most, and what lies beyond is taken off x: no s is lost in
// the smallest numbers, and a pixel that comes from far beyond arrives where it should. Of changes
// under exp(-kFar), 2e-29, nothing is known but that they are so small.
//
// Operations per vector of pixels: 23, of which 11 multiply, if squares are wanted; 25 where some logit
// is beyond kFar.
#ifndef PB_CHANGE_PIXELS_H
#define PB_CHANGE_PIXELS_H

#include "change_ends.h"

namespace {

// Changes of logits are in units of ln 2: the taps onto an image are packed so.
constexpr float kPerLogit = 1.44269504f;

// d with the other sign where the side of its pixel is negative.
PB_INLINE vec turned(vec d, vec side) {
#if PB_LANES == 16
  const __m512i sign = _mm512_set1_epi32(INT32_MIN);
  return (vec)_mm512_ternarylogic_epi32((__m512i)d, (__m512i)side, sign, 0x78);
#else
  return as_float(as_int(d) ^ (as_int(side) & INT32_MIN));
#endif
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

// a[i] /= d[i] for 1/2 <= d[i] < 1e38. Every other vector is divided by the divider, which works beside
// the multipliers, and the others by an estimate of 14 bits and a Newton step.
template <int N>
PB_INLINE void divide(vec (&a)[N], const vec (&d)[N]) {
#if PB_LANES == 16
  vec estimate[N];
  PB_EACH(N) {
    if (i % 2 == 0) estimate[i] = _mm512_rcp14_ps(d[i]);
  }
  PB_EACH(N) a[i] = i % 2 == 0 ? a[i] * estimate[i] : a[i] / d[i];
  PB_EACH(N) {
    if (i % 2 == 0) a[i] = fma(fnma(estimate[i], d[i], broadcast(1.0f)), a[i], a[i]);
  }
#else
  PB_EACH(N) a[i] = a[i] / d[i];
#endif
}

// What is known of the clean pixels of an image, kept while the cells of one base pass.
struct CleanImage {
  float *side;    // s, negative where it is 1 - y
  float *beyond;  // by how much the logit is beyond kFar, on either side, in units of ln 2
  int64_t size;
  int64_t base;
  bool far;  // whether some logit is

  static constexpr int kPlanes = 2;
  // exp(-kFar) can be halved 29 times and is still a normal number.
  static constexpr float kFar = 66.0f;

  // The planes lie one after the other, `plane` floats each.
  static CleanImage in(float *room, int64_t plane, int64_t size) {
    return {room, room + plane, size, -1, false};
  }

  void of(const float *clean, int64_t row) {
    if (row == base) return;
    base = row;
    vec largest = {};
    for (int64_t i = 0; i < size; i += kLanes) {
      const int some = static_cast<int>(size - i < kLanes ? size - i : kLanes);
      const vec value = load_first(clean + i, some);
      const vec distance = abs(value);
      const vec counts = min(broadcast(kFar), distance);
      store(side + i, copysign(sigmoid(-counts), -value));
      store(beyond + i, kPerLogit * (distance - counts));
      largest = max(distance, largest);
    }
    far = !all_below(largest, kFar);
  }

  // d[i], the change of the logits of pixels at[i].. over ln 2, becomes the change of the pixels. Step
  // by step over the N vectors, for each is a long chain. `kEnd`: what is wanted of it, of squares no
  // sign; `kSomeFar`: whether some logit is beyond kFar.
  template <int kEnd, bool kSomeFar, int N>
  PB_INLINE void move(const ptrdiff_t (&at)[N], vec (&d)[N]) const {
    // Adding 1.5 * 2^23 leaves the rounded number in the low bits.
    const vec magic = broadcast(12582912.0f);
    vec s[N];
    vec x[N];
    vec k[N];
    vec p[N];
    vec big[N];
    PB_EACH(N) s[i] = load(side + at[i]);
    PB_EACH(N) x[i] = turned(d[i], s[i]);
    PB_EACH(N) s[i] = abs(s[i]);
    if (kSomeFar) PB_EACH(N) x[i] = x[i] - load(beyond + at[i]);
    // Under -29 2^x - 1 is -1, over 126 the pixel is at its other end.
    PB_EACH(N) x[i] = max(broadcast(-29.0f), min(broadcast(126.0f), x[i]));
    PB_EACH(N) k[i] = x[i] + magic;
    PB_EACH(N) big[i] = as_float(as_int(s[i]) + (as_int(k[i]) << 23));
    PB_EACH(N) k[i] = k[i] - magic;
    PB_EACH(N) x[i] = x[i] - k[i];
    // 2^x - 1 for |x| <= 1/2, relative error 4.4e-7 (a fit as those of vec_math.h).
    PB_EACH(N) p[i] = fma(broadcast(1.333353869e-3f), x[i], broadcast(9.666245425e-3f));
    PB_EACH(N) p[i] = fma(p[i], x[i], broadcast(5.550500214e-2f));
    PB_EACH(N) p[i] = fma(p[i], x[i], broadcast(2.402235134e-1f));
    PB_EACH(N) p[i] = fma(p[i], x[i], broadcast(6.931471435e-1f));
    PB_EACH(N) p[i] = p[i] * x[i];
    // s 2^k (2^x - 1) + s (2^k - 1)
    PB_EACH(N) p[i] = fma(big[i], p[i], big[i] - s[i]);
    PB_EACH(N) x[i] = fnma(s[i], p[i], p[i]);
    PB_EACH(N) p[i] = 1.0f + p[i];
    divide(x, p);
    if (kEnd == kProducts) PB_EACH(N) x[i] = turned(x[i], load(side + at[i]));
    // Where nothing changes a pixel from beyond is off by exp(-kFar), of which the square is nothing.
    if (kSomeFar && kEnd != kSquares) PB_EACH(N) x[i] = select(d[i] == 0.0f, vec{}, x[i]);
    PB_EACH(N) d[i] = x[i];
  }
};

// What is added up of an image's pixels, known where the loops over them are compiled.
template <int kEnd, bool kSomeFar>
struct Measuring {
  const CleanImage image;
  const float *direction;
  Upcoming next;

  PB_INLINE vec add(vec sum, vec change, ptrdiff_t at) const {
    if (kEnd == kSquares) return fma(change, change, sum);
    return kEnd == kSizes ? sum + abs(change) : fma(change, load(direction + at), sum);
  }
  // Vectors of pixels at[i].. whose logits change by d[i].
  template <int N>
  PB_INLINE vec take(vec sum, const ptrdiff_t (&at)[N], vec (&d)[N]) const {
    image.move<kEnd, kSomeFar>(at, d);
    PB_EACH(N) sum = add(sum, d[i], at[i]);
    return sum;
  }
  // The first `count` pixels of a vector; what stands in the other lanes does not count.
  PB_INLINE vec take_first(vec sum, ptrdiff_t at, vec d, int count) const {
    const ptrdiff_t where[1] = {at};
    vec change[1] = {d};
    image.move<kEnd, kSomeFar>(where, change);
    const vec some = first(change[0], count);
    if (kEnd != kProducts) return add(sum, some, at);
    return fma(some, load_first(direction + at, count), sum);
  }
  // `count` pixels, their changes in memory.
  PB_INLINE vec take_row(vec sum, ptrdiff_t at, const float *d, int count) {
    int i = 0;
    for (; i + 4 * kLanes <= count; i += 4 * kLanes) {
      next.ask_for_line();
      sum = take_some<4>(sum, at + i, d + i);
    }
    for (; i + kLanes <= count; i += kLanes) sum = take_some<1>(sum, at + i, d + i);
    if (i == count) return sum;
    return take_first(sum, at + i, load_first(d + i, count - i), count - i);
  }
  template <int N>
  PB_INLINE vec take_some(vec sum, ptrdiff_t at, const float *d) const {
    ptrdiff_t where[N];
    vec change[N];
    PB_EACH(N) where[i] = at + i * kLanes;
    PB_EACH(N) change[i] = load(d + i * kLanes);
    return take(sum, where, change);
  }
};

// f(the Measuring of an image) in all lanes: which one it is is decided once a cell.
template <class F>
PB_INLINE float measured(const CleanImage &image, const Measure &measure, F f) {
  const auto with = [&](auto pixels) { return sum_lanes(f(pixels)); };
  const float *direction = measure.direction;
  if (measure.end == kSquares) {
    return image.far ? with(Measuring<kSquares, true>{image, direction, measure.next})
                     : with(Measuring<kSquares, false>{image, direction, measure.next});
  }
  if (measure.end == kSizes) {
    return image.far ? with(Measuring<kSizes, true>{image, direction, measure.next})
                     : with(Measuring<kSizes, false>{image, direction, measure.next});
  }
  return image.far ? with(Measuring<kProducts, true>{image, direction, measure.next})
                   : with(Measuring<kProducts, false>{image, direction, measure.next});
}

}  // namespace

#endif
