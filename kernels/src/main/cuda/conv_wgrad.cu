// The weight gradient of convolutions with kernel 4, stride 2 and padding 1, from x (C, 2 W, 2 W) and
// g (O, W, W), W = 4, 8, 16 or 32: part c of dw (O, C, 4, 4), the sums over the bands of chunk c, of
// which a row has W / ROWS. `conv_generic_join` adds the parts in their order.
//
// A block makes CB channels of x times 32 of g. A thread makes, for one channel and row of taps, 4 taps
// of 8 outputs: of a run of four pixels it reads 10 inputs and 4 numbers of each output, 12 loads for 128
// multiply-adds. Few channels leave threads over, which share the pixels; their sums are added in
// their order. Bands of rows come one at a time, the next one on its way meanwhile.
//
//   layer               operations a row   bytes a row       at 60 TFLOP/s and 3 TB/s
//   1 x 64 x 64, 32      1.0 MFLOP         16 + 128 KiB      50 ns, of memory
//   32 x 32 x 32, 32     7.9 MFLOP         128 + 32 KiB      131 ns, of arithmetic
//   32 x 16 x 16, 64     3.7 MFLOP         32 + 16 KiB       61 ns
//   64 x 8 x 8, 64       1.6 MFLOP         16 + 4 KiB        27 ns
// and the parts, written and read, 4 O C 16 bytes each: 2 to 5 us at 3 TB/s for as many as fill a device.
#include "conv_wgrad.cuh"

namespace {

template <int W, int CB, int ROWS>
struct WeightGrad : WeightGradBlock<W, CB, ROWS> {
  using Block = WeightGradBlock<W, CB, ROWS>;
  using Block::Block, Block::kThreads, Block::kItems, Block::kPitch, Block::kPlane, Block::kGradPitch;
  using Block::kInput, Block::kStage, Block::kOutputs, Block::shared, Block::channels, Block::outputs;
  using Block::channel, Block::output, Block::from, Block::steps, Block::copy, Block::clear, Block::idle;
  using Block::part, Block::add_sums, Block::store_sums;
  using typename Block::GSums;
  using typename Block::XSums;
  static constexpr int TO = 8;
  static constexpr int G = kOutputs / TO;
  static constexpr int kUnits = CB * 4 * G;
  static constexpr int kShares = kThreads / kUnits;
  static constexpr int kRuns = W / 4;
  static constexpr int kSums = kShares > 1 ? kShares * kUnits * TO * 4 : 0;
  static constexpr int kShared = 4 * (2 * kStage > kSums ? 2 * kStage : kSums);
  static_assert(kShared <= 113 * 1024, "two blocks of a multiprocessor");

  // Pixels 4 run to 4 run + 3 of a row.
  static PB_DEVICE void add(const float *x, const float *g, float (&sums)[TO][4]) {
    float seen[10];
    load_bordered<8, true>(x, seen);
#pragma unroll
    for (int j = 0; j < TO; j++) {
      float grad[4];
      load_run<4>(g + G * j * kGradPitch, grad);
#pragma unroll
      for (int i = 0; i < 4; i++) {
#pragma unroll
        for (int kw = 0; kw < 4; kw++) sums[j][kw] = fmaf(grad[i], seen[2 * i + kw], sums[j][kw]);
      }
    }
  }

  PB_DEVICE void run() {
    if (idle()) return;
    const int unit = (int)threadIdx.x % kUnits;
    const int share = (int)threadIdx.x / kUnits;
    const int group = (unit >> 1) % G;
    const int kh = (unit & 1) + (unit >> 3 << 1) % 4;
    const int c = unit >> 4;
    clear();
    float sums[TO][4] = {};
    GSums of_g;
    XSums of_x;
    if (steps > 0) copy(shared, from);
    for (int step = 0; step < steps; step++) {
      const float *stage = shared + step % 2 * kStage;
      cp_async_wait<0>();
      __syncthreads();
      if (step + 1 < steps) copy(shared + (step + 1) % 2 * kStage, from + step + 1);
      add_sums(stage, of_g, of_x);
      const float *x = stage + c * kPlane + kh * kPitch + 4;
      const float *g = stage + kInput + group * kGradPitch;
      if (share < kShares) {
#pragma unroll 1
        for (int item = share; item < kItems; item += kShares) {
          add(x + item / kRuns * 2 * kPitch + item % kRuns * 8, g + 4 * item, sums);
        }
      }
    }
    store_sums(of_g, of_x);
    float *to = part();
    if constexpr (kShares == 1) {
#pragma unroll
      for (int j = 0; j < TO; j++) {
        const int o = output + group + G * j;
        if (o < outputs && channel + c < channels) {
          store_run<4>(to + (o * channels + channel + c) * kTaps + 4 * kh, sums[j]);
        }
      }
    } else {
      __syncthreads();
      if (share < kShares) {
#pragma unroll
        for (int j = 0; j < TO; j++) store_run<4>(shared + ((share * TO + j) * kUnits + unit) * 4, sums[j]);
      }
      __syncthreads();
      if (share == 0) {
#pragma unroll
        for (int j = 0; j < TO; j++) {
          const int o = output + group + G * j;
#pragma unroll 1
          for (int s = 1; s < kShares; s++) {
            float more[4];
            load_run<4>(shared + ((s * TO + j) * kUnits + unit) * 4, more);
#pragma unroll
            for (int kw = 0; kw < 4; kw++) sums[j][kw] += more[kw];
          }
          if (o < outputs && channel + c < channels) {
            store_run<4>(to + (o * channels + channel + c) * kTaps + 4 * kh, sums[j]);
          }
        }
      }
    }
  }
};

}  // namespace

#define PB_WGRAD(name, w, channels, rows)                  \
  PB_KERNEL(name, WeightGradParams, 256, 2) {              \
    PB_SHARED(shared);                                     \
    WeightGrad<w, channels, rows>(p, shared).run();        \
  }

PB_WGRAD(conv_wgrad_32_of_1, 32, 1, 8)
PB_WGRAD(conv_wgrad_32_of_3, 32, 3, 8)
