// Linear layers over rows and their gradients on the matrix unit for numbers of 11 bits (tf32, m16n8k8):
// y (m, n) = finish(A B), A (m, k) and B (k, n) each as it stands or transposed, of any sizes. The outer size
// m or the inner size k is a number of rows of the run.
//
// The eight warps of a block share the inner index: of each 64 inner indices warp s takes eight, for
// all 16 M x 8 N outputs of the block, and the eight sums of an output are added in the order of s. That
// is so in every form, whatever the tile: the same bits for any number of rows, and for any room for
// them. Slices of 64 inner indices come three deep, and eight deep in small tiles, of which each waits for
// its own way from memory; those of B, the weights of a launch that awaits, set out first. With PARTS = 3 the
// factors are taken in two parts of 11 bits and sums of eight products are added in float32,
// halving_tensor.cuh.
//
// Operations 2 m n k, bytes 4 (m k + k n + m n). A layer from 1,024 to 256, 1,024 rows: 0.54 GFLOP, 1.8 us at
// 305 TFLOP/s of this instruction; 128 blocks read 50 MB of the cache, 3.5 us at 64 bytes a clock each.
//
//   M N   a block   loads from shared memory for an instruction
//   4 4   64 x 32   1.5
//   2 4   32 x 32   2
//   1 2   16 x 16   4
#include "epilogue.cuh"
#include "halving_tensor.cuh"

struct LinearTensorParams {
  const float *a;
  const float *b;
  float *y;
  const int *rows;      // m = rows[0] * per_row
  long long per_row;
  const int *inner;     // k = inner[0] * per_inner
  long long per_inner;
  long long columns;    // n
  long long a_pitch;    // from one row of a, as it stands, to the next
  long long a_turned;   // whether its rows are inner indices
  long long b_pitch;
  long long b_turned;   // whether its rows are columns of the product
  Finish finish;
};

namespace {

template <int PARTS, int M, int N>
struct LinearTensor {
  static constexpr int kThreads = 256;
  static constexpr int kShares = 8;
  static constexpr int kStages = M == 1 ? 8 : 3;
  static constexpr int kStep = 64;  // inner indices
  static constexpr int kRows = 16 * M;
  static constexpr int kColumns = 8 * N;
  static constexpr int kPitch = kStep + 4;
  static constexpr int kRowPitch = kRows + 8;
  static constexpr int kColumnPitch = kColumns + 8;
  static constexpr int kLeft = kRows * kPitch > kStep * kRowPitch ? kRows * kPitch : kStep * kRowPitch;
  static constexpr int kRight = kColumns * kPitch > kStep * kColumnPitch ? kColumns * kPitch : kStep * kColumnPitch;
  static constexpr int kStage = kLeft + kRight;
  static constexpr int kSums = kShares * kRows * kColumns;
  static constexpr int kShared = 4 * (kStages * kStage > kSums ? kStages * kStage : kSums);
  static_assert(kShared <= 113 * 1024, "two blocks of a multiprocessor");

  const LinearTensorParams &p;
  float *shared;
  int rows, inner, columns, row, column;

  PB_DEVICE LinearTensor(const LinearTensorParams &params, unsigned char *room)
      : p(params), shared(reinterpret_cast<float *>(room)), rows((int)(*p.rows * p.per_row)),
        inner((int)(*p.inner * p.per_inner)), columns((int)p.columns), row((int)blockIdx.x * kRows),
        column((int)blockIdx.y * kColumns) {}

