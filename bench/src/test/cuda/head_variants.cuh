// Other forms of change_up.cu, to be measured beside it: the same weights in registers and the same
// shared memory, but every tile's sums are bent and written when its products are done; and 16
// outputs a warp instead of 32: twice the warps, twice the shared bytes of a product.
#pragma once

namespace {

template <int CIN, int COUT, int HIN, int CELLS, int STAGES, int TILES, int WIDE, int THREADS>
struct ChangeUpPlain {
  static constexpr int kThreads = THREADS;
  static constexpr int kGroups = COUT / (8 * WIDE);
  static constexpr int kAcross = kThreads / 32 / (4 * kGroups);  // warps that share the tiles
  static constexpr int kSteps = 4 * CIN / 16;
  static constexpr int kPixels = HIN * HIN;
  static constexpr int kCellTiles = kPixels / 16;
  static constexpr int kAll = CELLS * kCellTiles;
  static constexpr int kPixel = 2 * CIN + 16;  // bytes
  static constexpr int kRow = change_row(2 * CIN, HIN);
  static constexpr int kCell = (HIN + 2) * kRow;
  static constexpr int kBases = CELLS * kCell;
  static constexpr int kStage = kBases + (CELLS * 4 + 15) / 16 * 16;
  static constexpr int kShared = STAGES * kStage;
  static constexpr int kChunks = kPixels * CIN / 8;  // of 16 bytes, a cell

  static_assert(CIN % 16 == 0 && CIN <= 64, "the weights of a warp must fit its registers");
  static_assert(kAcross >= 1 && kThreads / 32 == kAcross * 4 * kGroups, "the warps share the work");
  static_assert(kPixels % 16 == 0 && kAll % (TILES * kAcross) == 0, "whole tiles for every warp");
  static_assert(kAll / kAcross >= TILES, "tiles for every warp");

  unsigned weights[kSteps][2 * WIDE];
  const ChangeUpParams &p;
  unsigned char *shared;
  int cells, lane, group, part, py, px;

  PB_DEVICE ChangeUpPlain(const ChangeUpParams &params, unsigned char *room) : p(params), shared(room) {
    const int warp = threadIdx.x >> 5;
    lane = threadIdx.x & 31;
    py = warp >> 1 & 1;
    px = warp & 1;
    group = (warp >> 2) % kGroups;
    part = (warp >> 2) / kGroups;
    cells = *p.cells;
  }

  PB_DEVICE void load_weights() {
    const uint4 *from = (const uint4 *)p.weights + ((2 * py + px) * kGroups + group) * kSteps * 16 * WIDE + WIDE / 2 * lane;
#pragma unroll
    for (int k = 0; k < kSteps; k++) {
#pragma unroll
      for (int h = 0; h < WIDE / 2; h++) {
        const uint4 w = from[k * 16 * WIDE + h];
        weights[k][4 * h] = w.x;
        weights[k][4 * h + 1] = w.y;
        weights[k][4 * h + 2] = w.z;
        weights[k][4 * h + 3] = w.w;
      }
    }
  }

  PB_DEVICE void clear() {
    for (int i = threadIdx.x; i < kShared / 16; i += kThreads) {
      ((uint4 *)shared)[i] = make_uint4(0, 0, 0, 0);
    }
  }

  PB_DEVICE void load(int batch, int stage) {
    unsigned char *to = shared + stage * kStage;
    const long long first = (long long)batch * CELLS;
    const int here = cells - first < CELLS ? (int)(cells - first) : CELLS;
    for (int i = threadIdx.x; i < here * kChunks; i += kThreads) {
      const int c = i / kChunks;
      const int pixel = i % kChunks / (CIN / 8);
      const int y = pixel / HIN + 1;
      const int x = pixel % HIN + 1;
      cp_async_16(to + c * kCell + y * kRow + x * kPixel + i % (CIN / 8) * 16,
                  (const uint4 *)p.in + first * kChunks + i);
    }
    if ((int)threadIdx.x < here) {
      cp_async_4(to + kBases + threadIdx.x * 4, p.base + first + threadIdx.x);
    }
  }

