// What the kernel of squares (change_squares.cu) has in shared memory: its cells and their rectangles,
// the weights on their way, and changes.
#pragma once

#include "carried_rect.cuh"
#include "change.cuh"

constexpr int kSquares = 16;      // cells of a group
constexpr int kSquareSide = 8;    // pixels
constexpr int kSquareLayers = 4;  // at most
constexpr int kSquareWarps = 8;
constexpr int kSquarePlaces = 8;  // of a warp, at most
constexpr int kSquareStages = 3;
constexpr int kSquareStage = 8192;
constexpr int kSquareZeros = 592;  // bytes: 32 are read, these fill 2 KiB

struct ChangeSquares {
  ChangeCells cells;
  const int *list;  // (window)
  const int *count;
  float *carried;   // (window; outputs, H, W)
  const unsigned char *weights[kSquareLayers];  // packed by change_down_split_pack
};

// In front of shared memory.
struct SquaresRoom {
  ChangeRect rects[kSquareLayers + 1][kSquares];  // of the squares, then of what each layer makes
  int cell[kSquares];                             // or -1
  int base[kSquares];
  int high[kSquareLayers + 1];  // the most of them
  int wide[kSquareLayers + 1];
  int first;  // of them, in the list
  int unused;
  unsigned char zeros[kSquareZeros];
};

// Then the stages of the weights, and the changes.
constexpr int kSquareRing = 2048;
constexpr int kSquareChanges = kSquareRing + kSquareStages * kSquareStage;

static_assert(sizeof(SquaresRoom) == kSquareRing, "what the host is told");

// Floats of a cell's square.
PB_DEVICE int squares_pitch(const ChangeSquares &p) {
  return static_cast<int>(p.cells.layers[0].channels) * kSquareSide * kSquareSide + 4;
}

// Bytes of a cell's pixel: the eight that a load takes at once lie in different banks.
PB_DEVICE int squares_pixel(int channels) { return 4 * channels + 16; }

// Steps of 16 inputs of a layer that a stage holds: a power of two.
PB_DEVICE int squares_steps(const RegionLayer &l) {
  const int most = kSquareStage / (64 * static_cast<int>(l.outputs));
  return most >= 8 ? 8 : most >= 4 ? 4 : most >= 2 ? 2 : 1;
}

// Copies the steps of a layer from `step` on to a stage, or of the next layer where it has no more.
PB_DEVICE void squares_copy(const ChangeSquares &p, int layer, int step, int stage, unsigned char *shared) {
  const int channels = static_cast<int>(p.cells.layers[layer].channels);
  if (step >= channels && layer + 1 < p.cells.regional) {
    const int past = (step - channels) / squares_steps(p.cells.layers[layer]);
    layer++;
    step = past * squares_steps(p.cells.layers[layer]);
  }
  const RegionLayer &l = p.cells.layers[layer];
  if (step < l.channels) {
    const int row = 64 * static_cast<int>(l.outputs);
    const unsigned char *from = p.weights[layer] + step * row;
    unsigned char *to = shared + kSquareRing + stage * kSquareStage;
    for (int i = 16 * threadIdx.x; i < squares_steps(l) * row; i += 16 * blockDim.x) cp_async_16(to + i, from + i);
  }
  cp_async_commit();
}
