// Functions of one element and of two, as the engine's ops define them.
//
// Every function of NaN is NaN, limits and comparisons of signs included, but for those that give a
// truth: nothing hides a number that went wrong. No function overflows or cancels where its value
// is an ordinary number: exponentials are taken of what is not positive. Relative errors are those
// of the device's own expf, logf, log1pf and tanhf, 2 units in the last place each.
#pragma once

#include "patchbay.cuh"

PB_DEVICE float sigmoid_of(float x) {
  const float e = expf(-fabsf(x));
  const float r = 1.0f / (1.0f + e);
  return x < 0.0f ? e * r : r;
}

PB_DEVICE float softplus_of(float x) {
  return (x < 0.0f ? 0.0f : x) + log1pf(expf(-fabsf(x)));
}

PB_DEVICE float sign_of(float x) { return x > 0.0f ? 1.0f : x < 0.0f ? -1.0f : x; }

PB_DEVICE float larger_of(float a, float b) { return a > b || a != a ? a : b; }

PB_DEVICE float smaller_of(float a, float b) { return b > a || a != a ? a : b; }

// y[i] = f(a[i]) or f(a[i], b[i]).
template <int N, typename F>
PB_DEVICE void each(float (&y)[N], const float (&a)[N], const F &f) {
#pragma unroll
  for (int i = 0; i < N; i++) y[i] = f(a[i]);
}

template <int N, typename F>
PB_DEVICE void each(float (&y)[N], const float (&a)[N], const float (&b)[N], const F &f) {
#pragma unroll
  for (int i = 0; i < N; i++) y[i] = f(a[i], b[i]);
}

// Op.UnaryKind in its order.
template <int N>
PB_DEVICE void unary(int kind, float alpha, float (&y)[N], const float (&x)[N]) {
  switch (kind) {
    case 0: each(y, x, [](float v) { return -v; }); break;
    case 1: each(y, x, [](float v) { return expf(v); }); break;
    case 2: each(y, x, [](float v) { return logf(v); }); break;
    case 3: each(y, x, [](float v) { return sqrtf(v); }); break;
    case 4: each(y, x, [](float v) { return v * v; }); break;
    case 5: each(y, x, [](float v) { return 1.0f / v; }); break;
    case 6: each(y, x, [](float v) { return fabsf(v); }); break;
    case 7: each(y, x, [](float v) { return sign_of(v); }); break;
    case 8: each(y, x, [](float v) { return v > 0.0f ? 1.0f : 0.0f; }); break;
    case 9: each(y, x, [](float v) { return v < 0.0f ? 0.0f : v; }); break;
    case 10: each(y, x, [alpha](float v) { return v > 0.0f ? v : alpha * v; }); break;
    case 11: each(y, x, [](float v) { return sigmoid_of(v); }); break;
    case 12: each(y, x, [](float v) { return tanhf(v); }); break;
    default: each(y, x, [](float v) { return softplus_of(v); });
  }
}

// Op.BinaryKind in its order.
template <int N>
PB_DEVICE void binary(int kind, float (&y)[N], const float (&a)[N], const float (&b)[N]) {
  switch (kind) {
    case 0: each(y, a, b, [](float u, float v) { return u + v; }); break;
    case 1: each(y, a, b, [](float u, float v) { return u - v; }); break;
    case 2: each(y, a, b, [](float u, float v) { return u * v; }); break;
    case 3: each(y, a, b, [](float u, float v) { return u / v; }); break;
    case 4: each(y, a, b, [](float u, float v) { return larger_of(u, v); }); break;
    case 5: each(y, a, b, [](float u, float v) { return smaller_of(u, v); }); break;
    case 6: each(y, a, b, [](float u, float v) { return u > v ? 1.0f : 0.0f; }); break;
    default: each(y, a, b, [](float u, float v) { return u == v ? 1.0f : 0.0f; });
  }
}
