// Rows or elements of a table taken by index, and their gradients.
//
// gather_rows:       y[i][j] = table[index[i]][j]             table[t][d], index[r]
// gather_elements:   y[i][j] = table[index[i][j]][j]          index[r][d]
// scatter_rows:      y[index[i]][j] += g[i][j]                y[t][d], zeroed first, i in order
// scatter_elements:  y[index[i][j]][j] += g[i][j]
//
// Operations: none, or one addition per element; bytes: 4 read and 4 written per element of the
// result and 4 per index. Every index is checked before anything is written. Additions run in the
// order of i, so a result does not depend on who computes it.
#include <string.h>

#include "vec.h"

namespace {

bool inside(const int32_t *index, int64_t count, int32_t bound) {
  for (int64_t i = 0; i < count; i++) {
    if (index[i] < 0 || index[i] >= bound) return false;
  }
  return true;
}

// The number of the first wrong argument of the four entries below, 0 if all are right.
int32_t check(const float *from, const int32_t *index, int64_t indices, const float *to, int32_t d,
              int32_t t, int64_t r) {
  if (d < 0) return 4;
  if (t < 0) return 5;
  if (r < 0) return 6;
  if (indices > 0 && index == nullptr) return 2;
  if (!inside(index, indices, t)) return 2;
  if (r > 0 && d > 0 && from == nullptr) return 1;
  if (d > 0 && to == nullptr) return 3;
  return 0;
}

}  // namespace

PB_EXPORT int32_t PB_NAME(gather_rows)(const float *table, const int32_t *index, float *y,
                                       int32_t d, int32_t t, int64_t r) {
  if (r == 0) return 0;
  const int32_t wrong = check(table, index, r, y, d, t, r);
  if (wrong != 0 || d == 0) return wrong;
  for (int64_t i = 0; i < r; i++) {
    memcpy(y + i * d, table + static_cast<int64_t>(index[i]) * d, sizeof(float) * d);
  }
  return 0;
}

PB_EXPORT int32_t PB_NAME(gather_elements)(const float *table, const int32_t *index, float *y,
                                           int32_t d, int32_t t, int64_t r) {
  if (r == 0) return 0;
  const int32_t wrong = check(table, index, r < 0 ? r : r * d, y, d, t, r);
  if (wrong != 0) return wrong;
  for (int64_t i = 0; i < r; i++) {
    for (int64_t j = 0; j < d; j++) {
      y[i * d + j] = table[static_cast<int64_t>(index[i * d + j]) * d + j];
    }
  }
  return 0;
}

PB_EXPORT int32_t PB_NAME(scatter_rows)(const float *g, const int32_t *index, float *y, int32_t d,
                                        int32_t t, int64_t r) {
  const FlushDenormals flushed;
  const int32_t wrong = check(g, index, r, y, d, t, r);
  if (wrong != 0 || d == 0 || t == 0) return wrong;
  memset(y, 0, sizeof(float) * d * t);
  for (int64_t i = 0; i < r; i++) {
    const float *from = g + i * d;
    float *to = y + static_cast<int64_t>(index[i]) * d;
    int32_t j = 0;
    for (; j + kLanes <= d; j += kLanes) store(to + j, load(to + j) + load(from + j));
    const int rest = d - j;
    store_first(to + j, load_first(to + j, rest) + load_first(from + j, rest), rest);
  }
  return 0;
}

PB_EXPORT int32_t PB_NAME(scatter_elements)(const float *g, const int32_t *index, float *y,
                                            int32_t d, int32_t t, int64_t r) {
  const FlushDenormals flushed;
  const int32_t wrong = check(g, index, r < 0 ? r : r * d, y, d, t, r);
  if (wrong != 0 || d == 0 || t == 0) return wrong;
  memset(y, 0, sizeof(float) * d * t);
  for (int64_t i = 0; i < r; i++) {
    for (int64_t j = 0; j < d; j++) {
      y[static_cast<int64_t>(index[i * d + j]) * d + j] += g[i * d + j];
    }
  }
  return 0;
}
