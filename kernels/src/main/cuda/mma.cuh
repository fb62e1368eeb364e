// Everything that CUDA C++ has no function for: the one file with PTX instructions in it.
//
// Matrix instructions of a warp (all 32 lanes together), c += a b in float32. Lane l holds, with
// g = l / 4 and t = l % 4 (PTX ISA, section 9.7.14.5):
//   16x8x16 (bf16, f16; two values a register, the lower one first)
//     a[0] = A[g][2t..], a[1] = A[g + 8][2t..], a[2] = A[g][2t + 8..], a[3] = A[g + 8][2t + 8..]
//     b[0] = B[2t..][g], b[1] = B[2t + 8..][g]
//   16x8x8 (tf32; the lower 13 bits of a register do not count, to_tf32 rounds)
//     a[0] = A[g][t], a[1] = A[g + 8][t], a[2] = A[g][t + 4], a[3] = A[g + 8][t + 4]
//     b[0] = B[t][g], b[1] = B[t + 4][g]
//   both: c[0], c[1] = C[g][2t], C[g][2t + 1]; c[2], c[3] = C[g + 8][2t], C[g + 8][2t + 1]
// ldmatrix: lanes 8i to 8i + 7 give the rows (16 bytes each, aligned to 16) of the i-th 8x8 matrix
// of halves; lane l gets of it the values [g][2t], [g][2t + 1], or [2t][g], [2t + 1][g] transposed.
//
// Copies from global to shared memory that go on beside the thread: those since the last
// cp_async_commit() form a group; cp_async_wait<N>() waits for all groups of this thread but the
// last N. What other threads copied is there after a barrier that follows their wait.
//
// A kernel with await_predecessors() may be launched as one that awaits (Launch.java): then it begins before
// the launch before it has ended, if that one awaits too. Until the call returns it reads only what no such
// launch writes, states and counts of rows, and writes nothing but shared memory; after it all that came before
// is done and seen, and the next launch may begin. Every thread calls it, of blocks with nothing to do too: a
// grid that has left would be over before what it follows. Devices before sm_90 pass by.
#pragma once

#include "patchbay.cuh"

#ifdef PB_EMULATOR
#include "emulator/mma.h"
#else

PB_DEVICE unsigned shared_address(const void *address) {
  return (unsigned)__cvta_generic_to_shared(address);
}

PB_DEVICE void ldmatrix_x4(unsigned r[4], const void *row) {
  asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0, %1, %2, %3}, [%4];"
               : "=r"(r[0]), "=r"(r[1]), "=r"(r[2]), "=r"(r[3])
               : "r"(shared_address(row)));
}
PB_DEVICE void ldmatrix_x2_trans(unsigned r[2], const void *row) {
  asm volatile("ldmatrix.sync.aligned.m8n8.x2.trans.shared.b16 {%0, %1}, [%2];"
               : "=r"(r[0]), "=r"(r[1])
               : "r"(shared_address(row)));
}

PB_DEVICE void mma_bf16_16816(float c[4], const unsigned a[4], const unsigned b[2]) {
  asm volatile(
      "mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 "
      "{%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
      : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3])
      : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
}
PB_DEVICE void mma_f16_16816(float c[4], const unsigned a[4], const unsigned b[2]) {
  asm volatile(
      "mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32 "
      "{%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
      : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3])
      : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
}
PB_DEVICE void mma_tf32_1688(float c[4], const unsigned a[4], const unsigned b[2]) {
  asm volatile(
      "mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32 "
      "{%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
      : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3])
      : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
}

