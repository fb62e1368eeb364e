// The weight gradient of a linear layer: dw[m][k] = sum over samples i of g[i][m] x[i][k], in the
// order of i.
//
// Operations: 2 n k m; bytes: 4 (n k + n m + k m), of which dw, written once, is the most for a
// batch of 64. Columns of x are cut into strips of kStrip, kChunk samples of which are copied to
// 24 KB on the stack and serve all rows of dw. A tile is 8 rows of dw; its broadcasts walk g with a
// stride of m, one cache line per sample for two tiles.
//
// `part` of `parts` computes a share of dw: strips, or rows where there are few strips. The sums
// are the same whoever computes them.
#include "linear_tile.h"

namespace {

constexpr int64_t kChunk = 128;

// The share of part: from share(count, part, parts) to share(count, part + 1, parts) - 1.
PB_INLINE int64_t share(int64_t count, int64_t part, int64_t parts) { return count * part / parts; }

}  // namespace

PB_EXPORT int32_t PB_NAME(linear_tn)(const float *g, const float *x, float *dw, int32_t k,
                                     int32_t m, int64_t n, int32_t part, int32_t parts) {
  if (k < 0) return 4;
  if (m < 0) return 5;
  if (n < 0) return 6;
  if (parts < 1) return 8;
  if (part < 0 || part >= parts) return 7;
  if (k == 0 || m == 0) return 0;
  if (g == nullptr && n > 0) return 1;
  if (x == nullptr && n > 0) return 2;
  if (dw == nullptr) return 3;
  const int64_t strips = (static_cast<int64_t>(k) + kStrip - 1) / kStrip;
  const bool by_strip = strips >= 2 * parts;
  const int64_t tiles = (static_cast<int64_t>(m) + kRows - 1) / kRows;
  const int64_t first_strip = by_strip ? share(strips, part, parts) : 0;
  const int64_t last_strip = by_strip ? share(strips, part + 1, parts) : strips;
  const int64_t first_row = by_strip ? 0 : share(tiles, part, parts) * kRows;
  const int64_t end_row = by_strip ? m : share(tiles, part + 1, parts) * kRows;
  const int64_t rows = (end_row < m ? end_row : m) - first_row;
  if (rows <= 0) return 0;

  const Ending ending = {nullptr, nullptr, kNone, 0};
  alignas(64) float strip[kChunk * kStrip];
  for (int64_t s = first_strip; s < last_strip; s++) {
    const int64_t from = s * kStrip;
    const int width = static_cast<int>(k - from < kStrip ? k - from : kStrip);
    int64_t t = 0;
    do {
      const int64_t count = n - t < kChunk ? n - t : kChunk;
      pack_strip(x + t * k + from, k, count, width, strip);
      const Span span = {1, m, kStrip, k, count, t == 0, t + count == n};
      linear_strip(span, g + t * m + first_row, strip, dw + first_row * k + from, width, ending,
                   rows);
      t += count;
    } while (t < n);
  }
  return 0;
}
