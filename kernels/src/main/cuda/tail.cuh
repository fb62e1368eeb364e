// The parts of the tail: how a change of 16 x 16 x 32 becomes the change of an image of 64 x 64, in
// pieces that one warp works on.
//
// First layer (transposed convolution, k4 s2 p1, 32 to 32 channels). Outputs of one parity of row
// and column (py, px), a phase, see four of the sixteen taps: output (2 m + py, 2 n + px) is the sum
// over v and h of input (m - 1 + py + v, n + s) times tap (3 - py - 2 v, kx), where h = 1 is the
// input's own column, s = 0 and kx = 1 + px, and h = 0 the one beside it, s = 2 px - 1 and
// kx = 3 (1 - px). So each phase is a product of 256 pixels, 4 x 32 inputs and 32 outputs, and a warp
// of one phase keeps its 128 x 32 weights in 64 registers a lane. It goes down input rows r: each row
// of 16 pixels is one m16 tile, read once per column and used twice, for the output row that ends
// with it (v = 1) and for the one that begins with it (v = 0).
//
// The rectifier. relu(a + d) - relu(a) = max(d, -a) + min(a, 0), to the bit what one rounding gives.
//
// Second layer (onto one channel of the image). The lanes hold the sums of the first as C fragments,
// which packed in pairs are A fragments of the next product: 16 pixels, 32 channels, 16 taps. Column
// 2 ky + e of the j-th n8 tile is tap (ky, 2 j + e), so that lane 4 g + t has of row ky = t two taps of
// the pixels g and g + 8 side by side: one store of 16 bytes for each j. Plane ky holds them at
// [j][y][px][n], n = 0..7 with n + 8 beside it, and planes are 32 bytes more apart than that asks for:
// stores and loads of eight lanes meet each bank once.
//
// The image. Row 2 u sees taps ky = 1 of row u and 3 of row u - 1, row 2 u + 1 taps 2 of u and 0 of
// u + 1. A warp measures both at once: lane 16 odd + 8 px + n adds the two rows' taps of its pixels
// x = 2 n + px and x + 16 and, with taps of their neighbours x - 1 and x + 1 from shuffles, has the
// change of the image's columns 2 x, 2 x + 1, 2 x + 32 and 2 x + 33.
#pragma once

#include "mma.cuh"

namespace {

constexpr int kTile = 16 * 16 * 64;         // bytes of an input
constexpr int kTileRoom = kTile + 128;      // zeros follow it, for what lies beside the image
constexpr int kActiveRow = 2 * 32 * 16;     // bytes of a warp's row of clean pre-activations
constexpr int kImageWeights = 4 * 32 * 16;  // bytes for a channel of the image
constexpr unsigned kAll = 0xffffffffu;

// Weights of a warp's phase: [v][h][16 inputs][8 outputs][register].
using Weights = unsigned[2][2][2][4][2];
// Sums of 16 pixels and 32 outputs: [8 outputs][register].
using Sums = float[4][4];

// Byte of chunk c (16 bytes, 8 channels) of pixel p = 16 y + x in the tile: any eight neighbours in
// a row meet each bank once.
PB_DEVICE int tile_at(int p, int c) { return p * 64 + ((c ^ (p >> 1 & 3)) << 4); }

// The kernel's block copies a cell's input into a tile, and goes on.
template <int kThreads>
PB_DEVICE void copy_tile(unsigned char *tile, const void *change, long long cell) {
  const unsigned char *from = static_cast<const unsigned char *>(change) + cell * kTile;
#pragma unroll
  for (int j = 0; j < kTile / 16; j += kThreads) {
    const int i = j + (int)threadIdx.x;
    if (j + kThreads <= kTile / 16 || i < kTile / 16) cp_async_16(tile + tile_at(i >> 2, i & 3), from + i * 16);
  }
}

// Where a lane reads a row of a tile for ldmatrix.
struct Columns {
  int beside;
  int stride;  // of `beside` from row to row: none outside the image, where zeros lie
  int own;     // rows are 1,024 apart

