// Puts what the tail reads into the order in which it does: weights once, what is known of the clean
// passes once per run.
//
// Bytes: the weights' 64 KB; per base 128 KB of pre-activations become 64 KB of halves (numbers
// beyond 65,504 stay there: only where the rectifier bends is asked of them), and each pixel's logit
// becomes 8 bytes. At 3 TB/s 12 M bases/s; operations do not count.
#include "image_change.cuh"

struct TailWeightsParams {
  const float *first;   // [32 inputs][32 outputs][4][4]
  const float *second;  // [32 inputs][colors][4][4]
  unsigned *weights;        // 8,192 pairs of bf16
  unsigned *image_weights;  // 512 pairs of each color
  long long colors;
};

struct TailCleanParams {
  const float *active;  // [bases][32][32][32], before the rectifier
  const float *logits;  // [bases][colors][64][64]
  uint4 *packed_active;    // 4,096 of each base, of float32 8,192
  float4 *image;           // 1,024 of each base and color: the sides of four pixels
  float4 *packed_logits;   // 1,024 of each base and color
  const int *bases;
  long long colors;
};

namespace {

// Pair e of the first layer's B fragments: [phase][v][h][16 inputs][two n8 tiles][lane][tile, register].
PB_DEVICE float2 first_pair(const float *first, int e) {
  const int lane = e >> 2 & 31;
  const int py = e >> 12;
  const int px = e >> 11 & 1;
  const int ky = 3 - py - 2 * (e >> 10 & 1);
  const int kx = (e >> 9 & 1) != 0 ? 1 + px : 3 * (1 - px);
  const int input = 16 * (e >> 8 & 1) + 8 * (e & 1) + 2 * (lane & 3);
  const int output = 16 * (e >> 7 & 1) + 8 * (e >> 1 & 1) + (lane >> 2);
  const float *from = first + (input * 32 + output) * 16 + ky * 4 + kx;
  return make_float2(from[0], from[32 * 16]);
}

}  // namespace

PB_KERNEL(tail_pack_weights, TailWeightsParams, 256, 1) {
  const int count = 8192 + 512 * (int)p.colors;
  for (int e = (int)(blockIdx.x * blockDim.x + threadIdx.x); e < count; e += (int)(gridDim.x * blockDim.x)) {
    const int lane = e >> 2 & 31;
    const int g = lane >> 2;
    const int t = lane & 3;
    if (e < 8192) {
      const float2 pair = first_pair(p.first, e);
      p.weights[e] = pack_bf16(pair.x, pair.y);
      continue;
    }
    // Of the second: [color][high, low][16 inputs][lane][n8 tile, register], pairs.
    const int i = e - 8192;
    const int color = i >> 9;
    const int input = 16 * (i >> 7 & 1) + 8 * (i & 1) + 2 * t;
    const int kx = 2 * (i >> 1 & 1) + (g & 1);
    const float *from = p.second + (input * (int)p.colors + color) * 16 + (g >> 1) * 4 + kx;
    const float one = from[0];
    const float two = from[16 * p.colors];
    unsigned pair = pack_bf16(one, two);
    if ((i >> 8 & 1) != 0) {
      const float2 kept = unpack_bf16(pair);
      pair = pack_bf16(one - kept.x, two - kept.y);
    }
    p.image_weights[i] = pair;
  }
}

// Of the first layer's weights what bf16 leaves, as bf16.
PB_KERNEL(tail_pack_low, TailWeightsParams, 256, 1) {
  for (int e = (int)(blockIdx.x * blockDim.x + threadIdx.x); e < 8192; e += (int)(gridDim.x * blockDim.x)) {
    const float2 pair = first_pair(p.first, e);
    const float2 kept = unpack_bf16(pack_bf16(pair.x, pair.y));
    p.weights[e] = pack_bf16(pair.x - kept.x, pair.y - kept.y);
  }
}

// Eight pre-activations e: [base][phase][row][16 outputs][lane], pairs as in two C fragments.
PB_KERNEL(tail_pack_active, TailCleanParams, 256, 1) {
  const long long count = *p.bases * 4096ll;
  const long long step = (long long)gridDim.x * blockDim.x;
  for (long long e = (long long)blockIdx.x * blockDim.x + threadIdx.x; e < count; e += step) {
    const int lane = (int)e & 31;
    const int y = 2 * (int)(e >> 6 & 15) + (int)(e >> 11 & 1);
    unsigned pairs[4];
#pragma unroll
    for (int i = 0; i < 4; i++) {
      const int output = 16 * (int)(e >> 5 & 1) + 8 * (i >> 1) + 2 * (lane & 3);
      const int x = 2 * ((lane >> 2) + 8 * (i & 1)) + (int)(e >> 10 & 1);
      const float *from = p.active + (e >> 12) * 32768 + output * 1024 + y * 32 + x;
      pairs[i] = pack_f16(from[0], from[1024]);
    }
    p.packed_active[e] = make_uint4(pairs[0], pairs[1], pairs[2], pairs[3]);
  }
}

// The same in float32, four pre-activations e: [base][phase][row][16 outputs][two pairs][lane].
PB_KERNEL(tail_pack_exact, TailCleanParams, 256, 1) {
  const long long count = *p.bases * 8192ll;
  const long long step = (long long)gridDim.x * blockDim.x;
  for (long long e = (long long)blockIdx.x * blockDim.x + threadIdx.x; e < count; e += step) {
    const int lane = (int)e & 31;
    const int y = 2 * (int)(e >> 7 & 15) + (int)(e >> 12 & 1);
    const int output = 16 * (int)(e >> 6 & 1) + 8 * (int)(e >> 5 & 1) + 2 * (lane & 3);
    const int x = 2 * (lane >> 2) + (int)(e >> 11 & 1);
    const float *from = p.active + (e >> 13) * 32768 + output * 1024 + y * 32 + x;
    reinterpret_cast<float4 *>(p.packed_active)[e] = make_float4(from[0], from[1024], from[16], from[1040]);
  }
}

// Four pixels e: [base][color][rows 2 u and 2 u + 1][lane 16 odd + 8 px + n], of row 2 u + odd the
// columns 2 x, 2 x + 1, 2 x + 32 and 2 x + 33 with x = 2 n + px.
PB_KERNEL(tail_pack_image, TailCleanParams, 256, 1) {
  const long long count = *p.bases * p.colors * 1024;
  const long long step = (long long)gridDim.x * blockDim.x;
  for (long long e = (long long)blockIdx.x * blockDim.x + threadIdx.x; e < count; e += step) {
    const int lane = (int)e & 31;
    const int x = 2 * (lane & 7) + (lane >> 3 & 1);
    const float *row = p.logits + ((e >> 5) * 2 + (lane >> 4)) * 64 + 2 * x;
    const float4 l = make_float4(row[0], row[1], row[32], row[33]);
    p.packed_logits[e] = l;
    p.image[e] = sides_of(l);
  }
}
