// A patch: ranges of units of some rows come from a source, everything else stays.
//
// y[n][d] = x[n][d], but for each range (row, begin, end) with first_row <= row < first_row + n the
// units begin to end - 1 of that row come from source[n][d]. fired[i] grows by the number of units
// written for row first_row + i: the caller compares it with the plan.
//
// A unit is counted in (C, H, W) order, the order of a model's author; the values lie as (H, W, C).
// A flat value has C = d, H = W = 1. Ranges are sorted by row and may lie outside this call's rows,
// so one list serves every slice of a batch; all of it is checked before anything is written.
//
// Operations: none; bytes: 8 per element of x (none if y is x) and 8 per patched unit, which for a
// range of channels lie C floats apart.
#include <string.h>

#include "ranges.h"
#include "vec.h"

namespace {

void copy_units(const float *source, float *y, Range range, int64_t c, int64_t pixels) {
  if (range.begin == 0 && range.end == c * pixels) {
    memcpy(y, source, sizeof(float) * range.end);
  } else if (pixels == 1 || c == 1) {
    memcpy(y + range.begin, source + range.begin, sizeof(float) * (range.end - range.begin));
  } else {
    int64_t channel = range.begin / pixels;
    int64_t pixel = range.begin % pixels;
    for (int64_t unit = range.begin; unit < range.end;) {
      const int64_t left = range.end - unit;
      const int64_t stop = pixel + left < pixels ? pixel + left : pixels;
      for (int64_t p = pixel; p < stop; p++) y[p * c + channel] = source[p * c + channel];
      unit += stop - pixel;
      pixel = 0;
      channel++;
    }
  }
}

}  // namespace

PB_EXPORT int32_t PB_NAME(patch)(const float *x, const float *source, const int32_t *ranges,
                                 float *y, int32_t c, int32_t h, int32_t w, int32_t first_row,
                                 int64_t n, int64_t m, int32_t *fired) {
  const FlushDenormals flushed;
  if (c < 0) return 5;
  if (h < 0) return 6;
  if (w < 0) return 7;
  if (first_row < 0) return 8;
  if (n < 0) return 9;
  if (m < 0) return 10;
  const int64_t pixels = static_cast<int64_t>(h) * w;
  const int64_t d = c * pixels;
  if (d > INT32_MAX) return 5;
  if (m > 0 && ranges == nullptr) return 3;
  const Range *list = reinterpret_cast<const Range *>(ranges);
  if (!sorted_and_inside(list, m, d)) return 3;
  if (n == 0 || d == 0) return 0;
  if (x == nullptr) return 1;
  if (y == nullptr) return 4;
  if (m > 0 && source == nullptr) return 2;
  if (m > 0 && fired == nullptr) return 11;
  if (y != x) memcpy(y, x, sizeof(float) * n * d);
  for (int64_t i = 0; i < m; i++) {
    const int64_t row = static_cast<int64_t>(list[i].row) - first_row;
    if (row < 0 || row >= n) continue;
    copy_units(source + row * d, y + row * d, list[i], c, pixels);
    fired[row] += list[i].end - list[i].begin;
  }
  return 0;
}
