// The bias gradient of any layer stored NHWC: the sum of g over samples and pixels.
//
//   db[c] = sum over n, pixel of g[n][pixel][c]
//
// One addition per float read: memory decides. Pixels are summed within a sample, in order, then
// samples in order, so long sums lose little; the order depends on the shape alone.
#include "vec.h"

namespace {

// Channels co.. (at most kLanes) of all samples.
void lanes_of_channels(const float *g, float *db, int c, int co, int64_t pixels, int64_t n) {
  const int size = c - co < kLanes ? c - co : kLanes;
  vec total = {};
  for (int64_t i = 0; i < n; i++) {
    const float *p = g + i * pixels * c + co;
    vec sum[4] = {};
    int64_t k = 0;
    if (size == kLanes) {
      for (; k + 4 <= pixels; k += 4) {
#pragma GCC unroll 4
        for (int j = 0; j < 4; j++) sum[j] += load(p + (k + j) * c);
      }
    }
    for (; k < pixels; k++) sum[k & 3] += load_first(p + k * c, size);
    total += (sum[0] + sum[1]) + (sum[2] + sum[3]);
  }
  store_first(db + co, total, size);
}

// c < kLanes: c vectors hold kLanes whole pixels; lane l of vector v belongs to channel
// (v kLanes + l) mod c.
void few_channels(const float *g, float *db, int c, int64_t pixels, int64_t n) {
  vec total[kLanes] = {};
  float rest[kLanes] = {};
  const int64_t count = pixels * c;
  for (int64_t i = 0; i < n; i++) {
    const float *p = g + i * count;
    vec sum[kLanes] = {};
    int64_t k = 0;
    for (; k + static_cast<int64_t>(c) * kLanes <= count; k += static_cast<int64_t>(c) * kLanes) {
      for (int v = 0; v < c; v++) sum[v] += load(p + k + static_cast<int64_t>(v) * kLanes);
    }
    for (int v = 0; v < c; v++) total[v] += sum[v];
    for (; k < count; k++) rest[k % c] += p[k];
  }
  for (int v = 0; v < c; v++) {
    float lane[kLanes];
    store(lane, total[v]);
    for (int l = 0; l < kLanes; l++) rest[(v * kLanes + l) % c] += lane[l];
  }
  for (int k = 0; k < c; k++) db[k] = rest[k];
}

}  // namespace

// g[n][pixels][c] -> db[c].
PB_EXPORT int32_t PB_NAME(conv_bias_grad)(const float *g, float *db, int32_t c, int64_t pixels,
                                          int64_t n) {
  const FlushDenormals flushed;
  if (g == nullptr && n > 0) return 1;
  if (db == nullptr) return 2;
  if (c < 1) return 3;
  if (pixels < 1) return 4;
  if (n < 0) return 5;
  if (c < kLanes) {
    few_channels(g, db, c, pixels, n);
  } else {
    for (int co = 0; co < c; co += kLanes) lanes_of_channels(g, db, c, co, pixels, n);
  }
  return 0;
}
