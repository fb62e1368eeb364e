// Small kernels with known answers: one for each thing that the emulator must do, and some with a
// fault that it must find.
#include "patchbay.cuh"
#include "mma.cuh"

struct ScaleParams {
  const float *x;
  float *y;
  const int *rows;
  long long size;
  double factor;
};

// y = factor x for the rows of the run; blocks beyond them return.
PB_KERNEL(scale, ScaleParams, 256, 1) {
  long long count = *p.rows * p.size;
  for (long long i = blockIdx.x * (long long)blockDim.x + threadIdx.x; i < count; i += (long long)gridDim.x * blockDim.x) {
    p.y[i] = __fmul_rn((float)p.factor, p.x[i]);
  }
}

struct SumParams {
  const float *x;
  float *sums;
  long long size;
};

// The sum of each row of `size` values, a block a row: in shared memory, then by the first warp.
PB_KERNEL(row_sum, SumParams, 256, 1) {
  PB_SHARED(memory);
  float *part = reinterpret_cast<float *>(memory);
  float sum = 0;
  for (long long i = threadIdx.x; i < p.size; i += blockDim.x) sum += p.x[blockIdx.x * p.size + i];
  part[threadIdx.x] = sum;
  __syncthreads();
  if (threadIdx.x < 32) {
    sum = 0;
    for (unsigned i = threadIdx.x; i < blockDim.x; i += 32) sum += part[i];
    for (int by = 16; by > 0; by /= 2) sum += __shfl_down_sync(0xffffffffu, sum, by);
    if (threadIdx.x == 0) p.sums[blockIdx.x] = sum;
  }
}

struct TileParams {
  const float *x;
  float *y;
  long long tiles;
};

// y = x with each tile of 64 values turned round; a tile comes by an asynchronous copy while the one
// before it is written.
PB_KERNEL(turn_tiles, TileParams, 64, 1) {
  PB_SHARED(memory);
  float *tiles = reinterpret_cast<float *>(memory);
  int t = (int)threadIdx.x;
  cp_async_4(tiles + t, p.x + t);
  cp_async_commit();
  for (int tile = 0; tile < p.tiles; tile++) {
    if (tile + 1 < p.tiles) cp_async_4(tiles + (tile + 1) % 2 * 64 + t, p.x + (tile + 1) * 64 + t);
    cp_async_commit();
    cp_async_wait<1>();
    __syncthreads();
    p.y[tile * 64 + t] = tiles[tile % 2 * 64 + 63 - t];
    __syncthreads();
  }
}

// Two values a lane change places within the warp's own shared memory.
PB_KERNEL(warp_turn, TileParams, 64, 1) {
  PB_SHARED(memory);
  float *mine = reinterpret_cast<float *>(memory) + threadIdx.x / 32 * 32;
  int lane = (int)threadIdx.x % 32;
  for (int tile = 0; tile < p.tiles; tile++) {
    mine[lane] = p.x[tile * 64 + threadIdx.x];
    __syncwarp();
    p.y[tile * 64 + threadIdx.x] = mine[31 - lane];
    __syncwarp();
  }
}

struct MatrixParams {
  const float *a;  // (16, 16)
  const float *b;  // (16, 8)
  float *c;        // (16, 8)
  long long format;
};

// c = a b by one warp: with bf16 (format 0), f16 (1) or tf32 (2).
PB_KERNEL(matrix, MatrixParams, 32, 1) {
  PB_SHARED(memory);
  unsigned short *a = reinterpret_cast<unsigned short *>(memory);
  unsigned short *b = a + 256;
  int lane = (int)threadIdx.x, group = lane / 4, quad = lane % 4;
  float c[4] = {0, 0, 0, 0};
  if (p.format == 2) {
    for (int k = 0; k < 16; k += 8) {
      unsigned x[4] = {to_tf32(p.a[group * 16 + k + quad]), to_tf32(p.a[(group + 8) * 16 + k + quad]),
                       to_tf32(p.a[group * 16 + k + quad + 4]), to_tf32(p.a[(group + 8) * 16 + k + quad + 4])};
      unsigned y[2] = {to_tf32(p.b[(k + quad) * 8 + group]), to_tf32(p.b[(k + quad + 4) * 8 + group])};
      mma_tf32_1688(c, x, y);
    }
  } else {
    for (int i = lane; i < 256; i += 32) a[i] = p.format == 0 ? to_bf16(p.a[i]) : to_f16(p.a[i]);
    for (int i = lane; i < 128; i += 32) b[i] = p.format == 0 ? to_bf16(p.b[i]) : to_f16(p.b[i]);
    __syncwarp();
    unsigned x[4], y[2];
    ldmatrix_x4(x, a + lane % 16 * 16 + lane / 16 * 8);
    ldmatrix_x2_trans(y, b + lane % 16 * 8);
    if (p.format == 0) {
      mma_bf16_16816(c, x, y);
    } else {
      mma_f16_16816(c, x, y);
    }
  }
  for (int e = 0; e < 4; e++) p.c[(group + e / 2 * 8) * 8 + 2 * quad + e % 2] = c[e];
}

struct FaultParams {
  float *y;
  long long kind;
};

// A fault of the kind asked for.
PB_KERNEL(fault, FaultParams, 64, 1) {
  PB_SHARED(memory);
  float *shared = reinterpret_cast<float *>(memory);
  int t = (int)threadIdx.x;
  switch (p.kind) {
    case 0:  // beyond the end of y, which has 64 values
      p.y[t + 1] = 1;
      break;
    case 1:  // beyond shared memory of 256 bytes
      shared[t + 1] = 1;
      break;
    case 2:  // half the block does not come
      if (t < 32) __syncthreads();
      break;
    case 3:  // two places
      if (t < 32) {
        __syncthreads();
      } else {
        __syncthreads();
      }
      break;
    case 4:  // a lane has left
      if (t != 5) p.y[t] = __shfl_xor_sync(0xffffffffu, (float)t, 1);
      break;
    case 5:  // what was never written
      p.y[t] = shared[t];
      break;
    case 6:  // a copy that nobody waits for
      cp_async_4(shared + t, p.y + t);
      cp_async_commit();
      p.y[t] = shared[t];
      break;
    case 7:  // an address that is not aligned
      cp_async_16(shared + t, p.y);
      break;
    case 8: {  // a vector that is not aligned
      float4 four = *reinterpret_cast<const float4 *>(p.y + 1);
      p.y[t] = four.x;
      break;
    }
    case 9:  // no memory at all
      p.y[t] = *reinterpret_cast<const float *>(4096 * p.kind);
      break;
    case 10:  // a lane beyond the mask
      if (t < 16) p.y[t] = __shfl_sync(0xffffu, (float)t, 16 + t);
      break;
    case 11:  // all write the same place
      shared[0] = (float)t;
      break;
    case 12:  // what was launched before may not have ended
      p.y[t] = 1;
      await_predecessors();
      break;
    case 13:  // half the block does not wait for it
      if (t < 32) await_predecessors();
      break;
    case 14:
      shared[t] = p.y[t];
      await_predecessors();
      p.y[t] = 2 + shared[t];
      break;
    default:
      p.y[t] = 0;
  }
}
