// One step of an optimiser over a flat slab of parameters, and two questions about a slab.
//
// adam: Kingma and Ba, Adam: a method for stochastic optimization (2015), with the bias corrections
//   bias1 = 1 - beta1^t and bias2 = 1 - beta2^t of step t given by the caller:
//     m = m + (1 - beta1) (g - m);  v = beta2 v + (1 - beta2) g^2
//     p = p - lr / bias1 * m / (sqrt(v) / sqrt(bias2) + eps)
// sgd: p = p - lr g
//
// Operations per parameter: 13 (adam, with a square root and a division) and 2 (sgd); bytes: 28 and
// 12. Both run at the speed of the memory; a slab is cut among threads by whole parameters.
//
// finite: the index of the first element that is not finite, or -1; sum_squares: accurate to 1e-7
// (sums.h). Bytes: 4 per element, operations: 1 and 2.
#include "sums.h"

namespace {

struct AdamStep {
  float rate;  // lr / bias1
  float beta2;
  float keep1;  // 1 - beta1
  float keep2;  // 1 - beta2
  float eps;
  float root_bias2;

  PB_INLINE void apply(vec g, vec &p, vec &m, vec &v) const {
    m = fma(g - m, broadcast(keep1), m);
    v = fma(g * g, broadcast(keep2), v * beta2);
    const vec scale = sqrt(v) / root_bias2 + eps;
    p = p - rate * m / scale;
  }
};

struct ElementSquares {
  const float *x;
  PB_INLINE vec all(int64_t i) const { return load(x + i) * load(x + i); }
  PB_INLINE vec first(int64_t i, int k) const {
    const vec v = load_first(x + i, k);
    return v * v;
  }
};

// Are all lanes finite? x - x is zero exactly for finite x.
PB_INLINE bool all_finite(vec x) {
  const ivec bad = (x - x) != 0.0f;
  int32_t any = 0;
  for (int i = 0; i < kLanes; i++) any |= bad[i];
  return any == 0;
}

}  // namespace

PB_EXPORT int32_t PB_NAME(adam)(float *p, float *m, float *v, const float *g, int64_t count,
                                float lr, float beta1, float beta2, float eps, float bias1,
                                float bias2) {
  if (count < 0) return 5;
  if (!(bias1 > 0)) return 10;
  if (!(bias2 > 0)) return 11;
  if (count == 0) return 0;
  if (p == nullptr) return 1;
  if (m == nullptr) return 2;
  if (v == nullptr) return 3;
  if (g == nullptr) return 4;
  const AdamStep step = {lr / bias1, beta2, 1 - beta1, 1 - beta2, eps, __builtin_sqrtf(bias2)};
  int64_t i = 0;
  for (; i + kLanes <= count; i += kLanes) {
    vec pi = load(p + i);
    vec mi = load(m + i);
    vec vi = load(v + i);
    step.apply(load(g + i), pi, mi, vi);
    store(p + i, pi);
    store(m + i, mi);
    store(v + i, vi);
  }
  const int rest = static_cast<int>(count - i);
  if (rest > 0) {
    vec pi = load_first(p + i, rest);
    vec mi = load_first(m + i, rest);
    vec vi = load_first(v + i, rest);
    step.apply(load_first(g + i, rest), pi, mi, vi);
    store_first(p + i, pi, rest);
    store_first(m + i, mi, rest);
    store_first(v + i, vi, rest);
  }
  return 0;
}

PB_EXPORT int32_t PB_NAME(sgd)(float *p, const float *g, int64_t count, float lr) {
  if (count < 0) return 3;
  if (count == 0) return 0;
  if (p == nullptr) return 1;
  if (g == nullptr) return 2;
  int64_t i = 0;
  for (; i + kLanes <= count; i += kLanes) {
    store(p + i, fnma(load(g + i), broadcast(lr), load(p + i)));
  }
  const int rest = static_cast<int>(count - i);
  const vec last = fnma(load_first(g + i, rest), broadcast(lr), load_first(p + i, rest));
  store_first(p + i, last, rest);
  return 0;
}

PB_EXPORT int32_t PB_NAME(sum_squares)(const float *x, int64_t count, double *sum) {
  if (count < 0) return 2;
  if (count > 0 && x == nullptr) return 1;
  if (sum == nullptr) return 3;
  *sum = sum_terms(ElementSquares{x}, count);
  return 0;
}

PB_EXPORT int32_t PB_NAME(finite)(const float *x, int64_t count, int64_t *first_bad) {
  if (count < 0) return 2;
  if (count > 0 && x == nullptr) return 1;
  if (first_bad == nullptr) return 3;
  int64_t i = 0;
  // 32 vectors are summed as x - x; the place is looked for only when one of them is not finite.
  for (; i + 32 * kLanes <= count; i += 32 * kLanes) {
    vec any = {};
    for (int k = 0; k < 32; k++) {
      const vec v = load(x + i + k * kLanes);
      any += v - v;
    }
    if (!all_finite(any)) break;
  }
  for (; i < count; i++) {
    if (x[i] - x[i] != 0.0f) {
      *first_bad = i;
      return 0;
    }
  }
  *first_bad = -1;
  return 0;
}
