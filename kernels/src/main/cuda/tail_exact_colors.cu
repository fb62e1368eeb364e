// The tail of a decoder in difference mode as tail_exact.cu does it, onto an image of three colors. The
// taps of three colors do not fit into shared memory beside inputs of two bf16 each, so a cell is done in
// halves: the taps of the first layer's rows 0 to 15, the 15 pairs of the image's rows that see no others,
// then the taps of rows 16 to 31, in whose place no row is that the rest of the image sees.
//
// Operations a cell: 11.53 MFLOP in three products each; 6,144 + 2,304 m16n8k16, at 1.6 clocks 13,500
// clocks of a multiprocessor: 17.1 M cells/s on 132 of them at 1.75 GHz. What else there is to do does
// not overlap them, as tail_colors.cu's does not, so 7 to 9 M cells/s are to be expected.
// Bytes a cell: 32,768 of the change from device memory, 131,072 and 32,768 a color from the L2: at
// 9 M cells/s 2.1 TB/s of the L2.
//
// One block of 8 warps a multiprocessor; each warp takes half of the rows that a half has of one phase.
#include "tail_split.cuh"

namespace {

constexpr int kHalfRows = 4;  // of a warp

// The clean pre-activations of a warp's rows: row s & 3 of half s >> 2, those of this lane, for two s.
struct ExactRows {
  float4 *const active;
  const int warp, lane;

  PB_DEVICE float4 *at(int s) const { return active + (s & 1) * 128; }
  PB_DEVICE Strip strip(int half) const { return Strip(warp + 8 * half, 4, lane); }
  // Copies those of row s, of the cell after this one where it has no more, and goes on.
  PB_DEVICE void copy(const TailParams &p, int s, int base, int next) const {
    const bool here = s < 2 * kHalfRows;
    if (here || next >= 0) {
      strip(s / kHalfRows & 1).copy_active(p.active, here ? base : next, s % kHalfRows, at(s));
    }
    cp_async_commit();
  }
};

// Shared memory: taps of each color, clean pre-activations of two rows of each warp, inputs (2), weights,
// schedule, sums.
template <Adds kAdds, class Params>
PB_DEVICE void tail_exact_colors(const Params &p, unsigned char *shared) {
  using Room = TapsRoom<18>;
  constexpr int kColors = 3;
  constexpr int kThreads = 256;
  constexpr int kWarps = kThreads / 32;
  constexpr int kActive = kColors * Room::kBytes;
  constexpr int kInputs = kActive + kWarps * 2 * kExactRow;
  constexpr int kWeights = kInputs + 2 * kSplitTile;
  uint4 *const image_weights = reinterpret_cast<uint4 *>(shared + kWeights);
  Schedule &schedule = *reinterpret_cast<Schedule *>(shared + kWeights + kColors * kImageWeights);
  constexpr int kSums = kWeights + kColors * kImageWeights + 64;
  static_assert(kSums + kWarps * 4 == kTailExactColorsShared, "what the host is told");
  float *const sums = reinterpret_cast<float *>(shared + kSums);

  const int warp = __shfl_sync(kAll, (int)threadIdx.x >> 5, 0);
  const int lane = (int)threadIdx.x & 31;
  const ExactRows rows = {reinterpret_cast<float4 *>(shared + kActive + warp * 2 * kExactRow) + lane, warp, lane};
  if (threadIdx.x == 0) {
    schedule.end = first_cell(p, (int)blockIdx.x + 1);
    schedule.put(p, 0, first_cell(p, (int)blockIdx.x));
  }
  __syncthreads();
  if (schedule.cell(0) < 0) return;

  SplitWeights w;
  load_weights(p.weights, warp & 3, lane, w);
  fill_weights<kThreads>(p, kColors, image_weights);
  for (int i = 0; i < 4; i++) fill_zeros(shared + kInputs + i * kTileRoom);
  copy_split_tile<kThreads>(shared + kInputs, p.change, schedule.cell(0));
  rows.copy(p, 0, schedule.base(0), -1);
  rows.copy(p, 1, schedule.base(0), -1);
  cp_async_wait<0>();
  __syncthreads();

#pragma unroll 1
  for (int n = 0;; n++) {
    const int cell = schedule.cell(n);
    const int base = schedule.base(n);
    if (threadIdx.x == 0) schedule.look(p, n + 1);
    const auto directed = toward_of(p, cell, kColors, lane);
    float sum = 0.0f;
    // Of the cell after this one, known when half of this one is done.
    int next = -1;
#pragma unroll 1
    for (int half = 0; half < 2; half++) {
      if (half == 1 && schedule.cell(n + 1) >= 0) {
        next = schedule.base(n + 1);
        copy_split_tile<kThreads>(shared + kInputs + ((n + 1) & 1) * kSplitTile, p.change, schedule.cell(n + 1));
      }
      const Strip strip = rows.strip(half);
      strip_rows(strip, w, shared + kInputs + (n & 1) * kSplitTile, [&](int i, const Sums &row) {
        const int s = half * kHalfRows + i;
        cp_async_wait<1>();
        taps_of_row<kColors, Room>(row, rows.at(s), image_weights, lane,
                                   shared + Room::to(lane, 2 * (strip.row + i) + (strip.phase >> 1), strip.phase & 1));
        rows.copy(p, s + 2, base, next);
      });
      __syncthreads();
      const int first = half * 15;
      const int pairs = 15 + 2 * half;
#pragma unroll 2
      for (int i = warp; i < kColors * pairs; i += kWarps) {
        const int color = i / pairs;
        const int u = first + i % pairs;
        const unsigned image = ((unsigned)base * kColors + color) * kFours + u * 32 + lane;
        const float4 sides = __ldg(p.image + image);
        const float4 toward = directed.rows(color * 32 + u);
        const float4 d = logits_of_rows<Room>(shared + color * Room::kBytes, u, lane);
        sum = measure_four<kAdds>(sides, p.logits + image, d, toward, sum);
      }
      if (half == 1) {
        sum = sum_of_warp(sum);
        if (lane == 0) sums[warp] = sum;
      }
      __syncthreads();
    }
    if (warp == 0) write_effect<kWarps>(sums, p.effect, cell);
    if (schedule.cell(n + 1) < 0) return;
  }
}

}  // namespace

PB_KERNEL(tail_exact_colors_squares, TailParams, 256, 1) {
  PB_SHARED(shared);
  tail_exact_colors<Adds::kSquares>(p, shared);
}
PB_KERNEL(tail_exact_colors_sizes, TailParams, 256, 1) {
  PB_SHARED(shared);
  tail_exact_colors<Adds::kSizes>(p, shared);
}
PB_KERNEL(tail_exact_colors_products, TailProducts, 256, 1) {
  PB_SHARED(shared);
  tail_exact_colors<Adds::kProducts>(p, shared);
}
