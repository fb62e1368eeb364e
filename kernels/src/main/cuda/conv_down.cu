// The convolution with kernel 4, stride 2 and padding 1 from (C, 2 W, 2 W) to (O, W, W), W = 4, 8, 16
// or 32, any channels.
//
// A thread makes a run of R pixels of TO channels. Of each input channel and row of taps it reads
// the 2 R + 2 inputs that the run sees, and 4 taps of each channel: 2 R / 4 + TO loads of 16 bytes for
// 4 R TO multiply-adds. Where a run is a whole row, the taps that lie outside are left out. Input
// channels come two at a time, the next ones on their way meanwhile.
//
// What ends the sums, biases and a bit for each gate, is loaded beside the first channels: a load behind a
// store would wait for memory again.
//
// One sum is one chain of multiply-adds over (C, kh, kw) in order, in every form: the forms with few
// outputs a thread, for few rows, give the same bits.
//
//   layer               operations a row   bytes a row           at 60 TFLOP/s and 3 TB/s
//   1 x 64 x 64 -> 32    1.0 MFLOP         16 + 128 KiB          50 ns, of memory
//   32 x 32 x 32 -> 32   7.9 MFLOP         128 + 32 KiB          131 ns, of arithmetic
//   32 x 16 x 16 -> 64   3.7 MFLOP         32 + 16 KiB           61 ns
//   64 x 8 x 8 -> 64     1.6 MFLOP         16 + 4 KiB            27 ns
#include "conv_halving.cuh"

namespace {

template <int W, int R, int TO, int G, int THREADS>
struct Down {
  static constexpr int kRuns = W / R;  // of a row of pixels
  static constexpr int kUnits = THREADS / G;
  static constexpr int kRowsOfUnits = kUnits / kRuns;
  static constexpr int kImages = kRowsOfUnits > W ? kRowsOfUnits / W : 1;
  static constexpr int kRows = kRowsOfUnits > W ? W : kRowsOfUnits;
  static constexpr int kBands = W / kRows;  // blocks of an image
  static constexpr int kOutputs = G * TO;
  static constexpr int kChannels = 2;  // of a step
  static constexpr int kInRows = 2 * kRows + 2;
  static constexpr int kPitch = 2 * W + 12;  // runs of a load that fall on few of the same banks
  static constexpr int kInput = kImages * kChannels * kInRows * kPitch;
  static constexpr int kStage = kInput + kChannels * kOutputs * kWeightPitch;
  static constexpr int kShared = 2 * 4 * kStage;
  static constexpr bool kWhole = kRuns == 1;
  static constexpr int kUnroll = R * TO >= 64 ? 1 : 4;  // so that the registers do

  static_assert(kUnits % kRuns == 0 && W % kRows == 0, "whole rows of pixels");
  static_assert(kShared <= 57 * 1024, "four blocks of a multiprocessor");

  const HalvingParams &p;
  float *shared;
  int image, band, output, rows, channels;

  PB_DEVICE Down(const HalvingParams &params, unsigned char *room)
      : p(params), shared(reinterpret_cast<float *>(room)), image((int)blockIdx.x / kBands * kImages),
        band((int)blockIdx.x % kBands * kRows), output((int)blockIdx.y * kOutputs), rows(*params.rows),
        channels((int)params.c) {}

  PB_DEVICE void copy(float *stage, int channel) const {
    copy_rows<THREADS, kImages, kChannels, kInRows, 2 * W, kPitch>(stage, p.x, image, rows, channel, channels,
                                                                   2 * band - 1);
    copy_weights<THREADS, kOutputs, kChannels>(stage + kInput, p.w, output, (int)p.o, channel, channels);
    cp_async_commit();
  }

