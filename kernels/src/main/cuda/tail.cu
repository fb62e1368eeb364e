// The tail of a decoder in difference mode: the change of 16 x 16 x 32 units goes through a
// transposed convolution (k4 s2 p1, to 32 x 32 x 32, rectified) and another one (to 64 x 64 x colors,
// sigmoid), and of the image's change only the sum of squares (or of sizes) is written: 4 bytes a
// cell. Neither the 32 x 32 x 32 activation nor the image reaches device memory. tail.cuh says how.
//
// Operations a cell, colors = 1: 2 x 4,194,304 + 2 x 524,288 of multiply-adds, 9.44 MFLOP (with the
// borders; 8.89 inside the image): 2,304 m16n8k16 products, or 2,816 where the second layer keeps 16
// bits of its operands (three products for one). A multiprocessor ends one in at best 1.6 clocks by
// mma.sync, so 3,690 or 4,510 clocks a cell; 132 of them at 1.75 GHz: 63 or 51 M cells/s.
// Bytes a cell: 16,384 of the change, and per base 65,536 of clean pre-activations and 32,768 of the
// image, which stay in the L2 (or shared memory) while the cells of a base follow each other: with
// many cells a base 16.4 KB a cell, 183 M cells/s at 3 TB/s; with one cell a base 26 M.
// Shared memory, the other bound, in 128-byte clocks a cell: ldmatrix 1,280, taps 1,024, clean
// pre-activations 512, shuffles 128, the tile 128: about 3,100.
//
// Two ways to do the same, to the same bits where the number of products is the same:
//   streamed  one block of 16 warps a multiprocessor. Each warp takes 4 rows of one phase, and after
//             each of them a row of the image of the cell before, whose taps lie in a second buffer:
//             matrix products and special functions overlap within a warp, and one barrier a cell is
//             enough. The clean pre-activations of a base lie in shared memory, each lane's own.
//   staged    blocks of 8 warps, two a multiprocessor: first all taps, then the image. Clean
//             pre-activations come from the L2 for each cell. The form for images of three colors.
#include "image_change.cuh"
#include "tail.cuh"

struct TailParams {
  const void *change;         // bf16 [cells][16][16][32]
  const int *base;            // of each cell
  const int *skipped;         // of each cell: not 0 where nothing changes; or null
  const void *weights;        // packed by tail_pack_weights
  const void *image_weights;  // likewise
  const void *active;         // packed by tail_pack_active, per base
  const float4 *image;        // packed by tail_pack_image, per base and color
  const float4 *logits;       // likewise
  float *effect;              // of each cell
  const int *rows;            // cells
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
  int skips[4];
  int end;

  PB_DEVICE int &cell(int n) { return cells[n & 3]; }
  PB_DEVICE int &base(int n) { return bases[n & 3]; }
  PB_DEVICE int &skip(int n) { return skips[n & 3]; }

