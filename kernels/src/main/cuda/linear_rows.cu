// Linear layers over rows: y (rows; outer) = finish(x (rows; inner) W), W as it stands (outer, inner) or
// (inner, outer), of any sizes.
//
// Few rows leave few outputs, so the eight warps of a block share the inner index: of each 64 inner
// indices warp s takes eight, for all outputs of the block, and the eight sums of an output are added
// in the order of s. That is so in every form, whatever the tile: the same bits for any number of
// rows. A thread makes T x T outputs; the next 64 indices are on their way meanwhile.
//
// Operations 2 rows inner outer. A layer from 1,024 to 256: 1,024 rows 0.54 GFLOP, 9 us at 60 TFLOP/s; 64
// rows read 1.3 MB and more than once, from the cache.
//
//   T = 2    a block   8 x 16     96 bytes of loads for 128 multiply-adds
//   T = 4    a block  16 x 32
//   T = 8    a block  32 x 64    384 bytes for 2,048
#include "epilogue.cuh"
#include "mma.cuh"

struct LinearRowsParams {
  const float *x;
  const float *w;
  float *y;
  const int *rows;
  long long inner;
  long long outer;
  long long as_stored;  // whether w is (outer, inner)
  Finish finish;
};

namespace {

template <int T>
struct LinearRows {
  static constexpr int kThreads = 256;
  static constexpr int kShares = 8;
  static constexpr int kStep = 64;  // inner indices
  static constexpr int kEach = kStep / kShares;
  static constexpr int kDown = 4;  // lanes of a warp
  static constexpr int kAcross = 8;
  static constexpr int kRows = kDown * T;
  static constexpr int kColumns = kAcross * T;
  static constexpr int kUnroll = T == 8 ? 1 : 2;  // so that the registers do
  static constexpr int kPitch = kStep + 4;
  static constexpr int kColumnPitch = kColumns + 4;
  static constexpr int kWeights = kColumns * kPitch > kStep * kColumnPitch ? kColumns * kPitch : kStep * kColumnPitch;
  static constexpr int kStage = kRows * kPitch + kWeights;
  static constexpr int kSums = kShares * kRows * kColumns;
  static constexpr int kShared = 4 * (2 * kStage > kSums ? 2 * kStage : kSums);
  static_assert(kShared <= 113 * 1024, "two blocks of a multiprocessor");

  const LinearRowsParams &p;
  float *shared;
  int rows, inner, outer, row, column;

  PB_DEVICE LinearRows(const LinearRowsParams &params, unsigned char *room)
      : p(params), shared(reinterpret_cast<float *>(room)), rows(*params.rows), inner((int)params.inner),
        outer((int)params.outer), row((int)blockIdx.x * kRows), column((int)blockIdx.y * kColumns) {}

  // A rectangle of `down` x ACROSS numbers, from `at` of a matrix of `pitch` across, zero beyond `height` and
  // `width`.
  template <int DOWN, int ACROSS>
  PB_DEVICE static void rectangle(float *to, int to_pitch, const float *from, int pitch, int height,
                                  int width) {
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

  template <bool STORED>
  PB_DEVICE void copy(float *stage, int k) const {
    rectangle<kRows, kStep>(stage, kPitch, p.x + (long long)row * inner + k, inner, rows - row, inner - k);
    float *weights = stage + kRows * kPitch;
    if (STORED) {
      rectangle<kColumns, kStep>(weights, kPitch, p.w + (long long)column * inner + k, inner, outer - column,
                                 inner - k);
    } else {
      rectangle<kStep, kColumns>(weights, kColumnPitch, p.w + (long long)k * outer + column, outer, inner - k,
                                 outer - column);
    }
    cp_async_commit();
  }

  // Column j of a lane: beside each other where weights stand so.
  template <bool STORED>
  PB_DEVICE static int place(int across, int j) {
    constexpr int kRun = T < 4 ? T : 4;
    return STORED ? across + kAcross * j : j / kRun * kRun * kAcross + kRun * across + j % kRun;
  }

  template <bool STORED>
  PB_DEVICE static void add(const float *stage, int share, int down, int across, float (&sums)[T][T]) {
    const float *weights = stage + kRows * kPitch;
#pragma unroll kUnroll
    for (int k = share * kEach; k < (share + 1) * kEach; k += 4) {
      float x[T][4];
#pragma unroll
      for (int i = 0; i < T; i++) load_run<4>(stage + (down + kDown * i) * kPitch + k, x[i]);
      if constexpr (STORED) {
#pragma unroll
        for (int j = 0; j < T; j++) {
          float w[4];
          load_run<4>(weights + (across + kAcross * j) * kPitch + k, w);
#pragma unroll
          for (int e = 0; e < 4; e++) {
#pragma unroll
            for (int i = 0; i < T; i++) sums[i][j] = fmaf(x[i][e], w[e], sums[i][j]);
          }
        }
      } else {
#pragma unroll
        for (int e = 0; e < 4; e++) {
#pragma unroll
          for (int j = 0; j < T; j += T < 4 ? T : 4) {
            float w[T < 4 ? T : 4];
            load_run<(T < 4 ? T : 4)>(weights + (k + e) * kColumnPitch + place<false>(across, j), w);
#pragma unroll
            for (int n = 0; n < (T < 4 ? T : 4); n++) {
#pragma unroll
              for (int i = 0; i < T; i++) sums[i][j + n] = fmaf(x[i][e], w[n], sums[i][j + n]);
            }
          }
        }
      }
    }
  }

  template <bool STORED>
  PB_DEVICE void run() {
    if (row >= rows) return;
    const int share = (int)threadIdx.x / 32;
    const int down = (int)threadIdx.x % 32 / kAcross;
    const int across = (int)threadIdx.x % kAcross;
    float sums[T][T] = {};
    copy<STORED>(shared, 0);
    for (int k = 0, stage = 0; k < inner; k += kStep, stage ^= 1) {
      cp_async_wait<0>();
      __syncthreads();
      if (k + kStep < inner) copy<STORED>(shared + (stage ^ 1) * kStage, k + kStep);
      add<STORED>(shared + stage * kStage, share, down, across, sums);
    }
    __syncthreads();
#pragma unroll
    for (int i = 0; i < T; i++) {
#pragma unroll
      for (int j = 0; j < T; j++) {
        shared[(share * kRows + down + kDown * i) * kColumns + place<STORED>(across, j)] = sums[i][j];
      }
    }
    __syncthreads();
    for (int i = (int)threadIdx.x; i < kRows * kColumns; i += kThreads) {
      const int y = row + i / kColumns;
      const int x = column + i % kColumns;
      if (y < rows && x < outer) {
        float v[1] = {shared[i]};
#pragma unroll
        for (int s = 1; s < kShares; s++) v[0] += shared[s * kRows * kColumns + i];
        finish<1, true>(p.finish, y, outer, x, x, v);
        p.y[(long long)y * outer + x] = v[0];
      }
    }
  }
};

}  // namespace

#define PB_LINEAR_ROWS(name, t)                      \
  PB_KERNEL(name, LinearRowsParams, 256, 2) {        \
    PB_SHARED(shared);                               \
    if (p.as_stored != 0) {                          \
      LinearRows<t>(p, shared).run<true>();          \
    } else {                                         \
      LinearRows<t>(p, shared).run<false>();         \
    }                                                \
  }

PB_LINEAR_ROWS(linear_rows_2, 2)
PB_LINEAR_ROWS(linear_rows_4, 4)
PB_LINEAR_ROWS(linear_rows_8, 8)
