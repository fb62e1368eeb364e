// The change of a linear layer on the matrix unit: change_linear_256 and change_linear_256_split.
//
// Method, as in change_down.cu: a warp owns half of the inputs and 32 outputs, and keeps their weights,
// high and low, in 128 registers a lane for its whole life; eight warps make 128 outputs. So what a warp
// reads of 16 cells and 16 inputs, two ldmatrix_x4, serves 12 m16n8k16; with all inputs of 16 outputs it
// would serve 6. Two warps share a sum: each has 8 of the 16 cells of a tile to finish, hands the other
// its part of the other 8 when its products are done, and finishes between the products of the next
// tile: one barrier of the two a tile, two buffers. Either adds the sums of the two halves of the inputs,
// so a cell's bits are the same in any row. Cells pass through shared memory 32 at a time, three batches
// deep, rows padded by 16 bytes against bank conflicts.
//
// A cell (256 to 1,024):
//   operations    3 * 2 * 262,144, or 384 m16n8k16
//   shared bytes  85 per m16n8k16 read, 21 written, 21 handed over: 32, 8 and 8 KiB
//   L2 bytes      8 (in, once per 128 outputs) + 4 (a) + 2 or 4 (out) KiB
// At 1.6 clocks for an m16n8k16, beside one of shared memory, 614 clocks of a multiprocessor: 376 million
// cells a second at most.
#pragma once

#include "change.cuh"

namespace {

PB_DEVICE float linear_moved(float clean, float change, bool rectifies) {
  return rectifies ? change_bent(clean, change) : change;
}

enum class LinearOut { kRounded, kSplit };

template <int K, int CELLS, int STAGES, LinearOut OUT>
struct ChangeLinear {
  static constexpr int kThreads = 256;
  static constexpr int kAllSteps = K / 16;
  static constexpr int kSteps = kAllSteps / 2;  // of a warp
  static constexpr int kRow = 4 * K + 16;       // bytes: K high, K low, padding
  static constexpr int kBases = CELLS * kRow;
  static constexpr int kStage = kBases + (CELLS * 4 + 15) / 16 * 16;
  static constexpr int kShared = change_linear_shared(K, CELLS, STAGES);
  static constexpr int kChunks = 4 * K / 16;

  static_assert(kShared == STAGES * kStage + kChangeLinearHanded, "what the host is told");
  static_assert(K % 32 == 0 && K <= 256, "the weights of a warp must fit its registers");
  static_assert(CELLS % 16 == 0, "whole tiles");

  // What a lane finishes: 4 of each 16 outputs of a cell.
  struct Tile {
    int base;
    int cell;  // -1: there is none
  };

  unsigned weights[kSteps][16];  // pairs, of 8 outputs each: four high ones, then the low ones
  const ChangeLinearParams &p;
  unsigned char *shared;
  float4 *handed;  // [2][team][from][quad][lane]
  int cells, lane, part, team;

  PB_DEVICE ChangeLinear(const ChangeLinearParams &params, unsigned char *room)
      : p(params), shared(room), handed((float4 *)(room + STAGES * kStage)) {
    lane = threadIdx.x & 31;
    part = threadIdx.x >> 5 & 1;
    team = threadIdx.x >> 6;
    cells = *p.cells;
  }

  PB_DEVICE void load_weights() {
    const int group = (blockIdx.y * 4 + team) * 2;  // of 16 outputs
    const uint4 *from = (const uint4 *)p.weights + (group * kAllSteps + part * kSteps) * 64 + lane;
#pragma unroll
    for (int k = 0; k < kSteps; k++) {
#pragma unroll
      for (int i = 0; i < 4; i++) {
        const uint4 w = from[(i % 2 * kAllSteps + k) * 64 + i / 2 * 32];
        weights[k][4 * i] = w.x, weights[k][4 * i + 1] = w.y;
        weights[k][4 * i + 2] = w.z, weights[k][4 * i + 3] = w.w;
      }
    }
  }

  PB_DEVICE void load(int batch, int stage) {
    unsigned char *to = shared + stage * kStage;
    const long long first = (long long)batch * CELLS;
    const int here = cells - first < CELLS ? (int)(cells - first) : CELLS;
    const uint4 *from = (const uint4 *)p.in + first * kChunks;
    for (int i = threadIdx.x; i < here * kChunks; i += kThreads) {
      cp_async_16(to + i / kChunks * kRow + i % kChunks * 16, from + i);
    }
    if ((int)threadIdx.x < here) {
      cp_async_4(to + kBases + threadIdx.x * 4, p.base + first + threadIdx.x);
    }
  }

  PB_DEVICE static void add(float (*sums)[4], const unsigned *a, const unsigned *w) {
#pragma unroll
    for (int j = 0; j < 4; j++) mma_bf16_16816(sums[j], a, w + 2 * j);
  }

  // First of the outputs of a lane.
  PB_DEVICE int output() const { return blockIdx.y * 128 + team * 32 + (lane & 3) * 4; }

  PB_DEVICE float4 *hand(int buffer, int from) const { return handed + ((buffer * 4 + team) * 2 + from) * 64 + lane; }