PB_DEVICE void cp_async_16(void *shared, const void *global) {
  asm volatile("cp.async.cg.shared.global [%0], [%1], 16;" ::"r"(shared_address(shared)), "l"(global) : "memory");
}
// Zeros when not valid; `global` is not read then.
PB_DEVICE void cp_async_16_zero(void *shared, const void *global, bool valid) {
  asm volatile("cp.async.cg.shared.global [%0], [%1], 16, %2;" ::"r"(shared_address(shared)), "l"(global),
               "r"(valid ? 16 : 0)
               : "memory");
}
PB_DEVICE void cp_async_4(void *shared, const void *global) {
  asm volatile("cp.async.ca.shared.global [%0], [%1], 4;" ::"r"(shared_address(shared)), "l"(global) : "memory");
}
PB_DEVICE void cp_async_4_zero(void *shared, const void *global, bool valid) {
  asm volatile("cp.async.ca.shared.global [%0], [%1], 4, %2;" ::"r"(shared_address(shared)), "l"(global),
               "r"(valid ? 4 : 0)
               : "memory");
}
PB_DEVICE void cp_async_commit() { asm volatile("cp.async.commit_group;" ::: "memory"); }
template <int PENDING>
PB_DEVICE void cp_async_wait() {
  asm volatile("cp.async.wait_group %0;" ::"n"(PENDING) : "memory");
}

// Barrier `id` (1 to 15) of `threads` threads, a multiple of 32.
PB_DEVICE void barrier_sync(int id, int threads) {
  asm volatile("bar.sync %0, %1;" ::"r"(id), "r"(threads) : "memory");
}

PB_DEVICE void await_predecessors() {
#if __CUDA_ARCH__ >= 900
  asm volatile("griddepcontrol.wait;" ::: "memory");
  asm volatile("griddepcontrol.launch_dependents;" ::: "memory");
#endif
}

PB_DEVICE unsigned to_tf32(float x) {
  unsigned result;
  asm("cvt.rna.tf32.f32 %0, %1;" : "=r"(result) : "f"(x));
  return result;
}
PB_DEVICE unsigned short to_bf16(float x) {
  unsigned short result;
  asm("cvt.rn.bf16.f32 %0, %1;" : "=h"(result) : "f"(x));
  return result;
}
PB_DEVICE unsigned pack_bf16(float lo, float hi) {
  unsigned result;
  asm("cvt.rn.bf16x2.f32 %0, %1, %2;" : "=r"(result) : "f"(hi), "f"(lo));
  return result;
}
// Numbers too large for a half become the largest, 65,504.
PB_DEVICE float finite_f16(float x) { return x > 65504.0f ? 65504.0f : x < -65504.0f ? -65504.0f : x; }
PB_DEVICE unsigned short to_f16(float x) {
  unsigned short result;
  asm("cvt.rn.f16.f32 %0, %1;" : "=h"(result) : "f"(finite_f16(x)));
  return result;
}
PB_DEVICE unsigned pack_f16(float lo, float hi) {
  unsigned result;
  asm("cvt.rn.f16x2.f32 %0, %1, %2;" : "=r"(result) : "f"(finite_f16(hi)), "f"(finite_f16(lo)));
  return result;
}
PB_DEVICE float from_f16(unsigned short x) {
  float result;
  asm("cvt.f32.f16 %0, %1;" : "=f"(result) : "h"(x));
  return result;
}
PB_DEVICE float exp2_approx(float x) {
  float result;
  asm("ex2.approx.ftz.f32 %0, %1;" : "=f"(result) : "f"(x));
  return result;
}
PB_DEVICE float reciprocal_approx(float x) {
  float result;
  asm("rcp.approx.ftz.f32 %0, %1;" : "=f"(result) : "f"(x));
  return result;
}

#endif

PB_DEVICE float from_bf16(unsigned short x) { return __uint_as_float((unsigned)x << 16); }

// The lower value in x, the upper in y.
PB_DEVICE float2 unpack_bf16(unsigned pair) {
  return make_float2(__uint_as_float(pair << 16), __uint_as_float(pair & 0xffff0000u));
}
PB_DEVICE float2 unpack_f16(unsigned pair) {
  return make_float2(from_f16((unsigned short)pair), from_f16((unsigned short)(pair >> 16)));
}
