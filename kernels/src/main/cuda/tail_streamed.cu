// The tail of a decoder in difference mode: the change of 16 x 16 x 32 units goes through a
// transposed convolution (k4 s2 p1, to 32 x 32 x 32, rectified) and another one (to 64 x 64 x colors,
// sigmoid), and of the image's change only the sum of squares (or of sizes) is written: 4 bytes a
// cell. Neither the 32 x 32 x 32 activation nor the image reaches device memory. tail.cuh says how.
//
// Operations a cell, colors = 1: 2 x 4,194,304 + 2 x 524,288 of multiply-adds, 9.44 MFLOP (with the
// borders; 8.89 inside the image): 2,816 m16n8k16 products, since the second layer keeps 16 bits of its
// operands (three products for one). A multiprocessor ends one in at best 1.6 clocks by mma.sync, so
// 4,510 clocks a cell; 132 of them at 1.75 GHz: 51 M cells/s.
// Bytes a cell: 16,384 of the change, and per base 65,536 of clean pre-activations and 32,768 of the
// image, which stay in shared memory and the L2 while the cells of a base follow each other: with
// many cells a base 16.4 KB a cell, 183 M cells/s at 3 TB/s; with one cell a base 26 M.
// Shared memory, the other bound, in 128-byte clocks a cell: ldmatrix 1,280, taps 1,024, clean
// pre-activations 512, shuffles 128, the tile 128: about 3,100.
//
// One block of 12 warps a multiprocessor. Each warp takes a third of the rows of one phase, and after
// every other row a pair of rows of the image of the cell before, whose taps lie in a second buffer:
// products of matrices and special functions overlap, and one barrier a cell is enough. The clean
// pre-activations of a base lie in shared memory, each lane's own, and are replaced row by row while
// the last cell of the base is worked on.
#include "tail_block.cuh"

namespace {

// Shared memory: taps (2), clean pre-activations, tiles (2), weights, schedule, sums (2).
template <int kProducts, bool kSizes>
PB_DEVICE void tail_streamed(const TailParams &p, unsigned char *shared) {
  constexpr int kThreads = 384;
  constexpr int kWarps = kThreads / 32;
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
      strip_rows(strip, w, shared + kTiles + odd * kTileRoom, [&](int i, const Sums &row) {
        taps_of_row<kProducts, 1>(row, active + i * 64, image_weights, lane,
                                  shared + odd * kTaps + strip.taps() + i * 512);
        if (renew) strip.copy_active(p.active, next_base, i, active + i * 64);
        // Every other row, one pair of the image, looked for a row earlier.
        if (i >> 1 < strip.pairs) {
          if ((i & 1) == 0) look(i >> 1);
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

}  // namespace

PB_KERNEL(tail_streamed_squares, TailParams, 384, 1) {
  PB_SHARED(shared);
  tail_streamed<3, false>(p, shared);
}
PB_KERNEL(tail_streamed_sizes, TailParams, 384, 1) {
  PB_SHARED(shared);
  tail_streamed<3, true>(p, shared);
}
PB_KERNEL(tail_streamed_tf32_squares, TailParams, 384, 1) {
  PB_SHARED(shared);
  tail_streamed<2, false>(p, shared);
}
