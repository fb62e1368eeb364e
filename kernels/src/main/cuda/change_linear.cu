// The change of a linear layer, many cells in one launch; its operands are not rounded.
//
//   out = act(a[base] + W in) - act(a[base])
//
// in: (cells; K); W: (N, K); a: (bases; N) float32, the layer's clean value before its activation.
//
// change_linear_any: any sizes, float32, 2 K N operations a cell outside the matrix unit. It serves
// a first layer, such as 10 to 256: 5,120 operations and 2 KiB a cell (a read, out written).
// change_linear_256*: K = 256, N a multiple of 128, on the matrix unit. in comes as split rows:
// 256 high and 256 low bf16 (change_linear_any or change_split writes them), and so do the weights:
// W in = high high + (high low + low high), two sums in float32 of 16 bits each. Of the output
// the bf16 form writes what a convolution reads: (cells; H, W, C) bf16, its weights and a packed in
// this order; the wide form float32 in the packed order; the split form pixels of high and low bf16,
// (cells; H, W, 2, C), likewise.
//
// Method of the latter, as in change_up.cu: a warp keeps the weights of 16 outputs, high and low,
// in 128 registers a lane for its whole life, a block of eight warps those of 128; cells pass through
// shared memory 32 at a time, three batches deep, rows padded by 16 bytes against bank conflicts.
//
// A cell (256 to 1,024):
//   operations    3 * 2 * 262,144, or 384 m16n8k16
//   shared bytes  171 per m16n8k16: 64 KiB read, 8 KiB written
//   L2 bytes      8 (in, once per 128 outputs) + 4 (a) + 2 (out) KiB
// At 1.6 clocks for an m16n8k16 614 clocks of a multiprocessor: 376 million cells a second at most.
#include "change.cuh"

namespace {

constexpr int kAnyThreads = 256;
constexpr int kAnyCells = 8;
constexpr int kAnyDepth = 32;
constexpr int kAnyPitch = kAnyThreads + 1;

PB_DEVICE float linear_moved(float clean, float change, bool rectifies) {
  return rectifies ? change_bent(clean, change) : change;
}

struct AnyRoom {
  float weights[kAnyDepth][kAnyPitch];
  __align__(16) float x[kAnyDepth][kAnyCells];
};

static_assert(sizeof(AnyRoom) == kChangeAnyShared, "what the host is told");

PB_DEVICE void write_split(unsigned short *row, long long n, long long at, float value) {
  unsigned high, low;
  change_split_pair(value, 0.0f, high, low);
  row[at] = (unsigned short)high;
  row[n + at] = (unsigned short)low;
}

PB_DEVICE void any_weights(const ChangeLinearParams &p, AnyRoom &room, long long n0, long long k0) {
  const float *w = (const float *)p.weights;
  for (int i = threadIdx.x; i < kAnyThreads * kAnyDepth; i += kAnyThreads) {
    const long long n = n0 + i / kAnyDepth;
    const long long k = k0 + i % kAnyDepth;
    room.weights[i % kAnyDepth][i / kAnyDepth] = n < p.n && k < p.k ? w[n * p.k + k] : 0.0f;
  }
}

enum class LinearOut { kRounded, kSplit };

template <int K, int CELLS, int STAGES, LinearOut OUT>
struct ChangeLinear {
  static constexpr int kThreads = 256;
  static constexpr int kSteps = K / 16;
  static constexpr int kTiles = 2;
  static constexpr int kRow = 4 * K + 16;  // bytes: K high, K low, padding
  static constexpr int kBases = CELLS * kRow;
  static constexpr int kStage = kBases + (CELLS * 4 + 15) / 16 * 16;
  static constexpr int kShared = change_linear_shared(K, CELLS, STAGES);
  static constexpr int kChunks = 4 * K / 16;

  static_assert(kShared == STAGES * kStage, "what the host is told");
  static_assert(K % 16 == 0 && K <= 256, "the weights of a warp must fit its registers");
  static_assert(CELLS % (16 * kTiles) == 0, "whole tiles");

  unsigned high[kSteps][4];
  unsigned low[kSteps][4];
  const ChangeLinearParams &p;
  unsigned char *shared;
  int cells, lane, block;

  PB_DEVICE ChangeLinear(const ChangeLinearParams &params, unsigned char *room)
      : p(params), shared(room) {
    lane = threadIdx.x & 31;
    block = blockIdx.y * 8 + (threadIdx.x >> 5);
    cells = *p.cells;
  }

