// The weight gradient of conv_wgrad.cu by the matrix instruction, W = 4, 8 or 16, four channels of x and
// more: part c of dw (O, C, 4, 4), the sums over the bands of chunk c.
//
// The rows of the product are 32 outputs, its columns the taps of 16 channels, two of each warp's eight, its
// inner index the pixels of a band, whose sums are added to those of other bands in float32. A lane's four
// pixels lie two columns of x apart, its taps one: 32 lanes read two stretches of 10 numbers.
//
// Operations as in conv_wgrad.cu, three times as many with PARTS = 3: at 305 TFLOP/s of this instruction on
// an H100 32 x 32 x 32 with 32 takes 77 ns a row, 26 with PARTS = 1; its bytes 55 ns at 3 TB/s.
#include "conv_wgrad.cuh"
#include "halving_tensor.cuh"

namespace {

template <int W, int ROWS, int PARTS>
struct WeightGradTensor : WeightGradBlock<W, 16, ROWS> {
  using Block = WeightGradBlock<W, 16, ROWS>;
  using Block::Block, Block::kPitch, Block::kPlane, Block::kGradPitch, Block::kInput, Block::kStage;
  using Block::shared, Block::channels, Block::outputs, Block::channel, Block::output, Block::from;
  using Block::steps, Block::copy, Block::clear, Block::idle, Block::part, Block::add_sums;
  using Block::store_sums;
  using typename Block::GSums;
  using typename Block::XSums;
  static constexpr int kShared = 4 * 2 * kStage;
  static_assert(kShared <= 113 * 1024, "two blocks of a multiprocessor");

  // Columns n of a warp's tiles: channel n / 2 of its two, taps 8 (n % 2) and the next seven.
  PB_DEVICE void add(const float *stage, float (&sums)[2][4][4]) const {
    const int lane = (int)threadIdx.x % 32;
    const int tap = lane / 4;
    const float *x = stage + (int)threadIdx.x / 32 * 2 * kPlane + tap / 4 * kPitch + 3 + tap % 4 + 2 * (lane % 4);
    const float *g = stage + kInput + lane / 4 * kGradPitch + lane % 4;
    constexpr int kFour = W == 4 ? 2 * kPitch : 8;  // of x, four pixels on
    float part[2][4][4] = {};
#pragma unroll 2
    for (int pixel = 0; pixel < ROWS * W; pixel += 8) {
      Fragment<PARTS, 4> left[2];
      Fragment<PARTS, 2> right[4];
#pragma unroll
      for (int m = 0; m < 2; m++) {
#pragma unroll
        for (int i = 0; i < 4; i++) left[m].set(i, g[(16 * m + 8 * (i % 2)) * kGradPitch + pixel + 4 * (i / 2)]);
      }
      const float *at = x + pixel / W * 2 * kPitch + pixel % W * 2;
#pragma unroll
      for (int n = 0; n < 4; n++) {
#pragma unroll
        for (int i = 0; i < 2; i++) right[n].set(i, at[n / 2 * kPlane + n % 2 * 2 * kPitch + i * kFour]);
      }
      multiply_add<PARTS>(part, left, right);
    }
    add_all(sums, part);
  }

  PB_DEVICE void run() {
    if (idle()) return;
    clear();
    float sums[2][4][4] = {};
    GSums of_g;
    XSums of_x;
    if (steps > 0) copy(shared, from);
    for (int step = 0; step < steps; step++) {
      cp_async_wait<0>();
      __syncthreads();
      if (step + 1 < steps) copy(shared + (step + 1) % 2 * kStage, from + step + 1);
      add_sums(shared + step % 2 * kStage, of_g, of_x);
      add(shared + step % 2 * kStage, sums);
    }
    store_sums(of_g, of_x);
    float *to = part();
    const int lane = (int)threadIdx.x % 32;
#pragma unroll
    for (int m = 0; m < 2; m++) {
#pragma unroll
      for (int half = 0; half < 2; half++) {
        const int o = output + 16 * m + 8 * half + lane / 4;
#pragma unroll
        for (int n = 0; n < 4; n++) {
          const int c = channel + (int)threadIdx.x / 32 * 2 + n / 2;
          if (o < outputs && c < channels) {
            const float v[2] = {sums[m][n][2 * half], sums[m][n][2 * half + 1]};
            store_run<2>(to + (o * channels + c) * kTaps + n % 2 * 8 + 2 * (lane % 4), v);
          }
        }
      }
    }
  }
};

}  // namespace

#define PB_WGRAD_TENSOR(name, w, rows)                         \
  PB_KERNEL(name##_tf32x3, WeightGradParams, 256, 2) {         \
    PB_SHARED(shared);                                         \
    WeightGradTensor<w, rows, 3>(p, shared).run();             \
  }

PB_WGRAD_TENSOR(conv_wgrad_16, 16, 4)
PB_WGRAD_TENSOR(conv_wgrad_8, 8, 8)
PB_WGRAD_TENSOR(conv_wgrad_4, 4, 4)
