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

// 2 y q and y - q.
PB_DEVICE float2 slope_and_lean(float l) {
  const float e = expf(-fabsf(l));
  const float large = 1.0f / (1.0f + e);
  const float lean = (1.0f - e) * large;
  return make_float2(2.0f * e * large * large, l < 0.0f ? -lean : lean);
}

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

// Adds the squares, or the sizes, of how far each lane's four pixels move.
//
// @param clean slope and lean of the first two, then of the others
// @param logits of this lane's four, read only where needed
template <bool kSizes>
PB_DEVICE float measure_four(const float4 (&clean)[2], const float4 *logits, const float4 &d, float sum) {
  const float shift[4] = {d.x, d.y, d.z, d.w};
  float moved[4];
#pragma unroll
  for (int i = 0; i < 4; i++) {
    const float4 &of = clean[i >> 1];
    moved[i] = moved_little((i & 1) == 0 ? make_float2(of.x, of.y) : make_float2(of.z, of.w), shift[i]);
  }
  const float most = fmaxf(fmaxf(fabsf(d.x), fabsf(d.y)), fmaxf(fabsf(d.z), fabsf(d.w)));
  if (__any_sync(0xffffffffu, !(most < kLittle))) {
    const float4 l = *logits;
    const float of[4] = {l.x, l.y, l.z, l.w};
#pragma unroll
    for (int i = 0; i < 4; i++) {
      const float far = moved_far(of[i], shift[i]);
      moved[i] = fabsf(shift[i]) < kLittle ? moved[i] : far;
    }
  }
#pragma unroll
  for (int i = 0; i < 4; i++) sum = kSizes ? sum + fabsf(moved[i]) : fmaf(moved[i], moved[i], sum);
  return sum;
}

// The same of two.
template <bool kSizes>
PB_DEVICE float measure_two(const float4 &clean, const float2 *logits, const float2 &d, float sum) {
  float first = moved_little(make_float2(clean.x, clean.y), d.x);
  float second = moved_little(make_float2(clean.z, clean.w), d.y);
  if (__any_sync(0xffffffffu, !(fmaxf(fabsf(d.x), fabsf(d.y)) < kLittle))) {
    const float2 l = *logits;
    const float far[2] = {moved_far(l.x, d.x), moved_far(l.y, d.y)};
    first = fabsf(d.x) < kLittle ? first : far[0];
    second = fabsf(d.y) < kLittle ? second : far[1];
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
