// The transposed convolution with kernel 4, stride 2 and padding 1 from (O, W, W) to (C, 2 W, 2 W),
// W = 4, 8 or 16, any channels; the input gradient of `conv_down`.
//
// An output in row 2 a + py sees input rows a + py - s with taps ky = 1 - py + 2 s, s = 0, 1, and
// likewise of columns: 4 taps, no zeros. A thread makes, of one row of outputs, those above a run of R
// inputs: 2 R outputs of TC channels. Of each input channel and s it reads R + 2 inputs and 4 taps
// of each channel: R / 4 + TC loads of 16 bytes for 4 R TC multiply-adds. Where a run is a whole row, the
// taps that lie outside are left out. Input channels come KO at a time, the next ones on their way
// meanwhile.
//
// One sum is one chain of multiply-adds over (O, s of rows, s of columns) in order, in every form:
// the forms with few outputs a thread, for few rows, give the same bits.
//
//   layer               operations a row   bytes a row      at 60 TFLOP/s
//   64 x 4 x 4 -> 64     1.6 MFLOP         4 + 16 KiB       27 ns
//   64 x 8 x 8 -> 32     3.7 MFLOP         16 + 32 KiB      61 ns
//   32 x 16 x 16 -> 32   7.9 MFLOP         32 + 128 KiB     131 ns
#include "conv_halving.cuh"

namespace {

template <int W, int R, int TC, int G, int THREADS>
struct Up {
  static constexpr int kRuns = W / R;  // of a row of inputs
  static constexpr int kUnits = THREADS / G / 2;
  static constexpr int kRowsOfUnits = kUnits / kRuns;
  static constexpr int kImages = kRowsOfUnits > W ? kRowsOfUnits / W : 1;
  static constexpr int kRows = kRowsOfUnits > W ? W : kRowsOfUnits;
  static constexpr int kBands = W / kRows;  // blocks of an image
  static constexpr int kOutputs = G * TC;
  static constexpr int kChannels = 4;  // of a step
  static constexpr int kInRows = kRows + 2;
  static constexpr int kPitch = W == 4 ? 12 : W + 12;  // runs of a load fall on different banks
  static constexpr int kInput = kImages * kChannels * kInRows * kPitch;
  static constexpr int kStage = kInput + kChannels * kOutputs * kWeightPitch;
  static constexpr int kShared = 2 * 4 * kStage;
  static constexpr bool kWhole = kRuns == 1;
  static constexpr int kUnroll = R * TC >= 32 ? 1 : 2;  // so that the registers do

  static_assert(kUnits % kRuns == 0 && W % kRows == 0, "whole rows of pixels");
  static_assert(kShared <= 113 * 1024, "two blocks of a multiprocessor");

  const HalvingParams &p;
  float *shared;
  int image, band, output, rows, channels;

  PB_DEVICE Up(const HalvingParams &params, unsigned char *room)
      : p(params), shared(reinterpret_cast<float *>(room)), image((int)blockIdx.x / kBands * kImages),
        band((int)blockIdx.x % kBands * kRows), output((int)blockIdx.y * kOutputs), rows(*params.rows),
        channels((int)params.o) {}

  PB_DEVICE void copy(float *stage, int channel) const {
    copy_rows<THREADS, kImages, kChannels, kInRows, W, kPitch>(stage, p.x, image, rows, channel, channels,
                                                               band - 1);
    float *weights = stage + kInput;
#pragma unroll 1
    for (int i = (int)threadIdx.x; i < kChannels * kOutputs * 4; i += THREADS) {
      const int four = i % 4;
      const int c = i / 4 % kOutputs;
      const int o = i / (4 * kOutputs);
      const bool is = output + c < (int)p.c && channel + o < channels;
      const float *from = p.w + ((channel + o) * (int)p.c + output + c) * kTaps + 4 * four;
      cp_async_16_zero(weights + (o * kOutputs + c) * kWeightPitch + 4 * four, is ? from : p.w, is);
    }
    cp_async_commit();
  }

