// The tail of a decoder in difference mode as tail_streamed.cu does it, for changes and weights that
// may not be rounded: both layers multiply operands of two bf16 each, high high + low high + high low
// with sums in float32, and the rectifier bends at clean pre-activations in float32.
//
// Operations a cell: 9.44 MFLOP in three products each; 6,144 + 768 m16n8k16, at 1.6 clocks 11,060
// clocks of a multiprocessor: 20.9 M cells/s on 132 of them at 1.75 GHz.
// Bytes a cell: 32,768 of the change from device memory; 131,072 of clean pre-activations and 32,768
// of the image from the L2, which a base's cells share: at 20 M cells/s 3.3 TB/s of the L2.
//
// One block of 8 warps a multiprocessor, each with half of the rows of one phase: its weights, high
// and low, are 128 registers a lane. The clean pre-activations do not fit into shared memory; each
// lane copies those that it will bend at two rows ahead, over the end of a cell into the next one.
#include "tail_block.cuh"

namespace {

constexpr int kExactThreads = 256;
constexpr int kSplitTile = 2 * kTileRoom;  // high, low
constexpr int kExactRow = 2 * kActiveRow;

// Copies a cell's input into two tiles, and goes on.
PB_DEVICE void copy_split(unsigned char *tile, const void *change, long long cell) {
  const unsigned char *from = static_cast<const unsigned char *>(change) + cell * (2 * kTile);
#pragma unroll 4
  for (int j = 0; j < 2 * kTile / 16; j += kExactThreads) {
    const int i = j + (int)threadIdx.x;
    cp_async_16(tile + (i >> 2 & 1) * kTileRoom + tile_at(i >> 3, i & 3), from + i * 16);
  }
}

// Shared memory: taps (2), clean pre-activations (2 rows of each warp), tiles (2), weights, schedule,
// sums (2).
template <bool kSizes>
PB_DEVICE void tail_exact(const TailParams &p, unsigned char *shared) {
  constexpr int kWarps = kExactThreads / 32;
  constexpr int kActive = 2 * kTaps;
  constexpr int kTiles = kActive + 2 * kWarps * kExactRow;
  constexpr int kWeights = kTiles + 2 * kSplitTile;
  uint4 *const image_weights = reinterpret_cast<uint4 *>(shared + kWeights);
  Schedule &schedule = *reinterpret_cast<Schedule *>(shared + kWeights + kImageWeights);
  float *const sums = reinterpret_cast<float *>(shared + kWeights + kImageWeights + 64);

  const int warp = __shfl_sync(kAll, (int)threadIdx.x >> 5, 0);
  const int lane = (int)threadIdx.x & 31;
  const Strip strip(warp, kWarps / 4, lane);
  // Of row i, four and four of a lane's: rows i and i + 1 by turns.
  float4 *const active = reinterpret_cast<float4 *>(shared + kActive + warp * (2 * kExactRow)) + lane;
  if (threadIdx.x == 0) {
    schedule.end = first_cell(p, (int)blockIdx.x + 1);
    schedule.put(p, 0, first_cell(p, (int)blockIdx.x));
    schedule.put(p, 1, schedule.cell(0) < 0 ? schedule.end : schedule.cell(0) + 1);
    for (int i = 2; i < 4; i++) schedule.cell(i) = -1;
    schedule.base(3) = schedule.base(0);
  }
  __syncthreads();
  if (schedule.cell(0) < 0) return;

  SplitWeights w;
  load_weights(p.weights, strip.phase, lane, w.high);
  load_weights(static_cast<const uint4 *>(p.weights) + 2048, strip.phase, lane, w.low);
  fill_weights<kExactThreads, 3>(p, 1, image_weights);
  for (int i = 0; i < 4; i++) fill_zeros(shared + kTiles + i * kTileRoom);
  copy_split(shared + kTiles, p.change, schedule.cell(0));
  for (int i = 0; i < 2; i++) strip.copy_active(p.active, schedule.base(0), i, active + i * 128);
  cp_async_commit();
  cp_async_wait<0>();
  __syncthreads();

  // Turns as in tail_streamed.cu. What a turn copies forms a group with the row in which it does: the
  // next cell's input with that of row 0, for which the turn's row 2 waits.
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
    if (layers) {
      const bool more = schedule.cell(n + 1) >= 0;
      if (more) copy_split(shared + kTiles + (odd ^ 1) * kSplitTile, p.change, schedule.cell(n + 1));
      __syncwarp();
      if (threadIdx.x == 0) schedule.look(p, n + 2);
      const int base = schedule.base(n);
      const int next_base = schedule.base(n + 1);
      strip_rows(strip, w, shared + kTiles + odd * kSplitTile, [&](int i, const Sums &row) {
        float4 *const of = active + (i & 1) * 128;
        cp_async_wait<1>();
        taps_of_row<3, 1>(row, of, image_weights, lane, shared + odd * kTaps + strip.taps() + i * 512);
        const bool here = i + 2 < strip.rows;
        if (here || more) strip.copy_active(p.active, here ? base : next_base, here ? i + 2 : i + 2 - strip.rows, of);
        cp_async_commit();
        // Every other row, one pair of the image.
        if ((i & 1) == 0) look(i >> 1);
        if ((i & 1) == 1) measure(i >> 1);
      });
    } else {
#pragma unroll 1
      for (int i = 0; i < strip.pairs; i++) {
        look(i);
        measure(i);
      }
    }
    sum = sum_of_warp(sum);
    if (lane == 0) sums[16 * odd + warp] = sum;
    if (threadIdx.x == 0 && layers) schedule.find(p, n + 2);
    __syncthreads();
  }
  if (warp == 0) write_effect<kWarps>(sums + 16 * ((n & 1) ^ 1), p.effect, schedule.cell(n - 2));
}

}  // namespace

PB_KERNEL(tail_exact_squares, TailParams, 256, 1) {
  PB_SHARED(shared);
  tail_exact<false>(p, shared);
}
PB_KERNEL(tail_exact_sizes, TailParams, 256, 1) {
  PB_SHARED(shared);
  tail_exact<true>(p, shared);
}