  PB_DEVICE void load_weights() {
    const uint4 *from = (const uint4 *)p.weights + block * kSteps * 64 + 2 * lane;
#pragma unroll
    for (int k = 0; k < kSteps; k++) {
      const uint4 h = from[k * 64];
      const uint4 l = from[k * 64 + 1];
      high[k][0] = h.x, high[k][1] = h.y, high[k][2] = h.z, high[k][3] = h.w;
      low[k][0] = l.x, low[k][1] = l.y, low[k][2] = l.z, low[k][3] = l.w;
    }
  }

  PB_DEVICE void load(int batch, int stage) {
    unsigned char *to = shared + stage * kStage;
    const long long first = (long long)batch * CELLS;
    const int here = cells - first < CELLS ? (int)(cells - first) : CELLS;
    const uint4 *from = (const uint4 *)p.in + first * kChunks;
    for (int i = threadIdx.x; i < here * kChunks; i += kThreads) {
      cp_async_16(to + i / kChunks * kRow + i % kChunks * 16, from + i);
    }
    if ((int)threadIdx.x < here) {
      cp_async_4(to + kBases + threadIdx.x * 4, p.base + first + threadIdx.x);
    }
  }

  // Cells t .. t + 31 of a batch that has arrived.
  PB_DEVICE void multiply(int batch, int stage, int t) {
    const unsigned char *from = shared + stage * kStage;
    const long long first = (long long)batch * CELLS + t;
    const int n = block * 16 + (lane & 3) * 4;
    float4 clean[kTiles][2];
#pragma unroll
    for (int m = 0; m < kTiles; m++) {
#pragma unroll
      for (int h = 0; h < 2; h++) {
        const int c = 16 * m + 8 * h + (lane >> 2);
        const long long base = first + c < cells ? ((const int *)(from + kBases))[t + c] : 0;
        clean[m][h] = *(const float4 *)(p.clean + base * p.n + n);
      }
    }
    const unsigned char *row = from + (t + (lane & 15)) * kRow + (lane >> 4) * 16;
    float sums[kTiles][2][4] = {};
    float rest[kTiles][2][4] = {};
    unsigned a[2][kTiles][4], b[kTiles][4];
#pragma unroll
    for (int m = 0; m < kTiles; m++) ldmatrix_x4(a[0][m], row + 16 * m * kRow);
#pragma unroll
    for (int k = 0; k < kSteps; k++) {
#pragma unroll
      for (int m = 0; m < kTiles; m++) ldmatrix_x4(b[m], row + 16 * m * kRow + k * 32 + 2 * K);
#pragma unroll
      for (int i = 0; i < 2 * kTiles; i++) {
        mma_bf16_16816(sums[i / 2][i % 2], a[k & 1][i / 2], &high[k][i % 2 * 2]);
      }
#pragma unroll
      for (int i = 0; i < 2 * kTiles; i++) {
        mma_bf16_16816(rest[i / 2][i % 2], a[k & 1][i / 2], &low[k][i % 2 * 2]);
      }
#pragma unroll
      for (int m = 0; m < kTiles; m++) {
        if (k + 1 < kSteps) ldmatrix_x4(a[(k + 1) & 1][m], row + 16 * m * kRow + k * 32 + 32);
      }
#pragma unroll
      for (int i = 0; i < 2 * kTiles; i++) {
        mma_bf16_16816(rest[i / 2][i % 2], b[i / 2], &high[k][i % 2 * 2]);
      }
    }
    const bool rectifies = p.rectifies != 0;
#pragma unroll
    for (int m = 0; m < kTiles; m++) {
#pragma unroll
      for (int h = 0; h < 2; h++) {
        const long long cell = first + 16 * m + 8 * h + (lane >> 2);
        if (cell >= cells) continue;
        float4 d;
        d.x = linear_moved(clean[m][h].x, sums[m][0][2 * h] + rest[m][0][2 * h], rectifies);
        d.y = linear_moved(clean[m][h].y, sums[m][0][2 * h + 1] + rest[m][0][2 * h + 1], rectifies);
        d.z = linear_moved(clean[m][h].z, sums[m][1][2 * h] + rest[m][1][2 * h], rectifies);
        d.w = linear_moved(clean[m][h].w, sums[m][1][2 * h + 1] + rest[m][1][2 * h + 1], rectifies);
        if constexpr (OUT == LinearOut::kSplit) {
          const int channels = (int)p.splits;
          unsigned short *to = (unsigned short *)p.out + cell * 2 * p.n + n / channels * 2 * channels + n % channels;
          uint2 top, bottom;
          change_split_pair(d.x, d.y, top.x, bottom.x);
          change_split_pair(d.z, d.w, top.y, bottom.y);
          *(uint2 *)to = top;
          *(uint2 *)(to + channels) = bottom;
        } else {
          *(uint2 *)((unsigned short *)p.out + cell * p.n + n) =
              make_uint2(pack_bf16(d.x, d.y), pack_bf16(d.z, d.w));
        }
      }
    }
  }

