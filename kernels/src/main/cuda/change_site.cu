// What a patch itself changes, cell by cell: the first steps of a carried change.
//
//   x' = clamp(keep x + shift + take source, low, high), or what an op of one's own makes of x,
//   at the units of the cell's ranges; there the change is x' - x, or relu(x') - relu(x) where the
//   patched value passes a rectifier; elsewhere it is 0
//
//   change_probe  a warp per cell: how many units it patches, whether any of them changes where that
//                 matters, and which way the cell goes from there
//   change_tally  a warp per 256 cells: how many of them go each way
//   change_list   a warp per 256 cells: the lists of the cells of each way, in their order
//   change_fill   a block per cell of a window of a list: its change (window; d), zeros and all
//   change_drawn  what the patches of a list's cells are, one after the other
//
// A cell goes through shared memory where its regions fit there and are less than a third of the
// dense layers' work, small ones apart from large ones, so that many fit a multiprocessor at once.
// Of the large ones those whose patch is one range of one channel have kernels of their own where
// the chain is one that there are such for.
// Which way a cell goes depends on its ranges alone, and on whether its patch changes anything. Where
// all of a change fits shared memory no cell goes through dense layers, whose launches cost time
// even when there is none.
//
// Operations per patched unit: 6, or the program's. Bytes per cell: probing reads 8 per unit up to
// the first that changes; filling reads 8 per patched unit and writes 4 d.
#include "carried_rect.cuh"

struct ChangeFill {
  ChangeCells cells;
  const int *list;   // (window)
  const int *count;
  float *change;     // (window; d)
};

constexpr float kWorth = 3.0f;

// Cells of a warp that makes lists.
constexpr int kTile = 256;

struct ChangeTiles {
  ChangeCells cells;
  int *tallies;  // (tiles; 5)
};

struct ChangeDrawn {
  ChangeCells cells;
  const int *list;
  const int *count;
  int *source;     // (list)
  int *ranges;     // (list; 3): number, first unit, end
  float *numbers;  // (list; 5)
};

PB_DEVICE int site_way(const ChangeCells &p, const ChangeCover &cover, bool one_range) {
  if (cover.channels == 0 && p.whole) return kLeftOut;
  if (p.regional == 0 || cover.channels == 0) return kDense;
  const ChangeRooms rooms = change_rooms(p, cover, false);
  if (rooms.even + rooms.odd <= p.small) return kSmall;
  if (p.channels && one_range && cover.channels == 1) return kChannel;
  if (p.whole) return kLarge;
  const ChangeRooms stripped = change_rooms(p, cover, true);
  return stripped.even + stripped.odd <= p.large && kWorth * rooms.work < rooms.dense ? kLarge : kDense;
}

PB_KERNEL(change_probe, ChangeCells, 128, 1) {
  const int lane = threadIdx.x % 32;
  const int cell = blockIdx.x * 4 + threadIdx.x / 32;
  if (cell >= *p.rows) return;
  const int count = *p.range_rows;
  const bool known = p.base[cell] >= 0 && p.base[cell] < *p.base_rows && p.source[cell] >= 0 &&
                     p.source[cell] < *p.source_rows;
  const int h = p.regional == 0 ? 1 : static_cast<int>(p.layers[0].height);
  const int w = p.regional == 0 ? 1 : static_cast<int>(p.layers[0].width);
  const int first = change_first(p.ranges, count, cell);
  ChangeCover cover = {{0, 0, 0, 0}, 0, 0};
  bool inside = true;
  bool changes = false;
  int units = 0;
  int pieces = 0;
  for (int i = first; i < count && p.ranges[i].row == cell; i++) {
    const ChangeRange range = p.ranges[i];
    inside = range.begin >= 0 && range.begin <= range.end && range.end <= p.d;
    if (!inside || !known) break;
    units += range.end - range.begin;
    pieces++;
    change_add(cover, range, h, w);
    for (int from = range.begin; from < range.end && p.eliminates && !changes; from += 32) {
      const int unit = from + lane;
      const bool here = unit < range.end && change_of_unit(p, cell, unit) != 0.0f;
      changes = __any_sync(0xffffffffu, here);
    }
  }
  if (lane > 0) return;
  const bool left_out = !changes && p.eliminates;
  p.fired[cell] = units;
  p.skipped[cell] = left_out ? 1 : 0;
  change_keep(cover, first, p.covers + 4ll * cell);
  if (!known) *p.wrong_index = cell + 1;
  if (!inside) *p.wrong_range = cell + 1;
  p.sorted[cell] = !known || !inside ? kUnknown : left_out ? kLeftOut : site_way(p, cover, pieces == 1);
}

