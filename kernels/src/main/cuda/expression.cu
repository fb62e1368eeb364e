// A tree of elementwise operations as one pass over memory, or many trees of one form as one.
//
// Purpose: losses, gates and optimiser updates are chains of small operations on values of one
// shape. Run one by one they read and write memory for each; here the chain is a short program
// that every thread runs on four neighbours. An optimiser runs the same few programs on dozens of
// parameters, most of them small: one launch takes them all.
//
// Shapes: expression: y[rows][size], dense, leaves as `expression.cuh` has them. expression_many:
// for each of `members`, y[size], dense, and leaves of the same elements, numbers, or one element
// for all members. A member of the table is (first block, size, y, addresses and numbers of its own
// leaves...); its blocks take `span` elements each.
//
// Operations per element: the program's. Bytes per element: 4 for each leaf that is not repeated,
// and 4 for the result. Registers are few enough for five blocks on a multiprocessor: 1,280 threads
// with 16 bytes under way each are more than what the memory of an H100 needs to be busy.
#include "expression.cuh"

namespace {

constexpr int kThreads = 256;
constexpr int kManyLeaves = 16;
constexpr int kTable = 320;

struct ExpressionParams {
  float *y;
  const int *rows;
  long long size;
  Program program;
};

struct ManyParams {
  long long members, words, span;  // `words` of the table for each member
  long long length;
  Leaf leaf[kManyLeaves];  // a dense one or a number is column `step0`
  unsigned long long code[kLongest];
  long long table[kTable];
};

}  // namespace

PB_KERNEL(expression, ExpressionParams, kThreads, 5) {
  PB_SHARED(slots);
  float4 *slot = reinterpret_cast<float4 *>(slots) + threadIdx.x;
  const long long n = static_cast<long long>(*p.rows) * p.size;
  for (long long e = 4 * thread_number(); e < n; e += 4 * thread_count()) {
    const int count = n - e < 4 ? static_cast<int>(n - e) : 4;
    float y[4];
    evaluate(p.program, slot, kThreads, e, count, y);
    put(p.y + e, y, count);
  }
}

PB_KERNEL(expression_many, ManyParams, kThreads, 5) {
  PB_SHARED(slots);
  float4 *slot = reinterpret_cast<float4 *>(slots) + threadIdx.x;
  const int words = static_cast<int>(p.words);
  int low = 0, high = static_cast<int>(p.members) - 1;
  while (low < high) {  // the last member whose blocks begin no later than this one
    const int middle = (low + high + 1) / 2;
    if (p.table[middle * words] <= static_cast<long long>(blockIdx.x)) {
      low = middle;
    } else {
      high = middle - 1;
    }
  }
  const long long *member = p.table + low * words;
  const long long from = (static_cast<long long>(blockIdx.x) - member[0]) * p.span;
  const long long n = from + p.span < member[1] ? from + p.span : member[1];
  const auto leaves = [&](int i) {
    Leaf leaf = p.leaf[i];
    if (leaf.form == kDense || leaf.form == kImmediate) {
      leaf.at = reinterpret_cast<const float *>(member[leaf.step0]);
    }
    leaf.step0 = 0;
    return leaf;
  };
  for (long long e = from + 4 * threadIdx.x; e < n; e += 4 * kThreads) {
    const int count = n - e < 4 ? static_cast<int>(n - e) : 4;
    float y[4];
    evaluate(p.code, p.length, leaves, slot, kThreads, e, count, y);
    put(reinterpret_cast<float *>(member[2]) + e, y, count);
  }
}
