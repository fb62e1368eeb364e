// What the kernels of the tail share: their parameters, the order in which a block takes its cells,
// and the strips of rows that its warps work on.
#pragma once

#include "image_change.cuh"
#include "tail.cuh"
#include "tail_shared.cuh"

struct TailParams {
  const void *change;         // bf16 [cells][16][16][32]; exact: split, [cells][16][16][high, low][32]
  const int *base;            // of each cell
  const void *weights;        // packed by tail_pack_weights; exact: those of tail_pack_low after them
  const void *image_weights;  // likewise
  const void *active;         // packed by tail_pack_active, or exact by tail_pack_exact, per base
  const float4 *image;        // packed by tail_pack_image, per base and color
  const float4 *logits;       // likewise
  float *effect;              // of each cell
  const int *rows;            // cells
};

struct TailProducts : TailParams {
  const float2 *directions;  // [directions][colors][64][32]
  const int *direction;      // of each cell
};

namespace {

constexpr int kFours = 32 * 32;  // of pixels of an image of one color

PB_DEVICE int first_cell(const TailParams &p, int block) {
  return (int)((long long)*p.rows * block / (int)gridDim.x);
}

// The cells of a block, one a turn: the four of this turn's neighbourhood, in shared memory. Turn n
// reads those of turns n - 1 to n + 1, its first warp also that of n - 2, in whose place thread 0
// then puts that of n + 2.
struct Schedule {
  int cells[4];  // or -1 after the last
  int bases[4];
  int end;

  PB_DEVICE int &cell(int n) { return cells[n & 3]; }
  PB_DEVICE int &base(int n) { return bases[n & 3]; }

  // The cell of turn n is `at`, if the block has it. For one thread.
  PB_DEVICE void put(const TailParams &p, int n, int at) {
    cell(n) = at < end ? at : -1;
    base(n) = at < end ? p.base[at] : 0;
  }
  // The same of the cell after that of turn n - 1, whose base comes by itself.
  PB_DEVICE void look(const TailParams &p, int n) {
    const int before = cell(n - 1);
    const bool some = before >= 0 && before + 1 < end;
    cell(n) = some ? before + 1 : -1;
    if (some) cp_async_4(&base(n), p.base + before + 1);
  }
};

PB_DEVICE void load_weights(const void *packed, int phase, int lane, Weights &w) {
  const uint4 *from = static_cast<const uint4 *>(packed) + phase * 512 + lane;
#pragma unroll
  for (int i = 0; i < 16; i++) {
    const uint4 four = __ldg(from + i * 32);
    unsigned(&to)[4][2] = w[i >> 3][i >> 2 & 1][i >> 1 & 1];
    to[2 * (i & 1)][0] = four.x;
    to[2 * (i & 1)][1] = four.y;
    to[2 * (i & 1) + 1][0] = four.z;
    to[2 * (i & 1) + 1][1] = four.w;
  }
}

// What lies in shared memory for all cells: the second layer's weights, and zeros after a tile.
template <int kThreads>
PB_DEVICE void fill_weights(const TailParams &p, int colors, uint4 *weights) {
  for (int i = (int)threadIdx.x; i < colors * (kImageWeights / 16); i += kThreads) {
    weights[i] = static_cast<const uint4 *>(p.image_weights)[i];
  }
}

PB_DEVICE void fill_zeros(unsigned char *tile) {
  if (threadIdx.x < 8) reinterpret_cast<uint4 *>(tile + kTile)[threadIdx.x] = make_uint4(0, 0, 0, 0);
}

// Adds up the sums that the warps of a block left, and writes them; one warp does.
template <int kWarps>
PB_DEVICE void write_effect(const float *sums, float *effect, int cell) {
  if (cell < 0) return;
  const int lane = (int)threadIdx.x & 31;
  const float sum = sum_of_warp(lane < kWarps ? sums[lane] : 0.0f);
  if (lane == 0) effect[cell] = sum;
}

// Where a direction's numbers at a lane's four pixels of rows 2 u and 2 u + 1 are, two and two. They lie
// in their own order: a warp reads whole rows of them anyway.
struct Toward {
  const float2 *first;