  // Multiplies cells t .. t + 15 of a batch that has arrived, and finishes the part `own` of the tile before.
  PB_DEVICE void multiply(int batch, const unsigned char *from, int t, int buffer, float (&own)[8], Tile &tile) const {
    const unsigned char *row = from + (t + (lane & 15)) * kRow + (lane >> 4) * 16 + part * K;
    float sums[4][4] = {}, rest[4][4] = {};
    float4 clean[2];
    unsigned high[2][4], low[4];
    ldmatrix_x4(high[0], row);
#pragma unroll
    for (int k = 0; k < kSteps; k++) {
      ldmatrix_x4(low, row + k * 32 + 2 * K);
      add(sums, high[k & 1], weights[k]);
      add(rest, high[k & 1], weights[k] + 8);
      if (k + 1 < kSteps) ldmatrix_x4(high[(k + 1) & 1], row + k * 32 + 32);
      add(rest, low, weights[k]);
      if (k == 0) read_clean(clean, tile);
      if (k == 2) gather(buffer ^ 1, own);
      if (k == 4) finish(own, clean, tile);
    }
    float4 theirs[2];
#pragma unroll
    for (int j = 0; j < 4; j++) {
      float all[4];
#pragma unroll
      for (int i = 0; i < 4; i++) all[i] = sums[j][i] + rest[j][i];
      own[2 * j] = part == 0 ? all[0] : all[2];
      own[2 * j + 1] = part == 0 ? all[1] : all[3];
      const float x = part == 0 ? all[2] : all[0], y = part == 0 ? all[3] : all[1];
      if (j % 2 == 0) theirs[j / 2].x = x, theirs[j / 2].y = y;
      if (j % 2 == 1) theirs[j / 2].z = x, theirs[j / 2].w = y;
    }
    hand(buffer, part)[0] = theirs[0];
    hand(buffer, part)[32] = theirs[1];
    const int c = t + 8 * part + (lane >> 2);
    const int cell = batch * CELLS + c;
    tile.cell = cell < cells ? cell : -1;
    tile.base = cell < cells ? ((const int *)(from + kBases))[c] : 0;
  }

  PB_DEVICE void read_clean(float4 *clean, const Tile &tile) const {
    const float *from = p.clean + tile.base * p.n + output();
    clean[0] = *(const float4 *)from;
    clean[1] = *(const float4 *)(from + 16);
  }

  // Waits for the other warp's sums and adds them.
  PB_DEVICE void gather(int buffer, float (&own)[8]) const {
    barrier_sync(1 + team, 64);
#pragma unroll
    for (int g = 0; g < 2; g++) {
      const float4 theirs = hand(buffer, part ^ 1)[32 * g];
      own[4 * g] += theirs.x, own[4 * g + 1] += theirs.y;
      own[4 * g + 2] += theirs.z, own[4 * g + 3] += theirs.w;
    }
  }

  PB_DEVICE void finish(const float (&own)[8], const float4 *clean, const Tile &tile) const {
    if (tile.cell < 0) return;
    const bool rectifies = p.rectifies != 0;
#pragma unroll
    for (int g = 0; g < 2; g++) {
      const float *x = own + 4 * g;
      const float4 a = clean[g];
      write(tile.cell, output() + 16 * g,
            make_float4(linear_moved(a.x, x[0], rectifies), linear_moved(a.y, x[1], rectifies),
                        linear_moved(a.z, x[2], rectifies), linear_moved(a.w, x[3], rectifies)));
    }
  }

  PB_DEVICE void write(long long cell, int n, float4 d) const {
    if constexpr (OUT == LinearOut::kSplit) {
      const int channels = (int)p.splits;
      unsigned short *to = (unsigned short *)p.out + cell * 2 * p.n + n / channels * 2 * channels + n % channels;
      uint2 top, bottom;
      change_split_pair(d.x, d.y, top.x, bottom.x);
      change_split_pair(d.z, d.w, top.y, bottom.y);
      *(uint2 *)to = top;
      *(uint2 *)(to + channels) = bottom;
    } else {
      *(uint2 *)((unsigned short *)p.out + cell * p.n + n) = make_uint2(pack_bf16(d.x, d.y), pack_bf16(d.z, d.w));
    }
  }

  PB_DEVICE void run() {
    const int batches = (cells + CELLS - 1) / CELLS;
    if ((int)blockIdx.x >= batches) return;
    // Rows of the last batch beyond the cells are multiplied too, and sums gathered before the first tile, for
    // nothing.
    for (int i = threadIdx.x; i < kShared / 16; i += kThreads) {
      ((uint4 *)shared)[i] = make_uint4(0, 0, 0, 0);
    }
    __syncthreads();
    int next = blockIdx.x;
#pragma unroll
    for (int s = 0; s < STAGES - 1; s++) {
      if (next < batches) load(next, s);
      cp_async_commit();
      next += gridDim.x;
    }
    load_weights();
    float own[8] = {};
    Tile tile = {0, -1};
    int stage = 0, buffer = 0;
    for (int batch = blockIdx.x; batch < batches; batch += gridDim.x) {
      cp_async_wait<STAGES - 2>();
      __syncthreads();
      if (next < batches) load(next, stage == 0 ? STAGES - 1 : stage - 1);
      cp_async_commit();
      next += gridDim.x;
#pragma unroll 1
      for (int t = 0; t < CELLS; t += 16) {
        multiply(batch, shared + stage * kStage, t, buffer, own, tile);
        buffer ^= 1;
      }
      stage = stage + 1 == STAGES ? 0 : stage + 1;
    }
    float4 clean[2];
    read_clean(clean, tile);
    gather(buffer ^ 1, own);
    finish(own, clean, tile);
  }
};

}  // namespace
