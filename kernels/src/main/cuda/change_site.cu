// What a patch itself changes, cell by cell: the first step of a carried change.
//
//   x' = clamp(keep x + shift + take source, low, high), or what an op of one's own makes of x,
//   at the units of the cell's ranges; there the change is x' - x, or relu(x') - relu(x) where the
//   patched value passes a rectifier; elsewhere it is 0
//
//   change_probe  a warp per cell of a chunk: how many units it patches, and whether any of them
//                 changes; a cell whose patch changes nothing is left out where that is asked for
//   change_list   one block: numbers the cells that are carried on
//   change_fill   a block per cell that is carried on: its change (carried; d), zeros and all
//
// Operations per patched unit: 6, or the program's. Bytes per cell: probing reads 8 per unit up to
// the first that changes; filling reads 8 per patched unit and writes 4 d.
#include "change_cells.cuh"
#include "own_program.cuh"

// The place of a cell that is not carried on, and of one that reads outside its tables.
constexpr int kLeftOut = -1;
constexpr int kUnknown = -2;

struct ChangeSite {
  const float *clean;    // (bases; d)
  const float *sources;  // (sources; d)
  const int *base, *source;
  const float *numbers;  // (rows; 5)
  const ChangeRange *ranges;
  const int *rows, *range_rows, *base_rows, *source_rows;
  PatchProgram own;  // its length is 0 where the five numbers say all
  const float *mean;
  const int *seed;
  const int *ids;
  long long d;
  long long rectifies, eliminates;
  long long first, chunk;  // cells of this launch
  int *fired, *skipped;    // (rows)
  int *place;              // (chunk): the number of each cell among those carried on
  int *list;               // (chunk): the cell of each number
  int *bases;              // (chunk): its base
  int *carried;            // how many
  float *change;           // (chunk; d), by number
  int *wrong_index, *wrong_range;  // where a cell's number and 1 is written that reads outside
};

PB_DEVICE float site_change(const ChangeSite &p, int cell, int unit) {
  const float x = p.clean[p.base[cell] * p.d + unit];
  const float source = p.sources[p.source[cell] * p.d + unit];
  const float *five = p.numbers + 5ll * cell;
  float value;
  if (p.own.length > 0) {
    float values[kPatchOperands];
    values[kPatchClean] = x;
    values[kPatchSource] = source;
    values[kPatchMean] = p.mean == nullptr ? 0.0f : p.mean[unit];
    values[kPatchValue] = five[1];
    patch_place(p.own, unit, values);
    values[kPatchRandom] = p.seed == nullptr ? 0.0f : patch_random(p.seed, p.ids + 3ll * cell, unit);
    value = patch_run(p.own, values);
  } else {
    value = fmaf(source, five[2], fmaf(x, five[0], five[1]));
    // In this order a limit, or what is not a number, goes through.
    value = five[3] > value ? five[3] : value;
    value = five[4] < value ? five[4] : value;
  }
  return p.rectifies ? change_rectified(x, value - x) : value - x;
}

PB_KERNEL(change_probe, ChangeSite, 128, 1) {
  const int lane = threadIdx.x % 32;
  const int at = blockIdx.x * 4 + threadIdx.x / 32;
  const int cell = static_cast<int>(p.first) + at;
  if (at >= p.chunk || cell >= *p.rows) return;
  const int count = *p.range_rows;
  const bool known = p.base[cell] >= 0 && p.base[cell] < *p.base_rows && p.source[cell] >= 0 &&
                     p.source[cell] < *p.source_rows;
  bool inside = true;
  int units = 0;
  bool changes = false;
  for (int i = change_first(p.ranges, count, cell); i < count && p.ranges[i].row == cell; i++) {
    const ChangeRange range = p.ranges[i];
    inside = range.begin >= 0 && range.begin <= range.end && range.end <= p.d;
    if (!inside || !known) break;
    units += range.end - range.begin;
    for (int from = range.begin; from < range.end && !changes; from += 32) {
      const int unit = from + lane;
      const bool here = unit < range.end && site_change(p, cell, unit) != 0.0f;
      changes = __any_sync(0xffffffffu, here);
    }
  }
  if (lane > 0) return;
  const bool left_out = !changes && p.eliminates;
  p.fired[cell] = units;
  p.skipped[cell] = left_out ? 1 : 0;
  p.place[at] = !known || !inside ? kUnknown : left_out ? kLeftOut : 0;
  if (!known) *p.wrong_index = cell + 1;
  if (!inside) *p.wrong_range = cell + 1;
}

PB_KERNEL(change_list, ChangeSite, 1024, 1) {
  PB_SHARED(shared);
  int *counts = reinterpret_cast<int *>(shared);  // of each warp
  const int lane = threadIdx.x % 32;
  const int warp = threadIdx.x / 32;
  const int cells = change_least(static_cast<int>(p.chunk), *p.rows - static_cast<int>(p.first));
  int before = 0;
  for (int from = 0; from < cells; from += 1024) {
    const int at = from + threadIdx.x;
    const bool carried = at < cells && p.place[at] >= 0;
    const unsigned vote = __ballot_sync(0xffffffffu, carried);
    if (lane == 0) counts[warp] = __popc(vote);
    __syncthreads();
    int number = before + __popc(vote & ((1u << lane) - 1u));
    int all = 0;
    for (int w = 0; w < 32; w++) {
      number += w < warp ? counts[w] : 0;
      all += counts[w];
    }
    if (carried) {
      const int cell = static_cast<int>(p.first) + at;
      p.place[at] = number;
      p.list[number] = cell;
      p.bases[number] = p.base[cell];
    }
    before += all;
    __syncthreads();
  }
  if (threadIdx.x == 0) *p.carried = before;
}

PB_KERNEL(change_fill, ChangeSite, 256, 1) {
  const int number = blockIdx.x;
  if (number >= *p.carried) return;
  const int cell = p.list[number];
  const int count = *p.range_rows;
  const int d = static_cast<int>(p.d);
  float *change = p.change + number * p.d;
  for (int unit = threadIdx.x; unit < d; unit += blockDim.x) change[unit] = 0.0f;
  __syncthreads();
  for (int i = change_first(p.ranges, count, cell); i < count && p.ranges[i].row == cell; i++) {
    const ChangeRange range = p.ranges[i];
    for (int unit = range.begin + threadIdx.x; unit < range.end; unit += blockDim.x) {
      change[unit] = site_change(p, cell, unit);
    }
  }
}
