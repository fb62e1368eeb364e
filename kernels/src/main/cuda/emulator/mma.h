// The matrix instructions, asynchronous copies and conversions of mma.cuh, on the host; what lanes
// compute together is in mma.cpp.
#pragma once

namespace pb_emulator {

inline unsigned short bf16_of(float value) {
  unsigned x = bits<unsigned>(value);
  if ((x & 0x7fffffffu) > 0x7f800000u) return 0x7fff;
  return (unsigned short)((x + 0x7fffu + (x >> 16 & 1)) >> 16);
}
inline unsigned short f16_of(float value) {
  if (value > 65504.0f) value = 65504.0f;
  if (value < -65504.0f) value = -65504.0f;
  if (value != value) return 0x7fff;
  return bits<unsigned short>((_Float16)value);
}
inline float of_f16(unsigned short x) { return (float)bits<_Float16>(x); }

struct LoadMatrix {
  unsigned *to;
  const void *row;
};
struct Multiply {
  float *c;
  const unsigned *a;
  const unsigned *b;
};

#pragma GCC visibility push(default)
void load_four(void *const *records, unsigned mask);
void load_two_transposed(void *const *records, unsigned mask);
void multiply_bf16(void *const *records, unsigned mask);
void multiply_f16(void *const *records, unsigned mask);
void multiply_tf32(void *const *records, unsigned mask);
#pragma GCC visibility pop

// Of the first lanes each has a row.
inline void load_matrix(Combine load, int rows, unsigned *to, const void *row, Site site) {
  if (lane() < rows) {
    check_shared(row, 16, 16, site);
    watch(row, 16, false);
  }
  LoadMatrix record = {to, row};
  collective(0xffffffffu, load, &record, site);
}

inline void multiply(Combine product, float *c, const unsigned *a, const unsigned *b, Site site) {
  Multiply record = {c, a, b};
  collective(0xffffffffu, product, &record, site);
}

}  // namespace pb_emulator

inline void ldmatrix_x4(unsigned r[4], const void *row, PB_CALL) {
  pb_emulator::load_matrix(pb_emulator::load_four, 32, r, row, {"ldmatrix_x4", file, line});
}
inline void ldmatrix_x2_trans(unsigned r[2], const void *row, PB_CALL) {
  pb_emulator::load_matrix(pb_emulator::load_two_transposed, 16, r, row, {"ldmatrix_x2_trans", file, line});
}
inline void mma_bf16_16816(float c[4], const unsigned a[4], const unsigned b[2], PB_CALL) {
  pb_emulator::multiply(pb_emulator::multiply_bf16, c, a, b, {"mma_bf16_16816", file, line});
}
inline void mma_f16_16816(float c[4], const unsigned a[4], const unsigned b[2], PB_CALL) {
  pb_emulator::multiply(pb_emulator::multiply_f16, c, a, b, {"mma_f16_16816", file, line});
}
inline void mma_tf32_1688(float c[4], const unsigned a[4], const unsigned b[2], PB_CALL) {
  pb_emulator::multiply(pb_emulator::multiply_tf32, c, a, b, {"mma_tf32_1688", file, line});
}

inline void cp_async_16(void *shared, const void *global, PB_CALL) {
  pb_emulator::copy_async(shared, global, 16, false, {"cp_async_16", file, line});
}
inline void cp_async_16_zero(void *shared, const void *global, bool valid, PB_CALL) {
  pb_emulator::copy_async(shared, global, 16, !valid, {"cp_async_16_zero", file, line});
}
inline void cp_async_4(void *shared, const void *global, PB_CALL) {
  pb_emulator::copy_async(shared, global, 4, false, {"cp_async_4", file, line});
}
inline void cp_async_4_zero(void *shared, const void *global, bool valid, PB_CALL) {
  pb_emulator::copy_async(shared, global, 4, !valid, {"cp_async_4_zero", file, line});
}
inline void cp_async_commit() { pb_emulator::copy_commit(); }
template <int PENDING>
inline void cp_async_wait(PB_CALL) {
  pb_emulator::copy_wait(PENDING, {"cp_async_wait", file, line});
}

inline void barrier_sync(int id, int threads, PB_CALL) {
  pb_emulator::block_barrier(id, threads, true, false, {"barrier_sync", file, line});
}

inline void await_predecessors(PB_CALL) { pb_emulator::await_predecessors({"await_predecessors", file, line}); }

inline unsigned to_tf32(float x) {
  unsigned raw = __float_as_uint(x);
  return (raw & 0x7f800000u) == 0x7f800000u ? raw : (raw + 0x1000u) & ~0x1fffu;
}
inline unsigned short to_bf16(float x) { return pb_emulator::bf16_of(x); }
inline unsigned short to_f16(float x) { return pb_emulator::f16_of(x); }
inline float from_f16(unsigned short x) { return pb_emulator::of_f16(x); }
inline unsigned pack_bf16(float lo, float hi) { return (unsigned)to_bf16(hi) << 16 | to_bf16(lo); }
inline unsigned pack_f16(float lo, float hi) { return (unsigned)to_f16(hi) << 16 | to_f16(lo); }
inline float exp2_approx(float x) { return exp2f(x); }
inline float reciprocal_approx(float x) { return 1.0f / x; }
