// The sum or the largest of a tree of elementwise operations, whose value is never in memory.
//
// Purpose: a loss per row is a chain of operations on an image, added up; a distance is a square of
// a difference, added up. Shapes: those of `reduce.cuh` for what is reduced, those of
// `expression.cuh` for the tree.
//
// Operations per element: the program's, and 1; bytes: 4 per element for each leaf that is not
// repeated: half of what two passes move for two leaves, a third for one.
// `reduce_expression_fours` computes four neighbours at once, as `reduce_fours` reads them.
#include "expression.cuh"
#include "reduce.cuh"

namespace {

struct TreeParams {
  ReduceParams reduce;
  Program program;
};

template <bool kMax, int kWidth>
struct Tree {
  static constexpr int kUnrolled = 1;
  const Program &program;
  float4 *slot;
  PB_DEVICE double operator()(long long at) const {
    float y[4];
    evaluate(program, slot, kReduceThreads, at, kWidth, y);
    if (kWidth == 1) return y[0];
    return join<kMax>(join<kMax>(y[0], y[1]), join<kMax>(y[2], y[3]));
  }
};

template <int kWidth>
PB_DEVICE void reduce_tree(const TreeParams &p, unsigned char *shared) {
  double *own = reinterpret_cast<double *>(shared);
  float4 *slot = reinterpret_cast<float4 *>(own + kReduceThreads) + threadIdx.x;
  if (p.reduce.kind == 0) {
    reduce<false, kWidth>(p.reduce, Tree<false, kWidth>{p.program, slot}, own);
  } else {
    reduce<true, kWidth>(p.reduce, Tree<true, kWidth>{p.program, slot}, own);
  }
}

}  // namespace

PB_KERNEL(reduce_expression, TreeParams, kReduceThreads, 3) {
  PB_SHARED(shared);
  reduce_tree<1>(p, shared);
}

PB_KERNEL(reduce_expression_fours, TreeParams, kReduceThreads, 3) {
  PB_SHARED(shared);
  reduce_tree<4>(p, shared);
}
