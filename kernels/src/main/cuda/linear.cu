// Products of matrices, read as they stand or transposed: linear layers, their gradients, products of
// weights.
//
//   linear       y (m, n) = finish(A (m, k) B (k, n))
//   linear_part  part c of y: the sums over the inner indices of chunk c, for sums over many rows
//   linear_join  y = finish(sum of the parts in their order)
//
// Either the outer size m or the inner size k may be a number of rows of the run: sizes are a count
// from device memory times a fixed number.
//
// Operations 2 m n k, bytes 4 (m k + k n + m n). A layer from 1,024 to 256, 1,024 rows: 0.54 GFLOP,
// 6.3 MB: 9 us of arithmetic at 60 TFLOP/s, 2 us of memory at 3 TB/s.
#include "epilogue.cuh"
#include "product.cuh"

struct LinearParams {
  const float *a;
  const float *b;
  float *y;                 // or the parts, one after the other
  const int *rows;          // m = rows[0] * per_row
  long long per_row;
  const int *inner;         // k = inner[0] * per_inner
  long long per_inner;
  long long columns;        // n
  long long a_row, a_inner; // distances in a between neighbours: (m, k) is a[m a_row + k a_inner]
  long long b_inner, b_column;
  long long chunk;          // inner indices of a part
  Finish finish;
};

struct LinearJoinParams {
  const float *parts;
  float *y;
  const int *inner;
  long long per_inner;
  long long chunk;
  long long rows;
  long long columns;
  Finish finish;
};

namespace {

template <bool INNER_FIRST>
struct LinearA {
  static constexpr bool kInnerFirst = INNER_FIRST;
  const float *at;
  long long row, inner;
  int rows;  // of this tile that exist

  PB_DEVICE float operator()(int i, int k) const {
    return i < rows ? at[i * row + k * inner] : 0.0f;
  }
};

template <bool INNER_FIRST>
struct LinearB {
  static constexpr bool kInnerFirst = INNER_FIRST;
  const float *at;
  long long inner, column;
  int columns;

  PB_DEVICE float operator()(int k, int j) const {
    return j < columns ? at[k * inner + j * column] : 0.0f;
  }
};

// The part of a product that one block makes, and where.
struct LinearPlace {
  int m, n, row, column, from, to;
};

template <int N, bool A_INNER, bool B_INNER>
PB_DEVICE void linear_sums(const LinearParams &p, const LinearPlace &at, float (&sums)[4][N]) {
  PB_SHARED(shared);
  const LinearA<A_INNER> a{p.a + at.row * p.a_row, p.a_row, p.a_inner, at.m - at.row};
  const LinearB<B_INNER> b{p.b + at.column * p.b_column, p.b_inner, p.b_column, at.n - at.column};
  multiply<N>(*reinterpret_cast<ProductTile<N> *>(shared), a, b, at.from, at.to, sums);
}

template <int N>
PB_DEVICE void linear_tile(const LinearParams &p, bool parts) {
  const int m = (int)(p.rows[0] * p.per_row);
  const int k = (int)(p.inner[0] * p.per_inner);
  const int n = (int)p.columns;
  const int across = (n + 16 * N - 1) / (16 * N);
  const int row = (int)blockIdx.x / across * kProductRows;
  const int column = (int)blockIdx.x % across * 16 * N;
  const int from = parts ? (int)(blockIdx.y * p.chunk) : 0;
  const int to = parts && from + p.chunk < k ? (int)(from + p.chunk) : k;
  if (row >= m || (parts && from >= k)) return;
  const LinearPlace place{m, n, row, column, from, to};
  float sums[4][N] = {};
  if (p.a_inner == 1) {
    if (p.b_inner == 1) {
      linear_sums<N, true, true>(p, place, sums);
    } else {
      linear_sums<N, true, false>(p, place, sums);
    }
  } else if (p.b_inner == 1) {
    linear_sums<N, false, true>(p, place, sums);
  } else {
    linear_sums<N, false, false>(p, place, sums);
  }
  const int first = row + 4 * ((int)threadIdx.x / 16);
  const int at = column + N * ((int)threadIdx.x % 16);
  float *y = p.y + (parts ? (long long)blockIdx.y * m * n : 0);
#pragma unroll
  for (int i = 0; i < 4; i++) {
#pragma unroll
    for (int j = 0; j < N; j++) {
      if (first + i < m && at + j < n) {
        float v[1] = {sums[i][j]};
        if (!parts) finish<1, true>(p.finish, first + i, n, at + j, at + j, v);
        y[(long long)(first + i) * n + at + j] = v[0];
      }
    }
  }
}

}  // namespace

PB_KERNEL(linear, LinearParams, 256, 2) { linear_tile<4>(p, false); }

PB_KERNEL(linear_thin, LinearParams, 256, 2) { linear_tile<1>(p, false); }

PB_KERNEL(linear_part, LinearParams, 256, 2) { linear_tile<4>(p, true); }

PB_KERNEL(linear_join, LinearJoinParams, 256, 2) {
  const int size = (int)(p.rows * p.columns);
  const int k = (int)(p.inner[0] * p.per_inner);
  const int at = (int)(blockIdx.x * blockDim.x + threadIdx.x);
  if (at >= size) return;
  float v[1] = {};
  for (int c = 0; c * p.chunk < k; c++) v[0] += p.parts[(long long)c * size + at];
  const int columns = (int)p.columns;
  finish<1, true>(p.finish, at / columns, columns, at % columns, at % columns, v);
  p.y[at] = v[0];
}
