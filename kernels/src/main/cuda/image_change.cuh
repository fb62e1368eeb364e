// How far a pixel moves when its logit does, |sigmoid(l + d) - sigmoid(l)|, without cancellation.
//
// What is known of a pixel per base is its side s: the smaller of sigmoid(l) and sigmoid(-l), with a sign
// that says which. With the change turned over for a pixel that is nearer to 1, and m = exp(d) - 1, it
// moves by s (1 - s) m / (1 + s m), where nothing can cancel, for s is at most 1 / 2 and m above -1. By
// how far the pixels of a warp move:
//
//   |d| < 1    with t = 2 tanh(d / 2), a polynomial of relative error 6e-7: s (1 - s) t / (1 + (s - 1/2) t)
//   |d| < 60   as it stands; m is a polynomial where d is small
//   else       with a and b the larger and the smaller of l and l + d:
//              (1 - exp(b - a)) / ((1 + exp(-a)) (1 + exp(b)))
//
// The last holds however far the pixel is saturated: what overflows is divided by.
//
// Operations a pixel: 12 and one of the special functions' unit; 13 and two; 24 and five; of a product
// one more, for the sign. The lanes of
// a warp go the longest way that one of them needs.
#pragma once

#include "mma.cuh"

namespace {

constexpr float kLittle = 1.0f;
constexpr float kFar = 60.0f;
constexpr float kLog2E = 1.44269504f;

// A pixel's side: negative where it is nearer to 1.
PB_DEVICE float side_of(float l) {
  const float e = expf(-fabsf(l));
  const float small = e / (1.0f + e);
  return l < 0.0f ? small : -small;
}

PB_DEVICE float4 sides_of(const float4 &l) {
  return make_float4(side_of(l.x), side_of(l.y), side_of(l.z), side_of(l.w));
}

// The change as it is for a pixel that is nearer to 0.
PB_DEVICE float turned(float side, float d) {
  return __uint_as_float(__float_as_uint(d) ^ (__float_as_uint(side) & 0x80000000u));
}

PB_DEVICE float moved_little(float side, float d) {
  const float s = fabsf(side);
  const float r = d * d;
  float p = fmaf(-0.000693381132f, r, 0.00824332592f);
  p = fmaf(p, r, -0.0833155638f);
  p = fmaf(p, r, 0.999999442f);
  const float t = p * turned(side, d);
  return fmaf(-s, s, s) * t * reciprocal_approx(fmaf(s - 0.5f, t, 1.0f));
}

PB_DEVICE float moved_between(float side, float d) {
  const float s = fabsf(side);
  const float x = turned(side, d);
  const float p = fmaf(fmaf(0.166666667f, x, 0.5f), x, 1.0f) * x;
  const float m = fabsf(x) < 0.03f ? p : exp2_approx(kLog2E * x) - 1.0f;
  return fmaf(-s, s, s) * m * reciprocal_approx(fmaf(s, m, 1.0f));
}

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
PB_DEVICE float moved(float side, const float *logit, float d) {
  if (kMoves == Moves::kLittle) return moved_little(side, d);
  const float between = moved_between(side, d);
  return kMoves == Moves::kBetween || fabsf(d) < kFar ? between : moved_far(*logit, d);
}

// What is added up of how far pixels move.
enum class Adds { kSquares, kSizes, kProducts };

// @param d a change of the logit, which has the sign of the move
// @param toward the pixel's number in the direction that products are taken with
template <Adds kAdds>
PB_DEVICE float plus_moved(float sum, float move, float d, float toward) {
  if (kAdds == Adds::kProducts) return fmaf(copysignf(move, d), toward, sum);
  return kAdds == Adds::kSizes ? sum + fabsf(move) : fmaf(move, move, sum);
}

template <Adds kAdds, Moves kMoves>
PB_DEVICE float measure_four(const float4 &sides, const float4 *logits, const float4 &d, const float4 &toward,
                             float sum) {
  const float *const l = reinterpret_cast<const float *>(logits);
  sum = plus_moved<kAdds>(sum, moved<kMoves>(sides.x, l, d.x), d.x, toward.x);
  sum = plus_moved<kAdds>(sum, moved<kMoves>(sides.y, l + 1, d.y), d.y, toward.y);
  sum = plus_moved<kAdds>(sum, moved<kMoves>(sides.z, l + 2, d.z), d.z, toward.z);
  return plus_moved<kAdds>(sum, moved<kMoves>(sides.w, l + 3, d.w), d.w, toward.w);
}

// Adds how far each lane's four pixels move.
//
// @param logits of this lane's four, read only where needed
template <Adds kAdds>
PB_DEVICE float measure_four(const float4 &sides, const float4 *logits, const float4 &d, const float4 &toward,
                             float sum) {
  const float most = fmaxf(fmaxf(fabsf(d.x), fabsf(d.y)), fmaxf(fabsf(d.z), fabsf(d.w)));
  if (__all_sync(0xffffffffu, most < kLittle)) {
    return measure_four<kAdds, Moves::kLittle>(sides, logits, d, toward, sum);
  }
  if (__all_sync(0xffffffffu, most < kFar)) {
    return measure_four<kAdds, Moves::kBetween>(sides, logits, d, toward, sum);
  }
  return measure_four<kAdds, Moves::kAny>(sides, logits, d, toward, sum);
}

// The sum over the lanes of a warp, in every lane.
PB_DEVICE float sum_of_warp(float v) {
#pragma unroll
  for (int i = 16; i > 0; i >>= 1) v += __shfl_xor_sync(0xffffffffu, v, i);
  return v;
}

}  // namespace
