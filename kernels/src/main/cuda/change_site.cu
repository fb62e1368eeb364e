// What a patch itself changes, cell by cell: the first steps of a carried change.
//
//   x' = clamp(keep x + shift + take source, low, high), or what an op of one's own makes of x,
//   at the units of the cell's ranges; there the change is x' - x, or relu(x') - relu(x) where the
//   patched value passes a rectifier; elsewhere it is 0
//
//   change_probe  four lanes per cell: how many units it patches, which way it goes from there, and
//                 whether any unit changes where that matters; per 64 cells, how many go each way
//   change_list   a thread per cell: the lists of the cells of each way, in their order, and what the
//                 patches of those are that channels' kernels take
//   change_fill   a block per cell of a window of a list, or sixteen lanes where d is no more: its change
//                 (window; d), zeros and all
//
// A cell goes through shared memory where its regions fit there and are less than a third of the
// dense layers' work, small ones apart from large ones, so that many fit a multiprocessor at once.
// Of the large ones those whose patch is one range of one channel have kernels of their own where
// the chain is one that there are such for.
// A cell that reads outside of a table, its own direction's too, is noted and in no list.
// Which way a cell goes depends on its ranges alone, and on whether its patch changes anything. Where
// all of a change fits shared memory no cell goes through dense layers, whose launches cost time
// even when there is none.
// A channel's kernel reads all of the channel, and marks the cells that change nothing: of what numbers
// do to them, exactly those that would be found here, so no unit is read here.
//
// Operations per patched unit: 6, or the program's. Bytes per cell: some 80, and probing 8 per unit up
// to the first that changes; filling reads 8 per patched unit and writes 4 d.
#include "carried_rect.cuh"

struct ChangeFill {
  ChangeCells cells;
  const int *list;   // (window)
  const int *count;
  float *change;     // (window; d)
};

constexpr float kWorth = 3.0f;

// Lanes of a cell that is probed, and cells of a block.
constexpr int kProbe = 4;
constexpr int kTile = 64;

static_assert(kTile * kProbe == 256, "threads of a block");

// Cells of a block that lists them.
constexpr int kListed = 256;

// Lanes of a cell that has few units.
constexpr int kFew = 16;

struct ChangeTiles {
  ChangeCells cells;
  int *tallies;  // (tiles; 5)
  // Of the cells of one channel, in their list's order, for kernels of their own; or null.
  int *source;
  int *ranges;     // (list; 3): number, first unit, end
  float *numbers;  // (list; 5)
  float *zeros;    // (rows): the results, where one that was left out has 0; or null
  // Where changes are multiplied by directions, else null: the row that each cell has of their table, and
  // the same in the order of the lists.
  const int *direction;  // (rows)
  const int *direction_rows;
  int *wrong_direction;  // where a cell's number and 1 is written that has none
  int *directed;         // (5; most)
};

PB_DEVICE int site_way(const ChangeCells &p, const ChangeCover &cover, bool one_range) {
  if (cover.channels == 0 && p.whole) return kLeftOut;
  if (p.regional == 0 || cover.channels == 0) return kDense;
  const ChangeRooms rooms = change_rooms(p, cover, false);
  const bool square = p.side == 0 || (cover.rect.height() <= p.side && cover.rect.width() <= p.side);
  if (square && rooms.even + rooms.odd <= p.small) return kSmall;
  if (p.channels && one_range && cover.channels == 1) return kChannel;
  if (p.whole) return kLarge;
  const ChangeRooms stripped = change_rooms(p, cover, true);
  return stripped.even + stripped.odd <= p.large && kWorth * rooms.work < rooms.dense ? kLarge : kDense;
}

