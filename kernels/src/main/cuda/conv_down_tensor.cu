// The convolution of conv_down.cu by the matrix instruction, W = 4, 8 or 16, any channels.
//
// A warp makes 16 M pixels of 8 N channels; WM x WN warps are a block. Rows of the product's left side
// are pixels, its inner index of a channel (kh, kw): eight taps are one instruction's. A lane's loads
// of one tap differ by two columns a pixel, and of four taps by one, so that 32 lanes read 18 numbers
// beside each other; weights are read as they stand, 8 channels 20 floats apart. Input channels come
// two at a time, 32 inner indices whose sums are added to the others in float32.
//
// Operations as in conv_down.cu, three times as many with PARTS = 3: at 305 TFLOP/s of this instruction on
// an H100 32 x 32 x 32 -> 32 takes 77 ns a row, 26 with PARTS = 1; its bytes 55 ns at 3 TB/s.
#include "halving_tensor.cuh"

namespace {

template <int W, int M, int N, int WM, int WN, int PARTS>
struct DownTensor {
  static constexpr int kThreads = 32 * WM * WN;
  static constexpr int kPixels = 16 * M * WM;
  static constexpr int kImages = kPixels > W * W ? kPixels / (W * W) : 1;
  static constexpr int kRows = kPixels > W * W ? W : kPixels / W;
  static constexpr int kBands = W / kRows;
  static constexpr int kOutputs = 8 * N * WN;
  static constexpr int kChannels = 2;
  static constexpr int kInRows = 2 * kRows + 2;
  static constexpr int kPitch = 2 * W + (W == 4 ? 16 : 8);
  static constexpr int kInput = kImages * kChannels * kInRows * kPitch;
  static constexpr int kStage = kInput + kChannels * kOutputs * kWeightPitch;
  static constexpr int kShared = 2 * 4 * kStage;

  static_assert(kPixels % W == 0 && W % kRows == 0, "whole rows of pixels");
  static_assert(kShared <= 113 * 1024, "two blocks of a multiprocessor");

  const HalvingParams &p;
  float *shared;
  int image, band, output, rows, channels;

  PB_DEVICE DownTensor(const HalvingParams &params, unsigned char *room)
      : p(params), shared(reinterpret_cast<float *>(room)), image((int)blockIdx.x / kBands * kImages),
        band((int)blockIdx.x % kBands * kRows), output((int)blockIdx.y * kOutputs), rows(*params.rows),
        channels((int)params.c) {}

  PB_DEVICE void copy(float *stage, int channel) const {
    copy_rows<kThreads, kImages, kChannels, kInRows, 2 * W, kPitch>(stage, p.x, image, rows, channel, channels,
                                                                    2 * band - 1);
    copy_weights<kThreads, kOutputs, kChannels>(stage + kInput, p.w, output, (int)p.o, channel, channels);
    cp_async_commit();
  }

  // Pixel g and pixel g + 8 of tile m of this warp, g = lane / 4: image, row and column in the block.
  static PB_DEVICE int pixel(int m, int half) {
    const int warp = (int)threadIdx.x / 32 / WN;
    return (warp * M + m) * 16 + 8 * half + (int)threadIdx.x % 32 / 4;
  }

  static PB_DEVICE int place(int pixel) {
    const int n = pixel / (W * kRows);
    return (n * kChannels * kInRows + 2 * (pixel / W % kRows)) * kPitch + 2 * (pixel % W);
  }

  PB_DEVICE void add(const float *stage, const int (&places)[M][2], float (&sums)[M][N][4]) const {
    const int lane = (int)threadIdx.x % 32;
    const int group = (int)threadIdx.x / 32 % WN * 8 * N + lane / 4;
    float part[M][N][4] = {};
#pragma unroll
    for (int c = 0; c < kChannels; c++) {
      const float *x = stage + c * kInRows * kPitch + 3 + lane % 4;
      const float *w = stage + kInput + (c * kOutputs + group) * kWeightPitch + lane % 4;
#pragma unroll
      for (int kh = 0; kh < 4; kh += 2) {
        Fragment<PARTS, 4> left[M];
        Fragment<PARTS, 2> right[N];
#pragma unroll
        for (int m = 0; m < M; m++) {
#pragma unroll
          for (int i = 0; i < 4; i++) left[m].set(i, x[places[m][i % 2] + (kh + i / 2) * kPitch]);
        }
#pragma unroll
        for (int n = 0; n < N; n++) {
#pragma unroll
          for (int i = 0; i < 2; i++) right[n].set(i, w[8 * n * kWeightPitch + 4 * (kh + i)]);
        }
        multiply_add<PARTS>(part, left, right);
      }
    }
    add_all(sums, part);
  }

  PB_DEVICE void run() {
    if (image >= rows) return;
    clear_borders<2 * W>(shared, kImages * kChannels * kInRows, kPitch);
    clear_borders<2 * W>(shared + kStage, kImages * kChannels * kInRows, kPitch);
    int places[M][2];
#pragma unroll
    for (int m = 0; m < M; m++) {
      for (int half = 0; half < 2; half++) places[m][half] = place(pixel(m, half));
    }
    float sums[M][N][4] = {};
    copy(shared, 0);
    for (int c = 0, stage = 0; c < channels; c += kChannels, stage ^= 1) {
      cp_async_wait<0>();
      __syncthreads();
      if (c + kChannels < channels) copy(shared + (stage ^ 1) * kStage, c + kChannels);
      add(shared + stage * kStage, places, sums);
    }
    const int size = (int)p.o * W * W;
    const int first = output + (int)threadIdx.x / 32 % WN * 8 * N + 2 * ((int)threadIdx.x % 4);
#pragma unroll
    for (int m = 0; m < M; m++) {
#pragma unroll
      for (int i = 0; i < 4; i++) {
        const int at = pixel(m, i / 2);
        const int row = image + at / (W * kRows);
        if (row >= rows) continue;
#pragma unroll
        for (int n = 0; n < N; n++) {
          const int o = first + 8 * n + i % 2;
          if (o < (int)p.o) {
            const int element = o * W * W + band * W + at % (W * kRows);
            float v[1] = {sums[m][n][i]};
            finish<1, false>(p.finish, row, size, element, o, v);
            p.y[(long long)row * size + element] = v[0];
          }
        }
      }
    }
  }
};

}  // namespace

#define PB_DOWN_TENSOR(name, w, m, n, wm, wn, blocks)                   \
  PB_KERNEL(name##_tf32x3, HalvingParams, 32 * wm * wn, blocks) {       \
    PB_SHARED(shared);                                                  \
    DownTensor<w, m, n, wm, wn, 3>(p, shared).run();                    \
  }                                                                     \
  PB_KERNEL(name##_tf32, HalvingParams, 32 * wm * wn, blocks) {         \
    PB_SHARED(shared);                                                  \
    DownTensor<w, m, n, wm, wn, 1>(p, shared).run();                    \
  }

PB_DOWN_TENSOR(conv_down_16, 16, 2, 4, 8, 1, 2)
PB_DOWN_TENSOR(conv_down_8, 8, 2, 4, 4, 2, 2)
PB_DOWN_TENSOR(conv_down_4, 4, 2, 4, 4, 2, 2)
PB_DOWN_TENSOR(conv_down_16_few, 16, 1, 2, 4, 2, 2)
PB_DOWN_TENSOR(conv_down_8_few, 8, 1, 2, 2, 4, 2)
PB_DOWN_TENSOR(conv_down_4_few, 4, 1, 1, 1, 8, 2)
