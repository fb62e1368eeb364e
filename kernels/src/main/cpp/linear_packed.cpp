// A linear layer whose weights were laid out once: inference.
//
// y[n][m] = act(x[n][k] W^T + bias), W in panels of kStrip outputs: [panel][k][kStrip],
// the last panel padded with zeros.
//
// Operations: 2 n k m; bytes: 4 (n k + n m + k m). At n = 8 a weight is used 8 times, 16 bytes of
// the panel per cycle in AVX-512, which the L2 cache delivers: the 1 MB of a 256 x 1024 layer just
// fits there. With more rows, the kChunk rows of a panel (24 KB) stay in the L1 cache while all
// samples pass by. The tile is that of linear_tile.h; panels are walked outermost.
#include "linear_tile.h"

namespace {

constexpr int32_t kChunk = 128;  // 24 KB of a panel in AVX-512

}  // namespace

// Floats of a packed layer.
PB_EXPORT int64_t PB_NAME(linear_packed_size)(int32_t k, int32_t m) {
  const int64_t panels = (static_cast<int64_t>(m) + kStrip - 1) / kStrip;
  return panels * kStrip * k;
}

// W[m][k] (transposed = 0), or W[k][m] (transposed = 1, the layer y = x W: a layer's input
// gradient).
PB_EXPORT int32_t PB_NAME(linear_pack)(const float *w, float *packed, int32_t k, int32_t m,
                                       int32_t transposed) {
  if (k < 0) return 3;
  if (m < 0) return 4;
  if (k == 0 || m == 0) return 0;
  if (w == nullptr) return 1;
  if (packed == nullptr) return 2;
  for (int32_t from = 0; from < m; from += kStrip) {
    const int width = m - from < kStrip ? m - from : kStrip;
    if (transposed != 0) {
      pack_strip(w + from, m, k, width, packed);
    } else {
      pack_rows(w + static_cast<int64_t>(from) * k, k, width, packed);
    }
    packed += static_cast<int64_t>(k) * kStrip;
  }
  return 0;
}

PB_EXPORT int32_t PB_NAME(linear_packed)(const float *x, const float *packed, const float *bias,
                                         int32_t act, float alpha, const float *gate, float *y,
                                         int32_t k, int32_t m, int64_t n) {
  const FlushDenormals flushed;
  if (!known_activation(act)) return 4;
  if (k < 0) return 8;
  if (m < 0) return 9;
  if (n < 0) return 10;
  if (n == 0 || m == 0) return 0;
  if (x == nullptr && k > 0) return 1;
  if (packed == nullptr && k > 0) return 2;
  if (y == nullptr) return 7;
  const Ending ending = {bias, gate, act, alpha};
  for (int32_t from = 0; from < m; from += kStrip) {
    const int width = m - from < kStrip ? m - from : kStrip;
    const Ending end = ending.at(from, from);
    int32_t t = 0;
    do {
      const int32_t count = k - t < kChunk ? k - t : kChunk;
      const Span span = {k, 1, kStrip, m, count, t == 0, t + count == k};
      linear_strip(span, x + t, packed, y + from, width, end, n);
      packed += static_cast<int64_t>(count) * kStrip;
      t += count;
    } while (t < k);
  }
  if (needs_pass(act)) finish(y, gate, n * m, act, alpha);
  return 0;
}
