// What the lanes of a warp compute with the matrix instructions when all have come. Which lane holds
// what: PTX ISA 8.7, sections 9.7.14.5.7 (m16n8k8), 9.7.14.5.8 (m16n8k16) and 9.7.14.5.15 (ldmatrix).
// Products are exact in double, are summed there and rounded once; a GPU rounds in between.
#include "emulator.h"
#include "mma.h"

namespace pb_emulator {

namespace {

typedef unsigned Words __attribute__((vector_size(16)));
typedef float Floats __attribute__((vector_size(16)));
typedef double Doubles __attribute__((vector_size(32)));

// What each of four registers holds, the first or the second value of it.
struct Bf16 {
  static constexpr int kDepth = 16, kPacked = 2;
  static Floats of(Words x, int e) { return (Floats)(e == 0 ? x << 16 : x & ~0xffffu); }
};
struct F16 {
  static constexpr int kDepth = 16, kPacked = 2;
  static Floats of(Words x, int e) {
    Floats values;
    for (int i = 0; i < 4; i++) values[i] = of_f16((unsigned short)(x[i] >> 16 * e));
    return values;
  }
};
struct Tf32 {
  static constexpr int kDepth = 8, kPacked = 1;
  static Floats of(Words x, int) { return (Floats)(x & ~0x1fffu); }
};

// c (16 x 8) += a (16 x K) b (K x 8), by four rows at once.
template <class Format>
void multiply(void *const *records, unsigned) {
  constexpr int K = Format::kDepth, kRows = 4;
  double a[16][K];
  alignas(32) double b[K][8];
  for (int i = 0; i < 32; i++) {
    const Multiply &lane = *static_cast<Multiply *>(records[i]);
    const int group = i / 4, quad = i % 4;
    Words registers;
    memcpy(&registers, lane.a, sizeof registers);
    const Words columns = {lane.b[0], lane.b[1]};
    for (int e = 0; e < Format::kPacked; e++) {
      const int k = quad * Format::kPacked + e;
      const Doubles left = __builtin_convertvector(Format::of(registers, e), Doubles);
      a[group][k] = left[0], a[group + 8][k] = left[1];
      a[group][k + K / 2] = left[2], a[group + 8][k + K / 2] = left[3];
      const Floats right = Format::of(columns, e);
      b[k][group] = right[0], b[k + K / 2][group] = right[1];
    }
  }
  for (int first = 0; first < 16; first += kRows) {
    float *c[kRows][4];
    Doubles sums[kRows][2];
    for (int row = 0; row < kRows; row++) {
      for (int quad = 0; quad < 4; quad++) {
        float *two = static_cast<Multiply *>(records[(first + row) % 8 * 4 + quad])->c + first / 8 * 2;
        c[row][quad] = two;
        sums[row][quad / 2][quad % 2 * 2] = two[0], sums[row][quad / 2][quad % 2 * 2 + 1] = two[1];
      }
    }
    for (int k = 0; k < K; k++) {
      const Doubles *right = reinterpret_cast<const Doubles *>(b[k]);
      for (int row = 0; row < kRows; row++) {
        sums[row][0] += a[first + row][k] * right[0];
        sums[row][1] += a[first + row][k] * right[1];
      }
    }
    for (int row = 0; row < kRows; row++) {
      for (int quad = 0; quad < 4; quad++) {
        c[row][quad][0] = (float)sums[row][quad / 2][quad % 2 * 2];
        c[row][quad][1] = (float)sums[row][quad / 2][quad % 2 * 2 + 1];
      }
    }
  }
}

// Four lanes share a row of eight halves, or a column of eight when it is transposed.
template <int COUNT, bool TRANSPOSED>
void load_matrix(void *const *records, unsigned) {
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

}  // namespace

void multiply_bf16(void *const *records, unsigned mask) { multiply<Bf16>(records, mask); }
void multiply_f16(void *const *records, unsigned mask) { multiply<F16>(records, mask); }
void multiply_tf32(void *const *records, unsigned mask) { multiply<Tf32>(records, mask); }
void load_four(void *const *records, unsigned mask) { load_matrix<4, false>(records, mask); }
void load_two_transposed(void *const *records, unsigned mask) { load_matrix<2, true>(records, mask); }

}  // namespace pb_emulator
