// Cells that pass through shared memory: batches of CELLS images of SIZE x SIZE pixels of BYTES bytes,
// one after the other in device memory, go round STAGES stages by cp.async, with the numbers of
// their bases. An image has a border of zeros of one pixel; a pixel is
// padded by 16 bytes, so that the 8 rows of a tile that ldmatrix reads fall on 32 banks. Where a tile
// takes every second pixel, APART, a row holds its even columns, the border's first among them, and
// then its odd ones.
//
// Blocks are persistent: block b of B takes batches b, b + B, ...; one barrier a batch.
#pragma once

#include "change.cuh"

namespace {

template <int BYTES, int SIZE, int CELLS, int STAGES, bool APART = false>
struct StagedImages {
  static constexpr int kThreads = 256;
  static constexpr int kPixels = SIZE * SIZE;
  static constexpr int kPixel = BYTES + 16;
  static constexpr int kRow = change_row(BYTES, SIZE);
  static constexpr int kCell = (SIZE + 2) * kRow;
  static constexpr int kBases = CELLS * kCell;
  static constexpr int kStage = (kBases + CELLS * 4 + 15) / 16 * 16;
  static constexpr int kShared = STAGES * kStage;
  static constexpr int kPieces = BYTES / 16;
  static constexpr int kChunks = kPixels * kPieces;  // of 16 bytes, a cell

  static_assert(kShared == change_shared(BYTES, SIZE, CELLS, STAGES), "what the host is told");
  static_assert(STAGES >= 2 && BYTES % 32 == 0, "copies ahead, whole steps of 16 numbers");

  const unsigned char *in;
  const int *base;
  unsigned char *shared;
  int cells;

  PB_DEVICE void load(int batch, int stage) const {
    unsigned char *to = shared + stage * kStage;
    const long long first = (long long)batch * CELLS;
    const int here = cells - first < CELLS ? (int)(cells - first) : CELLS;
    for (int i = threadIdx.x; i < here * kChunks; i += kThreads) {
      const int pixel = i % kChunks / kPieces;
      cp_async_16(to + i / kChunks * kCell + place(pixel / SIZE + 1, pixel % SIZE + 1) + i % kPieces * 16,
                  in + (first * kChunks + i) * 16);
    }
    if ((int)threadIdx.x < here) cp_async_4(to + kBases + threadIdx.x * 4, base + first + threadIdx.x);
  }

  // Of a pixel in its cell's room; the border's first is (0, 0).
  PB_DEVICE static constexpr int place(int y, int x) {
    return y * kRow + (APART ? (x & 1) * (SIZE / 2 + 1) + (x >> 1) : x) * kPixel;
  }

  // Is there a cell c of a batch?
  PB_DEVICE bool there(int batch, int c) const { return (long long)batch * CELLS + c < cells; }

  // The base of a cell that is there.
  PB_DEVICE static int base_of(const unsigned char *stage, int c) { return ((const int *)(stage + kBases))[c]; }

  // Calls begin() when the first copies are under way, then work(batch, stage) for every batch that
  // has arrived; returns whether there was one.
  template <class Begin, class Work>
  PB_DEVICE bool each(Begin begin, Work work) const {
    const int batches = (cells + CELLS - 1) / CELLS;
    if ((int)blockIdx.x >= batches) return false;
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
    begin();
    int stage = 0;
    for (int batch = blockIdx.x; batch < batches; batch += gridDim.x) {
      cp_async_wait<STAGES - 2>();
      __syncthreads();
      if (next < batches) load(next, stage == 0 ? STAGES - 1 : stage - 1);
      cp_async_commit();
      next += gridDim.x;
      work(batch, shared + stage * kStage);
      stage = stage + 1 == STAGES ? 0 : stage + 1;
    }
    return true;
  }
};

}  // namespace
