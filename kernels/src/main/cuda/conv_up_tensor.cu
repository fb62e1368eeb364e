// The transposed convolution of conv_up.cu by the matrix instruction, W = 4, 8 or 16, any channels.
//
// A warp makes 16 M pixels of the small grid, in one row of outputs each (py) and both columns (px), of
// 8 N channels; 2 x WM x WN warps are a block. The inner index of an input channel is (s of rows, s of
// columns): two channels are one instruction's. The taps of both px that a lane needs stand beside
// each other: rows of taps are kept in the order 0, 2, 1, 3, and 24 floats apart, so that 16 lanes read 8
// bytes each from 32 banks. Rows of inputs share the zero between them, W + 4 floats apart, for the same
// reason. Input channels come four at a time, 16 inner indices whose sums are added to the others in
// float32.
//
// Operations as in conv_up.cu, three times as many with PARTS = 3: at 305 TFLOP/s of this instruction on an
// H100 16 x 16 x 32 -> 32 takes 77 ns a row, 26 with PARTS = 1; its bytes 55 ns at 3 TB/s.
#include "halving_tensor.cuh"

namespace {

template <int W, int M, int N, int WM, int WN, int PARTS>
struct UpTensor {
  static constexpr int kThreads = 64 * WM * WN;
  static constexpr int kPixels = 16 * M * WM;  // of the small grid
  static constexpr int kImages = kPixels > W * W ? kPixels / (W * W) : 1;
  static constexpr int kRows = kPixels > W * W ? W : kPixels / W;
  static constexpr int kBands = W / kRows;
  static constexpr int kOutputs = 8 * N * WN;
  static constexpr int kChannels = 4;
  static constexpr int kUnroll = M * N < 4 ? 2 : 1;  // so that the registers do
  static constexpr int kInRows = kRows + 2;
  static constexpr int kPitch = W + 4;
  static constexpr int kTapsPitch = 24;
  static constexpr int kInput = kImages * kChannels * kInRows * kPitch + 4;
  static constexpr int kStage = kInput + kChannels * kOutputs * kTapsPitch;
  static constexpr int kShared = 2 * 4 * kStage;

  static_assert(kPixels % W == 0 && W % kRows == 0, "whole rows of pixels");
  static_assert(kShared <= 113 * 1024, "two blocks of a multiprocessor");

  const HalvingParams &p;
  float *shared;
  int image, band, output, rows, channels;

  PB_DEVICE UpTensor(const HalvingParams &params, unsigned char *room)
      : p(params), shared(reinterpret_cast<float *>(room)), image((int)blockIdx.x / kBands * kImages),
        band((int)blockIdx.x % kBands * kRows), output((int)blockIdx.y * kOutputs), rows(*params.rows),
        channels((int)params.o) {}

  PB_DEVICE void copy(float *stage, int channel) const {
    copy_rows<kThreads, kImages, kChannels, kInRows, W, kPitch>(stage, p.x, image, rows, channel, channels,
                                                                band - 1);
    float *weights = stage + kInput;
#pragma unroll 1
    for (int i = (int)threadIdx.x; i < kChannels * kOutputs * 4; i += kThreads) {
      const int ky = i % 4;
      const int c = i / 4 % kOutputs;
      const int o = i / (4 * kOutputs);
      const bool is = output + c < (int)p.c && channel + o < channels;
      cp_async_16_zero(weights + (o * kOutputs + c) * kTapsPitch + ky % 2 * 8 + ky / 2 * 4,
                       is ? p.w + ((channel + o) * (int)p.c + output + c) * kTaps + 4 * ky : p.w, is);
    }
    cp_async_commit();
  }

  static PB_DEVICE int warp() { return (int)threadIdx.x / 32; }
  static PB_DEVICE int py() { return warp() / (WM * WN); }
  static PB_DEVICE int column() { return warp() % WN * 8 * N; }

  // Pixel g and pixel g + 8 of tile m of this warp, g = lane / 4, in the block.
  static PB_DEVICE int pixel(int m, int half) {
    return (warp() / WN % WM * M + m) * 16 + 8 * half + (int)threadIdx.x % 32 / 4;
  }

  // Where the input of a pixel stands in a step, its own row and column.
  static PB_DEVICE int place(int pixel) {
    const int n = pixel / (W * kRows);
    return (n * kChannels * kInRows + pixel / W % kRows + 1) * kPitch + 4 + pixel % W;
  }