// Whether any unit of a cell changes, of its ranges from `first` on, before `past`: asked by a whole
// warp. The lanes of a cell look at as many of its first units; those cells that are not decided by
// that the warp looks at one after the other.
PB_DEVICE bool site_changes(const ChangeCells &p, int cell, int first, int past, int units, bool asked) {
  constexpr unsigned kAll = 0xffffffffu;
  const int lane = threadIdx.x % 32;
  const int own = lane % kProbe;
  const ChangeRange range = asked && first < past ? p.ranges[first] : ChangeRange{0, 0, 0};
  const int near = range.begin + own;
  const bool moved = near < range.end && change_of_unit(p, cell, near) != 0.0f;
  bool changes = (__ballot_sync(kAll, moved) >> (lane - own) & ((1u << kProbe) - 1)) != 0;
  const bool left = asked && !changes && units > change_least(kProbe, range.end - range.begin);
  unsigned open = __ballot_sync(kAll, left && own == 0);
  for (; open != 0; open &= open - 1) {
    const int at = __ffs(open) - 1;
    const int one = __shfl_sync(kAll, cell, at);
    const int end = __shfl_sync(kAll, past, at);
    bool some = false;
    for (int i = __shfl_sync(kAll, first, at); i < end && !some; i++) {
      const ChangeRange r = p.ranges[i];
      for (int from = r.begin; from < r.end && !some; from += 32) {
        const int unit = from + lane;
        some = __any_sync(kAll, unit < r.end && change_of_unit(p, one, unit) != 0.0f);
      }
    }
    if (lane - own == at) changes = some;
  }
  return changes;
}

PB_KERNEL(change_probe, ChangeTiles, 256, 1) {
  const ChangeCells &c = p.cells;
  const int rows = *c.rows;
  if (static_cast<int>(blockIdx.x) * kTile >= rows) return;
  const int cell = blockIdx.x * kTile + threadIdx.x / kProbe;
  const bool here = cell < rows;
  const int count = *c.range_rows;
  const bool known = here && c.base[cell] >= 0 && c.base[cell] < *c.base_rows && c.source[cell] >= 0 &&
                     c.source[cell] < *c.source_rows;
  const bool directed = !here || p.direction == nullptr ||
                        (p.direction[cell] >= 0 && p.direction[cell] < *p.direction_rows);
  const int h = c.regional == 0 ? 1 : static_cast<int>(c.layers[0].height);
  const int w = c.regional == 0 ? 1 : static_cast<int>(c.layers[0].width);
  const int first = here ? change_first(c.ranges, count, cell) : count;
  ChangeCover cover = {{0, 0, 0, 0}, 0, 0};
  bool inside = true;
  int units = 0;
  int past = first;
  for (; past < count && c.ranges[past].row == cell; past++) {
    const ChangeRange range = c.ranges[past];
    inside = range.begin >= 0 && range.begin <= range.end && range.end <= c.d;
    if (!inside || !known) break;
    units += range.end - range.begin;
    change_add(cover, range, h, w);
  }
  int list = !known || !inside || !directed ? kUnknown : site_way(c, cover, past == first + 1);
  // By an op of one's own that is compiled a unit may move by another rounding than by its program.
  const bool there = list == kChannel && c.eliminates && p.source != nullptr && !patch_is_own(c.own);
  const bool asked = list != kUnknown && c.eliminates && !there;
  const bool changes = site_changes(c, cell, first, past, units, asked);
  if (asked && !changes) list = kLeftOut;
  const bool notes = here && threadIdx.x % kProbe == 0;
  if (notes) {
    c.fired[cell] = units;
    c.skipped[cell] = there ? kFoundThere : asked && !changes ? 1 : 0;
    change_keep(cover, first, c.covers + 4ll * cell);
    if (!known) *c.wrong_index = cell + 1;
    if (!inside) *c.wrong_range = cell + 1;
    if (!directed) *p.wrong_direction = cell + 1;
    c.sorted[cell] = list;
  }
#pragma unroll
  for (int l = 0; l < kLists; l++) {
    const int tally = __syncthreads_count(notes && list == l);
    if (threadIdx.x == 0) p.tallies[kLists * blockIdx.x + l] = tally;
  }
}

// What the patch of a cell is, the `number`-th of its list.
PB_DEVICE void list_patch(const ChangeTiles &p, int cell, int number) {
  const ChangeCells &c = p.cells;
  const ChangeRange range = c.ranges[c.covers[4ll * cell + 3]];
  p.source[number] = c.source[cell];
  p.ranges[3 * number] = number;
  p.ranges[3 * number + 1] = range.begin;
  p.ranges[3 * number + 2] = range.end;
  for (int k = 0; k < 5; k++) p.numbers[5 * number + k] = c.numbers[5ll * cell + k];
}

