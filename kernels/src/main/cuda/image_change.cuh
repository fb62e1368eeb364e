// How far a pixel moves when its logit does: sigmoid(l + d) - sigmoid(l), without cancellation.
//
// With y = sigmoid(l) and q = sigmoid(-l), known per base, and m = exp(d) - 1 it is y q m / (q + y exp(d)),
// where nothing of the two sums can cancel. By how far the pixels of a warp move:
//
//   |d| < 1    with t = tanh(d / 2), a polynomial of relative error 6e-7: 2 y q t / (1 + (y - q) t)
//   |d| < 60   as it stands; m is a polynomial where d is small
//   else       with a and b the larger and the smaller of l and l + d:
//              (1 - exp(b - a)) / ((1 + exp(-a)) (1 + exp(b)))
//
// The last holds however far the pixel is saturated: what overflows is divided by.
//
// Operations a pixel: 12 and one of the special functions' unit; 15 and two; 24 and five. The lanes of
// a warp go the longest way that one of them needs.
#pragma once

#include "mma.cuh"

namespace {

constexpr float kLittle = 1.0f;
constexpr float kFar = 60.0f;
constexpr float kLog2E = 1.44269504f;

// y and q.
PB_DEVICE float2 both_sides(float l) {
  const float e = expf(-fabsf(l));
  const float large = 1.0f / (1.0f + e);
  const float small = e * large;
  return l < 0.0f ? make_float2(small, large) : make_float2(large, small);
}

PB_DEVICE float moved_little(float2 clean, float d) {
  const float r = d * d;
  float p = fmaf(-0.000693381132f, r, 0.00824332592f);
  p = fmaf(p, r, -0.0833155638f);
  p = fmaf(p, r, 0.999999442f);
  const float t = p * d;  // twice
  return clean.x * clean.y * t * reciprocal_approx(fmaf(0.5f * (clean.x - clean.y), t, 1.0f));
}

PB_DEVICE float moved_between(float2 clean, float d) {
  const float e = exp2_approx(kLog2E * d);
  float p = fmaf(0.0083333333f, d, 0.0416666667f);
  p = fmaf(p, d, 0.166666667f);
  p = fmaf(p, d, 0.5f);
  p = fmaf(p, d, 1.0f) * d;
  const float m = fabsf(d) < 0.125f ? p : e - 1.0f;
  return clean.x * clean.y * m * reciprocal_approx(fmaf(clean.x, e, clean.y));
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

// How far the pixels of a warp's lanes move at most.
enum class Moves { kLittle, kBetween, kAny };

// @param logit read where it moves far
template <Moves kMoves>
PB_DEVICE float moved(float2 clean, const float *logit, float d) {
  if (kMoves == Moves::kLittle) return moved_little(clean, d);
  const float between = moved_between(clean, d);
  return kMoves == Moves::kBetween || fabsf(d) < kFar ? between : moved_far(*logit, d);
}

template <bool kSizes>
PB_DEVICE float plus_moved(float sum, float move) {
  return kSizes ? sum + fabsf(move) : fmaf(move, move, sum);
}

template <bool kSizes, Moves kMoves>
PB_DEVICE float measure_four(const float4 (&clean)[2], const float4 *logits, const float4 &d, float sum) {
  const float *const l = reinterpret_cast<const float *>(logits);
  sum = plus_moved<kSizes>(sum, moved<kMoves>(make_float2(clean[0].x, clean[0].y), l, d.x));
  sum = plus_moved<kSizes>(sum, moved<kMoves>(make_float2(clean[0].z, clean[0].w), l + 1, d.y));
  sum = plus_moved<kSizes>(sum, moved<kMoves>(make_float2(clean[1].x, clean[1].y), l + 2, d.z));
  return plus_moved<kSizes>(sum, moved<kMoves>(make_float2(clean[1].z, clean[1].w), l + 3, d.w));
}

// Adds the squares, or the sizes, of how far each lane's four pixels move.
//
// @param clean both sides of the first two, then of the others
// @param logits of this lane's four, read only where needed
template <bool kSizes>
PB_DEVICE float measure_four(const float4 (&clean)[2], const float4 *logits, const float4 &d, float sum) {
  const float most = fmaxf(fmaxf(fabsf(d.x), fabsf(d.y)), fmaxf(fabsf(d.z), fabsf(d.w)));
  if (__all_sync(0xffffffffu, most < kLittle)) {
    return measure_four<kSizes, Moves::kLittle>(clean, logits, d, sum);
  }
  if (__all_sync(0xffffffffu, most < kFar)) {
    return measure_four<kSizes, Moves::kBetween>(clean, logits, d, sum);
  }
  return measure_four<kSizes, Moves::kAny>(clean, logits, d, sum);
}

// The sum over the lanes of a warp, in every lane.
PB_DEVICE float sum_of_warp(float v) {
#pragma unroll
  for (int i = 16; i > 0; i >>= 1) v += __shfl_xor_sync(0xffffffffu, v, i);
  return v;
}

}  // namespace
