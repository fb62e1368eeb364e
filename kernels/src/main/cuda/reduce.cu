// The sum or the largest of the elements along some dimensions, as `reduce.cuh` has them.
//
// Operations per element: 1; bytes: 4 read, and 8 written per 8,192 elements; bound by memory.
// `reduce_fours` reads four neighbours at once: the reduced elements lie one after the other, or
// the last dimension of them does, and is a multiple of four. `reduce_partials` joins the results
// of chunks, a warp for each result.
#include "reduce.cuh"

namespace {

constexpr int kThreads = kReduceThreads;
constexpr int kWarp = 32;

struct One {
  static constexpr int kUnrolled = 4;
  const float *x;
  PB_DEVICE double operator()(long long at) const { return x[at]; }
};

template <bool kMax>
struct Four {
  static constexpr int kUnrolled = 4;
  const float *x;
  PB_DEVICE double operator()(long long at) const {
    const float4 v = *reinterpret_cast<const float4 *>(x + at);
    return join<kMax>(join<kMax>(v.x, v.y), join<kMax>(v.z, v.w));
  }
};

template <bool kMax>
PB_DEVICE void join_partials(const ReduceParams &p, double *shared) {
  const Reduction r(p);
  const long long chunks = r.elements == 0 ? 1 : quotient(r.elements + p.chunk - 1, p.chunk);
  if (kMax && r.elements == 0) return;
  constexpr int kAtOnce = kThreads / kWarp;
  const int lane = static_cast<int>(threadIdx.x) % kWarp;
  for (long long g = blockIdx.x; g * kAtOnce < r.results; g += gridDim.x) {
    const long long result = g * kAtOnce + static_cast<int>(threadIdx.x) / kWarp;
    double total = none<kMax>();
    if (result < r.results) {
#pragma unroll 4
      for (long long c = lane; c < chunks; c += kWarp) {
        total = join<kMax>(total, p.partial[c * r.results + result]);
      }
    }
    total = join_lanes<kMax>(shared, total, lane, kWarp, 1);
    if (lane == 0 && result < r.results) p.y[result] = static_cast<float>(total);
  }
}

}  // namespace

PB_KERNEL(reduce_elements, ReduceParams, kThreads, 3) {
  PB_SHARED(shared);
  double *own = reinterpret_cast<double *>(shared);
  if (p.kind == 0) {
    reduce<false, 1>(p, One{p.x}, own);
  } else {
    reduce<true, 1>(p, One{p.x}, own);
  }
}

PB_KERNEL(reduce_fours, ReduceParams, kThreads, 3) {
  PB_SHARED(shared);
  double *own = reinterpret_cast<double *>(shared);
  if (p.kind == 0) {
    reduce<false, 4>(p, Four<false>{p.x}, own);
  } else {
    reduce<true, 4>(p, Four<true>{p.x}, own);
  }
}

PB_KERNEL(reduce_partials, ReduceParams, kThreads, 4) {
  PB_SHARED(shared);
  double *own = reinterpret_cast<double *>(shared);
  if (p.kind == 0) {
    join_partials<false>(p, own);
  } else {
    join_partials<true>(p, own);
  }
}
