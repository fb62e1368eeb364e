// A range of indices along one dimension: taken out of a value, or put into zeros.
//
// Shapes: x[outer][from][inner] to y[outer][to][inner], y[o][k][i] = x[o][k + shift][i], and 0
// where k + shift is not an index of x. Rows are the first part of `outer`. A slice has a shift
// that is not negative, padding one that is not positive.
//
// Operations: none; bytes per element of y: 4 written, and 4 read where x has it; bound by memory.
// `copy_fours` moves four neighbours at once: inner is a multiple of four.
#include "index.cuh"

namespace {

constexpr int kThreads = 256;

struct RangeParams {
  const float *x;
  float *y;
  const int *rows;
  long long outer, inner, from, to, shift;
};

template <typename T, int kWidth>
PB_DEVICE void copy(const RangeParams &p, T zero) {
  const long long inner = p.inner / kWidth;
  const long long n = *p.rows * p.outer * p.to * inner;
  const T *x = reinterpret_cast<const T *>(p.x);
  T *y = reinterpret_cast<T *>(p.y);
  for (long long e = thread_number(); e < n; e += thread_count()) {
    const long long line = quotient(e, inner), i = e - line * inner;
    const long long o = quotient(line, p.to), k = line - o * p.to + p.shift;
    y[e] = k >= 0 && k < p.from ? x[(o * p.from + k) * inner + i] : zero;
  }
}

}  // namespace

PB_KERNEL(copy_range, RangeParams, kThreads, 6) { copy<int, 1>(p, 0); }

PB_KERNEL(copy_fours, RangeParams, kThreads, 6) { copy<int4, 4>(p, make_int4(0, 0, 0, 0)); }