  PB_DEVICE float4 rows(int u) const {
    const float2 a = __ldg(first + u * 64);
    const float2 b = __ldg(first + u * 64 + 16);
    return make_float4(a.x, a.y, b.x, b.y);
  }
};

struct NoToward {
  PB_DEVICE float4 rows(int) const { return make_float4(0.0f, 0.0f, 0.0f, 0.0f); }
};

// Of a cell's direction, if it has one; of any where there is no cell.
PB_DEVICE Toward toward_of(const TailProducts &p, int cell, int colors, int lane) {
  const long long row = cell < 0 ? 0 : __ldg(p.direction + cell);
  return {p.directions + (row * (2 * colors * kFours) + ((lane >> 4) * 32 + 2 * (lane & 7) + (lane >> 3 & 1)))};
}

PB_DEVICE NoToward toward_of(const TailParams &, int, int, int) { return {}; }

// Where a warp works: one phase, and of its 16 rows those from `row` on, a strip. And in the image,
// pairs of rows from `pair` on: more where its rows are fewer.
struct Strip {
  int lane, phase, row, rows, pair, pairs;

  PB_DEVICE Strip(int warp, int strips, int lane)
      : lane(lane), phase(warp & 3), row(first(warp >> 2, 16, strips)),
        rows(first((warp >> 2) + 1, 16, strips) - row),
        pair(8 * phase + 8 - first(strips - (warp >> 2), 8, strips)),
        pairs(8 * phase + 8 - first(strips - (warp >> 2) - 1, 8, strips) - pair) {}
  // Where a strip begins: of three, the first is the longest.
  static PB_DEVICE int first(int strip, int of, int strips) { return (of * strip + strips - 1) / strips; }
  // Where the taps of its first row go; those of the next are 512 bytes on.
  PB_DEVICE int taps() const { return AllTaps::to(lane, 2 * row + (phase >> 1), phase & 1); }
  // Copies the clean pre-activations of its row i, those of this lane, and goes on.
  PB_DEVICE void copy_active(const void *packed, int base, int i, uint4 *to) const {
    const uint4 *from = static_cast<const uint4 *>(packed) + ((base * 4ll + phase) * 16 + row + i) * 64 + lane;
    cp_async_16(to, from);
    cp_async_16(to + 32, from + 32);
  }
  // The same in float32.
  PB_DEVICE void copy_active(const void *packed, int base, int i, float4 *to) const {
    const float4 *from = static_cast<const float4 *>(packed) + ((base * 4ll + phase) * 16 + row + i) * 128 + lane;
#pragma unroll
    for (int j = 0; j < 4; j++) cp_async_16(to + 32 * j, from + 32 * j);
  }
};

// Runs the rows of a strip: `each(i, sums)` takes the sums of row i.
template <class Of, class Each>
PB_DEVICE void strip_rows(const Strip &strip, const Of &w, const unsigned char *tile, const Each &each) {
  Sums one;
  Sums two;
  const int r = strip.row - 1 + (strip.phase >> 1);
  const int rows = strip.rows;
  Columns columns(strip.lane, strip.phase & 1, r);
  clear(one);
  if (r >= 0) row_products<false, true>(w, tile, columns, two, one);
  // Sums of row i in `ending`, the next row's in `beginning`.
  const auto row = [&](int i, Sums &ending, Sums &beginning) {
    columns.next();
    if (i + 1 < rows) {
      clear(beginning);
      row_products<true, true>(w, tile, columns, ending, beginning);
    } else if (r + i + 1 < 16) {
      row_products<true, false>(w, tile, columns, ending, beginning);
    }
    each(i, ending);
  };
#pragma unroll 1
  for (int i = 0; i < rows; i += 2) {
    row(i, one, two);
    if (i + 1 < rows) row(i + 1, two, one);
  }
}

}  // namespace
