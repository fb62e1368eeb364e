// Loops over at most five dimensions with a stride per operand.
//
// A caller describes an elementwise step as dims[5], outermost first, and for each operand the
// distance in floats between neighbours along each dimension; 0 repeats the operand (a broadcast),
// so nothing is ever materialised. `merge` drops dimensions of one and joins neighbours that every
// operand walks as one, so most steps become one long row, or rows with one repeated operand.
#ifndef PB_STRIDES_H
#define PB_STRIDES_H

#include "vec.h"

namespace {

constexpr int kDims = 5;

template <int N>
struct Loop {
  int64_t dims[kDims];
  int64_t strides[N][kDims];
};

// The same elements in the same order with the longest possible last dimension; unused leading
// dimensions are one.
template <int N>
Loop<N> merge(const int64_t *dims, const int64_t *const (&strides)[N]) {
  Loop<N> loop;
  for (int i = 0; i < kDims; i++) loop.dims[i] = 1;
  for (int k = 0; k < N; k++) {
    for (int i = 0; i < kDims; i++) loop.strides[k][i] = 0;
  }
  int at = kDims;  // the dimension being filled, from the last to the first
  for (int i = kDims - 1; i >= 0; i--) {
    if (dims[i] == 1) continue;
    bool joins = at < kDims;
    for (int k = 0; k < N && joins; k++) {
      joins = strides[k][i] == loop.strides[k][at] * loop.dims[at];
    }
    if (joins) {
      loop.dims[at] *= dims[i];
      continue;
    }
    at--;
    loop.dims[at] = dims[i];
    for (int k = 0; k < N; k++) loop.strides[k][at] = strides[k][i];
  }
  return loop;
}

// The number of elements, or -1 if a dimension is negative.
PB_INLINE int64_t elements(const int64_t *dims) {
  int64_t count = 1;
  for (int i = 0; i < kDims; i++) {
    if (dims[i] < 0) return -1;
    count *= dims[i];
  }
  return count;
}

}  // namespace

#endif
