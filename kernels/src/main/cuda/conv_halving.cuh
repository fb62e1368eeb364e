// What the kernels of convolutions with kernel 4, stride 2 and padding 1 share: between a large grid
// of 2 W x 2 W with C channels and a small one of W x W with O channels.
//
// A step of a block copies some channels of both operands into shared memory, beside the arithmetic
// of the step before. Rows stand there with four floats before and after them, of which the inner
// ones are zero: the border of padding. Weights stand as they are, (kh, kw) of a pair of channels, at
// a pitch of 20 floats, so that eight threads with eight channels read 16 bytes each from 32 banks.
#pragma once

#include "epilogue.cuh"
#include "mma.cuh"

struct HalvingParams {
  const float *x;   // (rows; C, 2 W, 2 W), or (rows; O, W, W) of the transposed convolution
  const float *w;   // (O, C, 4, 4)
  float *y;
  const int *rows;
  long long c;
  long long o;
  Finish finish;
};

namespace {

constexpr int kTaps = 16;
constexpr int kWeightPitch = 20;

// How threads share a block: G groups of channels, and runs of pixels; a warp holds G groups of as
// many runs as fit it, neighbours in pairs. The lanes of a load see few addresses then.
template <int G>
struct Places {
  static_assert(G == 1 || G == 4 || G == 8 || G == 16 || G == 32, "");

  static PB_DEVICE int group() {
    const int lane = (int)threadIdx.x % 32;
    return G == 32 ? lane : G == 1 ? 0 : (lane >> 1) % G;
  }
  static PB_DEVICE int run() {
    const int lane = (int)threadIdx.x % 32;
    const int warp = (int)threadIdx.x / 32;
    if (G == 32) return warp;
    return (lane & 1) + ((lane >> 1) / G << 1) + warp * (32 / G);
  }
};

// The numbers `at` - 1 to `at` + N of a row, the outer ones only where OUTER says that they are not
// known to be zero: v[0] to v[N + 1].
template <int N, bool OUTER>
PB_DEVICE void load_bordered(const float *at, float (&v)[N + 2]) {
  v[0] = OUTER ? at[-1] : 0.0f;
  v[N + 1] = OUTER ? at[N] : 0.0f;
#pragma unroll
  for (int i = 0; i < N; i += 4) {
    const float4 four = *reinterpret_cast<const float4 *>(at + i);
    v[i + 1] = four.x, v[i + 2] = four.y, v[i + 3] = four.z, v[i + 4] = four.w;
  }
}

// Copies ROWS rows of WIDTH numbers of CHANNELS channels from `channel` on of IMAGES squares of WIDTH from
// `image` on, beginning with row `first`, to rows at PITCH; zeros where there are none.
template <int THREADS, int IMAGES, int CHANNELS, int ROWS, int WIDTH, int PITCH>
PB_DEVICE void copy_rows(float *to, const float *x, int image, int images, int channel, int channels,
                         int first) {
  constexpr int kAcross = WIDTH / 4;
  const float *from = x + (long long)image * channels * (WIDTH * WIDTH);
#pragma unroll 1
  for (int i = (int)threadIdx.x; i < IMAGES * CHANNELS * ROWS * kAcross; i += THREADS) {
    const int across = i % kAcross;
    const int row = i / kAcross;
    const int c = row / ROWS % CHANNELS;
    const int n = row / (ROWS * CHANNELS);
    const int y = first + row % ROWS;
    const bool is = y >= 0 && y < WIDTH && channel + c < channels && image + n < images;
    cp_async_16_zero(to + row * PITCH + 4 + 4 * across,
                     is ? from + ((n * channels + channel + c) * WIDTH + y) * WIDTH + 4 * across : x, is);
  }
}

// Copies the taps of `OUTPUTS` outputs from `output` on and of CHANNELS inputs from `channel` on of weights
// (outputs, channels, 16), to (CHANNELS, OUTPUTS) at a pitch.
template <int THREADS, int OUTPUTS, int CHANNELS>
PB_DEVICE void copy_weights(float *to, const float *w, int output, int outputs, int channel,
                            int channels) {
#pragma unroll 1
  for (int i = (int)threadIdx.x; i < OUTPUTS * CHANNELS * 4; i += THREADS) {
    const int four = i % 4;
    const int c = i / 4 % CHANNELS;
    const int o = i / (4 * CHANNELS);
    const bool is = output + o < outputs && channel + c < channels;
    cp_async_16_zero(to + (c * OUTPUTS + o) * kWeightPitch + 4 * four,
                     is ? w + ((output + o) * channels + channel + c) * kTaps + 4 * four : w, is);
  }
}

// Zeros on both sides of `rows` rows of N floats at `pitch`.
template <int N>
PB_DEVICE void clear_borders(float *tile, int rows, int pitch) {
  for (int i = (int)threadIdx.x; i < 2 * rows; i += (int)blockDim.x) {
    tile[i / 2 * pitch + (i % 2 == 0 ? 3 : N + 4)] = 0.0f;
  }
}

}  // namespace