  PB_DEVICE void run() {
    const int batches = (cells + CELLS - 1) / CELLS;
    if ((int)blockIdx.x >= batches) return;
    // Rows of the last batch beyond the cells are multiplied too, for nothing.
    for (int i = threadIdx.x; i < kShared / 16; i += kThreads) {
      ((uint4 *)shared)[i] = make_uint4(0, 0, 0, 0);
    }
    __syncthreads();
    int next = blockIdx.x;
#pragma unroll
    for (int s = 0; s < STAGES - 1; s++) {
      if (next < batches) load(next, s);
      cp_async_commit();
      next += gridDim.x;
    }
    load_weights();
    int stage = 0;
    for (int batch = blockIdx.x; batch < batches; batch += gridDim.x) {
      cp_async_wait<STAGES - 2>();
      __syncthreads();
      if (next < batches) load(next, stage == 0 ? STAGES - 1 : stage - 1);
      cp_async_commit();
      next += gridDim.x;
#pragma unroll 1
      for (int t = 0; t < CELLS; t += 16 * kTiles) multiply(batch, stage, t);
      stage = stage + 1 == STAGES ? 0 : stage + 1;
    }
  }
};

}  // namespace

#define PB_CHANGE_LINEAR(name, k, count, stages, to)                \
  PB_KERNEL(name, ChangeLinearParams, 256, 1) {                     \
    PB_SHARED(bytes);                                               \
    ChangeLinear<k, count, stages, LinearOut::to>(p, bytes).run();  \
  }

PB_CHANGE_LINEAR(change_linear_256, 256, 32, 3, kRounded)
PB_CHANGE_LINEAR(change_linear_256_split, 256, 32, 3, kSplit)

// Blocks (x: batches of 8 cells, y: 256 outputs).
PB_KERNEL(change_linear_any, ChangeLinearParams, 256, 2) {
  PB_SHARED(bytes);
  AnyRoom &room = *(AnyRoom *)bytes;
  const long long cells = *p.cells;
  const long long n0 = (long long)blockIdx.y * kAnyThreads;
  const long long n = n0 + threadIdx.x;
  const bool resident = p.k <= kAnyDepth;
  if (resident) any_weights(p, room, n0, 0);
  const float *in = (const float *)p.in;
  for (long long first = (long long)blockIdx.x * kAnyCells; first < cells;
       first += (long long)gridDim.x * kAnyCells) {
    float sums[kAnyCells] = {};
    for (long long k0 = 0; k0 < p.k; k0 += kAnyDepth) {
      __syncthreads();
      if (!resident) any_weights(p, room, n0, k0);
      const int depth = p.k - k0 < kAnyDepth ? (int)(p.k - k0) : kAnyDepth;
      const int c = threadIdx.x / kAnyDepth;
      const int k = threadIdx.x % kAnyDepth;
      room.x[k][c] = k < depth && first + c < cells ? in[(first + c) * p.k + k0 + k] : 0.0f;
      __syncthreads();
#pragma unroll 4
      for (int i = 0; i < depth; i++) {
        const float w = room.weights[i][threadIdx.x];
#pragma unroll
        for (int cell = 0; cell < kAnyCells; cell++) {
          sums[cell] = fmaf(room.x[i][cell], w, sums[cell]);
        }
      }
    }
    if (n >= p.n) continue;
#pragma unroll
    for (int c = 0; c < kAnyCells; c++) {
      const long long cell = first + c;
      if (cell >= cells) break;
      const float clean = p.clean[p.base[cell] * p.n + n];
      const float d = linear_moved(clean, sums[c], p.rectifies != 0);
      if (p.splits != 0) {
        write_split((unsigned short *)p.out + cell * 2 * p.n, p.n, n, d);
      } else {
        ((float *)p.out)[cell * p.n + n] = d;
      }
    }
  }
}

// Rows of float32 as split rows.
PB_KERNEL(change_split, ChangeSplitParams, 256, 4) {
  const long long all = *p.cells * p.k;
  for (long long i = (long long)blockIdx.x * 256 + threadIdx.x; i < all; i += gridDim.x * 256LL) {
    write_split(p.out + i / p.k * 2 * p.k, p.k, i % p.k, p.in[i]);
  }
}
