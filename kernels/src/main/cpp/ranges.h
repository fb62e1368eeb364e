// Which units of which rows a patch changes: units `begin` to `end - 1` of a row, counted in
// (C, H, W) order. A list of ranges is sorted by row and may name rows that a call does not have.
#ifndef PB_RANGES_H
#define PB_RANGES_H

#include "vec.h"

namespace {

struct Range {
  int32_t row;
  int32_t begin;
  int32_t end;
};

PB_INLINE bool sorted_and_inside(const Range *ranges, int64_t m, int64_t d) {
  int32_t row = 0;
  for (int64_t i = 0; i < m; i++) {
    const Range r = ranges[i];
    if (r.row < row || r.begin < 0 || r.end < r.begin || r.end > d) return false;
    row = r.row;
  }
  return true;
}

}  // namespace

#endif