  // Tiles t .. t + TILES - 1 of a batch that has arrived.
  PB_DEVICE void multiply(int batch, int stage, int t) {
    const unsigned char *from = shared + stage * kStage;
    const unsigned char *row[TILES];
    long long at[TILES];  // of a lane's first pixel, in a cell's outputs
    __align__(16) unsigned clean[TILES][2][WIDE];
    bool wanted[TILES];
    bool some = false;
#pragma unroll
    for (int m = 0; m < TILES; m++) {
      const int c = (t + m) / kCellTiles;
      const int start = (t + m) % kCellTiles * 16;
      const long long cell = (long long)batch * CELLS + c;
      wanted[m] = cell < cells && (p.skipped == nullptr || p.skipped[cell] == 0);
      some |= wanted[m];
      const int pixel = start + (lane & 15);
      row[m] = from + c * kCell + (pixel / HIN + py) * kRow + (pixel % HIN + px) * kPixel +
               (lane >> 4) * 16;
      at[m] = cell * (4 * kPixels * COUT);
      const long long base = wanted[m] ? ((const int *)(from + kBases))[c] : 0;
#pragma unroll
      for (int h = 0; h < 2; h++) {
        const uint2 *a = (const uint2 *)(p.clean + base * (4 * kPixels * COUT) + place(start, h));
        if constexpr (WIDE == 4) {
          *(uint4 *)clean[m][h] = *(const uint4 *)a;
        } else {
          *(uint2 *)clean[m][h] = *a;
        }
      }
    }
    if (!some) return;
    float sums[TILES][WIDE][4] = {};
    unsigned a[2][TILES][4];
#pragma unroll
    for (int m = 0; m < TILES; m++) ldmatrix_x4(a[0][m], row[m]);
#pragma unroll
    for (int k = 0; k < kSteps; k++) {
#pragma unroll
      for (int m = 0; m < TILES; m++) {
        if (k + 1 < kSteps) ldmatrix_x4(a[(k + 1) & 1][m], row[m] + offset(k + 1));
      }
#pragma unroll
      for (int m = 0; m < TILES; m++) {
#pragma unroll
        for (int j = 0; j < WIDE; j++) mma_bf16_16816(sums[m][j], a[k & 1][m], &weights[k][2 * j]);
      }
    }
#pragma unroll
    for (int m = 0; m < TILES; m++) {
      if (!wanted[m]) continue;
      const int start = (t + m) % kCellTiles * 16;
#pragma unroll
      for (int h = 0; h < 2; h++) {
        __align__(16) unsigned bent[WIDE];
#pragma unroll
        for (int j = 0; j < WIDE; j++) {
          bent[j] = moved(clean[m][h][j], sums[m][j][2 * h], sums[m][j][2 * h + 1]);
        }
        if constexpr (WIDE == 4) {
          *(uint4 *)(p.out + at[m] + place(start, h)) = *(const uint4 *)bent;
        } else {
          *(uint2 *)(p.out + at[m] + place(start, h)) = *(const uint2 *)bent;
        }
      }
    }
  }

  // Of step k's 16 inputs of a tap, from those of the tap's first channel.
  PB_DEVICE static constexpr int offset(int k) {
    const int tap = k / (CIN / 16);
    return (tap >> 1) * kRow + (tap & 1) * kPixel + k % (CIN / 16) * 32;
  }

  // Of a lane's outputs for its row g + 8 h of the tile that begins with input pixel `start`.
  PB_DEVICE int place(int start, int h) const {
    const int pixel = start + (lane >> 2) + 8 * h;
    const int y = 2 * (pixel / HIN) + py;
    const int x = 2 * (pixel % HIN) + px;
    return (y * 2 * HIN + x) * COUT + group * 8 * WIDE + (lane & 3) * 2 * WIDE;
  }

  PB_DEVICE static unsigned moved(unsigned clean, float first, float second) {
    const float2 a = unpack_f16(clean);
    return pack_bf16(change_bent(a.x, first), change_bent(a.y, second));
  }

  PB_DEVICE void run() {
    const int batches = (cells + CELLS - 1) / CELLS;
    if ((int)blockIdx.x >= batches) return;
    clear();
    __syncthreads();
    int next = blockIdx.x;
#pragma unroll
    for (int s = 0; s < STAGES - 1; s++) {
      if (next < batches) load(next, s);
      cp_async_commit();
      next += gridDim.x;
    }
    load_weights();
    int stage = 0;
    for (int batch = blockIdx.x; batch < batches; batch += gridDim.x) {
      cp_async_wait<STAGES - 2>();
      __syncthreads();
      if (next < batches) load(next, stage == 0 ? STAGES - 1 : stage - 1);
      cp_async_commit();
      next += gridDim.x;
#pragma unroll 1
      for (int t = part * TILES; t < kAll; t += kAcross * TILES) multiply(batch, stage, t);
      stage = stage + 1 == STAGES ? 0 : stage + 1;
    }
  }
};

}  // namespace