  PB_DEVICE void add(const float *stage, const int (&places)[M][2], float (&sums)[2][M][N][4]) const {
    const int s = (int)threadIdx.x % 4 / 2;
    const int t = (int)threadIdx.x % 2;
    const float *x = stage + (py() - s) * kPitch - t;
    const float *w = stage + kInput + (column() + (int)threadIdx.x % 32 / 4) * kTapsPitch + 8 * (1 - py()) + 4 * s +
                     2 * t;
    float part[2][M][N][4] = {};
#pragma unroll kUnroll
    for (int o = 0; o < kChannels; o += 2) {
      Fragment<PARTS, 2> right[2][N];
#pragma unroll
      for (int n = 0; n < N; n++) {
#pragma unroll
        for (int i = 0; i < 2; i++) {
          const float2 taps = *reinterpret_cast<const float2 *>(w + ((o + i) * kOutputs + 8 * n) * kTapsPitch);
          right[0][n].set(i, taps.y);
          right[1][n].set(i, taps.x);
        }
      }
#pragma unroll
      for (int px = 0; px < 2; px++) {
        Fragment<PARTS, 4> left[M];
#pragma unroll
        for (int m = 0; m < M; m++) {
#pragma unroll
          for (int i = 0; i < 4; i++) left[m].set(i, x[places[m][i % 2] + (o + i / 2) * kInRows * kPitch + px]);
        }
        multiply_add<PARTS>(part[px], left, right[px]);
      }
    }
    add_all(sums[0], part[0]);
    add_all(sums[1], part[1]);
  }

  PB_DEVICE void run() {
    if (image >= rows) return;
    clear_borders<W>(shared, kImages * kChannels * kInRows, kPitch);
    clear_borders<W>(shared + kStage, kImages * kChannels * kInRows, kPitch);
    int places[M][2];
#pragma unroll
    for (int m = 0; m < M; m++) {
      for (int half = 0; half < 2; half++) places[m][half] = place(pixel(m, half));
    }
    float sums[2][M][N][4] = {};
    copy(shared, 0);
    for (int o = 0, stage = 0; o < channels; o += kChannels, stage ^= 1) {
      cp_async_wait<0>();
      __syncthreads();
      if (o + kChannels < channels) copy(shared + (stage ^ 1) * kStage, o + kChannels);
      add(shared + stage * kStage, places, sums);
    }
    const int size = (int)p.c * 4 * W * W;
    const int first = output + column() + 2 * ((int)threadIdx.x % 4);
#pragma unroll
    for (int m = 0; m < M; m++) {
#pragma unroll
      for (int i = 0; i < 4; i++) {
        const int at = pixel(m, i / 2);
        const int row = image + at / (W * kRows);
        if (row >= rows) continue;
        const int y = 2 * (band + at / W % kRows) + py();
#pragma unroll
        for (int n = 0; n < N; n++) {
          const int c = first + 8 * n + i % 2;
          if (c < (int)p.c) {
            const int element = (c * 2 * W + y) * 2 * W + 2 * (at % W);
            float v[2] = {sums[0][m][n][i], sums[1][m][n][i]};
            finish<2, false>(p.finish, row, size, element, c, v);
            store_run<2>(p.y + (long long)row * size + element, v);
          }
        }
      }
    }
  }
};

}  // namespace

#define PB_UP_TENSOR(name, w, m, n, wm, wn, blocks)                   \
  PB_KERNEL(name##_tf32x3, HalvingParams, 64 * wm * wn, blocks) {     \
    PB_SHARED(shared);                                                \
    UpTensor<w, m, n, wm, wn, 3>(p, shared).run();                    \
  }                                                                   \
  PB_KERNEL(name##_tf32, HalvingParams, 64 * wm * wn, blocks) {       \
    PB_SHARED(shared);                                                \
    UpTensor<w, m, n, wm, wn, 1>(p, shared).run();                    \
  }

PB_UP_TENSOR(conv_up_16, 16, 2, 2, 2, 2, 2)
PB_UP_TENSOR(conv_up_8, 8, 2, 2, 2, 2, 2)
PB_UP_TENSOR(conv_up_4, 4, 2, 2, 1, 4, 2)
PB_UP_TENSOR(conv_up_8_few, 8, 1, 1, 1, 4, 2)
PB_UP_TENSOR(conv_up_4_few, 4, 1, 1, 1, 4, 2)
