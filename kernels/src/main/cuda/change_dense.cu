// What a change of all of a layer's input adds to its sums, and how far that moves its value: the
// plain form, one thread to an output, which the faster forms are checked against.
//
//   y[k][o] = bent(clean[base of k][o], sum over i of x[k][i] w[o][i])
//
// of a window of a list of cells. Values in (C, H, W) order, weights as a convolution has them: k4 s2
// p1, down (O, C, 4, 4) or up, its input gradient (C, O, 4, 4); linear layers (O, D).
//
// Sums run over the input channels in their order, and within one over the taps: a cell's result
// depends on that cell and its base alone.
//
// Operations: 2 * C * 16 per output down, 2 * C * 4 up, 2 * D linear. Bytes: 4 of each input and
// output, of the weights, and of the clean values that the cells' bases have.
#include "carried_cells.cuh"

struct ChangeDense {
  const float *x;        // (window; C, H, W)
  const float *weights;
  const float *clean;    // (bases; O, OH, OW)
  float *y;              // (window; O, OH, OW)
  const int *bases;      // (window)
  const int *count;
  long long channels, height, width;  // of x; a linear layer's channels are all there is
  long long outputs;                  // channels of y
  long long activation;
  long long rounds;  // whether the operands are rounded to 8 bits
};

PB_DEVICE float dense_operand(const ChangeDense &p, float x) {
  return p.rounds ? change_bf16(x) : x;
}

PB_DEVICE void dense_keep(const ChangeDense &p, int k, int size, int at, float sum) {
  const float clean = p.activation == kChangeNone ? 0.0f : p.clean[1ll * p.bases[k] * size + at];
  p.y[1ll * k * size + at] = change_moved(static_cast<int>(p.activation), clean, sum);
}

// A block makes 256 outputs of a cell at a time.
PB_KERNEL(dense_up, ChangeDense, 256, 1) {
  const int channels = static_cast<int>(p.channels);
  const int outputs = static_cast<int>(p.outputs);
  const int height = static_cast<int>(p.height);
  const int width = static_cast<int>(p.width);
  const int plane = 4 * height * width;
  const int tiles = (outputs * plane + 255) / 256;
  const long long items = 1ll * *p.count * tiles;
  for (long long item = blockIdx.x; item < items; item += gridDim.x) {
    const int k = static_cast<int>(item / tiles);
    const int at = static_cast<int>(item % tiles) * 256 + threadIdx.x;
    if (at >= outputs * plane) continue;
    const int o = at / plane;
    const int y = at % plane / (2 * width);
    const int x = at % (2 * width);
    const float *in = p.x + 1ll * k * channels * height * width;
    float sum = 0.0f;
    for (int c = 0; c < channels; c++) {
      const float *w = p.weights + (c * outputs + o) * 16;
      for (int ky = (y + 1) & 1; ky < 4; ky += 2) {
        const int iy = (y + 1 - ky) / 2;
        if (y + 1 < ky || iy >= height) continue;
        for (int kx = (x + 1) & 1; kx < 4; kx += 2) {
          const int ix = (x + 1 - kx) / 2;
          if (x + 1 < kx || ix >= width) continue;
          sum = fmaf(dense_operand(p, in[(c * height + iy) * width + ix]),
                     dense_operand(p, w[4 * ky + kx]), sum);
        }
      }
    }
    dense_keep(p, k, outputs * plane, at, sum);
  }
}

