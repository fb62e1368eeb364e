// A patch: ranges of units of some rows come from a source, everything else stays.
//
// Shapes: y[n][d] = x[n][d], but for each range (row, begin, end) the units begin to end - 1 of
// that row come from source[n][d]. x and source are rows beside y's, or rows of a table by an index
// per row of y. fired[i] is how many units the ranges of row i have: the caller compares it with
// the plan. A unit is counted in (C, H, W) order, in which values lie. Ranges outside the value, or
// not sorted by row, are a fault, and so is an index outside the table.
//
// Operations: none; bytes: 8 per element of x and 8 per patched unit; bound by memory.
#include "patch.cuh"

namespace {

constexpr int kThreads = 256;

struct PatchParams {
  PatchSite site;
  PatchRows source;
};

template <int kWidth>
PB_DEVICE void take(const PatchParams &p) {
  patch<kWidth>(p.site, [&](int row, float *y, int unit, int count) {
    const float *from = p.source.row(row, p.site.size);
    if (from == nullptr) {
      raise(p.site.row_fault);
    } else if (kWidth == 4 && count == 4) {
      *reinterpret_cast<float4 *>(y + unit) = *reinterpret_cast<const float4 *>(from + unit);
    } else {
      for (int i = 0; i < count; i++) y[unit + i] = from[unit + i];
    }
  });
}

}  // namespace

PB_KERNEL(patch_units, PatchParams, kThreads, 5) { take<1>(p); }

// d is a multiple of four.
PB_KERNEL(patch_fours, PatchParams, kThreads, 5) { take<4>(p); }
