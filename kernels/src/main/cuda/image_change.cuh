// How far a pixel moves when its logit does: sigmoid(l + d) - sigmoid(l), without cancellation.
//
//   |d| < 1   with t = tanh(d / 2), a polynomial of relative error 6e-7, and with slope = 2 y q and
//             lean = y - q of y = sigmoid(l), q = sigmoid(-l), known per base:
//             slope t / (1 + lean t)
//   else      with a and b the larger and the smaller of l and l + d:
//             (1 - exp(b - a)) / ((1 + exp(-a)) (1 + exp(b)))
// The second holds however far the pixel is saturated: what overflows is divided by.
//
// Operations a pixel: 10 and one of the special functions' unit, or 24 and five. The lanes of a warp
// take the longer way together where one of them must.
#pragma once

#include "mma.cuh"

namespace {

constexpr float kLittle = 1.0f;
constexpr float kLog2E = 1.44269504f;

PB_DEVICE float moved_little(float2 clean, float d) {
  const float r = d * d;
  float p = fmaf(-0.000346690566f, r, 0.00412166296f);
  p = fmaf(p, r, -0.0416577819f);
  p = fmaf(p, r, 0.499999721f);
  const float t = p * d;
  return clean.x * t * reciprocal_approx(fmaf(clean.y, t, 1.0f));
}

// Its size.
PB_DEVICE float moved_far(float l, float d) {
  const float after = l + d;
  const float a = fmaxf(l, after);
  const float b = fminf(l, after);
  const float m = exp2_approx(-kLog2E * fabsf(d));
  return (1.0f - m) * reciprocal_approx(1.0f + exp2_approx(-kLog2E * a)) *
         reciprocal_approx(1.0f + exp2_approx(kLog2E * b));
}

// The sum of the squares, or of the sizes, of how far each lane's two pixels move.
//
// @param clean slope and lean of both
// @param logits of this lane's two, read only where needed
template <bool kSizes>
PB_DEVICE float measure_pair(float4 clean, const float2 *logits, float2 d, float sum) {
  float first = moved_little(make_float2(clean.x, clean.y), d.x);
  float second = moved_little(make_float2(clean.z, clean.w), d.y);
  const bool far = !(fmaxf(fabsf(d.x), fabsf(d.y)) < kLittle);
  if (__any_sync(0xffffffffu, far)) {
    const float2 l = *logits;
    if (!(fabsf(d.x) < kLittle)) first = moved_far(l.x, d.x);
    if (!(fabsf(d.y) < kLittle)) second = moved_far(l.y, d.y);
  }
  if (kSizes) return sum + fabsf(first) + fabsf(second);
  return fmaf(first, first, fmaf(second, second, sum));
}

// The sum over the lanes of a warp, in every lane.
PB_DEVICE float sum_of_warp(float v) {
#pragma unroll
  for (int i = 16; i > 0; i >>= 1) v += __shfl_xor_sync(0xffffffffu, v, i);
  return v;
}

}  // namespace