  // Of row r.
  PB_DEVICE Columns(int lane, int px, int r) {
    const int x = (lane & 15) + 2 * px - 1;
    const int c = lane >> 4;
    const bool outside = x < 0 || x > 15;
    stride = outside ? 0 : 1024;
    beside = outside ? kTile + tile_at(x & 1, c ^ (x >> 1 & 3)) : tile_at(x, c) + r * 1024;
    own = tile_at(lane & 15, c) + r * 1024;
  }
  PB_DEVICE void next() {
    beside += stride;
    own += 1024;
  }
};

// An input row against the taps of the output rows that end and that begin with it.
template <bool kEnds, bool kBegins>
PB_DEVICE void row_products(const Weights &w, const unsigned char *tile, const Columns &columns,
                            Sums &ending, Sums &beginning) {
#pragma unroll
  for (int h = 0; h < 2; h++) {
    const int at = h == 0 ? columns.beside : columns.own;
#pragma unroll
    for (int k = 0; k < 2; k++) {
      unsigned a[4];
      ldmatrix_x4(a, tile + (at ^ k * 32));
#pragma unroll
      for (int j = 0; j < 4; j++) {
        if (kEnds) mma_bf16_16816(ending[j], a, w[1][h][k][j]);
        if (kBegins) mma_bf16_16816(beginning[j], a, w[0][h][k][j]);
      }
    }
  }
}

// The same of operands of two bf16 each: the tile of the low ones follows that of the high ones. What
// is left out, low by low, is under 2^-16 of a product.
struct SplitWeights {
  Weights high;
  Weights low;
};
template <bool kEnds, bool kBegins>
PB_DEVICE void row_products(const SplitWeights &w, const unsigned char *tile, const Columns &columns,
                            Sums &ending, Sums &beginning) {
#pragma unroll
  for (int h = 0; h < 2; h++) {
    const int at = h == 0 ? columns.beside : columns.own;
#pragma unroll
    for (int k = 0; k < 2; k++) {
      unsigned a[4];
      unsigned b[4];
      ldmatrix_x4(a, tile + (at ^ k * 32));
      ldmatrix_x4(b, tile + (at ^ k * 32) + kTileRoom);
#pragma unroll
      for (int part = 0; part < 3; part++) {
#pragma unroll
        for (int j = 0; j < 4; j++) {
          const unsigned(&of)[4] = part == 1 ? b : a;
          if (kEnds) mma_bf16_16816(ending[j], of, part == 2 ? w.low[1][h][k][j] : w.high[1][h][k][j]);
          if (kBegins) mma_bf16_16816(beginning[j], of, part == 2 ? w.low[0][h][k][j] : w.high[0][h][k][j]);
        }
      }
    }
  }
}

PB_DEVICE void clear(Sums &sums) {
#pragma unroll
  for (int i = 0; i < 16; i++) sums[i >> 2][i & 3] = 0.0f;
}

// relu(clean + change) - relu(clean).
PB_DEVICE float bent(float clean, float change) {
  return fmaxf(change, -clean) + fminf(clean, 0.0f);
}

// How far eight outputs move, [0..3] and [4..7] as in two tiles of sums.
PB_DEVICE void bend(const Sums &sums, int k, const uint4 *active, float (&moved)[8]) {
  const uint4 four = active[32 * k];
  const unsigned pairs[4] = {four.x, four.y, four.z, four.w};
#pragma unroll
  for (int i = 0; i < 4; i++) {
    const float2 clean = unpack_f16(pairs[i]);
    const int j = 2 * k + (i >> 1);
    moved[2 * i] = bent(clean.x, sums[j][2 * (i & 1)]);
    moved[2 * i + 1] = bent(clean.y, sums[j][2 * (i & 1) + 1]);
  }
}

// The same of pre-activations in float32, which take twice the room.
PB_DEVICE void bend(const Sums &sums, int k, const float4 *active, float (&moved)[8]) {
#pragma unroll
  for (int i = 0; i < 2; i++) {
    const float4 clean = active[64 * k + 32 * i];
    const float(&of)[4] = sums[2 * k + i];
    moved[4 * i] = bent(clean.x, of[0]);
    moved[4 * i + 1] = bent(clean.y, of[1]);
    moved[4 * i + 2] = bent(clean.z, of[2]);
    moved[4 * i + 3] = bent(clean.w, of[3]);
  }
}

// Room for the taps of some rows of the first layer's outputs onto one color: of all 32, or of as many
// that follow each other, row y in the place of row y - kRows.
template <int kRows>
struct TapsRoom {
  static constexpr int kHalf = kRows * 16 * 16;    // bytes of one j
  static constexpr int kPlane = 2 * kHalf + 32;    // of one ky
  static constexpr int kBytes = 4 * kPlane;

  static_assert(kRows <= 32 && 2 * kRows >= 32, "at most two rows to a place");

