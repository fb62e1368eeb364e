// The weight gradient of conv_wgrad.cu on the matrix unit for numbers of 11 bits (tf32, m16n8k8), W = 4, 8 or
// 16, four channels of x and more: part c of dw (O, C, 4, 4), the sums over the bands of chunk c.
//
// A block makes 32 channels of x times 32 of g; each of eight warps all taps of four channels, twice, each
// time of half of the pixels: the two are added at the end. The rows of the product are outputs, its
// columns eight taps of a channel, two rows of them, its inner index eight pixels. The lower taps of a
// pixel are the upper ones of the pixel below, so that a lane loads each pair of rows of x once for both.
// A lane's four pixels lie two columns of x apart, its taps one: 32 lanes read two stretches of 10
// numbers, 12 or 20 banks apart. Steps come in turns, the next one's copy beside this one's products.
//
// Operations 2 x 16 W W C O a row, of which 1.6 clocks of a multiprocessor are an instruction's 1,024;
// loads from shared memory are 40 for 32 instructions with W = 16, 36 for 32 with W = 8 and 4. 32 x 32 x 32
// with 32: 4,096 instructions and 5,120 loads a row, 28 ns a row on 132 multiprocessors at 1.75 GHz; its
// bytes 55 ns at 3 TB/s.
#include "conv_wgrad.cuh"

namespace {

template <int W>
struct WeightGradRounded {
  static constexpr int kThreads = 512;
  static constexpr int kShare = 32;               // channels of x of a block, and of g
  static constexpr int kImages = W == 4 ? 4 : 1;  // of a step
  static constexpr int kRows = W == 16 ? 4 : W;
  static constexpr int kBands = W / kRows;
  static constexpr int kInRows = 2 * kRows + 2;
  static constexpr int kPitch = W == 16 ? 44 : 2 * W + 4;
  static constexpr int kPlane = kInRows * kPitch;
  static constexpr int kGradPitch = kRows * W + 4;
  static constexpr int kInput = kImages * kShare * kPlane + 4;
  static constexpr int kStage = kInput + kImages * kShare * kGradPitch;
  static constexpr int kShared = 4 * 2 * kStage;
  static_assert(kPitch % 32 >= 10 && kPitch % 32 <= 22, "two stretches of ten banks");
  static_assert(kShared <= 227 * 1024 && 2 * kStage >= 256 * 64, "a block of a multiprocessor, room for sums");

  const WeightGradParams &p;
  float *shared;
  int channels, outputs, channel, output, from, end;

  PB_DEVICE WeightGradRounded(const WeightGradParams &params, unsigned char *room)
      : p(params), shared(reinterpret_cast<float *>(room)), channels((int)params.c), outputs((int)params.o) {
    const int across = (channels + kShare - 1) / kShare;
    channel = (int)blockIdx.x % across * kShare;
    output = (int)blockIdx.x / across * kShare;
    from = (int)(blockIdx.y * p.chunk);
    const int all = *p.rows * kBands;
    end = from + (int)p.chunk < all ? from + (int)p.chunk : all;
  }

  static PB_DEVICE int lane() { return (int)threadIdx.x % 32; }

  // The channels of x of this warp, the first of four, and its half of the pixels.
  static PB_DEVICE int group() { return (int)threadIdx.x / 32 % 8 * 4; }
  static PB_DEVICE int half() { return (int)threadIdx.x / 256; }

  PB_DEVICE void copy(float *stage, int step) const {
    const int image = step / kBands;
    const int band = step % kBands * kRows;
    const int images = kImages == 1 ? image + 1 : end;
    copy_rows<kThreads, kImages, kShare, kInRows, 2 * W, kPitch>(stage, p.x, image, images, channel, channels,
                                                                 2 * band - 1);
    const float *g = p.g + ((long long)image * outputs + output) * (W * W) + band * W;
    constexpr int kItems = kRows * W / 4;
#pragma unroll 1
    for (int i = (int)threadIdx.x; i < kImages * kShare * kItems; i += kThreads) {
      const int item = i % kItems;
      const int o = i / kItems % kShare;
      const int n = i / (kItems * kShare);
      const bool is = output + o < outputs && image + n < images;
      cp_async_16_zero(stage + kInput + (n * kShare + o) * kGradPitch + 4 * item,
                       is ? g + (n * outputs + o) * (W * W) + 4 * item : p.g, is);
    }
    cp_async_commit();
  }

  // Numbers of x at one row of eight pixels, or half of one, for two rows of taps.
  static PB_DEVICE void load(const float *x, unsigned (&taps)[4]) {
#pragma unroll
    for (int c = 0; c < 4; c++) taps[c] = to_tf32(x[c * kPlane]);
  }

  static PB_DEVICE void load(const float *g, unsigned (&a)[2][4]) {
#pragma unroll
    for (int m = 0; m < 2; m++) {
#pragma unroll
      for (int i = 0; i < 4; i++) a[m][i] = to_tf32(g[(16 * m + 8 * (i % 2)) * kGradPitch + 4 * (i / 2)]);
    }
  }

  // The taps h = 0 (upper two rows) or 1 of four channels, at pixels `first` (t) and `second` (t + 4).
  static PB_DEVICE void multiply(const unsigned (&a)[2][4], const unsigned (&first)[4], const unsigned (&second)[4],
                                 int h, float (&sums)[2][4][2][4]) {
#pragma unroll
    for (int c = 0; c < 4; c++) {
      const unsigned b[2] = {first[c], second[c]};
#pragma unroll
      for (int m = 0; m < 2; m++) mma_tf32_1688(sums[m][c][h], a[m], b);
    }
  }

