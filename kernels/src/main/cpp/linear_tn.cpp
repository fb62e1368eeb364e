// The weight gradient of a linear layer: dw[m][k] = sum over samples i of g[i][m] x[i][k], in the
// order of i.
//
// Operations: 2 n k m; bytes: 4 (n k + n m + k m), of which dw, written once, is the most for a
// batch of 64. Columns of x are cut into strips of kStrip, kChunk samples of which are copied to
// 24 KB on the stack and serve all rows of dw. A tile is 8 rows of dw; its broadcasts walk g with a
// stride of m, one cache line per sample for two tiles.
//
// `part` of `parts` computes a share of dw: whole strips, or some of their rows where there are
// fewer strips than parts need. The sums are the same whoever computes them.
#include "linear_tile.h"

namespace {

constexpr int64_t kChunk = 128;

// The share of part: from share(count, part, parts) to share(count, part + 1, parts) - 1.
PB_INLINE int64_t share(int64_t count, int64_t part, int64_t parts) { return count * part / parts; }

}  // namespace

PB_EXPORT int32_t PB_NAME(linear_tn)(const float *g, const float *x, float *dw, int32_t k,
                                     int32_t m, int64_t n, int32_t part, int32_t parts) {
  const FlushDenormals flushed;
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
  const int64_t tiles = (static_cast<int64_t>(m) + kRows - 1) / kRows;
  // Cells of (strip, group of tiles), strip after strip: about two for each part.
  const int64_t wanted = (2 * static_cast<int64_t>(parts) + strips - 1) / strips;
  const int64_t groups = parts == 1 ? 1 : wanted < tiles ? wanted : tiles;
  const int64_t begin = share(strips * groups, part, parts);
  const int64_t end = share(strips * groups, part + 1, parts);

  const Ending ending = {nullptr, nullptr, kNone, 0};
  alignas(64) float strip[kChunk * kStrip];
  for (int64_t cell = begin; cell < end;) {
    const int64_t s = cell / groups;
    const int64_t last = end < (s + 1) * groups ? end : (s + 1) * groups;
    const int64_t first_row = share(tiles, cell % groups, groups) * kRows;
    const int64_t end_row = share(tiles, last - s * groups, groups) * kRows;
    const int64_t rows = (end_row < m ? end_row : m) - first_row;
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
    cell = last;
  }
  return 0;
}
