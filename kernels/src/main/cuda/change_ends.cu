// What is wanted of the last layer, per cell of a chunk: its value, or one number of its change.
//
//   value      act(clean + d)
//   squares    sum of (act(clean + d) - act(clean))^2
//   sizes      sum of the absolute values of the same
//   products   sum of the same, each times the direction's element
//
// d (carried; size) are the last layer's sums; a cell that was left out has none, and its change is
// 0.
//
// A block to a cell. A thread adds up every blockDim-th element in order, a warp then its lanes, by
// halves, and the first warp the warps: the same order for every cell.
//
// Operations per element: 3, of a sigmoid about 40. Bytes per element: 4 of d, of the clean value,
// and of the direction or the result.
#include "change_cells.cuh"

struct ChangeEnds {
  const float *sums;     // (carried; size)
  const float *clean;    // (bases; size)
  const int *base;       // (rows)
  const int *place;      // (chunk)
  const int *rows;
  const float *directions;  // (directions; size)
  const int *direction;     // (rows)
  const int *direction_rows;
  float *y;  // (rows; size), or (rows)
  long long size;
  long long activation, end;
  long long first, chunk;
  int *wrong_index;  // where a cell's number and 1 is written that reads outside
};

PB_DEVICE float ends_sum(float sum, float *shared) {
  const int lane = threadIdx.x % 32;
  const int warp = threadIdx.x / 32;
  for (int step = 16; step > 0; step /= 2) sum += __shfl_xor_sync(0xffffffffu, sum, step);
  if (lane == 0) shared[warp] = sum;
  __syncthreads();
  if (warp > 0) return 0.0f;
  sum = lane < static_cast<int>(blockDim.x) / 32 ? shared[lane] : 0.0f;
  for (int step = 16; step > 0; step /= 2) sum += __shfl_xor_sync(0xffffffffu, sum, step);
  return sum;
}

PB_KERNEL(change_ends, ChangeEnds, 256, 1) {
  PB_SHARED(shared);
  const int cell = static_cast<int>(p.first) + blockIdx.x;
  if (cell >= *p.rows) return;
  const int number = p.place[blockIdx.x];
  if (number < -1) return;
  const int size = static_cast<int>(p.size);
  const int end = static_cast<int>(p.end);
  const int activation = static_cast<int>(p.activation);
  const float *clean = p.clean + 1ll * p.base[cell] * size;
  const float *sums = p.sums + 1ll * number * size;
  if (end == kChangeValue) {
    float *y = p.y + 1ll * cell * size;
    for (int i = threadIdx.x; i < size; i += blockDim.x) {
      y[i] = change_value(activation, number < 0 ? clean[i] : clean[i] + sums[i]);
    }
    return;
  }
  const bool product = end == kChangeProducts;
  const int along = product ? p.direction[cell] : 0;
  const bool known = !product || (along >= 0 && along < *p.direction_rows);
  if (!known || number < 0) {
    if (threadIdx.x == 0) p.y[cell] = 0.0f;
    if (threadIdx.x == 0 && !known) *p.wrong_index = cell + 1;
    return;
  }
  const float *direction = p.directions + 1ll * along * size;
  float sum = 0.0f;
  for (int i = threadIdx.x; i < size; i += blockDim.x) {
    const float change = change_bent(activation, clean[i], sums[i]);
    sum = change_measured(end, sum, change, product ? direction[i] : 0.0f);
  }
  sum = ends_sum(sum, reinterpret_cast<float *>(shared));
  if (threadIdx.x == 0) p.y[cell] = sum;
}
