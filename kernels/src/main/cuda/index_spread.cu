// y[i] = table[i / block * each + i % each], i < rows: what a row takes, where blocks of rows take from
// the same few in turn; of as many values as there are blocks along y.
//
// Operations: some ten per row. Bytes per row: 4 written and as good as none read.
#include "index.cuh"

struct Spread {
  const int *table;
  int *y;
  long long block, each, rows;
};

struct SpreadParams {
  Spread values[4];
};

PB_KERNEL(index_spread, SpreadParams, 256, 6) {
  const Spread &s = p.values[blockIdx.y];
  for (long long i = thread_number(); i < s.rows; i += thread_count()) {
    const long long block = quotient(i, s.block);
    s.y[i] = s.table[block * s.each + (i - quotient(i, s.each) * s.each)];
  }
}