  // A rectangle of DOWN x ACROSS numbers, from `at` of a matrix of `pitch` across, zero beyond `height` and
  // `width`.
  template <int DOWN, int ACROSS>
  static PB_DEVICE void rectangle(float *to, int to_pitch, const float *from, int pitch, int height, int width) {
    if (pitch % 4 == 0) {
#pragma unroll 1
      for (int i = (int)threadIdx.x; i < DOWN * ACROSS / 4; i += kThreads) {
        const int y = i / (ACROSS / 4);
        const int x = 4 * (i % (ACROSS / 4));
        const bool is = y < height && x < width;
        cp_async_16_zero(to + y * to_pitch + x, is ? from + (long long)y * pitch + x : from, is);
      }
    } else {
#pragma unroll 1
      for (int i = (int)threadIdx.x; i < DOWN * ACROSS; i += kThreads) {
        const int y = i / ACROSS;
        const int x = i % ACROSS;
        const bool is = y < height && x < width;
        cp_async_4_zero(to + y * to_pitch + x, is ? from + (long long)y * pitch + x : from, is);
      }
    }
  }

  template <bool A_TURNED>
  PB_DEVICE void copy_left(int step) const {
    const int k = step * kStep;
    if (k >= inner) return;
    float *left = shared + step % kStages * kStage;
    const int a = (int)p.a_pitch;
    if (A_TURNED) {
      rectangle<kStep, kRows>(left, kRowPitch, p.a + (long long)k * a + row, a, inner - k, rows - row);
    } else {
      rectangle<kRows, kStep>(left, kPitch, p.a + (long long)row * a + k, a, rows - row, inner - k);
    }
  }

  template <bool B_TURNED>
  PB_DEVICE void copy_right(int step) const {
    const int k = step * kStep;
    if (k >= inner) return;
    float *right = shared + step % kStages * kStage + kLeft;
    const int b = (int)p.b_pitch;
    if (B_TURNED) {
      rectangle<kColumns, kStep>(right, kPitch, p.b + (long long)column * b + k, b, columns - column, inner - k);
    } else {
      rectangle<kStep, kColumns>(right, kColumnPitch, p.b + (long long)k * b + column, b, inner - k,
                                 columns - column);
    }
  }

  template <bool A_TURNED, bool B_TURNED>
  static PB_DEVICE void add(const float *stage, float (&sums)[M][N][4]) {
    const int g = (int)threadIdx.x % 32 / 4;
    const int k = (int)threadIdx.x / 32 * 8 + (int)threadIdx.x % 4;
    constexpr int kDown = A_TURNED ? 1 : kPitch;  // to the next row of the product, and inner index
    constexpr int kOn = A_TURNED ? kRowPitch : 1;
    constexpr int kAcross = B_TURNED ? kPitch : 1;
    constexpr int kAlong = B_TURNED ? 1 : kColumnPitch;
    const float *left = stage + g * kDown + k * kOn;
    const float *right = stage + kLeft + g * kAcross + k * kAlong;
    Fragment<PARTS, 2> b[N];
#pragma unroll
    for (int n = 0; n < N; n++) {
      for (int i = 0; i < 2; i++) b[n].set(i, right[8 * n * kAcross + 4 * i * kAlong]);
    }
#pragma unroll
    for (int m = 0; m < M; m++) {
      Fragment<PARTS, 4> a[1];
#pragma unroll
      for (int i = 0; i < 4; i++) a[0].set(i, left[(16 * m + i % 2 * 8) * kDown + i / 2 * 4 * kOn]);
      if constexpr (PARTS == 1) {
#pragma unroll
        for (int n = 0; n < N; n++) mma_tf32_1688(sums[m][n], a[0].high, b[n].high);
      } else {
        float part[1][N][4] = {};
        multiply_add<PARTS>(part, a, b);
#pragma unroll
        for (int n = 0; n < N; n++) {
#pragma unroll
          for (int i = 0; i < 4; i++) sums[m][n][i] += part[0][n][i];
        }
      }
    }
  }

