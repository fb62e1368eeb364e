// What the kernels that carry changes have in common: numbers of 16 bits, the matrix instruction,
// copies into shared memory that are waited for later, and how far a nonlinearity moves.
//
// Numbers. A change is held as bf16, nearest with ties to even, for its range of exponents: changes
// of any size keep their 8 bits. A clean pre-activation is held as fp16 with 11 bits, and beyond
// 65504 it stays there: it only says where the kink of the rectifier lies. A change that no layer
// may round is held as two bf16, high and low, together 16 bits.
//
// The kink. relu(a + d) - relu(a) = max(d + min(a, 0), min(-a, 0)), which cancels nothing.
//
// Order. With m16n8k16, lane 4 g + t holds rows g and g + 8 of the sums and columns 2 t, 2 t + 1 of
// each n8 tile. The weights are packed such that column 2 t + e of the j-th of n tiles is output
// 2 n t + 2 j + e: a lane holds 2 n outputs that lie side by side, and loads and stores them at once.
#pragma once

#include "change_params.cuh"
#include "mma.cuh"

namespace {

// Two numbers as the sums of a high and a low bf16 each; what is left out is under 2^-16 of them.
PB_DEVICE void change_split_pair(float first, float second, unsigned &high, unsigned &low) {
  high = pack_bf16(first, second);
  const float2 kept = unpack_bf16(high);
  low = pack_bf16(first - kept.x, second - kept.y);
}

// relu(clean + change) - relu(clean).
PB_DEVICE float change_bent(float clean, float change) {
  return fmaxf(change + fminf(clean, 0.0f), fminf(-clean, 0.0f));
}

// Output of the j-th of n n8 tiles that column c stands for.
PB_DEVICE int change_output(int tiles, int j, int c) { return 2 * tiles * (c >> 1) + 2 * j + (c & 1); }

}  // namespace
