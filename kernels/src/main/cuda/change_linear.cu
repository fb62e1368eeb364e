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
// W in = high high + (high low + low high), two sums in float32 of 16 bits each. Both write what a
// convolution reads, in the order of their weights and a: change_linear_256 (cells; H, W, C) bf16,
// change_linear_256_split pixels of high and low bf16, (cells; H, W, 2, C).
#include "change_linear.cuh"

namespace {

constexpr int kAnyThreads = 256;
constexpr int kAnyCells = 8;
constexpr int kAnyDepth = 32;
constexpr int kAnyPitch = kAnyThreads + 1;

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

}  // namespace

#define PB_CHANGE_LINEAR(name, k, count, stages, to)                \
  PB_KERNEL(name, ChangeLinearParams, 256, 1) {                     \
    PB_SHARED(bytes);                                               \
    ChangeLinear<k, count, stages, LinearOut::to>(p, bytes).run();  \
  }

PB_CHANGE_LINEAR(change_linear_256, 256, 32, 3, kRounded)
PB_CHANGE_LINEAR(change_linear_256_split, 256, 32, 3, kSplit)

// Blocks (x: batches of 8 cells, y: 256 outputs).
PB_KERNEL(change_linear_any, ChangeLinearParams, 256, 3) {
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
    float clean[kAnyCells];  // on their way beside the sums
#pragma unroll
    for (int c = 0; c < kAnyCells; c++) {
      const bool is = n < p.n && first + c < cells;
      clean[c] = is ? p.clean[p.base[first + c] * p.n + n] : 0.0f;
    }
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
      const float d = linear_moved(clean[c], sums[c], p.rectifies != 0);
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