// Shared memory: per warp and list, the cells of some tiles before, and those of the warp.
struct ListRoom {
  int before[kListed / 32][kLists];
  int here[kListed / 32][kLists];

  // Cells of a list in tiles before, and in the first warps of this block.
  PB_DEVICE int filled(int list, int warps) const {
    int sum = 0;
#pragma unroll
    for (int w = 0; w < kListed / 32; w++) sum += before[w][list] + (w < warps ? here[w][list] : 0);
    return sum;
  }
};

PB_KERNEL(change_list, ChangeTiles, kListed, 1) {
  PB_SHARED(shared);
  ListRoom &room = *reinterpret_cast<ListRoom *>(shared);
  const ChangeCells &c = p.cells;
  const int rows = *c.rows;
  const int last = rows == 0 ? 0 : (rows - 1) / kListed;
  const int block = blockIdx.x;
  if (block > last) return;
  const int lane = threadIdx.x % 32;
  const int warp = threadIdx.x / 32;
  const int cell = block * kListed + threadIdx.x;
  const int list = cell < rows ? c.sorted[cell] : kUnknown;
  int before[kLists] = {};
  for (int tile = threadIdx.x; tile < block * (kListed / kTile); tile += kListed) {
#pragma unroll
    for (int l = 0; l < kLists; l++) before[l] += p.tallies[kLists * tile + l];
  }
  unsigned beside = 0;
#pragma unroll
  for (int l = 0; l < kLists; l++) {
    for (int step = 16; step > 0; step /= 2) before[l] += __shfl_xor_sync(0xffffffffu, before[l], step);
    const unsigned here = __ballot_sync(0xffffffffu, list == l);
    if (list == l) beside = here;
    if (lane == 0) {
      room.before[warp][l] = before[l];
      room.here[warp][l] = __popc(here);
    }
  }
  __syncthreads();
  if (list != kUnknown) {
    const int number = room.filled(list, warp) + __popc(beside & ((1u << lane) - 1));
    c.lists[list * c.most + number] = cell;
    c.bases[list * c.most + number] = c.base[cell];
    if (p.direction != nullptr) p.directed[list * c.most + number] = p.direction[cell];
    if (list == kChannel && p.source != nullptr) list_patch(p, cell, number);
    if (list == kLeftOut && p.zeros != nullptr) p.zeros[cell] = 0.0f;
  }
  if (block < last) return;
#pragma unroll
  for (int l = 0; l < kLists; l++) {
    const int filled = room.filled(l, kListed / 32);
    if (threadIdx.x == 0) c.counts[l] = filled;
    for (int i = threadIdx.x; i < c.windows; i += kListed) {
      const long long rest = filled - i * c.window;
      const long long here = rest < 0 ? 0 : rest < c.window ? rest : c.window;
      c.counts[kLists + l * c.windows + i] = static_cast<int>(here);
    }
  }
}

// Cells of few units: each lane has one of them, so that many cells wait for memory at a time.
PB_DEVICE void fill_few(const ChangeFill &p) {
  const ChangeCells &c = p.cells;
  const int unit = threadIdx.x % kFew;
  if (unit >= c.d) return;
  const int ranges = *c.range_rows;
  const int beside = blockDim.x / kFew;
  const int count = *p.count;
  for (int number = blockIdx.x * beside + threadIdx.x / kFew; number < count; number += gridDim.x * beside) {
    const int cell = p.list[number];
    bool patched = false;
    for (int i = c.covers[4ll * cell + 3]; i < ranges && c.ranges[i].row == cell; i++) {
      patched |= unit >= c.ranges[i].begin && unit < c.ranges[i].end;
    }
    p.change[number * c.d + unit] = patched ? change_of_unit(c, cell, unit) : 0.0f;
  }
}

PB_KERNEL(change_fill, ChangeFill, 256, 1) {
  const ChangeCells &c = p.cells;
  const int d = static_cast<int>(c.d);
  if (d <= kFew) {
    fill_few(p);
    return;
  }
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
