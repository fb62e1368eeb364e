// The effect on an image of a patch of one channel, or of a part of one, of the value that the last
// transposed convolution (k4 s2 p1) reads: from 32 x 32 x 32 to 64 x 64 x colors, sigmoid.
//
// A unit of the value becomes min(max(keep x + shift + take s, low), high), x in the base and s in
// the source; behind a rectifier what counts is how far that moves. The image's change follows from
// the channel's alone, four multiply-adds a pixel, and only the sum of its squares (or sizes) is
// written.
//
// Operations a cell, colors = 1: 4,096 pixels of 4 multiply-adds, 13 for the sigmoid and two special
// ones, with what is around them about 3,800 instructions of a warp: 950 clocks of a multiprocessor's
// four schedulers, 240 M cells/s on 132 at 1.75 GHz; the special ones alone 450 M. Changes of logits
// that may be beyond 60 take twice as long.
// Bytes a cell: 8,192 of the two channels, at 3 TB/s 366 M cells/s, and more where the L2 holds them.
// Products with a direction of each cell's own: 16,384 bytes of it a color, from the L1 (some 60 KB are left
// beside shared memory) where cells that follow each other share it, else from the L2, with the channels at
// some 5 TB/s 200 M cells/s; a sign for each pixel, loads and addresses: 250 instructions more. No
// registers are left to ask for it far ahead: 10 to 25 % slower is to be expected.
//
// A warp has 16 rows of the image, whose sides (image_change.cuh) stay in its registers as
// long as a block's cells are of one base, and ten rows of the channel, of which two are its
// neighbours' too, copied while the cell before is computed; lane 16 px + n holds column 2 n + px.
// Warps meet once per 32 cells, whose numbers they find in shared memory, and where they leave their
// sums.
#include "change_rows.cuh"
#include "image_change.cuh"

struct ChangePixelsParams {
  const float *clean;      // [bases][32][32][32], before the rectifier if there is one
  const float *sources;    // [sources][32][32][32]
  const int *base;         // of each cell
  const int *source;       // of each cell
  const int *ranges;       // of each cell: the cell, its first unit and the end, within one channel
  const float *numbers;    // of each cell: keep, shift, take, low, high
  const float *weights;    // [32][colors][4][4]
  const float2 *image;     // packed by change_pixels_pack, per base and color
  const float2 *logits;    // likewise
  float *effect;           // of each cell
  int *skipped;            // of each cell: 1 where nothing changes, else 0; or null
  const int *rows;         // cells
  long long colors;        // 1 or 3
  long long rectifies;
#ifdef PB_PATCH_OP
  PatchCells own;
#endif
};

struct ChangePixelsProducts : ChangePixelsParams {
  const float2 *directions;  // [directions][colors][64][32]
  const int *direction;      // of each cell
};

struct ChangePixelsPackParams {
  const float *logits;    // [bases][colors][64][64]
  float2 *image;          // 2,048 of each base and color: the sides of two pixels
  float2 *packed_logits;  // likewise
  const int *bases;
  long long colors;
};

// Two pixels e: [base][color][row][lane 16 px + n], columns 2 (2 n + px) and the next.
PB_KERNEL(change_pixels_pack, ChangePixelsPackParams, 256, 1) {
  const long long count = *p.bases * p.colors * 2048;
  const long long step = (long long)gridDim.x * blockDim.x;
  for (long long e = (long long)blockIdx.x * blockDim.x + threadIdx.x; e < count; e += step) {
    const int lane = (int)e & 31;
    const int x = 2 * (2 * (lane & 15) + (lane >> 4));
    const float2 l = *reinterpret_cast<const float2 *>(p.logits + (e >> 5) * 64 + x);
    p.image[e] = make_float2(side_of(l.x), side_of(l.y));
    p.packed_logits[e] = l;
  }
}

namespace {

constexpr int kStrip = 16;  // rows of the image of a warp
constexpr int kPixelsWarps = 64 / kStrip;
constexpr int kStripRows = kStrip / 2 + 2;  // of the channel
constexpr int kChunk = 32;                  // cells

// What a warp found of a cell.
struct PixelsSum {
  float sum;
  int changed;
};

// Shared memory: 32 channels' taps of each color, their reaches, two of these, and of each warp two
// turns of rows.
struct PixelsChunk {
  PatchCell cells[kChunk];
  PixelsSum sums[kChunk][kPixelsWarps];
};

// The cells of a block: every so manieth of groups of neighbours in the list, for what cells cost
// differs from channel to channel. Neighbours are of one base mostly, whose sides are then read once.
struct PixelsTurns {
  int group;  // a power of two, as its exponent: 0 where cells are few
  int end;

