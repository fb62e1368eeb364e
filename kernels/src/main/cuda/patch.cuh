// Which units of which rows a patch changes, and the walk over them.
//
// Ranges are triples (row, begin, end) of units begin to end - 1 of a row, sorted by row. `lanes`
// neighbouring threads take `part` units of one row: they copy what lies there, four units at once
// where kWidth is 4, and then write the units of the ranges of this row. A unit is always the same
// thread's, so nobody waits for anybody. The ranges of a row are found by halving, and at once
// where range i belongs to row i, as in most sweeps.
#pragma once

#include "fault.cuh"
#include "index.cuh"

// Rows of a value, or of a table by an index per row.
struct PatchRows {
  const float *at;
  const int *index;  // or null
  const int *rows;   // of the value

  // Null if there is no such row.
  PB_DEVICE const float *row(int row, long long size) const {
    const int picked = index == nullptr ? row : index[row];
    return picked >= 0 && picked < *rows ? at + picked * size : nullptr;
  }
};

struct PatchSite {
  PatchRows x;
  const int *ranges;
  const int *range_count;
  float *y;
  int *fired;  // per row, units changed
  const int *rows;
  int *range_fault, *row_fault;
  long long size, lanes, part;
};

// The first range of a row or of a later one.
PB_DEVICE int first_range(const int *ranges, int count, int row) {
  const int guess = row < count ? row : count;
  const bool begins = guess == 0 || ranges[3 * guess - 3] < row;
  if (begins && (guess == count || ranges[3 * guess] >= row)) return guess;
  int low = 0, high = count;
  while (low < high) {
    const int middle = low + (high - low) / 2;
    if (ranges[3 * middle] < row) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

PB_DEVICE void check_ranges(const PatchSite &s, int count, int rows) {
  for (long long i = thread_number(); i < count; i += thread_count()) {
    const int row = s.ranges[3 * i], begin = s.ranges[3 * i + 1], end = s.ranges[3 * i + 2];
    const bool sorted = i == 0 || s.ranges[3 * i - 3] <= row;
    const bool inside = row >= 0 && row < rows && begin >= 0 && begin <= end && end <= s.size;
    if (!sorted || !inside) raise(s.range_fault);
  }
}

// `write(row, y, unit, count)` makes `count` units of a row that begins at y, all its own.
template <int kWidth, class Write>
PB_DEVICE void patch(const PatchSite &s, const Write &write) {
  const int rows = *s.rows, count = *s.range_count;
  check_ranges(s, count, rows);
  const long long parts = quotient(s.size + s.part - 1, s.part);
  const int lanes = static_cast<int>(s.lanes), lane = static_cast<int>(threadIdx.x) & (lanes - 1);
  const long long groups = quotient(thread_count(), lanes);
  for (long long g = quotient(thread_number(), lanes); g < rows * parts; g += groups) {
    const int row = static_cast<int>(quotient(g, parts));
    const int part = static_cast<int>(g - row * parts);
    const int from = static_cast<int>(part * s.part);
    const int to = static_cast<int>(from + s.part < s.size ? from + s.part : s.size);
    const float *x = s.x.row(row, s.size);
    if (x == nullptr) {
      raise(s.row_fault);
      continue;
    }
    float *y = s.y + row * s.size;
    for (int u = from + lane * kWidth; u < to; u += lanes * kWidth) {
      if (kWidth == 4) {
        *reinterpret_cast<float4 *>(y + u) = *reinterpret_cast<const float4 *>(x + u);
      } else {
        y[u] = x[u];
      }
    }
    int changed = 0;
    for (int k = first_range(s.ranges, count, row); k < count && s.ranges[3 * k] == row; k++) {
      const int begin = s.ranges[3 * k + 1], end = s.ranges[3 * k + 2];
      changed += end - begin;
      const int first = begin > from ? begin : from, last = end < to ? end : to;
      const int before = (first - from) / kWidth;
      for (int v = before + ((lane - before) & (lanes - 1)); from + v * kWidth < last; v += lanes) {
        const int unit = from + v * kWidth;
        const int low = unit > first ? unit : first;
        const int high = unit + kWidth < last ? unit + kWidth : last;
        write(row, y, low, high - low);
      }
    }
    if (part == 0 && lane == 0) s.fired[row] = changed;
  }
}
