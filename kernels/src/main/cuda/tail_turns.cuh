// The tail of a decoder in turns, for tail_streamed.cu and tail_exact.cu, whose forms say what they
// multiply and how it comes to shared memory.
//
// One block a multiprocessor. Each warp takes a part of the rows of one phase, and after every other
// row a pair of rows of the image of the cell before, whose taps lie in a second buffer: products of
// matrices and special functions overlap, and one barrier a cell is enough.
//
// A Form has
//   kThreads                        of a block
//   kActiveBytes, kInputBytes       of clean pre-activations, of a cell's input
//   kEven                           whether every warp has twice as many rows as pairs of the image's
//   kEachCell                       whether each cell's pre-activations come anew, or those of a base
//   Form(p, strip, active)          loads a warp's weights, `w`; `active` is the block's
//   begin(p, base)                  copies pre-activations of the first cell
//   copy(p, to, cell)               copies a cell's input, and goes on
//   row(i)                          the pre-activations of row i, which have come
//   renew(p, i, base, next, renews) copies those that take their place, of the next base if it `renews`
//   end()                           waits for what the next turn reads, where row() does not
#pragma once

#include "tail_block.cuh"

namespace {

// Shared memory: taps (2), clean pre-activations, inputs (2), weights, schedule, sums (2).
template <class Form, Adds kAdds, class Params>
PB_DEVICE void tail_turns(const Params &p, unsigned char *shared) {
  constexpr int kThreads = Form::kThreads;
  constexpr int kWarps = kThreads / 32;
  constexpr int kActive = 2 * AllTaps::kBytes;
  constexpr int kInputs = kActive + Form::kActiveBytes;
  constexpr int kWeights = kInputs + 2 * Form::kInputBytes;
  uint4 *const image_weights = reinterpret_cast<uint4 *>(shared + kWeights);
  Schedule &schedule = *reinterpret_cast<Schedule *>(shared + kWeights + kImageWeights);
  constexpr int kSums = kWeights + kImageWeights + 64;
  constexpr int kTold = Form::kEachCell ? kTailExactShared : kTailStreamedShared;
  static_assert(kSums + 2 * 16 * 4 == kTold, "what the host is told");
  float *const sums = reinterpret_cast<float *>(shared + kSums);

  const int warp = __shfl_sync(kAll, (int)threadIdx.x >> 5, 0);
  const int lane = (int)threadIdx.x & 31;
  const Strip strip(warp, kWarps / 4, lane);
  if (threadIdx.x == 0) {
    schedule.end = first_cell(p, (int)blockIdx.x + 1);
    schedule.put(p, 0, first_cell(p, (int)blockIdx.x));
    schedule.put(p, 1, schedule.cell(0) < 0 ? schedule.end : schedule.cell(0) + 1);
    for (int i = 2; i < 4; i++) schedule.cell(i) = -1;
    schedule.base(3) = schedule.base(0);
  }
  __syncthreads();
  if (schedule.cell(0) < 0) return;

  Form form(p, strip, shared + kActive);
  fill_weights<kThreads>(p, 1, image_weights);
  for (int i = 0; i < 2 * Form::kInputBytes / kTileRoom; i++) fill_zeros(shared + kInputs + i * kTileRoom);
  form.copy(p, shared + kInputs, schedule.cell(0));
  form.begin(p, schedule.base(0));
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
    const unsigned char *const from = shared + (odd ^ 1) * AllTaps::kBytes;
    float sum = 0.0f;
    const auto directed = toward_of(p, schedule.cell(n - 1), 1, lane);
    float4 sides;
    float4 toward;
    const auto look = [&](int i) {
      sides = __ldg(p.image + (image + i * 32));
      toward = directed.rows(strip.pair + i);
    };
    const auto measure = [&](int i) {
      const float4 d = logits_of_rows<AllTaps>(from, strip.pair + i, lane);
      sum = measure_four<kAdds>(sides, p.logits + (image + i * 32), d, toward, sum);
    };
    int done = 0;
    if (layers) {
      const bool more = schedule.cell(n + 1) >= 0;
      if (more) form.copy(p, shared + kInputs + (odd ^ 1) * Form::kInputBytes, schedule.cell(n + 1));
      __syncwarp();
      if (threadIdx.x == 0) schedule.look(p, n + 2);
      const int base = schedule.base(n);
      const int next = schedule.base(n + 1);
      const bool renews = more && (Form::kEachCell || next != base);
      strip_rows(strip, form.w, shared + kInputs + odd * Form::kInputBytes, [&](int i, const Sums &row) {
        taps_of_row<1, AllTaps>(row, form.row(i), image_weights, lane,
                                shared + odd * AllTaps::kBytes + strip.taps() + i * 512);
        form.renew(p, i, base, next, renews);
        // Every other row, one pair of the image, looked for a row earlier.
        if (Form::kEven || i >> 1 < strip.pairs) {
          if ((i & 1) == 0) look(i >> 1);
          if ((i & 1) == 1) measure(i >> 1);
        }
      });
      done = Form::kEven ? strip.pairs : strip.rows >> 1;
    }
#pragma unroll 1
    for (int i = done; i < strip.pairs; i++) {
      look(i);
      measure(i);
    }
    sum = sum_of_warp(sum);
    if (lane == 0) sums[16 * odd + warp] = sum;
    form.end();
    __syncthreads();
  }
  if (warp == 0) write_effect<kWarps>(sums + 16 * ((n & 1) ^ 1), p.effect, schedule.cell(n - 2));
}

}  // namespace
