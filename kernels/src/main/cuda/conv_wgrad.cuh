// What the kernels of weight gradients share: what a block copies into shared memory, which part of the
// sums it makes, and beside them the sums of g, or of x, over rows and pixels: the gradient of a bias, of
// which one is the layer's, for what stands in shared memory anyway.
#pragma once

#include "conv_halving.cuh"

struct WeightGradParams {
  const float *x;
  const float *g;
  float *parts;
  const int *rows;
  long long c;
  long long o;
  long long chunk;  // bands of a part
  long long part;   // from one part to the next
  float *sums;      // of the channels of g or x, a part of them as of `parts`
  long long summed; // 0 neither, 1 g, 2 x
};

namespace {

constexpr int kSumsOfG = 1;
constexpr int kSumsOfX = 2;

// The sums of each of CHANNELS channels over the pixels of all steps, a thread's share of one of them.
template <int THREADS, int CHANNELS>
struct ChannelSums {
  static constexpr int kEach = THREADS / CHANNELS;
  static_assert(kEach == 8 || kEach == 16, "threads of a channel in one warp");
  float sum = 0.0f;

  // ROWS rows of FOURS times four numbers of each channel, `plane` from one to the next.
  template <int ROWS, int FOURS>
  PB_DEVICE void add(const float *first, int plane, int pitch) {
    const float *at = first + (int)threadIdx.x / kEach * plane;
#pragma unroll 1
    for (int i = (int)threadIdx.x % kEach; i < ROWS * FOURS; i += kEach) {
      const float4 four = *reinterpret_cast<const float4 *>(at + i / FOURS * pitch + i % FOURS * 4);
      sum += (four.x + four.y) + (four.z + four.w);
    }
  }

  PB_DEVICE void store(float *to, int channels) const {
    float all = sum;
#pragma unroll
    for (int by = kEach / 2; by > 0; by /= 2) all += __shfl_xor_sync(0xffffffffu, all, by);
    const int channel = (int)threadIdx.x / kEach;
    if ((int)threadIdx.x % kEach == 0 && channel < channels) to[channel] = all;
  }
};

// The part of a weight gradient that a block makes: CB channels of x times 32 of g, bands of ROWS rows of
// g one after the other.
template <int W, int CB, int ROWS>
struct WeightGradBlock {
  static constexpr int kThreads = 256;
  static constexpr int kOutputs = 32;
  static constexpr int kItems = ROWS * W / 4;
  static constexpr int kBands = W / ROWS;
  static constexpr int kInRows = 2 * ROWS + 2;
  static constexpr int kPitch = W == 32 ? 72 : W == 16 ? 44 : 2 * W + 4;  // lanes in banks of their own
  static constexpr int kPlane = kInRows * kPitch + 4;
  static constexpr int kGradPitch = ROWS * W + 4;
  static constexpr int kInput = CB * kPlane;
  static constexpr int kStage = kInput + kOutputs * kGradPitch;
  const WeightGradParams &p;
  float *shared;
  int channels, outputs, channel, output;
  int from, steps;  // bands

  PB_DEVICE WeightGradBlock(const WeightGradParams &params, unsigned char *room)
      : p(params), shared(reinterpret_cast<float *>(room)), channels((int)params.c), outputs((int)params.o) {
    const int across = (channels + CB - 1) / CB;
    channel = (int)blockIdx.x % across * CB;
    output = (int)blockIdx.x / across * kOutputs;
    from = (int)(blockIdx.y * p.chunk);
    const int left = *p.rows * kBands - from;
    steps = left < (int)p.chunk ? left : (int)p.chunk;
  }

  // The first part is there for no rows too.
  PB_DEVICE bool idle() const { return steps <= 0 && blockIdx.y > 0; }

  PB_DEVICE float *part() const { return p.parts + (long long)blockIdx.y * p.part; }

  // What of the sums of channels this block makes.
  static constexpr bool kSumsX = CB == 16;
  using GSums = ChannelSums<kThreads, kOutputs>;
  using XSums = ChannelSums<kThreads, 16>;
  PB_DEVICE bool sums_g() const { return p.summed == kSumsOfG && channel == 0; }
  PB_DEVICE bool sums_x() const { return kSumsX && p.summed == kSumsOfX && output == 0; }

  PB_DEVICE void add_sums(const float *stage, GSums &g, XSums &x) const {
    if (sums_g()) g.template add<1, kItems>(stage + kInput, kGradPitch, 0);
    if (sums_x()) x.template add<2 * ROWS, W / 2>(stage + kPitch + 4, kPlane, kPitch);
  }

  PB_DEVICE void store_sums(const GSums &g, const XSums &x) const {
    float *to = p.sums + (long long)blockIdx.y * p.part;
    if (sums_g()) g.store(to + output, outputs - output);
    if (sums_x()) x.store(to + channel, channels - channel);
  }

  PB_DEVICE void clear() const {
    for (int stage = 0; stage < 2; stage++) {
      for (int i = (int)threadIdx.x; i < CB * kInRows * 2; i += kThreads) {
        shared[stage * kStage + i / 2 / kInRows * kPlane + i / 2 % kInRows * kPitch +
               (i % 2 == 0 ? 3 : 2 * W + 4)] = 0.0f;
      }
    }
  }

  PB_DEVICE void copy(float *stage, int step) const {
    const int row = step / kBands;
    const int band = step % kBands * ROWS;
    const float *x = p.x + ((long long)row * channels + channel) * (4 * W * W);
    constexpr int kAcross = 2 * W / 4;
#pragma unroll 1
    for (int i = (int)threadIdx.x; i < CB * kInRows * kAcross; i += kThreads) {
      const int across = i % kAcross;
      const int r = i / kAcross % kInRows;
      const int c = i / (kAcross * kInRows);
      const int y = 2 * band - 1 + r;
      const bool is = y >= 0 && y < 2 * W && channel + c < channels;
      cp_async_16_zero(stage + c * kPlane + r * kPitch + 4 + 4 * across,
                       is ? x + (c * 2 * W + y) * 2 * W + 4 * across : p.x, is);
    }
    const float *g = p.g + ((long long)row * outputs + output) * (W * W) + band * W;
#pragma unroll 1
    for (int i = (int)threadIdx.x; i < kOutputs * kItems; i += kThreads) {
      const int item = i % kItems;
      const int o = i / kItems;
      const bool is = output + o < outputs;
      cp_async_16_zero(stage + kInput + o * kGradPitch + 4 * item,
                       is ? g + o * W * W + 4 * item : p.g, is);
    }
    cp_async_commit();
  }
};

}  // namespace
