// The least row whose patch did not change as many units as it should, with how many it changed, as
// row << 32 | fired; all ones while there is none.
//
// Operations: some ten per row. Bytes per row: 8 read.
#include "patchbay.cuh"

struct FiredParams {
  const int *fired, *expected;
  const int *rows;
  unsigned long long *found;
};

PB_KERNEL(fired_check, FiredParams, 256, 6) {
  const int rows = *p.rows;
  for (int i = blockIdx.x * 256 + threadIdx.x; i < rows; i += gridDim.x * 256) {
    const int fired = p.fired[i];
    if (fired == p.expected[i]) continue;
    atomicMin(p.found, static_cast<unsigned long long>(i) << 32 | static_cast<unsigned>(fired));
  }
}
