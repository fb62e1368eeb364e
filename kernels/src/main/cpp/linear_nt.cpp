// A linear layer on weights as they are trained: y[n][m] = act(x[n][k] W[m][k]^T + bias).
//
// Operations: 2 n k m; bytes: 4 (n k + n m + k m). W changes at every training step, so it is not
// packed. Two kernels, chosen by k alone so that a row's bits do not depend on the batch:
//
// k > kShort: the dot products run along k in whole vectors, a tile of kSamples x kOutputs
//   accumulators (3 x 8 in AVX-512: 11 loads for 24 fused multiply-adds). At the end the kOutputs
//   accumulators of a sample are folded into one vector of sums: about 3 shuffles and additions
//   per output, a fifth of the time at k = 256 and a tenth at k = 1000.
//   The kOutputs rows of W (32 KB at k = 1000) stay in the L1 cache while all samples pass by.
// k <= kShort: folding would cost more than the products. The rows of W for one strip of outputs
//   are transposed to the stack, and the tile of linear_tile.h broadcasts x.
#include "linear_tile.h"

namespace {

constexpr int kShort = 64;
constexpr int kSamples = PB_LANES == 16 ? 3 : 2;
constexpr int kOutputs = PB_LANES == 16 ? 8 : 4;

// In groups of 2 * kHalf lanes: a[i] + a[i + kHalf] in the first half, b[i] + b[i - kHalf] in the
// second.
template <int kHalf>
PB_INLINE vec fold(vec a, vec b) {
  ivec keep;
  ivec cross;
  for (int i = 0; i < kLanes; i++) {
    const bool first = i % (2 * kHalf) < kHalf;
    keep[i] = first ? i : kLanes + i;
    cross[i] = first ? i + kHalf : kLanes + i - kHalf;
  }
  return __builtin_shuffle(a, b, keep) + __builtin_shuffle(a, b, cross);
}

// Lane j is the sum of the lanes of acc[j], j < kOutputs; the same tree for every j. Each fold puts
// two accumulators into one vector, so they enter in bit-reversed order.
PB_INLINE vec sums_of(const vec (&acc)[kOutputs]) {
#if PB_LANES == 16
  const vec a = fold<4>(fold<8>(acc[0], acc[4]), fold<8>(acc[2], acc[6]));
  const vec b = fold<4>(fold<8>(acc[1], acc[5]), fold<8>(acc[3], acc[7]));
  const vec pairs = fold<2>(a, b);
#elif PB_LANES == 8
  const vec pairs = fold<2>(fold<4>(acc[0], acc[2]), fold<4>(acc[1], acc[3]));
#else
  return fold<1>(fold<2>(acc[0], acc[2]), fold<2>(acc[1], acc[3]));
#endif
#if PB_LANES > 4
  ivec even;
  for (int i = 0; i < kLanes; i++) even[i] = 2 * i % kLanes;
  return __builtin_shuffle(pairs, even) + __builtin_shuffle(pairs, even + 1);
#endif
}

// Keeps a value in a register: as a memory operand of each of its uses it would be loaded every
// time, and loads are the scarce thing here.
PB_INLINE void hold(vec &v) {
#if defined(__AVX512F__)
  asm("" : "+v"(v));
#elif defined(__SSE2__)
  asm("" : "+x"(v));
#else
  (void)v;
#endif
}

// S samples x O outputs; x and W rows are k floats apart, y rows m.
template <int S, int O>
__attribute__((noinline)) void dots(const float *x, const float *w, float *y, int32_t k, int32_t m,
                                    const Ending &ending) {
  vec acc[S][kOutputs];
#pragma GCC unroll 3
  for (int s = 0; s < S; s++) {
#pragma GCC unroll 8
    for (int o = 0; o < kOutputs; o++) acc[s][o] = vec{};
  }
  const ptrdiff_t row = k;
  int32_t t = 0;
  for (; t + kLanes <= k; t += kLanes) {
    vec value[S];
#pragma GCC unroll 3
    for (int s = 0; s < S; s++) value[s] = load(x + s * row + t);
#pragma GCC unroll 8
    for (int o = 0; o < O; o++) {
      vec weight = load(w + o * row + t);
      hold(weight);
#pragma GCC unroll 3
      for (int s = 0; s < S; s++) acc[s][o] = fma(value[s], weight, acc[s][o]);
    }
  }
  if (t < k) {
#pragma GCC unroll 8
    for (int o = 0; o < O; o++) {
      const vec weight = load_first(w + o * row + t, k - t);
#pragma GCC unroll 3
      for (int s = 0; s < S; s++) {
        acc[s][o] = fma(load_first(x + s * row + t, k - t), weight, acc[s][o]);
      }
    }
  }
  const vec start = ending.bias == nullptr ? vec{} : load_first(ending.bias, O);
#pragma GCC unroll 3
  for (int s = 0; s < S; s++) {
    const int64_t at = static_cast<int64_t>(s) * m;
    store_first(y + at, ending.of(sums_of(acc[s]) + start, at, O), O);
  }
}

template <int O>
void dots_of(const float *x, const float *w, float *y, int32_t k, int32_t m, int64_t n,
             const Ending &ending) {
  int64_t i = 0;
  for (; i + kSamples <= n; i += kSamples) {
    dots<kSamples, O>(x + i * k, w, y + i * m, k, m, ending.at(0, i * m));
  }
  for (; i < n; i++) dots<1, O>(x + i * k, w, y + i * m, k, m, ending.at(0, i * m));
}

void long_rows(const float *x, const float *w, float *y, int32_t k, int32_t m, int64_t n,
               const Ending &ending) {
  for (int32_t from = 0; from < m;) {
    const int32_t rest = m - from;
    const float *rows = w + static_cast<int64_t>(from) * k;
    const Ending end = ending.at(from, from);
    if (rest >= kOutputs) {
      dots_of<kOutputs>(x, rows, y + from, k, m, n, end);
      from += kOutputs;
    } else if (rest >= 2) {
      dots_of<2>(x, rows, y + from, k, m, n, end);
      from += 2;
    } else {
      dots_of<1>(x, rows, y + from, k, m, n, end);
      from += 1;
    }
  }
}

void short_rows(const float *x, const float *w, float *y, int32_t k, int32_t m, int64_t n,
                const Ending &ending) {
  alignas(64) float strip[kShort * kStrip];
  const Span span = {k, 1, kStrip, m, k, true, true};
  for (int32_t from = 0; from < m; from += kStrip) {
    const int width = m - from < kStrip ? m - from : kStrip;
    pack_rows(w + static_cast<int64_t>(from) * k, k, width, strip);
    linear_strip(span, x, strip, y + from, width, ending.at(from, from), n);
  }
}

}  // namespace

PB_EXPORT int32_t PB_NAME(linear_nt)(const float *x, const float *w, const float *bias, int32_t act,
                                     float alpha, const float *gate, float *y, int32_t k, int32_t m,
                                     int64_t n) {
  if (!known_activation(act)) return 4;
  if (k < 0) return 8;
  if (m < 0) return 9;
  if (n < 0) return 10;
  if (n == 0 || m == 0) return 0;
  if (x == nullptr && k > 0) return 1;
  if (w == nullptr && k > 0) return 2;
  if (y == nullptr) return 7;
  const Ending ending = {bias, gate, act, alpha};
  if (k > kShort) {
    long_rows(x, w, y, k, m, n, ending);
  } else {
    short_rows(x, w, y, k, m, n, ending);
  }
  if (needs_pass(act)) finish(y, gate, n * m, act, alpha);
  return 0;
}
