// What layers do to their sums before they store them, in registers.
//
//   kPlain   y = act(sums + bias) * gate
//   kChange  y = act(clean[base] + sums) - act(clean[base]), without cancellation
//
// The gate is the backward of a rectifier: 1 where another value is above zero, else a slope.
// `clean` is a value before the activation, bias and all, of which several rows may share one base.
#pragma once

#include "patchbay.cuh"

// As the record io.patchbay.kernels.cuda.Finish writes it; null where there is none.
struct Finish {
  const float *bias;     // per channel of a convolution, per column of a product
  const float *gate;     // as the result; its sign gates
  const float *clean;    // (bases; as a row of the result), for kChange
  const int *base;       // per row of the result, a row of clean
  long long mode;
  long long activation;
  double alpha;          // slope below zero of the activation or of the gate
};

namespace {

constexpr int kPlain = 0;
constexpr int kChange = 1;

constexpr int kNone = 0;
constexpr int kRelu = 1;
constexpr int kLeaky = 2;
constexpr int kSigmoid = 3;
constexpr int kTanh = 4;

// What is not a number stays so.
PB_DEVICE float rectified(float x) { return x < 0.0f ? 0.0f : x; }

// With full relative accuracy on both sides.
PB_DEVICE float sigmoid(float x) {
  const float e = expf(x < 0.0f ? x : -x);
  return (x < 0.0f ? e : 1.0f) / (1.0f + e);
}

// relu(a + d) - relu(a): of a > 0 the larger of d and -a, else of a + d and 0. Exactly d where both
// are positive.
PB_DEVICE float change_rectified(float a, float d) {
  const float moved = d + (a < 0.0f ? a : 0.0f);
  const float least = a > 0.0f ? -a : 0.0f;
  return moved < least ? least : moved;
}

// sigmoid(a + d) - sigmoid(a). With s = sigmoid(a): where |d| < 1, s (1 - s) e / (1 + s e) with
// e = exp(d) - 1; else the two differ by a factor, on the side of zero where they do not saturate.
PB_DEVICE float change_sigmoid(float a, float d) {
  if (d < 1.0f && d > -1.0f) {
    const float t = expf(a < 0.0f ? a : -a);
    const float u = 1.0f / (1.0f + t);
    const float e = expm1f(d);
    return t * u * u * e / fmaf(a < 0.0f ? t * u : u, e, 1.0f);
  }
  const float after = a + d;
  return a + after > 0.0f ? sigmoid(-a) - sigmoid(-after) : sigmoid(after) - sigmoid(a);
}

PB_DEVICE float activated(int activation, float alpha, float x) {
  if (activation == kNone) return x;
  if (activation == kRelu) return rectified(x);
  if (activation == kLeaky) return x < 0.0f ? alpha * x : x;
  return activation == kSigmoid ? sigmoid(x) : tanhf(x);
}

PB_DEVICE float changed(int activation, float alpha, float a, float d) {
  if (activation == kNone) return d;
  if (activation == kRelu) return change_rectified(a, d);
  if (activation == kSigmoid) return change_sigmoid(a, d);
  return activated(activation, alpha, a + d) - activated(activation, alpha, a);
}

// N numbers beside each other; of four or more at once, the first stands at a multiple of 16 bytes.
template <int N>
PB_DEVICE void load_run(const float *from, float (&v)[N]) {
  if constexpr (N % 4 == 0) {
#pragma unroll
    for (int i = 0; i < N; i += 4) {
      const float4 four = *reinterpret_cast<const float4 *>(from + i);
      v[i] = four.x, v[i + 1] = four.y, v[i + 2] = four.z, v[i + 3] = four.w;
    }
  } else {
#pragma unroll
    for (int i = 0; i < N; i++) v[i] = from[i];
  }
}

template <int N>
PB_DEVICE void store_run(float *to, const float (&v)[N]) {
  if constexpr (N % 4 == 0) {
#pragma unroll
    for (int i = 0; i < N; i += 4) {
      *reinterpret_cast<float4 *>(to + i) = make_float4(v[i], v[i + 1], v[i + 2], v[i + 3]);
    }
  } else if constexpr (N == 2) {
    *reinterpret_cast<float2 *>(to) = make_float2(v[0], v[1]);
  } else {
#pragma unroll
    for (int i = 0; i < N; i++) to[i] = v[i];
  }
}

// One sum of a channel or two beside each other, in mode kPlain with no activation or one that is linear on
// both sides of zero: what fits into kernels whose sums are all in registers. They are element `at` of the
// whole result, and the next. Gates are loaded apart, many before the first is needed: a store between
// two loads would keep the second waiting.
template <int N>
PB_DEVICE void load_gate(const Finish &f, long long at, float (&gate)[N]) {
  static_assert(N == 1 || N == 2, "");
  if constexpr (N == 2) {
    const float2 two = *reinterpret_cast<const float2 *>(f.gate + at);
    gate[0] = two.x, gate[1] = two.y;
  } else {
    gate[0] = f.gate[at];
  }
}

template <int N>
PB_DEVICE void finish_linear(const Finish &f, long long at, float bias, const float (&gate)[N], float *y,
                             float (&v)[N]) {
#pragma unroll
  for (int i = 0; i < N; i++) {
    v[i] += bias;
    if (f.activation == kRelu) v[i] = rectified(v[i]);
    if (f.activation == kLeaky) v[i] = v[i] < 0.0f ? (float)f.alpha * v[i] : v[i];
    if (f.gate != nullptr) v[i] *= gate[i] > 0.0f ? 1.0f : (float)f.alpha;
  }
  store_run<N>(y + at, v);
}

// Bits of N gates beside each other, whether they are open, from bit `from` on.
template <int N>
PB_DEVICE unsigned open_gates(const Finish &f, long long at, int from) {
  float gate[N];
  load_run<N>(f.gate + at, gate);
  unsigned open = 0;
#pragma unroll
  for (int i = 0; i < N; i++) open |= gate[i] > 0.0f ? 1u << (from + i) : 0u;
  return open;
}

// As `finish` in mode kPlain with no activation or a rectifier, where bias and gates were loaded before: N
// sums of one channel, with the gates from bit `from` on.
template <int N>
PB_DEVICE void finish_loaded(const Finish &f, float bias, unsigned open, int from, float (&v)[N]) {
#pragma unroll
  for (int i = 0; i < N; i++) {
    if (f.bias != nullptr) v[i] += bias;
    if (f.activation == kRelu) v[i] = rectified(v[i]);
    if (f.activation == kLeaky) v[i] = v[i] < 0.0f ? (float)f.alpha * v[i] : v[i];
    if (f.gate != nullptr) v[i] *= (open >> (from + i) & 1) != 0 ? 1.0f : (float)f.alpha;
  }
}

PB_DEVICE bool ends_loaded(const Finish &f) { return f.mode == kPlain && f.activation < kSigmoid; }

// Sums of N elements beside each other from `element` of a row of `size`, which have one channel, or
// with COLUMNS channels of their own from `channel` on.
template <int N, bool COLUMNS>
PB_DEVICE void finish(const Finish &f, long long row, int size, int element, int channel,
                      float (&v)[N]) {
  const int activation = (int)f.activation;
  const float alpha = (float)f.alpha;
  const long long at = row * size + element;
  if (f.mode == kPlain) {
    if (f.bias != nullptr) {
#pragma unroll
      for (int i = 0; i < N; i++) v[i] += f.bias[COLUMNS ? channel + i : channel];
    }
    if (activation == kRelu) {
#pragma unroll
      for (int i = 0; i < N; i++) v[i] = rectified(v[i]);
    } else if (activation != kNone) {
#pragma unroll
      for (int i = 0; i < N; i++) v[i] = activated(activation, alpha, v[i]);
    }
    if (f.gate != nullptr) {
      float gate[N];
      load_run<N>(f.gate + at, gate);
#pragma unroll
      for (int i = 0; i < N; i++) v[i] *= gate[i] > 0.0f ? 1.0f : alpha;
    }
  } else {
    float clean[N];
    load_run<N>(f.clean + (long long)f.base[row] * size + element, clean);
#pragma unroll
    for (int i = 0; i < N; i++) v[i] = changed(activation, alpha, clean[i], v[i]);
  }
}

}  // namespace
