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
// 2 ky + e of the j-th n8 tile is tap (ky, 2 j + e), so that lane 4 g + t has the four taps of row
// ky = t of the pixels g and g + 8: one store of 16 bytes each, into plane ky. A plane holds pixel
// (y, 2 n + px) at place 32 y + 16 px + n, and planes are 32 bytes more apart than that asks for:
// stores and loads of eight lanes meet each bank once.
//
// The image. Row 2 u sees taps ky = 1 of row u and 3 of row u - 1, row 2 u + 1 taps 2 of u and 0 of
// u + 1. Lane 16 px + n adds the two for its pixel x = 2 n + px and, with taps of its neighbours
// x - 1 and x + 1 from two shuffles, has the change of pixels 2 x and 2 x + 1.
#pragma once

#include "mma.cuh"

namespace {

constexpr int kTile = 16 * 16 * 64;         // bytes of an input
constexpr int kTileRoom = kTile + 128;      // zeros follow it, for what lies beside the image
constexpr int kPlane = 32 * 32 * 16 + 32;   // bytes of the taps of one ky
constexpr int kTaps = 4 * kPlane;
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
  for (int i = (int)threadIdx.x; i < kTile / 16; i += kThreads) {
    cp_async_16(tile + tile_at(i >> 2, i & 3), from + i * 16);
  }
}

// Where a lane reads row 0 of a tile for ldmatrix, and how far the next is.
struct Columns {
  int beside;
  int stride;  // of `beside`: none outside the image, where zeros lie
  int own;     // rows are 1,024 apart

  PB_DEVICE Columns(int lane, int px) {
    const int x = (lane & 15) + 2 * px - 1;
    const int c = lane >> 4;
    const bool outside = x < 0 || x > 15;
    beside = outside ? kTile + tile_at(x & 1, c ^ (x >> 1 & 3)) : tile_at(x, c);
    stride = outside ? 0 : 1024;
    own = tile_at(lane & 15, c);
  }
};