  // @param some of the channels of a step that there are
  PB_DEVICE void add(const float *stage, int some, int n, int row, int run, int group,
                     float (&sums)[TO][R]) const {
#pragma unroll 1
    for (int c = 0; c < kChannels && c < some; c++) {
      const float *x = stage + ((n * kChannels + c) * kInRows + 2 * row) * kPitch + 4 + 2 * R * run;
      const float *w = stage + kInput + (c * kOutputs + group) * kWeightPitch;
#pragma unroll kUnroll
      for (int kh = 0; kh < 4; kh++) {
        float seen[2 * R + 2];
        load_bordered<2 * R, !kWhole>(x + kh * kPitch, seen);
#pragma unroll
        for (int j = 0; j < TO; j++) {
          const float4 four = *reinterpret_cast<const float4 *>(w + G * j * kWeightPitch + 4 * kh);
          const float taps[4] = {four.x, four.y, four.z, four.w};
#pragma unroll
          for (int kw = 0; kw < 4; kw++) {
#pragma unroll
            for (int i = 0; i < R; i++) {
              if (kWhole && (2 * i + kw == 0 || 2 * i + kw == 2 * R + 1)) continue;
              sums[j][i] = fmaf(seen[2 * i + kw], taps[kw], sums[j][i]);
            }
          }
        }
      }
    }
  }

  PB_DEVICE void run() {
    await_predecessors();
    if (image >= rows) return;
    const int group = Places<G>::group();
    const int unit = Places<G>::run();
    const int run = unit % kRuns;
    const int row = unit / kRuns % kRows;
    const int n = unit / (kRuns * kRows);
    if (!kWhole) clear_borders<2 * W>(shared, kImages * kChannels * kInRows, kPitch);
    if (!kWhole) clear_borders<2 * W>(shared + kStage, kImages * kChannels * kInRows, kPitch);
    copy(shared, 0);
    const int size = (int)p.o * W * W;
    const int element = (output + group) * W * W + (band + row) * W + R * run;  // of the first channel
    const long long at = (long long)(image + n) * size + element;
    const bool loaded = ends_loaded(p.finish);
    float bias[TO] = {};
    unsigned open[(TO * R + 31) / 32] = {};
#pragma unroll
    for (int j = 0; j < TO; j++) {
      if (!loaded || image + n >= rows || output + group + G * j >= (int)p.o) continue;
      if (p.finish.bias != nullptr) bias[j] = p.finish.bias[output + group + G * j];
      if (p.finish.gate != nullptr) open[j * R / 32] |= open_gates<R>(p.finish, at + G * j * W * W, j * R % 32);
    }
    float sums[TO][R] = {};
    for (int c = 0, stage = 0; c < channels; c += kChannels, stage ^= 1) {
      cp_async_wait<0>();
      __syncthreads();
      if (c + kChannels < channels) copy(shared + (stage ^ 1) * kStage, c + kChannels);
      add(shared + stage * kStage, channels - c, n, row, run, group, sums);
    }
    if (image + n >= rows) return;
#pragma unroll
    for (int j = 0; j < TO; j++) {
      const int o = output + group + G * j;
      if (o < (int)p.o) {
        if (loaded) {
          finish_loaded<R>(p.finish, bias[j], open[j * R / 32], j * R % 32, sums[j]);
        } else {
          finish<R, false>(p.finish, image + n, size, element + G * j * W * W, o, sums[j]);
        }
        store_run<R>(p.y + at + G * j * W * W, sums[j]);
      }
    }
  }
};

}  // namespace

#define PB_DOWN(name, w, r, to, g, threads, blocks)        \
  PB_KERNEL(name, HalvingParams, threads, blocks) {        \
    PB_SHARED(shared);                                     \
    Down<w, r, to, g, threads>(p, shared).run();           \
  }

PB_DOWN(conv_down_32, 32, 8, 8, 4, 128, 4)
PB_DOWN(conv_down_16, 16, 8, 8, 4, 128, 4)
PB_DOWN(conv_down_8, 8, 8, 8, 8, 128, 4)
PB_DOWN(conv_down_4, 4, 4, 8, 8, 128, 4)
PB_DOWN(conv_down_16_few, 16, 8, 2, 16, 256, 2)
PB_DOWN(conv_down_8_few, 8, 8, 2, 32, 128, 4)
PB_DOWN(conv_down_4_few, 4, 4, 2, 32, 128, 4)
