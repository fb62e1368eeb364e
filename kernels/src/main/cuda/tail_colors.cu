// The tail of a decoder in difference mode as tail_streamed.cu does it, onto an image of three colors,
// in stages: first all taps, which fill a multiprocessor's shared memory, then the image, in blocks of
// 8 warps. The clean pre-activations come from the L2 for each cell, a row ahead.
//
// Operations a cell: 11.53 MFLOP with the borders; 4,352 products m16n8k16: at 1.6 clocks 33 M cells/s
// on 132 multiprocessors at 1.75 GHz.
// Bytes a cell: 16,384 of the change from device memory, 65,536 and 32,768 a color from the L2; of a
// direction, where products with it are taken, 16,384 a color more, at 15 M cells/s 0.7 TB/s.
#include "tail_block.cuh"

namespace {

// Shared memory: taps of each color, clean pre-activations of a row, tile, weights, schedule, sums.
template <Adds kAdds, class Params>
PB_DEVICE void tail_colors(const Params &p, unsigned char *shared) {
  constexpr int kColors = 3;
  constexpr int kThreads = 256;
  constexpr int kWarps = kThreads / 32;
  constexpr int kMeasured = 32 / kWarps;
  constexpr int kActive = kColors * AllTaps::kBytes;
  constexpr int kTileAt = kActive + kWarps * kActiveRow;
  constexpr int kWeights = kTileAt + kTileRoom;
  uint4 *const image_weights = reinterpret_cast<uint4 *>(shared + kWeights);
  Schedule &schedule = *reinterpret_cast<Schedule *>(shared + kWeights + kColors * kImageWeights);
  constexpr int kSums = kWeights + kColors * kImageWeights + 64;
  static_assert(kSums + kWarps * 4 == kTailColorsShared, "what the host is told");
  float *const sums = reinterpret_cast<float *>(shared + kSums);
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
  fill_weights<kThreads>(p, kColors, image_weights);
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
    const auto directed = toward_of(p, schedule.cell(n), kColors, lane);
    strip_rows(strip, w, tile, [&](int i, const Sums &row) {
      cp_async_wait<0>();
      taps_of_row<kColors, AllTaps>(row, active, image_weights, lane, shared + strip.taps() + i * 512);
      if (i + 1 < strip.rows) strip.copy_active(p.active, base, i + 1, active);
      cp_async_commit();
    });
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
        const float4 sides = __ldg(p.image + (image + i * 32));
        const float4 toward = directed.rows(color * 32 + warp * kMeasured + i);
        const float4 d = logits_of_rows<AllTaps>(shared + color * AllTaps::kBytes, warp * kMeasured + i, lane);
        sum = measure_four<kAdds>(sides, p.logits + (image + i * 32), d, toward, sum);
      }
    }
    sum = sum_of_warp(sum);
    if (lane == 0) sums[warp] = sum;
  }
}

}  // namespace

PB_KERNEL(tail_colors_squares, TailParams, 256, 1) {
  PB_SHARED(shared);
  tail_colors<Adds::kSquares>(p, shared);
}
PB_KERNEL(tail_colors_sizes, TailParams, 256, 1) {
  PB_SHARED(shared);
  tail_colors<Adds::kSizes>(p, shared);
}
PB_KERNEL(tail_colors_products, TailProducts, 256, 1) {
  PB_SHARED(shared);
  tail_colors<Adds::kProducts>(p, shared);
}