  // With a rectifier or nothing after the sums: everything is loaded before the first store.
  PB_DEVICE void store() const {
    constexpr int kEach = kRows * kColumns / kThreads;
    float gate[kEach][1] = {}, bias[kEach] = {};
#pragma unroll
    for (int e = 0; e < kEach; e++) {
      const int i = (int)threadIdx.x + e * kThreads;
      const int y = row + i / kColumns;
      const int x = column + i % kColumns;
      if (y >= rows || x >= columns) continue;
      if (p.finish.bias != nullptr) bias[e] = p.finish.bias[x];
      if (p.finish.gate != nullptr) load_gate<1>(p.finish, (long long)y * columns + x, gate[e]);
    }
#pragma unroll
    for (int e = 0; e < kEach; e++) {
      const int i = (int)threadIdx.x + e * kThreads;
      const int y = row + i / kColumns;
      const int x = column + i % kColumns;
      if (y >= rows || x >= columns) continue;
      float v[1] = {shared[i]};
#pragma unroll
      for (int s = 1; s < kShares; s++) v[0] += shared[s * kRows * kColumns + i];
      finish_linear<1>(p.finish, (long long)y * columns + x, bias[e], gate[e], p.y, v);
    }
  }

  template <bool A_TURNED, bool B_TURNED>
  PB_DEVICE void run() {
    if (row >= rows) return await_predecessors();
    float sums[M][N][4] = {};
#pragma unroll 1
    for (int i = 0; i < kStages - 1; i++) copy_right<B_TURNED>(i);
    await_predecessors();
#pragma unroll 1
    for (int i = 0; i < kStages - 1; i++) {
      copy_left<A_TURNED>(i);
      cp_async_commit();
    }
    for (int step = 0; step * kStep < inner; step++) {
      cp_async_wait<kStages - 2>();
      __syncthreads();
      copy_left<A_TURNED>(step + kStages - 1);
      copy_right<B_TURNED>(step + kStages - 1);
      cp_async_commit();
      add<A_TURNED, B_TURNED>(shared + step % kStages * kStage, sums);
    }
    __syncthreads();
    const int lane = (int)threadIdx.x % 32;
    float *to = shared + (int)threadIdx.x / 32 * kRows * kColumns + lane / 4 * kColumns + 2 * (lane % 4);
#pragma unroll
    for (int m = 0; m < M; m++) {
#pragma unroll
      for (int n = 0; n < N; n++) {
#pragma unroll
        for (int h = 0; h < 2; h++) {
          const float two[2] = {sums[m][n][2 * h], sums[m][n][2 * h + 1]};
          store_run<2>(to + (16 * m + 8 * h) * kColumns + 8 * n, two);
        }
      }
    }
    __syncthreads();
    if (p.finish.mode == kPlain && p.finish.activation < kSigmoid) {
      store();
      return;
    }
#pragma unroll 1
    for (int i = (int)threadIdx.x; i < kRows * kColumns; i += kThreads) {
      const int y = row + i / kColumns;
      const int x = column + i % kColumns;
      if (y < rows && x < columns) {
        float v[1] = {shared[i]};
#pragma unroll
        for (int s = 1; s < kShares; s++) v[0] += shared[s * kRows * kColumns + i];
        finish<1, true>(p.finish, y, columns, x, x, v);
        p.y[(long long)y * columns + x] = v[0];
      }
    }
  }
};

}  // namespace

#define PB_LINEAR_TENSOR(name, parts, m, n, blocks)    \
  PB_KERNEL(name, LinearTensorParams, 256, blocks) {   \
    PB_SHARED(shared);                                 \
    LinearTensor<parts, m, n> tile(p, shared);         \
    if (p.a_turned != 0) {                             \
      tile.template run<true, false>();                \
    } else if (p.b_turned != 0) {                      \
      tile.template run<false, true>();                \
    } else {                                           \
      tile.template run<false, false>();               \
    }                                                  \
  }

PB_LINEAR_TENSOR(linear_tensor_64_tf32x3, 3, 4, 4, 1)
PB_LINEAR_TENSOR(linear_tensor_32_tf32x3, 3, 2, 4, 2)
PB_LINEAR_TENSOR(linear_tensor_16_tf32x3, 3, 1, 2, 2)
PB_LINEAR_TENSOR(linear_tensor_64_tf32, 1, 4, 4, 2)
PB_LINEAR_TENSOR(linear_tensor_32_tf32, 1, 2, 4, 2)
PB_LINEAR_TENSOR(linear_tensor_16_tf32, 1, 1, 2, 2)
