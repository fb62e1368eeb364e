// A tile of a product of two matrices that are read by functions, for whatever can be said as one.
//
// A block of 256 threads makes 64 x 16 N sums, N = 4 or 1 columns and four rows a thread, from
// slices of 16 of the inner index in shared memory. Each sum is one chain of multiply-adds in the
// order of the inner index, whatever the tile.
#pragma once

#include "patchbay.cuh"

namespace {

constexpr int kProductThreads = 256;
constexpr int kProductRows = 64;
constexpr int kProductInner = 16;
constexpr int kProductPitch = kProductRows + 4;

template <int N>
struct ProductTile {
  float a[kProductInner][kProductPitch];
  float b[kProductInner][16 * N + 4];
};

// sums[i][j] += the inner indices `from` to `to` - 1 of A(4 ty + i, k) B(k, N tx + j), tx and ty the
// thread's place in 16 x 16. A and B are asked for places of this tile and give zero outside;
// kInnerFirst says whether elements beside each other in memory differ in the inner index.
template <int N, class A, class B>
PB_DEVICE void multiply(ProductTile<N> &tile, const A &a, const B &b, int from, int to,
                        float (&sums)[4][N]) {
  const int tx = (int)threadIdx.x % 16;
  const int ty = (int)threadIdx.x / 16;
  for (int k = from; k < to; k += kProductInner) {
#pragma unroll
    for (int i = (int)threadIdx.x; i < kProductInner * kProductRows; i += kProductThreads) {
      const int inner = A::kInnerFirst ? i % kProductInner : i / kProductRows;
      const int row = A::kInnerFirst ? i / kProductInner : i % kProductRows;
      tile.a[inner][row] = k + inner < to ? a(row, k + inner) : 0.0f;
    }
#pragma unroll
    for (int i = (int)threadIdx.x; i < kProductInner * 16 * N; i += kProductThreads) {
      const int inner = B::kInnerFirst ? i % kProductInner : i / (16 * N);
      const int column = B::kInnerFirst ? i / kProductInner : i % (16 * N);
      tile.b[inner][column] = k + inner < to ? b(k + inner, column) : 0.0f;
    }
    __syncthreads();
#pragma unroll
    for (int inner = 0; inner < kProductInner; inner++) {
      float left[4];
#pragma unroll
      for (int i = 0; i < 4; i++) left[i] = tile.a[inner][4 * ty + i];
#pragma unroll
      for (int j = 0; j < N; j++) {
        const float right = tile.b[inner][N * tx + j];
#pragma unroll
        for (int i = 0; i < 4; i++) sums[i][j] = fmaf(left[i], right, sums[i][j]);
      }
    }
    __syncthreads();
  }
}

}  // namespace
