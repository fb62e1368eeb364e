// The change of a rectified convolution (k4 s2 p1) of an image of one or three channels, the first of
// an encoder: its operands are not rounded.
//
//   out = relu(a[base] + W in) - relu(a[base])
//
// in: (cells; C, 2 H, 2 H) float32; W: (COUT, C, 4, 4) float32, as they stand; out: (cells; H, H, COUT)
// bf16; a: (bases; H, H, COUT) fp16.
//
// Method. A product of (pixels, 16 C) by (16 C, 32) for the 32 outputs of blockIdx.y, a channel's 16
// taps one m16n8k16 deep. Both operands are split into high and low bf16 in registers: W in = high
// high + (high low + low high), two sums in float32 of 16 bits each. A lane's two inputs are two taps
// of one row, side by side in an image that lies in shared memory as float32 with a border of zeros,
// rows 80 numbers apart against bank conflicts; the weights stay in 16 C registers a lane.
//
// A cell (64x64x1 | 64x64x3 to 32x32x32):
//   operations    3 * 2 * 524,288 | 1,572,864, or 768 | 2,304 m16n8k16, and 24 a lane to split 16 x 16
//   L2 bytes      16 | 48 (in) + 64 + 64 KiB (clean, out): at 2.5 TB/s 18 million cells a second
// At 1.6 clocks for an m16n8k16 1,230 | 3,690 clocks of a multiprocessor: bytes are the limit.
#include "change.cuh"

namespace {

template <int C, int COUT, int HOUT, int STAGES>
struct ChangeDownImage {
  static constexpr int kThreads = 256;
  static constexpr int kSize = 2 * HOUT;
  static constexpr int kRow = change_image_row(HOUT);  // numbers
  static constexpr int kPlane = (kSize + 2) * kRow;
  static constexpr int kStage = C * kPlane;
  static constexpr int kOut = HOUT * HOUT * COUT;
  static constexpr int kTiles = HOUT * HOUT / 16;

  static_assert(HOUT % 16 == 0 && COUT % 32 == 0 && kTiles % 8 == 0, "tiles of a row, as many for every warp");

  unsigned high[C][8];
  unsigned low[C][8];
  const ChangeUpParams &p;
  float *images;
  int cells, lane, group;

  PB_DEVICE ChangeDownImage(const ChangeUpParams &params, unsigned char *shared)
      : p(params), images((float *)shared), cells(*params.cells) {
    lane = threadIdx.x & 31;
    group = blockIdx.y;
  }

  PB_DEVICE void load_weights() {
#pragma unroll
    for (int i = 0; i < C * 8; i++) {
      const int out = group * 32 + change_output(4, i % 8 >> 1, lane >> 2);
      const float *w = (const float *)p.weights + (out * C + i / 8) * 16 + (i & 1) * 8 + (lane & 3) * 2;
      change_split_pair(w[0], w[1], high[i / 8][i % 8], low[i / 8][i % 8]);
    }
  }

  PB_DEVICE void load(int cell, int stage) const {
    constexpr int kAll = C * kSize * kSize;
    const float *from = (const float *)p.in + (long long)cell * kAll;
    float *to = images + stage * kStage;
    for (int i = threadIdx.x; i < kAll; i += kThreads) {
      const int y = i / kSize % kSize + 1;
      cp_async_4(to + i / (kSize * kSize) * kPlane + y * kRow + i % kSize + 1, from + i);
    }
  }

  // A tile of 16 pixels of a row.
  PB_DEVICE void multiply(int cell, const float *image, int tile, long long base) const {
    const int start = tile * 16;
    const int first = (start + (lane >> 2)) * COUT + group * 32 + (lane & 3) * 8;
    const unsigned short *a = p.clean + base * kOut + first;
    uint4 clean[2];
    clean[0] = *(const uint4 *)a;
    clean[1] = *(const uint4 *)(a + 8 * COUT);
    const float *from = image + (2 * (start / HOUT) + (lane >> 1 & 1)) * kRow +
                        2 * (start % HOUT + (lane >> 2)) + 2 * (lane & 1);
    float sums[4][4] = {};
    float rest[4][4] = {};
#pragma unroll
    for (int c = 0; c < C; c++) {
      unsigned more[4], less[4];
#pragma unroll
      for (int i = 0; i < 4; i++) {
        const float2 pair = *(const float2 *)(from + c * kPlane + (i >> 1) * 2 * kRow + (i & 1) * 16);
        change_split_pair(pair.x, pair.y, more[i], less[i]);
      }
#pragma unroll
      for (int j = 0; j < 4; j++) mma_bf16_16816(sums[j], more, &high[c][2 * j]);
#pragma unroll
      for (int j = 0; j < 4; j++) mma_bf16_16816(rest[j], more, &low[c][2 * j]);
#pragma unroll
      for (int j = 0; j < 4; j++) mma_bf16_16816(rest[j], less, &high[c][2 * j]);
    }
#pragma unroll
    for (int h = 0; h < 2; h++) {
      uint4 bent;
      bent.x = moved(clean[h].x, &sums[0][2 * h], &rest[0][2 * h]);
      bent.y = moved(clean[h].y, &sums[1][2 * h], &rest[1][2 * h]);
      bent.z = moved(clean[h].z, &sums[2][2 * h], &rest[2][2 * h]);
      bent.w = moved(clean[h].w, &sums[3][2 * h], &rest[3][2 * h]);
      *(uint4 *)(p.out + (long long)cell * kOut + first + h * 8 * COUT) = bent;
    }
  }

  PB_DEVICE static unsigned moved(unsigned clean, const float *sums, const float *rest) {
    const float2 a = unpack_f16(clean);
    return pack_bf16(change_bent(a.x, sums[0] + rest[0]), change_bent(a.y, sums[1] + rest[1]));
  }

  PB_DEVICE void run() {
    if ((int)blockIdx.x >= cells) return;
    for (int i = threadIdx.x; i < STAGES * kStage; i += kThreads) images[i] = 0.0f;
    __syncthreads();
    int next = blockIdx.x;
#pragma unroll
    for (int s = 0; s < STAGES - 1; s++) {
      if (next < cells) load(next, s);
      cp_async_commit();
      next += gridDim.x;
    }
    load_weights();
    int stage = 0;
    for (int cell = blockIdx.x; cell < cells; cell += gridDim.x) {
      const long long base = p.base[cell];
      cp_async_wait<STAGES - 2>();
      __syncthreads();
      if (next < cells) load(next, stage == 0 ? STAGES - 1 : stage - 1);
      cp_async_commit();
      next += gridDim.x;
#pragma unroll 2
      for (int t = threadIdx.x >> 5; t < kTiles; t += 8) multiply(cell, images + stage * kStage, t, base);
      stage = stage + 1 == STAGES ? 0 : stage + 1;
    }
  }
};

}  // namespace

// Blocks (x: cells, y: 32 outputs).
#define PB_CHANGE_DOWN_IMAGE(name, c, cout, hout, stages, blocks) \
  PB_KERNEL(name, ChangeUpParams, 256, blocks) {                  \
    PB_SHARED(bytes);                                             \
    ChangeDownImage<c, cout, hout, stages>(p, bytes).run();       \
  }

PB_CHANGE_DOWN_IMAGE(change_down_image_1_32_32, 1, 32, 32, 3, 2)
PB_CHANGE_DOWN_IMAGE(change_down_image_3_32_32, 3, 32, 32, 2, 1)
