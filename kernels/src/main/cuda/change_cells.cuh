// What the kernels of a carried change share: ranges of units, activations that tell how far they
// move, numbers rounded to 8 bits.
//
// A change travels in place of a value: the layer's clean value, known per base, is read where a
// nonlinearity needs it. So the change stays exact to a few roundings however small it is beside the
// value itself.
//
// Cells come in chunks, so that what they need stays in a bounded room. Of a chunk only the cells
// whose patch changes something are carried on: `change_list.cu` numbers them 0, 1, ..., and all
// that is kept of them has their number as its row.
#pragma once

#include "patchbay.cuh"

// A patched piece of a row: units `begin` to `end - 1`, counted in (C, H, W) order.
struct ChangeRange {
  int row, begin, end;
};

// Activations, as io.patchbay.kernels.cuda.ChangeEnds numbers them.
constexpr int kChangeNone = 0;
constexpr int kChangeRelu = 1;
constexpr int kChangeSigmoid = 2;

// Ends.
constexpr int kChangeValue = 0;
constexpr int kChangeSquares = 1;
constexpr int kChangeSizes = 2;
constexpr int kChangeProducts = 3;

PB_DEVICE int change_least(int a, int b) { return a < b ? a : b; }
PB_DEVICE int change_most(int a, int b) { return a > b ? a : b; }

// The first of `count` ranges, sorted by row, that is not before `row`.
PB_DEVICE int change_first(const ChangeRange *ranges, int count, int row) {
  int from = 0;
  for (int to = count; from < to;) {
    const int middle = from + (to - from) / 2;
    if (ranges[middle].row < row) {
      from = middle + 1;
    } else {
      to = middle;
    }
  }
  return from;
}

// relu(p + d) - relu(p): of p > 0 the larger of d and -p, else of p + d and 0. Exactly d where both
// are positive; what is not a number stays so.
PB_DEVICE float change_rectified(float p, float d) {
  const float below = p >= 0.0f ? 0.0f : p;
  const float least = p > 0.0f ? -p : 0.0f;
  const float moved = d + below;
  return moved < least ? least : moved;
}

// 1 / (1 + exp(-x)) with full relative accuracy on both sides.
PB_DEVICE float change_sigmoid(float x) {
  const float e = expf(x < 0.0f ? x : -x);
  return x < 0.0f ? e / (1.0f + e) : 1.0f / (1.0f + e);
}

// sigmoid(l + d) - sigmoid(l) without cancellation, however small d is and however far l is
// saturated on either side. With y = sigmoid(l) and q = sigmoid(-l):
//   while |d| < 1.6, with t = tanh(d / 2), a polynomial:   2 y q t / (1 + (y - q) t)
//   else, with m = exp(-|d|), n = 1 - m and s the one of y and q on d's side of zero:
//                                                          +- y q n / (m + s n)
//   where q or y may be lost in the smallest numbers:      the difference of two sigmoids
PB_DEVICE float change_of_sigmoid(float l, float d) {
  const float size = d < 0.0f ? -d : d;
  const float e = expf(l < 0.0f ? l : -l);
  const float r = 1.0f / (1.0f + e);
  const float y = l < 0.0f ? e * r : r;
  const float q = l < 0.0f ? r : e * r;
  if (size < 1.6f) {
    const float s = d * d;
    float p = fmaf(-2.12661075e-6f, s, 3.72916002e-5f);
    p = fmaf(p, s, -4.14955575e-4f);
    p = fmaf(p, s, 4.16282751e-3f);
    p = fmaf(p, s, -4.16658446e-2f);
    p = fmaf(p, s, 4.9999997e-1f);
    const float t = p * d;
    return 2.0f * y * q * t / fmaf(y - q, t, 1.0f);
  }
  if (l > 60.0f || l < -60.0f) {
    const float after = l + d;
    return l + after > 0.0f ? q - change_sigmoid(-after) : change_sigmoid(after) - y;
  }
  const float m = expf(-size);
  const float n = 1.0f - m;
  const float moved = y * q * n / fmaf(d < 0.0f ? q : y, n, m);
  return d < 0.0f ? -moved : moved;
}

PB_DEVICE float change_bent(int activation, float clean, float d) {
  if (activation == kChangeRelu) return change_rectified(clean, d);
  return activation == kChangeSigmoid ? change_of_sigmoid(clean, d) : d;
}

PB_DEVICE float change_value(int activation, float x) {
  if (activation == kChangeRelu) return x < 0.0f ? 0.0f : x;
  return activation == kChangeSigmoid ? change_sigmoid(x) : x;
}

// What the last layer's change `d` at one element adds to what is asked of it.
PB_DEVICE float change_measured(int end, float sum, float d, float direction) {
  if (end == kChangeSquares) return fmaf(d, d, sum);
  return end == kChangeSizes ? sum + (d < 0.0f ? -d : d) : fmaf(d, direction, sum);
}

// The nearest number of 8 bits, of two as near the even one.
PB_DEVICE float change_bf16(float x) {
  const unsigned bits = __float_as_uint(x);
  if ((bits & 0x7f800000u) == 0x7f800000u) return x;
  return __uint_as_float((bits + 0x7fffu + (bits >> 16 & 1u)) & 0xffff0000u);
}
