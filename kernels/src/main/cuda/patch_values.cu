// An op of one's own at single units: what its forms are compared by.
//
// Shapes: y[i] = op(unit i), with values[i][4] its clean value, source, mean and value, units[i] its
// number in a site of `plane` units a channel and `width` a row, ids[i][3] and the seed the key of
// its random number.
//
// Operations: the op's per unit; bytes: 36 per unit.
#include "index.cuh"
#include "patch_program.cuh"

namespace {

constexpr int kThreads = 256;

struct PatchValuesParams {
  const float4 *values;
  const int *units;
  const int *ids;
  const int *seed;
  float *y;
  long long count;
  PatchProgram program;
};

}  // namespace

PB_KERNEL(patch_values, PatchValuesParams, kThreads, 4) {
  PB_SHARED(slots);
  float *slot = reinterpret_cast<float *>(slots) + threadIdx.x;
  for (long long i = thread_number(); i < p.count; i += thread_count()) {
    const float4 four = p.values[i];
    const PatchUnit u(four.x, four.y, four.z, four.w, p.units[i], p.program.plane, p.program.width,
                      p.seed, p.ids + 3 * i);
    p.y[i] = patch_value(p.program, u, slot, kThreads);
  }
}