  PB_DEVICE explicit PixelsTurns(int rows) : group(rows >= 32 * (int)gridDim.x ? 2 : 0) {
    const int groups = (rows + (1 << group) - 1) >> group;
    const int own = (groups - (int)blockIdx.x + (int)gridDim.x - 1) / (int)gridDim.x;
    end = own <= 0 ? 0 : own << group;
    // The last of all groups may be smaller.
    if (end > 0 && cell(end - 1) >= rows) end -= cell(end - 1) - rows + 1;
  }
  PB_DEVICE int cell(int turn) const {
    return (((turn >> group) * (int)gridDim.x + (int)blockIdx.x) << group) + (turn & ((1 << group) - 1));
  }
};

PB_DEVICE void stage_cells(const ChangePixelsParams &p, const PixelsTurns &turns, int turn, PixelsChunk &chunk) {
  for (int i = (int)threadIdx.x >> 3; i < kChunk && turn + i < turns.end; i += 4 * kPixelsWarps) {
    stage_cell(p, turns.cell(turn + i), (int)threadIdx.x & 7, chunk.cells[i]);
  }
}

// Of a chunk that begins with a turn.
PB_DEVICE void write_cells(const ChangePixelsParams &p, const PixelsTurns &turns, int turn, const PixelsChunk &chunk) {
  const int i = (int)threadIdx.x;
  if (i >= kChunk || turn + i >= turns.end) return;
  float sum = 0.0f;
  int changed = 0;
#pragma unroll
  for (int w = 0; w < kPixelsWarps; w++) {
    sum += chunk.sums[i][w].sum;
    changed |= chunk.sums[i][w].changed;
  }
  const int cell = turns.cell(turn + i);
  p.effect[cell] = sum;
  if (p.skipped != nullptr) p.skipped[cell] = changed != 0 ? 0 : 1;
}

// One row of a channel and its columns to the left and to the right, zero outside.
struct ChannelRow {
  float left, own, right;
};

PB_DEVICE ChannelRow row_of(float own) {
  const int lane = (int)threadIdx.x & 31;
  const float left = __shfl_sync(0xffffffffu, own, lane >= 16 ? lane - 16 : lane + 15);
  const float right = __shfl_sync(0xffffffffu, own, lane >= 16 ? lane - 15 : lane + 16);
  return {lane == 0 ? 0.0f : left, own, lane == 31 ? 0.0f : right};
}

// The sum over a lane's pixels, two in each row.
//
// @param toward the direction's numbers there, read if products are taken; rows are 32 further
template <Adds kAdds, Moves kMoves>
PB_DEVICE float measure_rows(const float (&d)[kStripRows], const float4 *w, const float2 (&sides)[kStrip],
                             const float2 *logits, const float2 *toward) {
  // By the parity of the image's row: the taps of the channel's row beside it, and of the one
  // beyond. (As one array indexed by 3 - 3 odd, nvcc 13.0 leaves the first tap undefined.)
  const float4 beside[2] = {w[1], w[2]};
  const float4 beyond[2] = {w[3], w[0]};
  float sum = 0.0f;
  ChannelRow rows[kStripRows];
  rows[0] = row_of(d[0]);
  rows[1] = row_of(d[1]);
#pragma unroll
  for (int i = 0; i < kStrip; i++) {
    const int odd = i & 1;
    if (odd == 0) rows[(i >> 1) + 2] = row_of(d[(i >> 1) + 2]);
    const ChannelRow &a = rows[(i >> 1) + 1];
    const ChannelRow &b = rows[(i >> 1) + 2 * odd];
    const float4 &ta = beside[odd];
    const float4 &tb = beyond[odd];
    const float first = fmaf(b.left, tb.w, fmaf(b.own, tb.y, fmaf(a.left, ta.w, a.own * ta.y)));
    const float second = fmaf(b.right, tb.x, fmaf(b.own, tb.z, fmaf(a.right, ta.x, a.own * ta.z)));
    const float *const l = reinterpret_cast<const float *>(logits + 32 * i);
    float2 to = make_float2(0.0f, 0.0f);
    if constexpr (kAdds == Adds::kProducts) to = __ldg(toward + 32 * i);
    sum = plus_moved<kAdds>(sum, moved<kMoves>(sides[i].x, l, first), first, to.x);
    sum = plus_moved<kAdds>(sum, moved<kMoves>(sides[i].y, l + 1, second), second, to.y);
  }
  return sum;
}

// How far a logit moves at most, in units of the channel's largest change: of the taps that meet in a
// pixel, by its parities.
PB_DEVICE float reach_of(const float *taps) {
  float reach = 0.0f;
#pragma unroll
  for (int i = 0; i < 4; i++) {
    const float *const t = taps + 4 * (i >> 1) + (i & 1);
    reach = fmaxf(reach, fabsf(t[0]) + fabsf(t[2]) + fabsf(t[8]) + fabsf(t[10]));
  }
  return reach;
}

template <Adds kAdds, class Params>
PB_DEVICE void change_pixels(const Params &p, unsigned char *shared) {
  const int colors = (int)p.colors;
  float *const weights = reinterpret_cast<float *>(shared);
  float *const reaches = weights + 512 * colors;
  PixelsChunk *const chunks = reinterpret_cast<PixelsChunk *>(reaches + 32 * colors);
  const PixelsTurns turns(*p.rows);
  const int end = turns.end;
  if (end == 0) return;
  const int warp = __shfl_sync(0xffffffffu, (int)threadIdx.x >> 5, 0);
  const int lane = (int)threadIdx.x & 31;
  const int first = kStrip / 2 * warp - 1;
  PixelsRows<kStripRows> *const rows = reinterpret_cast<PixelsRows<kStripRows> *>(chunks + 2) + 2 * warp;
  for (int i = (int)threadIdx.x; i < 512 * colors; i += 32 * kPixelsWarps) weights[i] = p.weights[i];
  for (int i = (int)threadIdx.x; i < 32 * colors; i += 32 * kPixelsWarps) reaches[i] = reach_of(p.weights + 16 * i);

  int odd = 0;
  stage_cells(p, turns, 0, chunks[0]);
#pragma unroll 1
  for (int turn = 0; turn < end; turn += kChunk, odd ^= 1) {
    const int count = end - turn < kChunk ? end - turn : kChunk;
    PixelsChunk &chunk = chunks[odd];
    __syncthreads();
    if (turn > 0) write_cells(p, turns, turn - kChunk, chunks[odd ^ 1]);
    stage_cells(p, turns, turn + kChunk, chunks[odd ^ 1]);
#pragma unroll 1
    for (int color = 0; color < colors; color++) {
      float2 sides[kStrip];
      int base = -1;
      unsigned image = 0;
      __syncwarp();
      fetch_rows(p.clean, p.sources, chunk.cells[0], first, lane, rows[0]);
#pragma unroll 1
      for (int k = 0; k < count; k++) {
        const PatchCell cell = chunk.cells[k];
        if (cell.base != base) {
          base = cell.base;
          image = ((unsigned)base * colors + color) * 2048 + warp * 32 * kStrip + lane;
#pragma unroll
          for (int i = 0; i < kStrip; i++) sides[i] = __ldg(p.image + (image + 32 * i));
        }
        const int channel = cell.first >> 10;
        const float2 *toward = nullptr;
        if constexpr (kAdds == Adds::kProducts) {
          const long long row = __ldg(p.direction + turns.cell(turn + k));
          const int pair = warp * 32 * kStrip + 2 * (lane & 15) + (lane >> 4);
          toward = p.directions + ((row * colors + color) * 2048 + pair);
        }
        cp_async_wait<0>();
        __syncwarp();
        float d[kStripRows];
        moved_rows(p, turns.cell(turn + k), cell, rows[k & 1], first, lane, d);
        if (k + 1 < count) {
          fetch_rows(p.clean, p.sources, chunk.cells[k + 1], first, lane, rows[(k + 1) & 1]);
        }
        float size = 0.0f;
#pragma unroll
        for (int i = 0; i < kStripRows; i++) size += fabsf(d[i]);
        float sum = 0.0f;
        const bool some = __any_sync(0xffffffffu, size != 0.0f);
        if (some) {
          const float4 *const w = reinterpret_cast<const float4 *>(weights + (channel * colors + color) * 16);
          const float2 *const logits = p.logits + image;
          // No logit moves further than this: what is not a number goes the longer way.
          const float most = size * reaches[channel * colors + color];
          if (__all_sync(0xffffffffu, most < kFar)) {
            sum = measure_rows<kAdds, Moves::kBetween>(d, w, sides, logits, toward);
          } else {
            sum = measure_rows<kAdds, Moves::kAny>(d, w, sides, logits, toward);
          }
          sum = sum_of_warp(sum);
        }
        if (lane == 0) {
          const float others = color == 0 ? 0.0f : chunk.sums[k][warp].sum;
          chunk.sums[k][warp] = {others + sum, some ? 1 : 0};
        }
      }
    }
  }
  __syncthreads();
  write_cells(p, turns, (end - 1) / kChunk * kChunk, chunks[odd ^ 1]);
}

}  // namespace

// As in tail_channel.cu, of those for an op of one's own the one that a program launches.
#if !defined(PB_ONE) || defined(PB_ONE_change_pixels_squares)
PB_KERNEL(change_pixels_squares, ChangePixelsParams, 128, 6) {
  PB_SHARED(shared);
  change_pixels<Adds::kSquares>(p, shared);
}
#endif
#if !defined(PB_ONE) || defined(PB_ONE_change_pixels_sizes)
PB_KERNEL(change_pixels_sizes, ChangePixelsParams, 128, 6) {
  PB_SHARED(shared);
  change_pixels<Adds::kSizes>(p, shared);
}
#endif
#if !defined(PB_ONE) || defined(PB_ONE_change_pixels_products)
PB_KERNEL(change_pixels_products, ChangePixelsProducts, 128, 6) {
  PB_SHARED(shared);
  change_pixels<Adds::kProducts>(p, shared);
}
#endif
