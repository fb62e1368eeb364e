// The matrix instructions, asynchronous copies and conversions of mma.cuh, on the host. Which lane
// holds what: PTX ISA 8.7, sections 9.7.14.5.7 (m16n8k8), 9.7.14.5.8 (m16n8k16) and 9.7.14.5.15
// (ldmatrix). Products are summed in double and rounded once; a GPU rounds in between.
#pragma once

namespace pb_emulator {

inline unsigned short bf16_of(float value) {
  unsigned x = bits<unsigned>(value);
  if ((x & 0x7fffffffu) > 0x7f800000u) return 0x7fff;
  return (unsigned short)((x + 0x7fffu + (x >> 16 & 1)) >> 16);
}
inline float of_bf16(unsigned short x) { return bits<float>((unsigned)x << 16); }
inline unsigned short f16_of(float value) {
  if (value > 65504.0f) value = 65504.0f;
  if (value < -65504.0f) value = -65504.0f;
  if (value != value) return 0x7fff;
  return bits<unsigned short>((_Float16)value);
}
inline float of_f16(unsigned short x) { return (float)bits<_Float16>(x); }
inline float of_tf32(unsigned x) { return bits<float>(x & ~0x1fffu); }

struct LoadMatrix {
  unsigned *to;
  const void *row;
};

// Four lanes share a row of eight halves, or a column of eight when it is transposed.
template <int COUNT, bool TRANSPOSED>
PB_UNWATCHED inline void load_matrix(void *const *records, unsigned) {
  for (int matrix = 0; matrix < COUNT; matrix++) {
    unsigned short values[8][8];
    for (int row = 0; row < 8; row++) {
      memcpy(values[row], static_cast<LoadMatrix *>(records[8 * matrix + row])->row, 16);
    }
    for (int i = 0; i < 32; i++) {
      int along = i / 4, pair = 2 * (i % 4);
      unsigned low = TRANSPOSED ? values[pair][along] : values[along][pair];
      unsigned high = TRANSPOSED ? values[pair + 1][along] : values[along][pair + 1];
      static_cast<LoadMatrix *>(records[i])->to[matrix] = high << 16 | low;
    }
  }
}

struct Multiply {
  float *c;
  const unsigned *a;
  const unsigned *b;
};

// c (16 x 8) += a (16 x K) b (K x 8). FORMAT: unpacks register `r` of a lane into its values.
template <class Format>
PB_UNWATCHED inline void multiply(void *const *records, unsigned) {
  constexpr int K = Format::kDepth;
  typedef double Row __attribute__((vector_size(64)));
  double a[16][K];
  union {
    Row rows[K];
    double at[K][8];
  } b;
  for (int i = 0; i < 32; i++) {
    const Multiply &lane = *static_cast<Multiply *>(records[i]);
    int group = i / 4, quad = i % 4;
    for (int r = 0; r < 4; r++) {
      for (int e = 0; e < Format::kPacked; e++) {
        int k = quad * Format::kPacked + e + (r / 2) * K / 2;
        a[group + 8 * (r % 2)][k] = Format::of(lane.a[r], e);
        if (r < 2) b.at[quad * Format::kPacked + e + r * K / 2][group] = Format::of(lane.b[r], e);
      }
    }
  }
  for (int row = 0; row < 16; row++) {
    float *c[4];
    Row sums;
    for (int quad = 0; quad < 4; quad++) {
      c[quad] = static_cast<Multiply *>(records[row % 8 * 4 + quad])->c + row / 8 * 2;
      sums[2 * quad] = c[quad][0], sums[2 * quad + 1] = c[quad][1];
    }
    for (int k = 0; k < K; k++) sums += a[row][k] * b.rows[k];
    for (int quad = 0; quad < 4; quad++) c[quad][0] = (float)sums[2 * quad], c[quad][1] = (float)sums[2 * quad + 1];
  }
}

struct Bf16 {
  static constexpr int kDepth = 16, kPacked = 2;
  static double of(unsigned x, int e) { return of_bf16((unsigned short)(x >> 16 * e)); }
};
struct F16 {
  static constexpr int kDepth = 16, kPacked = 2;
  static double of(unsigned x, int e) { return of_f16((unsigned short)(x >> 16 * e)); }
};
struct Tf32 {
  static constexpr int kDepth = 8, kPacked = 1;
  static double of(unsigned x, int) { return of_tf32(x); }
};

template <int COUNT, bool TRANSPOSED>
inline void load_matrix_of(unsigned *to, const void *row, Site site) {
  if (lane() < 8 * COUNT) {
    check_shared(row, 16, 16, site);
    watch(row, 16, false);
  }
  LoadMatrix record = {to, row};
  collective(0xffffffffu, load_matrix<COUNT, TRANSPOSED>, &record, site);
}

template <class Format>
inline void multiply_of(float *c, const unsigned *a, const unsigned *b, Site site) {
  Multiply record = {c, a, b};
  collective(0xffffffffu, multiply<Format>, &record, site);
}

}  // namespace pb_emulator

inline void ldmatrix_x4(unsigned r[4], const void *row, PB_CALL) {
  pb_emulator::load_matrix_of<4, false>(r, row, {"ldmatrix_x4", file, line});
}
inline void ldmatrix_x2_trans(unsigned r[2], const void *row, PB_CALL) {
  pb_emulator::load_matrix_of<2, true>(r, row, {"ldmatrix_x2_trans", file, line});
}
inline void mma_bf16_16816(float c[4], const unsigned a[4], const unsigned b[2], PB_CALL) {
  pb_emulator::multiply_of<pb_emulator::Bf16>(c, a, b, {"mma_bf16_16816", file, line});
}
inline void mma_f16_16816(float c[4], const unsigned a[4], const unsigned b[2], PB_CALL) {
  pb_emulator::multiply_of<pb_emulator::F16>(c, a, b, {"mma_f16_16816", file, line});
}
inline void mma_tf32_1688(float c[4], const unsigned a[4], const unsigned b[2], PB_CALL) {
  pb_emulator::multiply_of<pb_emulator::Tf32>(c, a, b, {"mma_tf32_1688", file, line});
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
