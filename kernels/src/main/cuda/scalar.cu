// The number of rows of a run as a float: one thread, 4 bytes read and 4 written.
#include "patchbay.cuh"

struct CountParams {
  float *y;
  const int *rows;
};

PB_KERNEL(count_rows, CountParams, 32, 1) {
  if (threadIdx.x == 0 && blockIdx.x == 0) *p.y = static_cast<float>(*p.rows);
}