// Input row r against the taps of the output rows that end and that begin with it.
template <bool kEnds, bool kBegins>
PB_DEVICE void row_products(const Weights &w, const unsigned char *tile, const Columns &columns, int r,
                            Sums &ending, Sums &beginning) {
#pragma unroll
  for (int h = 0; h < 2; h++) {
    const int at = h == 0 ? columns.beside + r * columns.stride : columns.own + r * 1024;
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

PB_DEVICE void clear(Sums &sums) {
#pragma unroll
  for (int i = 0; i < 16; i++) sums[i >> 2][i & 3] = 0.0f;
}

// relu(clean + change) - relu(clean).
PB_DEVICE float bent(float clean, float change) {
  return fmaxf(change, -clean) + fminf(clean, 0.0f);
}

// How far eight outputs move, [0..3] and [4..7] as in two tiles of sums.
PB_DEVICE void bend(const Sums &sums, int k, const uint4 &active, float (&moved)[8]) {
  const unsigned pairs[4] = {active.x, active.y, active.z, active.w};
#pragma unroll
  for (int i = 0; i < 4; i++) {
    const float2 clean = unpack_f16(pairs[i]);
    const int j = 2 * k + (i >> 1);
    moved[2 * i] = bent(clean.x, sums[j][2 * (i & 1)]);
    moved[2 * i + 1] = bent(clean.y, sums[j][2 * (i & 1) + 1]);
  }
}

// A row of 16 pixels through the second layer: its taps go to `to`, pixel n of the phase 16 bytes on.
//
// @param active the clean pre-activations of 16 outputs in shared memory, 16 others 32 further
// kProducts: 3 with operands of two bf16 each, 2 of tf32 (each twice as long), 1 of one bf16.
// @param weights [high, low][16 inputs][lane], or of tf32 [8 inputs][lane], in shared memory
template <int kProducts, int kColors>
PB_DEVICE void taps_of_row(const Sums &sums, const uint4 *active, const uint4 *weights, int lane,
                           unsigned char *to) {
  float c[kColors][2][4];
#pragma unroll
  for (int i = 0; i < 8 * kColors; i++) c[i >> 3][i >> 2 & 1][i & 3] = 0.0f;
#pragma unroll
  for (int k = 0; k < 2; k++) {
    float moved[8];
    bend(sums, k, active[32 * k], moved);
    if constexpr (kProducts == 2) {
      // Eight channels a product: column t of A is channel 2 t, column t + 4 channel 2 t + 1.
#pragma unroll
      for (int i = 0; i < 2; i++) {
        const float *m = moved + 4 * i;
        const unsigned a[4] = {to_tf32(m[0]), to_tf32(m[2]), to_tf32(m[1]), to_tf32(m[3])};
#pragma unroll
        for (int color = 0; color < kColors; color++) {
          const uint4 b = weights[color * (kImageWeights / 16) + (2 * k + i) * 32 + lane];
          const unsigned first[2] = {b.x, b.y};
          const unsigned second[2] = {b.z, b.w};
          mma_tf32_1688(c[color][0], a, first);
          mma_tf32_1688(c[color][1], a, second);
        }
      }
    } else {
      unsigned high[4];
      unsigned low[4];
#pragma unroll
      for (int i = 0; i < 4; i++) {
        high[i] = pack_bf16(moved[2 * i], moved[2 * i + 1]);
        if (kProducts == 3) {
          const float2 kept = unpack_bf16(high[i]);
          low[i] = pack_bf16(moved[2 * i] - kept.x, moved[2 * i + 1] - kept.y);
        }
      }
#pragma unroll
      for (int color = 0; color < kColors; color++) {
        const uint4 *of = weights + color * (kImageWeights / 16) + k * 32 + lane;
        const uint4 wh = of[0];
        const unsigned first[2] = {wh.x, wh.y};
        const unsigned second[2] = {wh.z, wh.w};
        mma_bf16_16816(c[color][0], high, first);
        mma_bf16_16816(c[color][1], high, second);
        if (kProducts == 3) {
          const uint4 wl = of[64];
          const unsigned first_low[2] = {wl.x, wl.y};
          const unsigned second_low[2] = {wl.z, wl.w};
          mma_bf16_16816(c[color][0], low, first);
          mma_bf16_16816(c[color][1], low, second);
          mma_bf16_16816(c[color][0], high, first_low);
          mma_bf16_16816(c[color][1], high, second_low);
        }
      }
    }
  }
  unsigned char *place = to + (lane & 3) * kPlane + (lane >> 2) * 16;
#pragma unroll
  for (int color = 0; color < kColors; color++) {
    const auto &t = c[color];
    *reinterpret_cast<float4 *>(place + color * kTaps) = make_float4(t[0][0], t[0][1], t[1][0], t[1][1]);
    *reinterpret_cast<float4 *>(place + color * kTaps + 128) =
        make_float4(t[0][2], t[0][3], t[1][2], t[1][3]);
  }
}

// The change of the logits of pixels 2 x and 2 x + 1 of row y, from the taps of all rows.
PB_DEVICE float2 logits_of_row(const unsigned char *taps, int y, int lane) {
  const int odd = y & 1;
  const int u = y >> 1;
  const int other = u - 1 + 2 * odd;
  float4 v = *reinterpret_cast<const float4 *>(taps + (1 + odd) * kPlane + u * 512 + lane * 16);
  if (other >= 0 && other < 32) {
    const float4 o =
        *reinterpret_cast<const float4 *>(taps + (3 - 3 * odd) * kPlane + other * 512 + lane * 16);
    v = make_float4(v.x + o.x, v.y + o.y, v.z + o.z, v.w + o.w);
  }
  const bool right = lane >= 16;
  const float before = __shfl_sync(kAll, v.w, right ? lane - 16 : lane + 15);
  const float after = __shfl_sync(kAll, v.x, right ? lane - 15 : lane + 16);
  return make_float2(v.y + (lane == 0 ? 0.0f : before), v.z + (lane == 31 ? 0.0f : after));
}

}  // namespace
