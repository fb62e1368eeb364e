// Lists of rows, made and looked at where they lie.
//
//   index_spread   y[i] = table[i / block * each + i % each], i < rows: what a row takes, where blocks
//                  of rows take from the same few in turn; of as many values as there are blocks
//                  along y
//   fired_check    the least row whose patch did not change as many units as it should, with how many
//                  it changed, as row << 32 | fired; all ones while there is none
//
// Operations: some ten per row. Bytes per row: spread 4 written and as good as none read, check 8 read.
#include "index.cuh"

struct Spread {
  const int *table;
  int *y;
  long long block, each, rows;
};

struct SpreadParams {
  Spread values[4];
};

struct FiredParams {
  const int *fired, *expected;
  const int *rows;
  unsigned long long *found;
};

PB_KERNEL(index_spread, SpreadParams, 256, 6) {
  const Spread &s = p.values[blockIdx.y];
  for (long long i = thread_number(); i < s.rows; i += thread_count()) {
    const long long block = quotient(i, s.block);
    s.y[i] = s.table[block * s.each + (i - quotient(i, s.each) * s.each)];
  }
}

PB_KERNEL(fired_check, FiredParams, 256, 6) {
  const int rows = *p.rows;
  for (int i = blockIdx.x * 256 + threadIdx.x; i < rows; i += gridDim.x * 256) {
    const int fired = p.fired[i];
    if (fired == p.expected[i]) continue;
    atomicMin(p.found, static_cast<unsigned long long>(i) << 32 | static_cast<unsigned>(fired));
  }
}
