// Puts what tail_channel.cu reads into the order in which it does: weights once, clean pre-activations
// once per run.
//
// Bytes: 128 KB of weights read and written again; per base 256 KB, at 3 TB/s 11 M bases/s; operations do
// not count.
#include "mma.cuh"

struct TailChannelWeightsParams {
  const float *weights;  // [32 inputs][32 outputs][4][4]
  uint4 *packed;         // 8,192: two B fragments
};

struct TailChannelImageWeightsParams {
  const float *weights;  // [32 inputs][1][4][4]
  unsigned *packed;      // 512 pairs of bf16
};

struct TailChannelCleanParams {
  const float *active;  // [bases][32][32][32], before the rectifier
  float4 *packed;       // 8,192 of each base
  const int *bases;
};

// Two B fragments e of the first layer: [input][phase py, px][16 outputs][lane 4 g + t], of outputs g
// and 8 + g the taps (beside, own) of row v = t & 1, what bf16 holds of them (t < 2) or what it
// leaves, for both parts of the change.
PB_KERNEL(tail_channel_pack_weights, TailChannelWeightsParams, 256, 1) {
  const int step = (int)(gridDim.x * blockDim.x);
  for (int e = (int)(blockIdx.x * blockDim.x + threadIdx.x); e < 8192; e += step) {
    const int v = e & 1;
    const int px = e >> 6 & 1;
    const int py = e >> 7 & 1;
    unsigned two[2];
#pragma unroll
    for (int h = 0; h < 2; h++) {
      const int output = 16 * (e >> 5 & 1) + 8 * h + (e >> 2 & 7);
      const float *const from = p.weights + ((e >> 8) * 32 + output) * 16 + (3 - py - 2 * v) * 4;
      const float beside = from[3 * (1 - px)];
      const float own = from[1 + px];
      const unsigned high = pack_bf16(beside, own);
      const float2 kept = unpack_bf16(high);
      two[h] = (e & 2) == 0 ? high : pack_bf16(beside - kept.x, own - kept.y);
    }
    p.packed[e] = make_uint4(two[0], two[0], two[1], two[1]);
  }
}

// Pair e of the second's B fragments: [high, low][16 inputs][lane][n8 tile, register], of inputs i and
// i + 1 what bf16 holds, and what it leaves, as bf16.
PB_KERNEL(tail_channel_pack_image_weights, TailChannelImageWeightsParams, 256, 1) {
  const int step = (int)(gridDim.x * blockDim.x);
  for (int e = (int)(blockIdx.x * blockDim.x + threadIdx.x); e < 512; e += step) {
    const int g = e >> 4 & 7;
    const int input = 16 * (e >> 7 & 1) + 8 * (e & 1) + 2 * (e >> 2 & 3);
    const float *const from = p.weights + input * 16 + (g >> 1) * 4 + 2 * (e >> 1 & 1) + (g & 1);
    const unsigned high = pack_bf16(from[0], from[16]);
    const float2 kept = unpack_bf16(high);
    p.packed[e] = e < 256 ? high : pack_bf16(from[0] - kept.x, from[16] - kept.y);
  }
}

// Four pre-activations e: [base][phase][row][8 outputs][lane], as in a C fragment.
PB_KERNEL(tail_channel_pack_active, TailChannelCleanParams, 256, 1) {
  const long long count = *p.bases * 8192ll;
  const long long step = (long long)gridDim.x * blockDim.x;
  for (long long e = (long long)blockIdx.x * blockDim.x + threadIdx.x; e < count; e += step) {
    const int lane = (int)e & 31;
    const int output = 8 * (int)(e >> 5 & 3) + 2 * (lane & 3);
    const int y = 2 * (int)(e >> 7 & 15) + (int)(e >> 12 & 1);
    const int x = 2 * (lane >> 2) + (int)(e >> 11 & 1);
    const float *const from = p.active + (e >> 13) * 32768 + output * 1024 + y * 32 + x;
    p.packed[e] = make_float4(from[0], from[1024], from[16], from[1024 + 16]);
  }
}
