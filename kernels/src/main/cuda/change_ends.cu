// What is wanted of the last layer, per cell: its value, or one number of its change.
//
//   value      act(clean + d)
//   squares    sum of (act(clean + d) - act(clean))^2
//   sizes      sum of the absolute values of the same
//   products   sum of the same, each times the direction's element
//
// d (window; size) are the last layer's sums, of a window of a list of cells; cells that were left out
// have none, and their value is act(clean).
//
// A block to a cell. A thread adds up every blockDim-th element in order, a warp then its lanes, by
// halves, and the first warp the warps: the same order for every cell.
//
// Operations per element: 3, of a sigmoid about 40. Bytes per element: 4 of d, of the clean value,
// and of the direction or the result.
#include "carried_cells.cuh"

struct ChangeEnds {
  const float *sums;   // (window; size), or null for values
  const float *clean;  // (bases; size)
  const int *base;     // (rows)
  const int *list;     // (window)
  const int *count;
  const float *directions;  // (directions; size)
  const int *direction;     // (window)
  float *y;  // (rows; size), or (rows)
  long long size;
  long long activation, end;
};

PB_DEVICE void ends_value(const ChangeEnds &p, int number) {
  const int cell = p.list[number];
  const float *clean = p.clean + p.base[cell] * p.size;
  const float *sums = p.sums + number * p.size;
  float *y = p.y + cell * p.size;
  for (int i = threadIdx.x; i < p.size; i += blockDim.x) {
    const float d = p.sums == nullptr ? 0.0f : sums[i];
    y[i] = change_value(static_cast<int>(p.activation), clean[i] + d);
  }
}

PB_DEVICE void ends_number(const ChangeEnds &p, int number, float *room) {
  const int cell = p.list[number];
  const int end = static_cast<int>(p.end);
  const bool product = end == kChangeProducts;
  const float *clean = p.clean + p.base[cell] * p.size;
  const float *sums = p.sums + number * p.size;
  const float *direction = product ? p.directions + p.direction[number] * p.size : nullptr;
  float sum = 0.0f;
  for (int i = threadIdx.x; i < p.size; i += blockDim.x) {
    const float moved = change_moved(static_cast<int>(p.activation), clean[i], sums[i]);
    sum = change_measured(end, sum, moved, product ? direction[i] : 0.0f);
  }
  sum = change_block_sum(sum, room);
  if (threadIdx.x == 0) p.y[cell] = sum;
}

PB_KERNEL(change_ends, ChangeEnds, 256, 1) {
  PB_SHARED(shared);
  const int count = *p.count;
  for (int number = blockIdx.x; number < count; number += gridDim.x) {
    if (p.end == kChangeValue) {
      ends_value(p, number);
    } else {
      ends_number(p, number, reinterpret_cast<float *>(shared));
      __syncthreads();
    }
  }
}

struct ChangePlaced {
  const float *from;  // (window)
  const int *list;    // (window)
  const int *count;
  float *y;           // (rows)
  const int *found;   // (window): 1 where nothing changes, else 0; or null
  int *skipped;       // (rows)
};

// Numbers of a window's cells to their places, and which of them are skipped as far as that was left
// to the kernel that made the numbers.
PB_KERNEL(change_placed, ChangePlaced, 256, 1) {
  const int count = *p.count;
  for (int i = blockIdx.x * 256 + threadIdx.x; i < count; i += gridDim.x * 256) {
    const int cell = p.list[i];
    p.y[cell] = p.from[i];
    if (p.found != nullptr && p.skipped[cell] == kFoundThere) p.skipped[cell] = p.found[i];
  }
}
