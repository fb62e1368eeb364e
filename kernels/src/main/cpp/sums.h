// Long sums of float32 terms that stay accurate: 8 terms per lane in float32, then double.
//
// Four vectors are summed side by side, so the additions do not wait for each other; after 32
// vectors the lanes are added to doubles. The error of a sum of positive terms is about 1e-7
// whatever its length, at the cost of 4 extra operations per 32 vectors. The order is fixed by the
// length alone.
#ifndef PB_SUMS_H
#define PB_SUMS_H

#include "vec.h"

namespace {

typedef float hvec __attribute__((vector_size(PB_LANES * 2)));
typedef double dvec __attribute__((vector_size(PB_LANES * 4)));
typedef float hvec_u __attribute__((vector_size(PB_LANES * 2), aligned(4), may_alias));

// kLanes doubles, added to from kLanes floats.
struct Doubles {
  dvec low = {};
  dvec high = {};

  PB_INLINE void add(vec v) {
    hvec half[2];
    __builtin_memcpy(half, &v, sizeof v);
    low += __builtin_convertvector(half[0], dvec);
    high += __builtin_convertvector(half[1], dvec);
  }

  PB_INLINE void add(const float *p) {
    low += __builtin_convertvector(*reinterpret_cast<const hvec_u *>(p), dvec);
    high += __builtin_convertvector(*reinterpret_cast<const hvec_u *>(p + kLanes / 2), dvec);
  }

  PB_INLINE double lane(int i) const { return i < kLanes / 2 ? low[i] : high[i - kLanes / 2]; }

  PB_INLINE vec to_float() const {
    const hvec half[2] = {__builtin_convertvector(low, hvec), __builtin_convertvector(high, hvec)};
    vec v;
    __builtin_memcpy(&v, half, sizeof v);
    return v;
  }

  PB_INLINE double sum() const {
    const dvec both = low + high;
    double total = 0;
    for (int i = 0; i < kLanes / 2; i++) total += both[i];
    return total;
  }
};

// The sum of term.all(i) for whole vectors at i and term.first(i, k), zero from lane k on, for the
// k terms that are left.
template <class Term>
PB_INLINE double sum_terms(const Term &term, int64_t length) {
  Doubles total;
  int64_t i = 0;
  for (; i + 32 * kLanes <= length; i += 32 * kLanes) {
    vec part[4] = {};
    for (int step = 0; step < 8; step++) {
      for (int k = 0; k < 4; k++) part[k] += term.all(i + (4 * step + k) * kLanes);
    }
    total.add((part[0] + part[1]) + (part[2] + part[3]));
  }
  if (i < length) {
    vec part[2] = {};
    for (; i + 2 * kLanes <= length; i += 2 * kLanes) {
      part[0] += term.all(i);
      part[1] += term.all(i + kLanes);
    }
    if (i + kLanes <= length) {
      part[0] += term.all(i);
      i += kLanes;
    }
    if (i < length) part[1] += term.first(i, static_cast<int>(length - i));
    total.add(part[0] + part[1]);
  }
  return total.sum();
}

}  // namespace

#endif
