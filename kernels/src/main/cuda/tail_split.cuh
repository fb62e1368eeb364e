// What the exact forms of the tail read: changes and weights as two bf16 each, clean pre-activations in
// float32.
#pragma once

#include "tail_block.cuh"

namespace {

constexpr int kExactRow = 2 * kActiveRow;  // bytes of a warp's row of clean pre-activations
constexpr int kSplitTile = 2 * kTileRoom;  // of the high parts of a cell's input, and of the low ones

PB_DEVICE void load_weights(const void *packed, int phase, int lane, SplitWeights &w) {
  load_weights(packed, phase, lane, w.high);
  load_weights(static_cast<const uint4 *>(packed) + 2048, phase, lane, w.low);
}

// The kernel's block copies a cell's input, [16][16][high, low][32], into two tiles, and goes on.
template <int kThreads>
PB_DEVICE void copy_split_tile(unsigned char *tile, const void *change, int cell) {
  const unsigned char *from = static_cast<const unsigned char *>(change) + (long long)cell * (2 * kTile);
#pragma unroll 4
  for (int j = 0; j < 2 * kTile / 16; j += kThreads) {
    const int i = j + (int)threadIdx.x;
    cp_async_16(tile + (i >> 2 & 1) * kTileRoom + tile_at(i >> 3, i & 3), from + i * 16);
  }
}

}  // namespace
