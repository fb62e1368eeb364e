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

#include "patchbay.cuh"

#ifdef PB_EMULATOR
#include "emulator/tensor.h"
#else

// acc (16, 8) += a (16, 16) b (16, 8), bf16 operands.
PB_DEVICE void pb_mma(float (&c)[4], const unsigned (&a)[4], unsigned b0, unsigned b1) {
  asm("mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, "
      "{%0,%1,%2,%3};"
      : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3])
      : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b0), "r"(b1));
}

// Four 8 x 8 tiles of 16-bit numbers; lane 8 i + r says where row r of tile i lies.
PB_DEVICE void pb_ldmatrix(unsigned (&a)[4], const unsigned char *row) {
  asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0,%1,%2,%3}, [%4];"
               : "=r"(a[0]), "=r"(a[1]), "=r"(a[2]), "=r"(a[3])
               : "r"((unsigned)__cvta_generic_to_shared(row))
               : "memory");
}

template <int BYTES>
PB_DEVICE void pb_copy_async(void *shared, const void *global) {
  const unsigned to = (unsigned)__cvta_generic_to_shared(shared);
  if constexpr (BYTES == 16) {
    asm volatile("cp.async.cg.shared.global [%0], [%1], 16;" ::"r"(to), "l"(global) : "memory");
  } else {
    asm volatile("cp.async.ca.shared.global [%0], [%1], %2;" ::"r"(to), "l"(global), "n"(BYTES)
                 : "memory");
  }
}

PB_DEVICE void pb_copy_commit() { asm volatile("cp.async.commit_group;" ::: "memory"); }

// Until all but the `LEFT` youngest groups of this thread's copies have landed.
template <int LEFT>
PB_DEVICE void pb_copy_wait() {
  asm volatile("cp.async.wait_group %0;" ::"n"(LEFT) : "memory");
}

// Two numbers as bf16, the first in the low half.
PB_DEVICE unsigned pb_bf16_pair(float low, float high) {
  unsigned pair;
  asm("cvt.rn.bf16x2.f32 %0, %1, %2;" : "=r"(pair) : "f"(high), "f"(low));
  return pair;
}

// The numbers of a pair of fp16.
PB_DEVICE void pb_half_pair(unsigned pair, float &low, float &high) {
  asm("{.reg .b16 l, h;\n mov.b32 {l, h}, %2;\n cvt.f32.f16 %0, l;\n cvt.f32.f16 %1, h;}"
      : "=f"(low), "=f"(high)
      : "r"(pair));
}

PB_DEVICE unsigned short pb_half(float number) {
  unsigned short bits;
  asm("cvt.rn.f16.f32 %0, %1;" : "=h"(bits) : "f"(number));
  return bits;
}

#endif

namespace {

PB_DEVICE float pb_bf16_low(unsigned pair) { return __uint_as_float(pair << 16); }
PB_DEVICE float pb_bf16_high(unsigned pair) { return __uint_as_float(pair & 0xffff0000u); }

PB_DEVICE unsigned short pb_bf16(float number) {
  return (unsigned short)pb_bf16_pair(number, 0.0f);
}

// Two numbers as the sums of a high and a low bf16 each; what is left out is under 2^-16 of them.
PB_DEVICE void pb_split(float first, float second, unsigned &high, unsigned &low) {
  high = pb_bf16_pair(first, second);
  low = pb_bf16_pair(first - pb_bf16_low(high), second - pb_bf16_high(high));
}

PB_DEVICE unsigned short pb_half_saturated(float number) {
  return pb_half(number > 65504.0f ? 65504.0f : number < -65504.0f ? -65504.0f : number);
}

// relu(clean + change) - relu(clean).
PB_DEVICE float pb_bent(float clean, float change) {
  return fmaxf(change + fminf(clean, 0.0f), fminf(-clean, 0.0f));
}

// Output of the j-th of n n8 tiles that column c stands for.
PB_DEVICE int pb_output(int tiles, int j, int c) { return 2 * tiles * (c >> 1) + 2 * j + (c & 1); }

}  // namespace