  PB_DEVICE void add(const float *stage, int n, int row, int py, int run, int group,
                     float (&sums)[TC][2 * R]) const {
#pragma unroll 1
    for (int o = 0; o < kChannels; o++) {
      // The row above the band comes first.
      const float *x = stage + ((n * kChannels + o) * kInRows + row + 1 + py) * kPitch + 4 + R * run;
      const float *w = stage + kInput + (o * kOutputs + group) * kWeightPitch + 4 * (1 - py);
#pragma unroll kUnroll
      for (int s = 0; s < 2; s++) {
        float seen[R + 2];
        load_bordered<R, !kWhole>(x - s * kPitch, seen);
#pragma unroll
        for (int j = 0; j < TC; j++) {
          const float4 taps = *reinterpret_cast<const float4 *>(w + G * j * kWeightPitch + 8 * s);
#pragma unroll
          for (int i = 0; i < R; i++) {
            sums[j][2 * i] = fmaf(seen[i + 1], taps.y, sums[j][2 * i]);
            if (!kWhole || i < R - 1) sums[j][2 * i + 1] = fmaf(seen[i + 2], taps.x, sums[j][2 * i + 1]);
          }
#pragma unroll
          for (int i = 0; i < R; i++) {
            if (!kWhole || i > 0) sums[j][2 * i] = fmaf(seen[i], taps.w, sums[j][2 * i]);
            sums[j][2 * i + 1] = fmaf(seen[i + 1], taps.z, sums[j][2 * i + 1]);
          }
        }
      }
    }
  }

  PB_DEVICE void run() {
    await_predecessors();
    if (image >= rows) return;
    const int group = Places<G>::group();
    const int place = Places<G>::run();
    const int py = place / kUnits;  // the same in all lanes of a warp, where a block has several
    const int unit = place % kUnits;
    const int run = unit % kRuns;
    const int row = unit / kRuns % kRows;
    const int n = unit / (kRuns * kRows);
    if (!kWhole) clear_borders<W>(shared, kImages * kChannels * kInRows, kPitch);
    if (!kWhole) clear_borders<W>(shared + kStage, kImages * kChannels * kInRows, kPitch);
    float sums[TC][2 * R] = {};
    copy(shared, 0);
    for (int o = 0, stage = 0; o < channels; o += kChannels, stage ^= 1) {
      cp_async_wait<0>();
      __syncthreads();
      if (o + kChannels < channels) copy(shared + (stage ^ 1) * kStage, o + kChannels);
      add(shared + stage * kStage, n, row, py, run, group, sums);
    }
    if (image + n >= rows) return;
    const int size = (int)p.c * 4 * W * W;
#pragma unroll
    for (int j = 0; j < TC; j++) {
      const int c = output + group + G * j;
      if (c < (int)p.c) {
        const int element = (c * 2 * W + 2 * (band + row) + py) * 2 * W + 2 * R * run;
        finish<2 * R, false>(p.finish, image + n, size, element, c, sums[j]);
        store_run<2 * R>(p.y + (long long)(image + n) * size + element, sums[j]);
      }
    }
  }
};

}  // namespace

#define PB_UP(name, w, r, tc, g, threads, blocks)          \
  PB_KERNEL(name, HalvingParams, threads, blocks) {        \
    PB_SHARED(shared);                                     \
    Up<w, r, tc, g, threads>(p, shared).run();             \
  }

PB_UP(conv_up_16, 16, 8, 4, 8, 256, 2)
PB_UP(conv_up_8, 8, 8, 4, 8, 256, 2)
PB_UP(conv_up_4, 4, 4, 8, 8, 256, 2)
PB_UP(conv_up_8_few, 8, 8, 1, 32, 256, 2)
PB_UP(conv_up_4_few, 4, 4, 2, 32, 256, 2)
