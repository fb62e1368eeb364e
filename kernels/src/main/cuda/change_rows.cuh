// Rows of a channel of 32 x 32 pixels, and how far a patch moves them: some for a warp, of which a lane
// has a column.
#pragma once

#include "mma.cuh"
#include "patch_cell.cuh"

namespace {

// Rows of a channel, in the base and, after them, in the source.
template <int kRows>
struct PixelsRows {
  float own[kRows][32];
  float other[kRows][32];
};

// Begins to copy the rows from `first` on of a cell's channel: quarters of a warp a row each. What is
// outside is of the row inside next to it, and not looked at.
template <int kRows>
PB_DEVICE void fetch_rows(const float *clean, const float *sources, const PatchCell &cell, int first, int lane,
                          PixelsRows<kRows> &to) {
  const float *const own = clean + cell.base * 32768ll;
  const float *const other = sources + cell.source * 32768ll;
  const int channel = cell.first & ~1023;
  // 32 bits do for what lies within a base.
  const auto from = [&](const float *of, int row) {
    return of + (unsigned)(channel + min(max(first + row, 0), 31) * 32 + 4 * (lane & 7));
  };
#pragma unroll
  for (int i = 0; i < 2 * kRows / 4; i++) {
    const int row = 4 * i + (lane >> 3);
    cp_async_16(&to.own[0][0] + 128 * i + 4 * lane, row < kRows ? from(own, row) : from(other, row - kRows));
  }
  cp_async_commit();
}

// How far a cell's units of these rows move, those of a lane's column. `at`: of the cell, in the list.
template <int kRows, class Params>
PB_DEVICE void moved_rows(const Params &p, int at, const PatchCell &cell, const PixelsRows<kRows> &rows, int first,
                          int lane, float (&d)[kRows]) {
  const int x = 2 * (lane & 15) + (lane >> 4);
  const int channel = cell.first & ~1023;
  const int unit = channel + first * 32 + x;
  const auto moved = [&](bool limited) {
#pragma unroll
    for (int i = 0; i < kRows; i++) {
      const int inside = channel + min(max(first + i, 0), 31) * 32 + x;
      d[i] = patch_moved(p, at, cell, limited, inside, rows.own[i][x], rows.other[i][x]);
    }
  };
  if (limits(cell)) {
    moved(true);
  } else {
    moved(false);
  }
  if (cell.end - cell.first != 1024) {
#pragma unroll
    for (int i = 0; i < kRows; i++) {
      if (unit + 32 * i < cell.first || unit + 32 * i >= cell.end) d[i] = 0.0f;
    }
  }
  if (first < 0) d[0] = 0.0f;
  if (first + kRows > 32) d[kRows - 1] = 0.0f;
}

}  // namespace
