// Rows of a channel of 32 x 32 pixels, and how far a patch moves them: six for a warp, of which a lane
// has a column.
#pragma once

#include "mma.cuh"

namespace {

struct PixelsCell {
  int base, source, first, end;
  float keep, shift, take, low, high;
};

// Six rows of a channel, in the base and in the source.
struct PixelsRows {
  float own[6][32];
  float other[6][32];
};

// Begins to copy the rows from `first` on of a cell's channel. What is outside is of some row inside,
// and not looked at.
PB_DEVICE void fetch_rows(const float *clean, const float *sources, const PixelsCell &cell, int first, int lane,
                          PixelsRows &to) {
  const int channel = cell.first >> 10;
  const float *const own = clean + ((long long)cell.base * 32 + channel) * 1024;
  const float *const other = sources + ((long long)cell.source * 32 + channel) * 1024;
#pragma unroll
  for (int i = 0; i < 3; i++) {
    const int j = 32 * i + lane;  // of 96 times 16 bytes
    const int row = (j >> 3) % 6;
    const int y = min(max(first + row, 0), 31);
    const int at = 4 * (j & 7);
    cp_async_16((j < 48 ? to.own[row] : to.other[row]) + at, (j < 48 ? own : other) + y * 32 + at);
  }
  cp_async_commit();
}

// How far a cell's units of these rows move, a lane's column; as they move, not as they end: a small
// move of a large unit keeps its digits. In this order a limit, or what is not a number, goes through.
PB_DEVICE void moved_rows(const PixelsCell &cell, bool rectifies, const PixelsRows &rows, int first, int lane,
                          float (&d)[6]) {
  const int x = 2 * (lane & 15) + (lane >> 4);
  const bool limited = cell.low > -INFINITY || cell.high < INFINITY;
#pragma unroll
  for (int i = 0; i < 6; i++) {
    const float own = rows.own[i][x];
    float moved = fmaf(rows.other[i][x], cell.take, fmaf(own, cell.keep - 1.0f, cell.shift));
    if (limited) {
      moved = moved < cell.low - own ? cell.low - own : moved;
      moved = cell.high - own < moved ? cell.high - own : moved;
    }
    d[i] = rectifies ? (moved < -own ? -own : moved) + fminf(own, 0.0f) : moved;
  }
  if (cell.end - cell.first != 1024) {
#pragma unroll
    for (int i = 0; i < 6; i++) {
      const int unit = (cell.first & ~1023) + (first + i) * 32 + x;
      if (unit < cell.first || unit >= cell.end) d[i] = 0.0f;
    }
  }
  if (first < 0) d[0] = 0.0f;
  if (first + 5 > 31) d[5] = 0.0f;
}

}  // namespace
