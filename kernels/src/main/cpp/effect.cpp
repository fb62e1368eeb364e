// How far each row of a batch lies from its reference row.
//
// out[i] = sum over j < d of (y[i][j] - ref[ref_index[i]][j])^2  (metric 0), or of the absolute
// difference (metric 1). y[n][d], ref[r][d], ref_index[n] (null: row i of ref).
//
// Operations per element: 3; bytes: 4 read, plus 4 per element of the reference, which stays in
// cache when many rows share it. Nothing but n sums is written. Sums are accurate to about 1e-7,
// see sums.h, and depend on their own row alone.
#include "sums.h"

namespace {

struct Squares {
  const float *a;
  const float *b;
  PB_INLINE vec all(int64_t i) const { return square(load(a + i) - load(b + i)); }
  PB_INLINE vec first(int64_t i, int k) const {
    return square(load_first(a + i, k) - load_first(b + i, k));
  }
  static PB_INLINE vec square(vec v) { return v * v; }
};

struct Magnitudes {
  const float *a;
  const float *b;
  PB_INLINE vec all(int64_t i) const { return abs(load(a + i) - load(b + i)); }
  PB_INLINE vec first(int64_t i, int k) const {
    return abs(load_first(a + i, k) - load_first(b + i, k));
  }
};

}  // namespace

PB_EXPORT int32_t PB_NAME(effect)(const float *y, const float *ref, const int32_t *ref_index,
                                  int32_t r, int32_t metric, float *out, int64_t d, int64_t n) {
  if (r < 0) return 4;
  if (metric < 0 || metric > 1) return 5;
  if (d < 0) return 7;
  if (n < 0) return 8;
  if (n == 0) return 0;
  if (d > 0 && y == nullptr) return 1;
  if (d > 0 && ref == nullptr) return 2;
  if (out == nullptr) return 6;
  if (ref_index == nullptr && n > r) return 4;
  for (int64_t i = 0; i < n && ref_index != nullptr; i++) {
    if (ref_index[i] < 0 || ref_index[i] >= r) return 3;
  }
  for (int64_t i = 0; i < n; i++) {
    const float *a = y + i * d;
    const float *b = ref + (ref_index != nullptr ? ref_index[i] : i) * d;
    const double sum =
        metric == 0 ? sum_terms(Squares{a, b}, d) : sum_terms(Magnitudes{a, b}, d);
    out[i] = static_cast<float>(sum);
  }
  return 0;
}
