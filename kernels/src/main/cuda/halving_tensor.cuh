// What the tensor forms of convolutions with kernel 4, stride 2 and padding 1 share: products of
// float32 numbers by the matrix instruction for numbers of 11 bits (tf32, m16n8k8).
//
// With PARTS = 3 a number is the sum of two of 11 bits, high and low, and a product high high + high
// low + low high: what is left out is under 2^-21 of it. The instruction cuts what it adds, where a
// multiply-add rounds, so sums are taken over short stretches of the inner index and added in float32:
// they come out about as near to the exact sum as a chain of multiply-adds. With PARTS = 1 only the
// high parts are multiplied, and what was rounded shows in the fourth digit.
#pragma once

#include "conv_halving.cuh"

namespace {

template <int PARTS, int N>
struct Fragment {
  unsigned high[N], low[PARTS == 3 ? N : 1];

  PB_DEVICE void set(int i, float x) {
    high[i] = to_tf32(x);
    if constexpr (PARTS == 3) low[i] = __float_as_uint(x - __uint_as_float(high[i]));
  }
};

// A weight as kernels hold it: rounded already where only its high part is taken.
template <int PARTS>
PB_DEVICE float held(float x) {
  return PARTS == 1 ? __uint_as_float(to_tf32(x)) : x;
}

template <int PARTS>
PB_DEVICE void set_held(Fragment<PARTS, 2> &f, float2 two) {
  if constexpr (PARTS == 1) {
    f.high[0] = __float_as_uint(two.x), f.high[1] = __float_as_uint(two.y);
  } else {
    f.set(0, two.x), f.set(1, two.y);
  }
}

// The left side of an instruction from its upper and its lower eight rows.
template <int PARTS>
PB_DEVICE void join(Fragment<PARTS, 4> &f, const Fragment<PARTS, 2> &upper, const Fragment<PARTS, 2> &lower) {
#pragma unroll
  for (int i = 0; i < 2; i++) {
    f.high[2 * i] = upper.high[i], f.high[2 * i + 1] = lower.high[i];
    if constexpr (PARTS == 3) f.low[2 * i] = upper.low[i], f.low[2 * i + 1] = lower.low[i];
  }
}

// sums[m][n] += a[m] b[n], small parts first.
template <int PARTS, int M, int N>
PB_DEVICE void multiply_add(float (&sums)[M][N][4], const Fragment<PARTS, 4> (&a)[M],
                            const Fragment<PARTS, 2> (&b)[N]) {
  if constexpr (PARTS == 3) {
#pragma unroll
    for (int m = 0; m < M; m++) {
#pragma unroll
      for (int n = 0; n < N; n++) mma_tf32_1688(sums[m][n], a[m].low, b[n].high);
    }
#pragma unroll
    for (int m = 0; m < M; m++) {
#pragma unroll
      for (int n = 0; n < N; n++) mma_tf32_1688(sums[m][n], a[m].high, b[n].low);
    }
  }
#pragma unroll
  for (int m = 0; m < M; m++) {
#pragma unroll
    for (int n = 0; n < N; n++) mma_tf32_1688(sums[m][n], a[m].high, b[n].high);
  }
}

template <int M, int N>
PB_DEVICE void add_all(float (&sums)[M][N][4], const float (&more)[M][N][4]) {
#pragma unroll
  for (int m = 0; m < M; m++) {
#pragma unroll
    for (int n = 0; n < N; n++) {
#pragma unroll
      for (int i = 0; i < 4; i++) sums[m][n][i] += more[m][n][i];
    }
  }
}

}  // namespace
