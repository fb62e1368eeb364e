// A patch by an op of one's own: some units of some rows become what a program makes of them.
//
// Shapes: y[n][d] = x[n][d], but for each range (row, begin, end) the units begin to end - 1 of
// that row become program(x, source, mean, value, indices, random) at that unit. x and source are
// rows beside y's, or rows of a table by an index per row of y: then no row of the table is copied
// that is not patched. mean is one row, value one number per row, ids[n][3] and the seed key the
// random numbers. `plane` units make a channel of a site, `width` a row of it; both are 1 for a
// flat one. fired[i] is how many units the ranges of row i have.
//
// Operations: the program's per patched unit. Bytes: 8 per element of x, and per patched unit 4 for
// each of x, source and mean that the program reads, and 4 for the result.
#include "patch.cuh"
#include "patch_program.cuh"

namespace {

constexpr int kThreads = 256;

struct ProgramParams {
  PatchSite site;
  PatchRows source;
  const float *mean;   // or null, as those below
  const float *value;
  const int *seed;
  const int *ids;
  int *key_fault;
  PatchProgram program;
};

}  // namespace

PB_KERNEL(patch_program, ProgramParams, kThreads, 4) {
  PB_SHARED(slots);
  float *slot = reinterpret_cast<float *>(slots) + threadIdx.x;
  const long long size = p.site.size;
  patch<1>(p.site, [&](int row, float *y, int unit, int) {
    float from = 0.0f;
    if (p.source.at != nullptr) {
      const float *source = p.source.row(row, size);
      if (source == nullptr) {
        raise(p.site.row_fault);
        return;
      }
      from = source[unit];
    }
    const float mean = p.mean == nullptr ? 0.0f : p.mean[unit];
    const float value = p.value == nullptr ? 0.0f : p.value[row];
    const int *ids = p.ids + 3LL * row;
    if (p.ids != nullptr && !PhiloxKey(p.seed, ids).valid()) {
      raise(p.key_fault);
      return;
    }
    const PatchUnit u(p.site.x.row(row, size)[unit], from, mean, value, unit, p.program.plane,
                      p.program.width, p.seed, ids);
    y[unit] = patch_value(p.program, u, slot, kThreads);
  });
}