  // The first cell from `at` on that is not left out is that of turn n; the effect of the others is
  // nothing. For one thread.
  PB_DEVICE void put(const TailParams &p, int n, int at) {
    while (at < end && p.skipped != nullptr && p.skipped[at] != 0) p.effect[at++] = 0.0f;
    cell(n) = at < end ? at : -1;
    base(n) = at < end ? p.base[at] : 0;
    skip(n) = 0;
  }
  // The same for the cell after that of turn n - 1, in two pieces between which other work is done:
  // what is read from device memory comes by itself.
  PB_DEVICE void look(const TailParams &p, int n) {
    const int before = cell(n - 1);
    const int at = before + 1;
    const bool some = before >= 0 && at < end;
    cell(n) = some ? at : -1;
    skip(n) = 0;
    if (!some) return;
    cp_async_4(&base(n), p.base + at);
    if (p.skipped != nullptr) cp_async_4(&skip(n), p.skipped + at);
  }
  PB_DEVICE void find(const TailParams &p, int n) {
    if (skip(n) != 0) put(p, n, cell(n));
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
template <int kThreads, int kProducts>
PB_DEVICE void fill_weights(const TailParams &p, int colors, uint4 *weights) {
  constexpr int kFour = kImageWeights / 16;
  for (int i = (int)threadIdx.x; i < colors * kFour; i += kThreads) {
    const int from = i / kFour * 2 * kFour + (kProducts == 2 ? kFour : 0) + i % kFour;
    weights[i] = static_cast<const uint4 *>(p.image_weights)[from];
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
  PB_DEVICE int taps() const { return taps_to(lane, 2 * row + (phase >> 1), phase & 1); }
  // Copies the clean pre-activations of its row i, those of this lane, and goes on.
  PB_DEVICE void copy_active(const void *packed, int base, int i, uint4 *to) const {
    const uint4 *from = static_cast<const uint4 *>(packed) + ((base * 4ll + phase) * 16 + row + i) * 64 + lane;
    cp_async_16(to, from);
    cp_async_16(to + 32, from + 32);
  }
};

// Runs the rows of a strip: `each(i, sums)` takes the sums of row i.
template <int kRows, class Each>
PB_DEVICE void strip_rows(const Strip &strip, const Weights &w, const unsigned char *tile, const Each &each) {
  Sums one;
  Sums two;
  const int r = strip.row - 1 + (strip.phase >> 1);
  const int rows = kRows > 0 ? kRows : strip.rows;
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
#pragma unroll (kRows > 0 ? kRows : 1)
  for (int i = 0; i < rows; i += 2) {
    row(i, one, two);
    if (i + 1 < rows) row(i + 1, two, one);
  }
}

// Shared memory: taps (2), clean pre-activations, tiles (2), weights, schedule, sums (2).
template <int kWarps, int kProducts, bool kSizes>
PB_DEVICE void tail_streamed(const TailParams &p, unsigned char *shared) {
  constexpr int kThreads = 32 * kWarps;
  constexpr int kRows = kWarps == 16 ? 4 : 0;
  constexpr int kActive = 2 * kTaps;
  constexpr int kTiles = kActive + 64 * kActiveRow;
  constexpr int kWeights = kTiles + 2 * kTileRoom;
  uint4 *const image_weights = reinterpret_cast<uint4 *>(shared + kWeights);
  Schedule &schedule = *reinterpret_cast<Schedule *>(shared + kWeights + kImageWeights);
  float *const sums = reinterpret_cast<float *>(shared + kWeights + kImageWeights + 64);

  const int warp = __shfl_sync(kAll, (int)threadIdx.x >> 5, 0);
  const int lane = (int)threadIdx.x & 31;
  const Strip strip(warp, kWarps / 4, lane);
  uint4 *const active = reinterpret_cast<uint4 *>(shared + kActive + (strip.phase * 16 + strip.row) * kActiveRow) + lane;
  if (threadIdx.x == 0) {
    schedule.end = first_cell(p, (int)blockIdx.x + 1);
    schedule.put(p, 0, first_cell(p, (int)blockIdx.x));
    schedule.put(p, 1, schedule.cell(0) < 0 ? schedule.end : schedule.cell(0) + 1);
    for (int i = 2; i < 4; i++) schedule.cell(i) = -1;
    schedule.base(3) = schedule.base(0);
  }
  __syncthreads();
  if (schedule.cell(0) < 0) return;

  Weights w;
  load_weights(p.weights, strip.phase, lane, w);
  fill_weights<kThreads, kProducts>(p, 1, image_weights);
  fill_zeros(shared + kTiles);
  fill_zeros(shared + kTiles + kTileRoom);
  copy_tile<kThreads>(shared + kTiles, p.change, schedule.cell(0));
#pragma unroll 1
  for (int i = 0; i < strip.rows; i++) strip.copy_active(p.active, schedule.base(0), i, active + i * 64);
  cp_async_commit();
  cp_async_wait<0>();
  __syncthreads();

  // The turn's cell goes through the layers, the one before it through the image, and the effect of
  // the one before that is written. The first time there are no taps of a cell before, and what
  // comes of them is not used.
  int n = 0;
  bool layers = true;
#pragma unroll 1
  for (; layers; n++) {
    const int odd = n & 1;
    layers = schedule.cell(n) >= 0;
    if (warp == 0) write_effect<kWarps>(sums + 16 * (odd ^ 1), p.effect, schedule.cell(n - 2));
    const unsigned image = (unsigned)schedule.base(n - 1) * kFours + strip.pair * 32 + lane;
    const unsigned char *const from = shared + (odd ^ 1) * kTaps;
    float sum = 0.0f;
    float4 clean[2];
    const auto look = [&](int i) {
      const float4 *of = p.image + (2 * image - lane + i * 64);
      clean[0] = __ldg(of);
      clean[1] = __ldg(of + 32);
    };
    const auto measure = [&](int i) {
      const float4 d = logits_of_rows(from, strip.pair + i, lane);
      sum = measure_four<kSizes>(clean, p.logits + (image + i * 32), d, sum);
    };
    int done = 0;
    if (layers) {
      const bool more = schedule.cell(n + 1) >= 0;
      if (more) copy_tile<kThreads>(shared + kTiles + (odd ^ 1) * kTileRoom, p.change, schedule.cell(n + 1));
      __syncwarp();
      if (threadIdx.x == 0) schedule.look(p, n + 2);
      const int next_base = schedule.base(n + 1);
      const bool renew = more && next_base != schedule.base(n);
      strip_rows<kRows>(strip, w, shared + kTiles + odd * kTileRoom, [&](int i, const Sums &row) {
        taps_of_row<kProducts, 1>(row, active + i * 64, image_weights, lane,
                                  shared + odd * kTaps + strip.taps() + i * 512);
        if (renew) strip.copy_active(p.active, next_base, i, active + i * 64);
        // Every other row, one pair of the image, looked for a row earlier where registers are left.
        if (i >> 1 < strip.pairs) {
          if ((i & 1) == (kRows > 0 ? 1 : 0)) look(i >> 1);
          if ((i & 1) == 1) measure(i >> 1);
        }
      });
      done = strip.rows >> 1;
    }
#pragma unroll 1
    for (int i = done; i < strip.pairs; i++) {
      look(i);
      measure(i);
    }
    sum = sum_of_warp(sum);
    if (lane == 0) sums[16 * odd + warp] = sum;
    cp_async_commit();
    cp_async_wait<0>();
    if (threadIdx.x == 0 && layers) schedule.find(p, n + 2);
    __syncthreads();
  }
  if (warp == 0) write_effect<kWarps>(sums + 16 * ((n & 1) ^ 1), p.effect, schedule.cell(n - 2));
}

// Shared memory: taps of each color, clean pre-activations of a row, tile, weights, schedule, sums.
template <int kColors, int kWarps, int kProducts, bool kSizes>
PB_DEVICE void tail_staged(const TailParams &p, unsigned char *shared) {
  constexpr int kThreads = 32 * kWarps;
  constexpr int kRows = kWarps == 16 ? 4 : 0;
  constexpr int kMeasured = 32 / kWarps;
  constexpr int kActive = kColors * kTaps;
  constexpr int kTileAt = kActive + kWarps * kActiveRow;
  constexpr int kWeights = kTileAt + kTileRoom;
  uint4 *const image_weights = reinterpret_cast<uint4 *>(shared + kWeights);
  Schedule &schedule = *reinterpret_cast<Schedule *>(shared + kWeights + kColors * kImageWeights);
  float *const sums = reinterpret_cast<float *>(shared + kWeights + kColors * kImageWeights + 64);
  unsigned char *const tile = shared + kTileAt;

  const int warp = __shfl_sync(kAll, (int)threadIdx.x >> 5, 0);
  const int lane = (int)threadIdx.x & 31;
  const Strip strip(warp, kWarps / 4, lane);
  uint4 *const active = reinterpret_cast<uint4 *>(shared + kActive + warp * kActiveRow) + lane;
  if (threadIdx.x == 0) {
    schedule.end = first_cell(p, (int)blockIdx.x + 1);
    schedule.put(p, 0, first_cell(p, (int)blockIdx.x));
    schedule.cell(3) = -1;
  }
  __syncthreads();
  if (schedule.cell(0) < 0) return;

  Weights w;
  load_weights(p.weights, strip.phase, lane, w);
  fill_weights<kThreads, kProducts>(p, kColors, image_weights);
  fill_zeros(tile);
  copy_tile<kThreads>(tile, p.change, schedule.cell(0));
  strip.copy_active(p.active, schedule.base(0), 0, active);
  cp_async_commit();

  int n = 0;
#pragma unroll 1
  for (; ; n++) {
    cp_async_wait<0>();
    __syncthreads();
    if (warp == 0) write_effect<kWarps>(sums, p.effect, schedule.cell(n - 1));
    if (schedule.cell(n) < 0) return;
    if (threadIdx.x == 0) schedule.look(p, n + 1);
    const int base = schedule.base(n);
    strip_rows<kRows>(strip, w, tile, [&](int i, const Sums &row) {
      cp_async_wait<0>();
      taps_of_row<kProducts, kColors>(row, active, image_weights, lane,
                                      shared + strip.taps() + i * 512);
      if (i + 1 < strip.rows) strip.copy_active(p.active, base, i + 1, active);
      cp_async_commit();
    });
    if (threadIdx.x == 0) schedule.find(p, n + 1);
    __syncthreads();
    if (schedule.cell(n + 1) >= 0) {
      copy_tile<kThreads>(tile, p.change, schedule.cell(n + 1));
      strip.copy_active(p.active, schedule.base(n + 1), 0, active);
    }
    cp_async_commit();
    float sum = 0.0f;
#pragma unroll 1
    for (int color = 0; color < kColors; color++) {
      const unsigned image = ((unsigned)base * kColors + color) * kFours + warp * kMeasured * 32 + lane;
#pragma unroll 2
      for (int i = 0; i < kMeasured; i++) {
        const float4 *of = p.image + (2 * image - lane + i * 64);
        const float4 clean[2] = {__ldg(of), __ldg(of + 32)};
        const float4 d = logits_of_rows(shared + color * kTaps, warp * kMeasured + i, lane);
        sum = measure_four<kSizes>(clean, p.logits + (image + i * 32), d, sum);
      }
    }
    sum = sum_of_warp(sum);
    if (lane == 0) sums[warp] = sum;
  }
}

}  // namespace

PB_KERNEL(tail_streamed_squares, TailParams, 384, 1) {
  PB_SHARED(shared);
  tail_streamed<12, 3, false>(p, shared);
}
PB_KERNEL(tail_streamed_sizes, TailParams, 384, 1) {
  PB_SHARED(shared);
  tail_streamed<12, 3, true>(p, shared);
}
PB_KERNEL(tail_streamed_tf32_squares, TailParams, 384, 1) {
  PB_SHARED(shared);
  tail_streamed<12, 2, false>(p, shared);
}
PB_KERNEL(tail_streamed_rounded_squares, TailParams, 384, 1) {
  PB_SHARED(shared);
  tail_streamed<12, 1, false>(p, shared);
}
PB_KERNEL(tail_streamed_wide_squares, TailParams, 512, 1) {
  PB_SHARED(shared);
  tail_streamed<16, 3, false>(p, shared);
}
PB_KERNEL(tail_streamed_wide_tf32_squares, TailParams, 512, 1) {
  PB_SHARED(shared);
  tail_streamed<16, 2, false>(p, shared);
}
PB_KERNEL(tail_staged_squares, TailParams, 256, 2) {
  PB_SHARED(shared);
  tail_staged<1, 8, 3, false>(p, shared);
}
PB_KERNEL(tail_staged_tf32_squares, TailParams, 256, 2) {
  PB_SHARED(shared);
  tail_staged<1, 8, 2, false>(p, shared);
}
PB_KERNEL(tail_colors_squares, TailParams, 256, 1) {
  PB_SHARED(shared);
  tail_staged<3, 8, 3, false>(p, shared);
}
PB_KERNEL(tail_colors_sizes, TailParams, 256, 1) {
  PB_SHARED(shared);
  tail_staged<3, 8, 3, true>(p, shared);
}
