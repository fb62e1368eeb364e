// Reductions of what lies in memory, or of what is computed on the way.
//
// Shapes: x[reduced0][kept0][reduced1][kept1][reduced2][kept2], dense, to y[kept0][kept1][kept2].
// Rows belong to the first reduced or to the first kept dimension; how many there are is read from
// memory. Neighbouring dimensions of one kind are joined, so this is every reduction of four.
//
// A block is `lanes` threads along the reduced elements of each of 256 / lanes results. Where the
// last dimension is kept, neighbouring threads take neighbouring results, else neighbouring
// elements, four at once where kWidth is 4. A block takes `chunk` elements of its results; if there
// are more, it writes a partial result per chunk.
//
// The order of additions of a result depends on the number of its elements alone, never on how many
// results there are. Sums are kept in double, and rounded once. NaN gives NaN, in the largest too.
// The largest of nothing is a fault.
#pragma once

#include "fault.cuh"
#include "index.cuh"

constexpr int kReduceThreads = 256;

struct ReduceParams {
  const float *x;
  float *y;
  double *partial;  // [chunks][results]; null where a result is never of more than one chunk
  const int *rows;
  int *fault;
  long long kind;       // 0 sum, 1 largest
  long long over_rows;  // rows are reduced
  long long reduced0, kept0, reduced1, kept1, reduced2, kept2;  // without rows
  long long step;  // distance of neighbours among the reduced elements; 0 if it differs
  long long lanes, chunk;
};

template <bool kMax>
PB_DEVICE double join(double a, double b) {
  if (kMax) return a > b || a != a ? a : b;
  return a + b;
}

template <bool kMax>
PB_DEVICE double none() {
  return kMax ? __longlong_as_double(static_cast<long long>(0xFFF0000000000000ull)) : 0.0;
}

struct Reduction {
  const ReduceParams &p;
  long long results, elements;

  PB_DEVICE explicit Reduction(const ReduceParams &of) : p(of) {
    const long long rows = *p.rows;
    results = (p.over_rows ? 1 : rows) * p.kept0 * p.kept1 * p.kept2;
    elements = (p.over_rows ? rows : 1) * p.reduced0 * p.reduced1 * p.reduced2;
  }

  PB_DEVICE long long kept0() const { return p.over_rows ? p.kept0 : *p.rows * p.kept0; }

  // Where the elements of a result begin.
  PB_DEVICE long long begin(long long result) const {
    const long long i = quotient(result, p.kept2), last = result - i * p.kept2;
    const long long first = quotient(i, p.kept1), middle = i - first * p.kept1;
    return ((first * p.reduced1 * p.kept1 + middle) * p.reduced2) * p.kept2 + last;
  }

  // Where an element lies from there.
  PB_DEVICE long long place(long long element) const {
    if (p.step != 0) return element * p.step;
    const long long i = quotient(element, p.reduced2), last = element - i * p.reduced2;
    const long long first = quotient(i, p.reduced1), middle = i - first * p.reduced1;
    const long long inner = p.kept1 * p.reduced2;
    return ((first * kept0() * p.reduced1 + middle) * inner + last) * p.kept2;
  }
};

// Of `values(at)`, which gives `kWidth` neighbours from place `at` on, joined: elements first,
// first + lanes, ... below `end`, from place `begin` on, kUnrolled of them at once.
template <bool kMax, int kWidth, class Values>
PB_DEVICE double run(const Reduction &r, const Values &values, long long begin, long long first,
                     long long end, long long lanes) {
  double total = none<kMax>();
#pragma unroll(Values::kUnrolled)
  for (long long e = first * kWidth; e < end; e += lanes * kWidth) {
    total = join<kMax>(total, values(begin + r.place(e)));
  }
  return total;
}

// Joins what `lanes` threads have, `apart` threads from each other, into the first of them.
template <bool kMax>
PB_DEVICE double join_lanes(double *shared, double mine, int lane, int lanes, int apart) {
  const int t = static_cast<int>(threadIdx.x);
  shared[t] = mine;
  for (int half = lanes / 2; half > 0; half /= 2) {
    __syncthreads();
    if (lane < half) shared[t] = join<kMax>(shared[t], shared[t + half * apart]);
  }
  const double joined = shared[t];
  __syncthreads();
  return joined;
}

template <bool kMax, int kWidth, class Values>
PB_DEVICE void reduce(const ReduceParams &p, const Values &values, double *shared) {
  const Reduction r(p);
  if (kMax && r.elements == 0 && r.results > 0) {
    if (thread_number() == 0 && blockIdx.y == 0) raise(p.fault);
    return;
  }
  const int lanes = static_cast<int>(p.lanes), at_once = kReduceThreads / lanes;
  const bool across = p.kept2 > 1;  // neighbouring threads have neighbouring results
  const int t = static_cast<int>(threadIdx.x);
  const int lane = across ? t / at_once : t % lanes;
  const int mine = across ? t % at_once : t / lanes;
  const long long chunks = r.elements == 0 ? 1 : quotient(r.elements + p.chunk - 1, p.chunk);
  for (long long c = blockIdx.y; c < chunks; c += gridDim.y) {
    const long long from = c * p.chunk;
    const long long end = from + p.chunk < r.elements ? from + p.chunk : r.elements;
    for (long long g = blockIdx.x; g * at_once < r.results; g += gridDim.x) {
      const long long result = g * at_once + mine;
      double total = none<kMax>();
      if (result < r.results) {
        const long long first = from / kWidth + lane;
        total = run<kMax, kWidth>(r, values, r.begin(result), first, end, lanes);
      }
      total = join_lanes<kMax>(shared, total, lane, lanes, across ? at_once : 1);
      if (lane == 0 && result < r.results) {
        if (p.partial == nullptr) {
          p.y[result] = static_cast<float>(total);
        } else {
          p.partial[c * r.results + result] = total;
        }
      }
    }
  }
}
