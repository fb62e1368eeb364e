// What the kernels of a carried change share: its cells, what a patch makes of a unit, activations that
// tell how far they move, numbers rounded to 8 bits.
//
// A change travels in place of a value: the layer's clean value, known per base, is read where a
// nonlinearity needs it. So the change stays exact to a few roundings however small it is beside the
// value itself.
//
// Cells are sorted into lists by what their patches touch (change_site.cu): those that change nothing
// are left out, those of which little changes go through their layers in shared memory
// (change_region.cu; of squares of an image many at once, change_squares.cu), those of one channel
// through kernels for such where there are any, the others through dense layers, as many at a time as
// there is room for.
#pragma once

#include "patch_moves.cuh"
#include "patch_program.cuh"

// A patched piece of a row: units `begin` to `end - 1`, counted in (C, H, W) order.
struct ChangeRange {
  int row, begin, end;
};

// Activations and ends, as io.patchbay.kernels.cuda.ChangeEnds numbers them.
constexpr int kChangeNone = 0;
constexpr int kChangeRelu = 1;
constexpr int kChangeSigmoid = 2;
constexpr int kChangeValue = 0;
constexpr int kChangeSquares = 1;
constexpr int kChangeSizes = 2;
constexpr int kChangeProducts = 3;

// Lists of cells.
constexpr int kLeftOut = 0;
constexpr int kDense = 1;
constexpr int kSmall = 2;
constexpr int kLarge = 3;
constexpr int kChannel = 4;
constexpr int kLists = 5;
constexpr int kUnknown = -1;  // in none: reads outside its tables

// In place of whether a cell is skipped: the channel's kernel that takes it finds out.
constexpr int kFoundThere = -1;

// Layers that a region goes through.
constexpr int kDown = 0;
constexpr int kUp = 1;
constexpr int kOntoImage = 2;
constexpr int kMostLayers = 6;

// A convolution k4 s2 p1 from (channels, height, width).
struct RegionLayer {
  const float *weights;  // packed (change_region_pack.cu)
  const float *clean;    // (bases; H, W, outputs), onto an image (bases; outputs, H, W)
  long long kind;
  long long height, width, channels, outputs;
  long long activation;
  long long rounds;  // whether its operands are rounded to 8 bits
};

struct ChangeCells {
  const float *clean;    // (bases; d)
  const float *sources;  // (sources; d)
  const int *base, *source;
  const float *numbers;  // (rows; 5): keep, shift, take, low, high
  const ChangeRange *ranges;
  const int *rows, *range_rows, *base_rows, *source_rows;
  PatchProgram own;  // its length is 0 where the five numbers say all
  const float *mean;
  const int *seed;
  const int *ids;
  long long d;
  long long rectifies, eliminates;
  int *fired, *skipped;            // (rows)
  int *wrong_index, *wrong_range;  // where a cell's number and 1 is written that reads outside
  int *sorted;                     // (rows): the list of each cell
  int *covers;                     // (rows; 4): what its patch covers, packed
  int *lists;                      // (5; most): cells
  int *bases;                      // (5; most): their bases
  int *counts;                     // (5 + 5 windows): of each list, and of each window of it
  long long most, window, windows;
  long long regional;              // leading layers that regions go through
  long long small, large;          // floats of shared memory that a region may take
  long long channels;              // whether there are kernels for patches of one channel
  long long whole;                 // whether a region may be all there is, so that nothing is dense
  long long side;                  // of the largest rectangle that counts as small; 0 for any
  RegionLayer layers[kMostLayers];
};

PB_DEVICE int change_least(int a, int b) { return a < b ? a : b; }
PB_DEVICE int change_most(int a, int b) { return a > b ? a : b; }

// The first of `count` ranges, sorted by row, that is not before `row`. Mostly a row has one.
PB_DEVICE int change_first(const ChangeRange *ranges, int count, int row) {
  if (row < count && ranges[row].row == row && (row == 0 || ranges[row - 1].row < row)) return row;
  int from = 0;
  for (int to = count; from < to;) {
    const int middle = from + (to - from) / 2;
    if (ranges[middle].row < row) {
      from = middle + 1;
    } else {
      to = middle;
    }
  }
  return from;
}

// relu(p + d) - relu(p): of p > 0 the larger of d and -p, else of p + d and 0. Exactly d where both
// are positive; what is not a number stays so.
PB_DEVICE float change_rectified(float p, float d) {
  const float below = p >= 0.0f ? 0.0f : p;
  const float least = p > 0.0f ? -p : 0.0f;
  const float moved = d + below;
  return moved < least ? least : moved;
}

