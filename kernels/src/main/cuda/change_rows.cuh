// Rows of a channel of 32 x 32 pixels, and how far a patch moves them: six for a warp, of which a lane
// has a column.
#pragma once

#include "mma.cuh"
#include "patch_cell.cuh"

namespace {

// Six rows of a channel, in the base and, after them, in the source.
struct PixelsRows {
  float own[6][32];
  float other[6][32];
};

// Begins to copy the rows from `first` on of a cell's channel: quarters of a warp a row each. What is
// outside is of the row inside next to it, and not looked at.
PB_DEVICE void fetch_rows(const float *clean, const float *sources, const PatchCell &cell, int first, int lane,
                          PixelsRows &to) {
  const float *const own = clean + cell.base * 32768ll;
  const float *const other = sources + cell.source * 32768ll;
  const int channel = cell.first & ~1023;
  const int quarter = lane >> 3;
  // 32 bits do for what lies within a base.
  const auto from = [&](const float *of, int row) {
    return of + (unsigned)(channel + min(max(first + row, 0), 31) * 32 + 4 * (lane & 7));
  };
  float *const at = &to.own[0][0] + 4 * lane;
  cp_async_16(at, from(own, quarter));
  cp_async_16(at + 128, quarter < 2 ? from(own, quarter + 4) : from(other, quarter - 2));
  cp_async_16(at + 256, from(other, quarter + 2));
  cp_async_commit();
}

// How far a cell's units of these rows move, those of a lane's column. `at`: of the cell, in the list.
template <class Params>
PB_DEVICE void moved_rows(const Params &p, int at, const PatchCell &cell, const PixelsRows &rows, int first, int lane,
                          float (&d)[6]) {
  const int x = 2 * (lane & 15) + (lane >> 4);
  const int channel = cell.first & ~1023;
  const int unit = channel + first * 32 + x;
  const auto moved = [&](bool limited) {
#pragma unroll
    for (int i = 0; i < 6; i++) {
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
    for (int i = 0; i < 6; i++) {
      if (unit + 32 * i < cell.first || unit + 32 * i >= cell.end) d[i] = 0.0f;
    }
  }
  if (first < 0) d[0] = 0.0f;
  if (first + 5 > 31) d[5] = 0.0f;
}

}  // namespace
