// A linear layer backwards: y[n][k] = g[n][m] W[m][k], the input gradient of y = x W^T.
//
// Operations: 2 n k m; bytes: 4 (n k + n m + k m). The columns of W are cut into strips of kStrip.
// With more rows than one tile, kChunk rows of a strip are first copied to 24 KB on the stack: in
// place they lie k floats apart, and for k = 1024 all of them fall into one set of the L1 cache.
// The copy costs about 3 cycles per row of the strip, the multiplications n of them.
#include "linear_tile.h"

namespace {

constexpr int64_t kChunk = 128;

}  // namespace

PB_EXPORT int32_t PB_NAME(linear_nn)(const float *g, const float *w, const float *bias, int32_t act,
                                     float alpha, const float *gate, float *y, int32_t k, int32_t m,
                                     int64_t n) {
  if (!known_activation(act)) return 4;
  if (k < 0) return 8;
  if (m < 0) return 9;
  if (n < 0) return 10;
  if (n == 0 || k == 0) return 0;
  if (g == nullptr && m > 0) return 1;
  if (w == nullptr && m > 0) return 2;
  if (y == nullptr) return 7;
  const Ending ending = {bias, gate, act, alpha};
  alignas(64) float strip[kChunk * kStrip];
  for (int32_t from = 0; from < k; from += kStrip) {
    const int width = k - from < kStrip ? k - from : kStrip;
    const Ending end = ending.at(from, from);
    const bool in_place = n <= kRows && width == kStrip;
    int64_t t = 0;
    do {
      const int64_t count = m - t < kChunk ? m - t : kChunk;
      const float *rows = w + t * k + from;
      if (!in_place) pack_strip(rows, k, count, width, strip);
      const Span span = {m, 1, in_place ? k : kStrip, k, count, t == 0, t + count == m};
      linear_strip(span, g + t, in_place ? rows : strip, y + from, width, end, n);
      t += count;
    } while (t < m);
  }
  if (needs_pass(act)) finish(y, gate, n * k, act, alpha);
  return 0;
}