  PB_DEVICE void add(const float *stage, float (&sums)[2][4][2][4]) const {
    const int tap = lane() / 4;
    const int t = lane() % 4;
    const float *x = stage + group() * kPlane + tap / 4 * kPitch + 3 + tap % 4 + 2 * t;
    const float *g = stage + kInput + tap * kGradPitch + t;
    if constexpr (W == 4) {
#pragma unroll 1
      for (int n = 2 * half(); n < 2 * half() + 2; n++) {
        const float *at = x + n * kShare * kPlane;
        unsigned taps[5][4];
#pragma unroll
        for (int q = 0; q < 5; q++) load(at + 2 * q * kPitch, taps[q]);
#pragma unroll
        for (int y = 0; y < 4; y += 2) {
          unsigned a[2][4];
          load(g + n * kShare * kGradPitch + y * W, a);
          multiply(a, taps[y], taps[y + 1], 0, sums);
          multiply(a, taps[y + 1], taps[y + 2], 1, sums);
        }
      }
    } else {
      constexpr int kHalf = kRows / 2;
      const float *at = x + 2 * half() * kHalf * kPitch;
      const float *grad = g + half() * kHalf * W;
#pragma unroll 1
      for (int j = 0; j < W; j += 8) {
        unsigned taps[2][2][4];
        load(at + 2 * j, taps[0][0]);
        load(at + 2 * j + 8, taps[0][1]);
#pragma unroll
        for (int y = 0; y < kHalf; y++) {
          load(at + 2 * (y + 1) * kPitch + 2 * j, taps[(y + 1) % 2][0]);
          load(at + 2 * (y + 1) * kPitch + 2 * j + 8, taps[(y + 1) % 2][1]);
          unsigned a[2][4];
          load(grad + y * W + j, a);
          multiply(a, taps[y % 2][0], taps[y % 2][1], 0, sums);
          multiply(a, taps[(y + 1) % 2][0], taps[(y + 1) % 2][1], 1, sums);
        }
      }
    }
  }

  using Sums = ChannelSums<kThreads, kShare>;

  PB_DEVICE bool sums_g() const { return p.summed == kSumsOfG && channel == 0; }
  PB_DEVICE bool sums_x() const { return p.summed == kSumsOfX && output == 0; }

  PB_DEVICE void add_sums(const float *stage, Sums &of) const {
#pragma unroll 1
    for (int n = 0; n < kImages; n++) {
      if (sums_g()) of.template add<1, kRows * W / 4>(stage + kInput + n * kShare * kGradPitch, kGradPitch, 0);
      if (sums_x()) of.template add<2 * kRows, W / 2>(stage + n * kShare * kPlane + kPitch + 4, kPlane, kPitch);
    }
  }

  // The sums of the second half of the pixels are added to those of the first.
  PB_DEVICE void join(float (&sums)[2][4][2][4]) const {
    float *to = shared + (int)threadIdx.x % 256;
    float *all = &sums[0][0][0][0];
    if (half() == 1) {
#pragma unroll
      for (int i = 0; i < 64; i++) to[256 * i] = all[i];
    }
    __syncthreads();
    if (half() == 0) {
#pragma unroll
      for (int i = 0; i < 64; i++) all[i] += to[256 * i];
    }
  }

  PB_DEVICE void run() {
    // The first part is there for no rows too.
    if (from >= end && blockIdx.y > 0) return;
    clear_borders<2 * W>(shared, kImages * kShare * kInRows, kPitch);
    clear_borders<2 * W>(shared + kStage, kImages * kShare * kInRows, kPitch);
    float sums[2][4][2][4] = {};
    Sums of;
    if (from < end) copy(shared, from);
    int turn = 0;
#pragma unroll 1
    for (int step = from; step < end; step += kImages, turn ^= 1) {
      cp_async_wait<0>();
      __syncthreads();
      if (step + kImages < end) copy(shared + (turn ^ 1) * kStage, step + kImages);
      add_sums(shared + turn * kStage, of);
      add(shared + turn * kStage, sums);
    }
    float *to = p.sums + (long long)blockIdx.y * p.part;
    if (sums_g()) of.store(to + output, outputs - output);
    if (sums_x()) of.store(to + channel, channels - channel);
    __syncthreads();
    join(sums);
    if (half() != 0) return;
    to = p.parts + (long long)blockIdx.y * p.part;
#pragma unroll
    for (int m = 0; m < 2; m++) {
#pragma unroll
      for (int i = 0; i < 2; i++) {
        const int o = output + 16 * m + 8 * i + lane() / 4;
#pragma unroll
        for (int c = 0; c < 4; c++) {
          const int at = channel + group() + c;
          if (o < outputs && at < channels) {
#pragma unroll
            for (int h = 0; h < 2; h++) {
              const float v[2] = {sums[m][c][h][2 * i], sums[m][c][h][2 * i + 1]};
              store_run<2>(to + (o * channels + at) * kTaps + 8 * h + 2 * (lane() % 4), v);
            }
          }
        }
      }
    }
  }
};

}  // namespace

#define PB_WGRAD_ROUNDED(name, w)                   \
  PB_KERNEL(name, WeightGradParams, 512, 1) {       \
    PB_SHARED(shared);                              \
    WeightGradRounded<w>(p, shared).run();          \
  }

PB_WGRAD_ROUNDED(conv_wgrad_rounded_16, 16)
PB_WGRAD_ROUNDED(conv_wgrad_rounded_8, 8)
PB_WGRAD_ROUNDED(conv_wgrad_rounded_4, 4)
