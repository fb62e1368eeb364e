// Rows or elements of a table taken by index, and their gradients.
//
// gather_rows:       y[i][j] = table[index[i]][j]             table[t][d], index[r], y[r][d]
// gather_elements:   y[i][j] = table[index[i][j]][j]          index[r][d]
// scatter_rows:      y[index[i]][j] += g[i][j]                y[t][d], zeroed first, i in order
// scatter_elements:  y[index[i][j]][j] += g[i][j]
//
// Operations: none, or one addition per element; bytes: 4 read and 4 written per element of the
// result and 4 per index. A scatter gives each row of the result to one block, which reads all
// indices and adds the rows that are meant, in their order, so that no two threads add to one
// element and sums do not depend on which comes first: 4 t r bytes of indices (4 t r d by element),
// out of the cache. An index outside the table is a fault.
#include "fault.cuh"
#include "index.cuh"

namespace {

constexpr int kThreads = 256;

struct GatherParams {
  const float *from;  // the table, or g
  const int *index;
  float *y;
  const int *table_rows;
  const int *rows;  // of the index
  int *fault;
  long long size;  // d
};

template <typename T, int kWidth>
PB_DEVICE void take_rows(const GatherParams &p, T zero) {
  const long long size = p.size / kWidth, n = *p.rows * size;
  const int bound = *p.table_rows;
  const T *table = reinterpret_cast<const T *>(p.from);
  T *y = reinterpret_cast<T *>(p.y);
  for (long long e = thread_number(); e < n; e += thread_count()) {
    const long long row = quotient(e, size), j = e - row * size;
    const int picked = p.index[row];
    const bool inside = picked >= 0 && picked < bound;
    if (!inside) raise(p.fault);
    y[e] = inside ? table[picked * size + j] : zero;
  }
}

}  // namespace

PB_KERNEL(gather_rows, GatherParams, kThreads, 6) { take_rows<int, 1>(p, 0); }

PB_KERNEL(gather_fours, GatherParams, kThreads, 6) {
  take_rows<int4, 4>(p, make_int4(0, 0, 0, 0));
}

PB_KERNEL(gather_elements, GatherParams, kThreads, 6) {
  const long long n = *p.rows * p.size;
  const int bound = *p.table_rows;
  for (long long e = thread_number(); e < n; e += thread_count()) {
    const long long j = e - quotient(e, p.size) * p.size;
    const int picked = p.index[e];
    const bool inside = picked >= 0 && picked < bound;
    if (!inside) raise(p.fault);
    p.y[e] = inside ? p.from[picked * p.size + j] : 0.0f;
  }
}

// Block b makes row b of the table.
PB_KERNEL(scatter_rows, GatherParams, kThreads, 5) {
  PB_SHARED(shared);
  int turn = 0;  // parts have the two halves of the memory in turn: the last one may still be read
  const int t = static_cast<int>(threadIdx.x), lane = t % 32, warp = t / 32;
  const int rows = *p.rows, bound = *p.table_rows;
  if (bound == 0 && rows > 0) raise(p.fault);
  for (int row = static_cast<int>(blockIdx.x); row < bound; row += static_cast<int>(gridDim.x)) {
    float *y = p.y + row * p.size;
    for (long long j = t; j < p.size; j += kThreads) y[j] = 0.0f;
    for (int first = 0; first < rows; first += kThreads, turn ^= 1) {
      int *counts = reinterpret_cast<int *>(shared) + turn * (kThreads + kThreads / 32);
      int *found = counts + kThreads / 32;  // rows of this part that are meant, each warp's counted
      const int picked = first + t < rows ? p.index[first + t] : row + 1;
      if (first + t < rows && (picked < 0 || picked >= bound)) raise(p.fault);
      const unsigned votes = __ballot_sync(0xffffffffu, picked == row);
      if (lane == 0) counts[warp] = __popc(votes);
      __syncthreads();
      int before = __popc(votes & ((1u << lane) - 1u)), all = 0;
      for (int w = 0; w < kThreads / 32; w++) {
        if (w < warp) before += counts[w];
        all += counts[w];
      }
      if (picked == row) found[before] = first + t;
      __syncthreads();
      for (long long j = t; j < p.size && all > 0; j += kThreads) {
        float total = y[j];
        for (int k = 0; k < all; k++) total += p.from[found[k] * p.size + j];
        y[j] = total;
      }
    }
  }
}

// Each element of the table is made by one thread.
PB_KERNEL(scatter_elements, GatherParams, kThreads, 6) {
  const int rows = *p.rows, bound = *p.table_rows;
  if (bound == 0 && rows > 0) raise(p.fault);
  const long long n = bound * p.size;
  for (long long e = thread_number(); e < n; e += thread_count()) {
    const long long row = quotient(e, p.size), j = e - row * p.size;
    float total = 0.0f;
    for (int i = 0; i < rows; i++) {
      const int picked = p.index[i * p.size + j];
      if (picked < 0 || picked >= bound) raise(p.fault);
      if (picked == row) total += p.from[i * p.size + j];
    }
    p.y[e] = total;
  }
}
