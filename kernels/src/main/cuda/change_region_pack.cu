// The weights of convolutions and the clean values as regions read them (change_region.cu).
//
//   region_weights  (O, C, 4, 4) or (C, O, 4, 4) to [ky][kx][C][O], O made even with zeros; onto an image
//                   to [O][C / 4][ky][kx][4]
//   region_clean    (bases; C, H, W) to (bases; H, W, C), in tiles of 32 x 32 through shared memory,
//                   a block to a tile
//
// Bytes: 8 per number. Weights once per model, clean values once per run.
#include "carried_rect.cuh"

struct RegionWeights {
  const float *from;
  float *to;
  long long kind;
  long long channels, outputs;
  long long rounds;
};

struct RegionClean {
  const float *from;
  float *to;
  const int *bases;
  long long channels, plane;
};

PB_KERNEL(region_weights, RegionWeights, 256, 1) {
  const int channels = static_cast<int>(p.channels);
  const int outputs = static_cast<int>(p.outputs);
  const bool image = p.kind == kOntoImage;
  const int deep = image ? (channels + 3) / 4 * 4 : channels;
  const int across = image ? outputs : (outputs + 1) / 2 * 2;
  const int all = 16 * deep * across;
  for (int i = blockIdx.x * 256 + threadIdx.x; i < all; i += gridDim.x * 256) {
    const int tap = image ? i / 4 % 16 : i / (channels * across);
    const int c = image ? i / 64 % (deep / 4) * 4 + i % 4 : i / across % channels;
    const int o = image ? i / 64 / (deep / 4) : i % across;
    const int pair = p.kind == kDown ? o * channels + c : c * outputs + o;
    const float w = o < outputs && c < channels ? p.from[pair * 16 + tap] : 0.0f;
    p.to[i] = p.rounds ? change_bf16(w) : w;
  }
}

PB_KERNEL(region_clean, RegionClean, 256, 1) {
  PB_SHARED(shared);
  float(*tile)[33] = reinterpret_cast<float(*)[33]>(shared);
  const int channels = static_cast<int>(p.channels);
  const int plane = static_cast<int>(p.plane);
  const int across = (channels + 31) / 32;
  const int along = (plane + 31) / 32;
  const int lane = threadIdx.x % 32;
  const int item = blockIdx.x;
  if (item >= *p.bases * across * along) return;
  const int c0 = item % across * 32;
  const int p0 = item / across % along * 32;
  const long long start = 1ll * (item / across / along) * channels * plane;
  for (int i = threadIdx.x / 32; i < 32; i += 8) {
    if (c0 + i < channels && p0 + lane < plane) {
      tile[i][lane] = p.from[start + 1ll * (c0 + i) * plane + p0 + lane];
    }
  }
  __syncthreads();
  for (int i = threadIdx.x / 32; i < 32; i += 8) {
    if (c0 + lane < channels && p0 + i < plane) {
      p.to[start + 1ll * (p0 + i) * channels + c0 + lane] = tile[lane][i];
    }
  }
}