// The number of cells of each list among those of a tile.
PB_DEVICE void list_tally(const ChangeCells &p, int tile, int rows, int *counts) {
  const int lane = threadIdx.x % 32;
#pragma unroll
  for (int round = 0; round < kTile / 32; round++) {
    const int cell = tile * kTile + round * 32 + lane;
    const int list = cell < rows ? p.sorted[cell] : kUnknown;
#pragma unroll
    for (int l = 0; l < kLists; l++) counts[l] += __popc(__ballot_sync(0xffffffffu, list == l));
  }
}

PB_KERNEL(change_tally, ChangeTiles, 256, 1) {
  const int tile = blockIdx.x * 8 + threadIdx.x / 32;
  const int rows = *p.cells.rows;
  if (tile * kTile >= rows) return;
  int counts[kLists] = {};
  list_tally(p.cells, tile, rows, counts);
  if (threadIdx.x % 32 > 0) return;
#pragma unroll
  for (int l = 0; l < kLists; l++) p.tallies[kLists * tile + l] = counts[l];
}

PB_KERNEL(change_list, ChangeTiles, 256, 1) {
  const ChangeCells &c = p.cells;
  const int lane = threadIdx.x % 32;
  const int tile = blockIdx.x * 8 + threadIdx.x / 32;
  const int rows = *c.rows;
  const int last = rows == 0 ? 0 : (rows - 1) / kTile;
  if (tile > last) return;
  int filled[kLists] = {};
  for (int before = lane; before < tile; before += 32) {
#pragma unroll
    for (int l = 0; l < kLists; l++) filled[l] += p.tallies[kLists * before + l];
  }
#pragma unroll
  for (int l = 0; l < kLists; l++) {
    for (int step = 16; step > 0; step /= 2) filled[l] += __shfl_xor_sync(0xffffffffu, filled[l], step);
  }
#pragma unroll
  for (int round = 0; round < kTile / 32; round++) {
    const int cell = tile * kTile + round * 32 + lane;
    const int list = cell < rows ? c.sorted[cell] : kUnknown;
#pragma unroll
    for (int l = 0; l < kLists; l++) {
      const unsigned here = __ballot_sync(0xffffffffu, list == l);
      if (list == l) {
        const long long at = l * c.most + filled[l] + __popc(here & ((1u << lane) - 1));
        c.lists[at] = cell;
        c.bases[at] = c.base[cell];
      }
      filled[l] += __popc(here);
    }
  }
  if (tile < last) return;
#pragma unroll
  for (int l = 0; l < kLists; l++) {
    if (lane == 0) c.counts[l] = filled[l];
    for (int i = lane; i < c.windows; i += 32) {
      const long long rest = filled[l] - i * c.window;
      const long long here = rest < 0 ? 0 : rest < c.window ? rest : c.window;
      c.counts[kLists + l * c.windows + i] = static_cast<int>(here);
    }
  }
}

PB_KERNEL(change_drawn, ChangeDrawn, 256, 1) {
  const ChangeCells &c = p.cells;
  const int count = *p.count;
  for (int i = blockIdx.x * 256 + threadIdx.x; i < count; i += gridDim.x * 256) {
    const int cell = p.list[i];
    const ChangeRange range = c.ranges[c.covers[4ll * cell + 3]];
    p.source[i] = c.source[cell];
    p.ranges[3 * i] = i;
    p.ranges[3 * i + 1] = range.begin;
    p.ranges[3 * i + 2] = range.end;
    for (int k = 0; k < 5; k++) p.numbers[5 * i + k] = c.numbers[5ll * cell + k];
  }
}

PB_KERNEL(change_fill, ChangeFill, 256, 1) {
  const ChangeCells &c = p.cells;
  const int d = static_cast<int>(c.d);
  for (int number = blockIdx.x; number < *p.count; number += gridDim.x) {
    const int cell = p.list[number];
    const int ranges = *c.range_rows;
    float *change = p.change + number * c.d;
    for (int unit = threadIdx.x; unit < d; unit += blockDim.x) change[unit] = 0.0f;
    __syncthreads();
    for (int i = c.covers[4ll * cell + 3]; i < ranges && c.ranges[i].row == cell; i++) {
      const ChangeRange range = c.ranges[i];
      for (int unit = range.begin + threadIdx.x; unit < range.end; unit += blockDim.x) {
        change[unit] = change_of_unit(c, cell, unit);
      }
    }
  }
}
