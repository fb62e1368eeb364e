// One function of two elements, with either operand repeated along any dimension:
// y[i0..i4] = f(a[sum i_k strides_a[k]], b[sum i_k strides_b[k]]), y dense over dims.
//
// Operations per element: 1; bytes: 4 per operand that is not repeated, 4 written; the speed of the
// memory. A bias per channel of an NHWC value is rows of C with b dense in the row and repeated
// over rows; a value per sample is rows with b repeated inside the row. Both have their own inner
// loop; other strides are gathered lane by lane. y may be an operand that is dense over dims.
#include "strides.h"

namespace {

struct Add {
  static PB_INLINE vec of(vec a, vec b) { return a + b; }
};
struct Sub {
  static PB_INLINE vec of(vec a, vec b) { return a - b; }
};
struct Mul {
  static PB_INLINE vec of(vec a, vec b) { return a * b; }
};
struct Div {
  static PB_INLINE vec of(vec a, vec b) { return a / b; }
};
// NaN in either operand gives NaN.
struct Max {
  static PB_INLINE vec of(vec a, vec b) { return select((a > b) | (a != a), a, b); }
};
struct Min {
  static PB_INLINE vec of(vec a, vec b) { return select((a < b) | (a != a), a, b); }
};
struct Greater {
  static PB_INLINE vec of(vec a, vec b) { return select(a > b, broadcast(1.0f), vec{}); }
};
struct Equal {
  static PB_INLINE vec of(vec a, vec b) { return select(a == b, broadcast(1.0f), vec{}); }
};

// The ways an operand is walked along a row.
struct Dense {
  static PB_INLINE vec all(const float *p, int64_t i, int64_t) { return load(p + i); }
  static PB_INLINE vec first(const float *p, int64_t i, int64_t, int k) {
    return load_first(p + i, k);
  }
};
struct Repeated {
  static PB_INLINE vec all(const float *p, int64_t, int64_t) { return broadcast(*p); }
  static PB_INLINE vec first(const float *p, int64_t, int64_t, int) { return broadcast(*p); }
};
struct Strided {
  static PB_INLINE vec all(const float *p, int64_t i, int64_t stride) {
    return load_strided(p + i * stride, stride, kLanes);
  }
  static PB_INLINE vec first(const float *p, int64_t i, int64_t stride, int k) {
    return load_strided(p + i * stride, stride, k);
  }
};

template <class F, class A, class B>
void rows(const Loop<2> &loop, const float *a, const float *b, float *y) {
  const int64_t *d = loop.dims;
  const int64_t *sa = loop.strides[0];
  const int64_t *sb = loop.strides[1];
  const int64_t length = d[4];
  const int rest = static_cast<int>(length % kLanes);
  for (int64_t i0 = 0; i0 < d[0]; i0++) {
    for (int64_t i1 = 0; i1 < d[1]; i1++) {
      for (int64_t i2 = 0; i2 < d[2]; i2++) {
        for (int64_t i3 = 0; i3 < d[3]; i3++) {
          const float *p = a + i0 * sa[0] + i1 * sa[1] + i2 * sa[2] + i3 * sa[3];
          const float *q = b + i0 * sb[0] + i1 * sb[1] + i2 * sb[2] + i3 * sb[3];
          int64_t i = 0;
          for (; i + kLanes <= length; i += kLanes) {
            store(y + i, F::of(A::all(p, i, sa[4]), B::all(q, i, sb[4])));
          }
          if (rest > 0) {
            const vec v = F::of(A::first(p, i, sa[4], rest), B::first(q, i, sb[4], rest));
            store_first(y + i, v, rest);
          }
          y += length;
        }
      }
    }
  }
}

template <class F>
int32_t apply(const Loop<2> &loop, const float *a, const float *b, float *y) {
  const int64_t sa = loop.strides[0][4];
  const int64_t sb = loop.strides[1][4];
  if (sa == 1 && sb == 1) {
    rows<F, Dense, Dense>(loop, a, b, y);
  } else if (sa == 1 && sb == 0) {
    rows<F, Dense, Repeated>(loop, a, b, y);
  } else if (sa == 0 && sb == 1) {
    rows<F, Repeated, Dense>(loop, a, b, y);
  } else {
    rows<F, Strided, Strided>(loop, a, b, y);
  }
  return 0;
}

}  // namespace

// kind: 0 add, 1 sub, 2 mul, 3 div, 4 max, 5 min, 6 greater (1 or 0), 7 equal (1 or 0).
PB_EXPORT int32_t PB_NAME(binary)(int32_t kind, const float *a, const float *b, float *y,
                                  const int64_t *dims, const int64_t *strides_a,
                                  const int64_t *strides_b) {
  if (kind < 0 || kind > 7) return 1;
  if (dims == nullptr) return 5;
  if (strides_a == nullptr) return 6;
  if (strides_b == nullptr) return 7;
  const int64_t count = elements(dims);
  if (count < 0) return 5;
  if (count == 0) return 0;
  if (a == nullptr) return 2;
  if (b == nullptr) return 3;
  if (y == nullptr) return 4;
  const Loop<2> loop = merge<2>(dims, {strides_a, strides_b});
  switch (kind) {
    case 0: return apply<Add>(loop, a, b, y);
    case 1: return apply<Sub>(loop, a, b, y);
    case 2: return apply<Mul>(loop, a, b, y);
    case 3: return apply<Div>(loop, a, b, y);
    case 4: return apply<Max>(loop, a, b, y);
    case 5: return apply<Min>(loop, a, b, y);
    case 6: return apply<Greater>(loop, a, b, y);
    default: return apply<Equal>(loop, a, b, y);
  }
}
