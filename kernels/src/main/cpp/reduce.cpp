// The sum or the largest of the elements along some dimensions.
//
// y = x[dims] with every dimension of mask 1 taken away, dense over the rest, in their order.
//
// Operations per element: 1; bytes: 4 read; the speed of the memory, or of the cache when x lies
// there. Neighbouring dimensions of the same mask are joined, so what remains is at most
//   reduced r0, kept k0, reduced r1, kept k1, reduced r2, kept k2
// and one of two inner loops: rows of r2 dense floats when k2 is 1 (vector lanes are added up at
// the end, see sums.h), else columns: k2 dense sums, to which row after row is added in order. All
// sums are kept in double and rounded once. An output's order of additions depends on the reduced
// sizes alone; when the first dimension is the batch and is reduced, samples are added in order.
//
// NaN gives NaN, also in the largest.
#include "strides.h"
#include "sums.h"

namespace {

struct Groups {
  int64_t reduced[3] = {1, 1, 1};
  int64_t kept[3] = {1, 1, 1};
};

// Fills the groups from the last dimension to the first.
Groups group(const int64_t *dims, const int32_t *mask) {
  Groups g;
  int at = 2;
  bool in_reduced = false;  // the group being filled is reduced[at], else kept[at]
  for (int i = kDims - 1; i >= 0; i--) {
    if (dims[i] == 1) continue;
    const bool reduce = mask[i] != 0;
    if (!reduce && in_reduced) at--;
    in_reduced = reduce;
    (reduce ? g.reduced : g.kept)[at] *= dims[i];
  }
  return g;
}

struct Elements {
  const float *x;
  PB_INLINE vec all(int64_t i) const { return load(x + i); }
  PB_INLINE vec first(int64_t i, int k) const { return load_first(x + i, k); }
};

PB_INLINE vec larger(vec a, vec b) { return select((a > b) | (a != a), a, b); }

struct Sum {
  typedef double Total;
  static PB_INLINE Total none() { return 0; }
  static PB_INLINE Total join(Total a, Total b) { return a + b; }
  static Total row(const float *x, int64_t length) { return sum_terms(Elements{x}, length); }

  struct Column {
    Doubles total;
    PB_INLINE void add(const float *p) { total.add(p); }
    PB_INLINE void add_first(const float *p, int k) { total.add(load_first(p, k)); }
    PB_INLINE vec result() const { return total.to_float(); }
  };
};

struct Largest {
  typedef float Total;
  static PB_INLINE Total none() { return -__builtin_inff(); }
  static PB_INLINE Total join(Total a, Total b) { return a > b || a != a ? a : b; }

  static Total row(const float *x, int64_t length) {
    Total best = none();
    int64_t i = 0;
    if (length >= kLanes) {
      vec v = broadcast(best);
      for (; i + kLanes <= length; i += kLanes) v = larger(v, load(x + i));
      for (int k = 0; k < kLanes; k++) best = join(best, v[k]);
    }
    for (; i < length; i++) best = join(best, x[i]);
    return best;
  }

  struct Column {
    vec best = broadcast(-__builtin_inff());
    PB_INLINE void add(const float *p) { best = larger(best, load(p)); }
    PB_INLINE void add_first(const float *p, int k) { best = larger(best, load_first(p, k)); }
    PB_INLINE vec result() const { return best; }
  };
};

// The rows to add up for one kept place: `outer` x `middle` x `inner` of them.
struct Rows {
  int64_t outer, outer_step;
  int64_t middle, middle_step;
  int64_t inner, inner_step;
};

// kVectors columns of vectors at a time, so that additions do not wait for each other.
template <class Kind, int kVectors>
PB_INLINE void columns(const Rows &rows, const float *x, float *y) {
  typename Kind::Column column[kVectors];
  for (int64_t a = 0; a < rows.outer; a++) {
    for (int64_t b = 0; b < rows.middle; b++) {
      const float *p = x + a * rows.outer_step + b * rows.middle_step;
      for (int64_t c = 0; c < rows.inner; c++, p += rows.inner_step) {
        for (int v = 0; v < kVectors; v++) column[v].add(p + v * kLanes);
      }
    }
  }
  for (int v = 0; v < kVectors; v++) store(y + v * kLanes, column[v].result());
}

template <class Kind>
void last_columns(const Rows &rows, const float *x, float *y, int width) {
  typename Kind::Column column;
  for (int64_t a = 0; a < rows.outer; a++) {
    for (int64_t b = 0; b < rows.middle; b++) {
      const float *p = x + a * rows.outer_step + b * rows.middle_step;
      for (int64_t c = 0; c < rows.inner; c++, p += rows.inner_step) column.add_first(p, width);
    }
  }
  store_first(y, column.result(), width);
}

template <class Kind>
int32_t reduce(const Groups &g, const float *x, float *y) {
  const int64_t width = g.kept[2];
  const int64_t step1 = g.reduced[2] * width;  // of kept[1]
  const int64_t step2 = g.kept[1] * step1;     // of reduced[1]
  const int64_t step3 = g.reduced[1] * step2;  // of kept[0]
  const int64_t step4 = g.kept[0] * step3;     // of reduced[0]
  const Rows rows = {g.reduced[0], step4, g.reduced[1], step2, g.reduced[2], width};
  for (int64_t i = 0; i < g.kept[0]; i++) {
    for (int64_t k = 0; k < g.kept[1]; k++) {
      const float *p = x + i * step3 + k * step1;
      if (width == 1) {
        typename Kind::Total total = Kind::none();
        for (int64_t a = 0; a < rows.outer; a++) {
          for (int64_t b = 0; b < rows.middle; b++) {
            total = Kind::join(total, Kind::row(p + a * step4 + b * step2, rows.inner));
          }
        }
        *y++ = static_cast<float>(total);
        continue;
      }
      int64_t j = 0;
      for (; j + 4 * kLanes <= width; j += 4 * kLanes) columns<Kind, 4>(rows, p + j, y + j);
      for (; j + kLanes <= width; j += kLanes) columns<Kind, 1>(rows, p + j, y + j);
      if (j < width) last_columns<Kind>(rows, p + j, y + j, static_cast<int>(width - j));
      y += width;
    }
  }
  return 0;
}

}  // namespace

// kind: 0 sum, 1 largest. mask[i]: 1 if dimension i is reduced. The sum of nothing is 0; the
// largest of nothing is refused.
PB_EXPORT int32_t PB_NAME(reduce)(int32_t kind, const float *x, float *y, const int64_t *dims,
                                  const int32_t *mask) {
  const FlushDenormals flushed;
  if (kind < 0 || kind > 1) return 1;
  if (dims == nullptr) return 4;
  if (mask == nullptr) return 5;
  if (elements(dims) < 0) return 4;
  int64_t kept = 1;
  int64_t reduced = 1;
  for (int i = 0; i < kDims; i++) (mask[i] != 0 ? reduced : kept) *= dims[i];
  if (kept == 0) return 0;
  if (y == nullptr) return 3;
  if (reduced == 0) {
    if (kind == 1) return 4;
    for (int64_t i = 0; i < kept; i++) y[i] = 0;
    return 0;
  }
  if (x == nullptr) return 2;
  const Groups g = group(dims, mask);
  return kind == 0 ? reduce<Sum>(g, x, y) : reduce<Largest>(g, x, y);
}