  PB_DEVICE static int row(int y) {
    if constexpr (kRows < 32) y = y < kRows ? y : y - kRows;
    return y * 256;
  }
  // Where a lane puts the taps of row y.
  PB_DEVICE static int to(int lane, int y, int px) {
    return (lane & 3) * kPlane + row(y) + (px * 8 + (lane >> 2)) * 16;
  }
};
using AllTaps = TapsRoom<32>;

// A row of 16 pixels through the second layer: this lane's taps go to `to`.
//
// @param active the clean pre-activations of 16 outputs in shared memory, 16 others 32 further: halves,
//   or float32 in two times four
// @param weights of each color [high, low][16 inputs][lane], in shared memory
template <int kColors, class Room, class Active>
PB_DEVICE void taps_of_row(const Sums &sums, const Active *active, const uint4 *weights, int lane,
                           unsigned char *to) {
  float c[kColors][2][4];
#pragma unroll
  for (int i = 0; i < 8 * kColors; i++) c[i >> 3][i >> 2 & 1][i & 3] = 0.0f;
#pragma unroll
  for (int k = 0; k < 2; k++) {
    float moved[8];
    bend(sums, k, active, moved);
    unsigned high[4];
    unsigned low[4];
#pragma unroll
    for (int i = 0; i < 4; i++) {
      high[i] = pack_bf16(moved[2 * i], moved[2 * i + 1]);
      const float2 kept = unpack_bf16(high[i]);
      low[i] = pack_bf16(moved[2 * i] - kept.x, moved[2 * i + 1] - kept.y);
    }
#pragma unroll
    for (int color = 0; color < kColors; color++) {
      const uint4 *of = weights + color * (kImageWeights / 16) + k * 32 + lane;
      const uint4 wh = of[0];
      const unsigned first[2] = {wh.x, wh.y};
      const unsigned second[2] = {wh.z, wh.w};
      mma_bf16_16816(c[color][0], high, first);
      mma_bf16_16816(c[color][1], high, second);
      const uint4 wl = of[64];
      const unsigned first_low[2] = {wl.x, wl.y};
      const unsigned second_low[2] = {wl.z, wl.w};
      mma_bf16_16816(c[color][0], low, first);
      mma_bf16_16816(c[color][1], low, second);
      mma_bf16_16816(c[color][0], high, first_low);
      mma_bf16_16816(c[color][1], high, second_low);
    }
  }
#pragma unroll
  for (int i = 0; i < 2 * kColors; i++) {
    const auto &t = c[i >> 1][i & 1];
    unsigned char *const at = to + (i >> 1) * Room::kBytes + (i & 1) * Room::kHalf;
    *reinterpret_cast<float4 *>(at) = make_float4(t[0], t[1], t[2], t[3]);
  }
}

// The change of the logits of a lane's four pixels of rows 2 u and 2 u + 1.
template <class Room>
PB_DEVICE float4 logits_of_rows(const unsigned char *taps, int u, int lane) {
  const int odd = lane >> 4;
  const int other = u - 1 + 2 * odd;
  const unsigned char *own = taps + (1 + odd) * Room::kPlane + Room::row(u) + (lane & 15) * 16;
  float4 a = *reinterpret_cast<const float4 *>(own);
  float4 b = *reinterpret_cast<const float4 *>(own + Room::kHalf);
  if (other >= 0 && other < 32) {
    const unsigned char *far = taps + (3 - 3 * odd) * Room::kPlane + Room::row(other) + (lane & 15) * 16;
    const float4 c = *reinterpret_cast<const float4 *>(far);
    const float4 d = *reinterpret_cast<const float4 *>(far + Room::kHalf);
    a = make_float4(a.x + c.x, a.y + c.y, a.z + c.z, a.w + c.w);
    b = make_float4(b.x + d.x, b.y + d.y, b.z + d.z, b.w + d.w);
  }
  // Taps 3 of pixels x - 1 and 0 of x + 1; pixel 15 lies before 16, in the other half of a lane.
  const bool right = (lane & 8) != 0;
  const bool first = (lane & 15) == 0;
  const bool last = (lane & 15) == 15;
  const int before = right ? lane - 8 : first ? lane + 15 : lane + 7;
  const int after = right ? (last ? lane - 15 : lane - 7) : lane + 8;
  const float left = __shfl_sync(kAll, b.y, before);
  const float left_far = __shfl_sync(kAll, b.w, before);
  const float next = __shfl_sync(kAll, a.x, after);
  const float next_far = __shfl_sync(kAll, a.z, after);
  return make_float4(a.y + (first ? 0.0f : left), b.x + (last ? next_far : next),
                     a.w + (first ? left : left_far), b.z + (last ? 0.0f : next_far));
}

}  // namespace