// 1 / (1 + exp(-x)) with full relative accuracy on both sides.
PB_DEVICE float change_sigmoid(float x) {
  const float e = expf(x < 0.0f ? x : -x);
  return x < 0.0f ? e / (1.0f + e) : 1.0f / (1.0f + e);
}

// sigmoid(l + d) - sigmoid(l) without cancellation, however small d is and however far l is
// saturated on either side. With y = sigmoid(l) and q = sigmoid(-l):
//   while |d| < 1.6, with t = tanh(d / 2), a polynomial:   2 y q t / (1 + (y - q) t)
//   else, with m = exp(-|d|), n = 1 - m and s the one of y and q on d's side of zero:
//                                                          +- y q n / (m + s n)
//   where q or y may be lost in the smallest numbers:      the difference of two sigmoids
PB_DEVICE float change_of_sigmoid(float l, float d) {
  const float size = d < 0.0f ? -d : d;
  const float e = expf(l < 0.0f ? l : -l);
  const float r = __fdividef(1.0f, 1.0f + e);
  const float y = l < 0.0f ? e * r : r;
  const float q = l < 0.0f ? r : e * r;
  if (size < 1.6f) {
    const float s = d * d;
    float p = fmaf(-2.12661075e-6f, s, 3.72916002e-5f);
    p = fmaf(p, s, -4.14955575e-4f);
    p = fmaf(p, s, 4.16282751e-3f);
    p = fmaf(p, s, -4.16658446e-2f);
    p = fmaf(p, s, 4.9999997e-1f);
    const float t = p * d;
    return __fdividef(2.0f * y * q * t, fmaf(y - q, t, 1.0f));
  }
  if (l > 60.0f || l < -60.0f) {
    const float after = l + d;
    return l + after > 0.0f ? q - change_sigmoid(-after) : change_sigmoid(after) - y;
  }
  const float m = expf(-size);
  const float n = 1.0f - m;
  const float moved = y * q * n / fmaf(d < 0.0f ? q : y, n, m);
  return d < 0.0f ? -moved : moved;
}

// How far an activation moves where its argument moves by d.
PB_DEVICE float change_moved(int activation, float clean, float d) {
  if (activation == kChangeRelu) return change_rectified(clean, d);
  return activation == kChangeSigmoid ? change_of_sigmoid(clean, d) : d;
}

PB_DEVICE float change_value(int activation, float x) {
  if (activation == kChangeRelu) return x < 0.0f ? 0.0f : x;
  return activation == kChangeSigmoid ? change_sigmoid(x) : x;
}

// What the last layer's change `d` at one element adds to what is asked of it.
PB_DEVICE float change_measured(int end, float sum, float d, float direction) {
  if (end == kChangeSquares) return fmaf(d, d, sum);
  return end == kChangeSizes ? sum + (d < 0.0f ? -d : d) : fmaf(d, direction, sum);
}

// The sum over a block's threads, in its first thread: a warp's lanes by halves, then the warps so.
PB_DEVICE float change_block_sum(float sum, float *room) {
  const int lane = threadIdx.x % 32;
  const int warp = threadIdx.x / 32;
  for (int step = 16; step > 0; step /= 2) sum += __shfl_xor_sync(0xffffffffu, sum, step);
  if (lane == 0) room[warp] = sum;
  __syncthreads();
  if (warp > 0) return 0.0f;
  sum = lane < static_cast<int>(blockDim.x) / 32 ? room[lane] : 0.0f;
  for (int step = 16; step > 0; step /= 2) sum += __shfl_xor_sync(0xffffffffu, sum, step);
  return sum;
}

// The nearest number of 8 bits, of two as near the even one.
PB_DEVICE float change_bf16(float x) {
  const unsigned bits = __float_as_uint(x);
  if ((bits & 0x7f800000u) == 0x7f800000u) return x;
  return __uint_as_float((bits + 0x7fffu + (bits >> 16 & 1u)) & 0xffff0000u);
}

// How far a patch moves a unit of a cell.
PB_DEVICE float change_of_unit(const ChangeCells &p, int cell, int unit) {
  const float x = p.clean[p.base[cell] * p.d + unit];
  const float source = p.sources[p.source[cell] * p.d + unit];
  const float *five = p.numbers + 5ll * cell;
  float moved;
  if (patch_is_own(p.own)) {
    float slots[kPatchSlots];
    const float mean = p.mean == nullptr ? 0.0f : p.mean[unit];
    const PatchUnit u(x, source, mean, five[1], unit, p.own.plane, p.own.width, p.seed, p.ids + 3ll * cell);
    moved = patch_value(p.own, u, slots, 1) - x;
  } else {
    moved = patch_moves(x, source, five[0], five[1], five[2], patch_limits(five[3], five[4]), five[3], five[4]);
  }
  return p.rectifies ? change_rectified(x, moved) : moved;
}