PB_KERNEL(dense_down, ChangeDense, 256, 1) {
  const int channels = static_cast<int>(p.channels);
  const int outputs = static_cast<int>(p.outputs);
  const int height = static_cast<int>(p.height);
  const int width = static_cast<int>(p.width);
  const int plane = height / 2 * (width / 2);
  const int tiles = (outputs * plane + 255) / 256;
  const long long items = 1ll * *p.count * tiles;
  for (long long item = blockIdx.x; item < items; item += gridDim.x) {
    const int k = static_cast<int>(item / tiles);
    const int at = static_cast<int>(item % tiles) * 256 + threadIdx.x;
    if (at >= outputs * plane) continue;
    const int o = at / plane;
    const int y = at % plane / (width / 2);
    const int x = at % (width / 2);
    const float *in = p.x + 1ll * k * channels * height * width;
    float sum = 0.0f;
    for (int c = 0; c < channels; c++) {
      const float *w = p.weights + (o * channels + c) * 16;
      for (int ky = 0; ky < 4; ky++) {
        const int iy = 2 * y - 1 + ky;
        if (iy < 0 || iy >= height) continue;
        for (int kx = 0; kx < 4; kx++) {
          const int ix = 2 * x - 1 + kx;
          if (ix < 0 || ix >= width) continue;
          sum = fmaf(dense_operand(p, in[(c * height + iy) * width + ix]),
                     dense_operand(p, w[4 * ky + kx]), sum);
        }
      }
    }
    dense_keep(p, k, outputs * plane, at, sum);
  }
}

// A block makes 64 outputs of 32 cells: 16 inputs of each at a time in shared memory, eight sums to
// a thread.
PB_KERNEL(dense_linear, ChangeDense, 256, 2) {
  constexpr int kCells = 32;
  constexpr int kOutputs = 64;
  constexpr int kDeep = 16;
  PB_SHARED(shared);
  float(*xs)[kCells + 1] = reinterpret_cast<float(*)[kCells + 1]>(shared);
  float(*ws)[kOutputs + 1] = reinterpret_cast<float(*)[kOutputs + 1]>(xs + kDeep);
  const int count = *p.count;
  const int d = static_cast<int>(p.channels);
  const int outputs = static_cast<int>(p.outputs);
  const int tiles = (outputs + kOutputs - 1) / kOutputs;
  const int items = (count + kCells - 1) / kCells * tiles;
  const int across = threadIdx.x % 16;
  const int down = threadIdx.x / 16;
  for (int item = blockIdx.x; item < items; item += gridDim.x) {
    const int first = item / tiles * kCells;
    const int from = item % tiles * kOutputs;
    float sums[2][4] = {};
    for (int i = 0; i < d; i += kDeep) {
      for (int t = threadIdx.x; t < kDeep * kCells; t += 256) {
        const int cell = first + t / kDeep;
        const int at = i + t % kDeep;
        xs[t % kDeep][t / kDeep] =
            cell < count && at < d ? dense_operand(p, p.x[1ll * cell * d + at]) : 0.0f;
      }
      for (int t = threadIdx.x; t < kDeep * kOutputs; t += 256) {
        const int o = from + t / kDeep;
        const int at = i + t % kDeep;
        ws[t % kDeep][t / kDeep] =
            o < outputs && at < d ? dense_operand(p, p.weights[1ll * o * d + at]) : 0.0f;
      }
      __syncthreads();
#pragma unroll
      for (int j = 0; j < kDeep; j++) {
#pragma unroll
        for (int c = 0; c < 2; c++) {
          const float x = xs[j][down + 16 * c];
#pragma unroll
          for (int o = 0; o < 4; o++) sums[c][o] = fmaf(x, ws[j][across + 16 * o], sums[c][o]);
        }
      }
      __syncthreads();
    }
#pragma unroll
    for (int c = 0; c < 2; c++) {
      const int cell = first + down + 16 * c;
      if (cell >= count) continue;
#pragma unroll
      for (int o = 0; o < 4; o++) {
        const int at = from + across + 16 * o;
        if (at < outputs) dense_keep(p, cell, outputs, at, sums[c][o]);
      }
    }
  }
}

struct ChangeRounded {
  const float *from;
  float *to;         // may be the same
  const int *count;  // rows
  long long size;
};

// Operands of 8 bits, held as float32.
PB_KERNEL(change_rounded, ChangeRounded, 256, 1) {
  const long long all = *p.count * p.size;
  for (long long i = blockIdx.x * 256ll + threadIdx.x; i < all; i += gridDim.x * 256ll) {
    p.to[i] = change_bf16(p.from[i]);
  }
}
