// How far a patch by five numbers moves a unit x with s in the source: how far
// min(max(keep x + shift + take s, low), high) is from x.
//
// As it moves, not as it ends, so that a small move of a large unit keeps its digits.
#pragma once

#include "patchbay.cuh"

// Of float32: what lies beyond limits nothing.
constexpr float kLargest = 3.402823466e38f;

PB_DEVICE bool patch_limits(float low, float high) { return low >= -kLargest || high <= kLargest; }

// @param limited patch_limits(low, high), which the cells of a kernel have in common
PB_DEVICE float patch_moves(float x, float s, float keep, float shift, float take, bool limited, float low,
                            float high) {
  // In this order a limit, or what is not a number, goes through.
  float moved = fmaf(s, take, fmaf(x, keep - 1.0f, shift));
  if (limited) {
    moved = moved < low - x ? low - x : moved;
    moved = high - x < moved ? high - x : moved;
  }
  return moved;
}
